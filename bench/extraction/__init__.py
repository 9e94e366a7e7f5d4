"""Measures extraction on public development pages: `python -m bench.extraction --help`."""
