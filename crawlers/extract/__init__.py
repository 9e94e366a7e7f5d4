"""One page's bytes to an Article or to the outcome it gets instead; no network, no clock.

`extract` never raises on any bytes: what lxml, trafilatura and htmldate raise on odd pages is
caught where they are called.
"""

from __future__ import annotations

from crawlers.extract.article import EXTRACTOR_VERSION, Refusal, extract
from crawlers.extract.lines import extract_line

__all__ = ["EXTRACTOR_VERSION", "Refusal", "extract", "extract_line"]
