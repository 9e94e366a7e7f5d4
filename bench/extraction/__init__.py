"""Measures extraction on public development pages beside other tools: `python -m bench.extraction`."""
