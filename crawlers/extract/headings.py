"""The headings of a page as a reader sees them, and without what stands over them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.page import Page, one_line

LONGEST = 300  # letters of a title
_MOST = 6  # headings that are looked at
# What stands over a headline in the same element.
_KICKER = re.compile(
    r"kicker|over-?(?:line|title)|eyebrow|topline|dachzeile|roofline|super-?title|antet[ií]t|pretit",
    re.IGNORECASE,
)
_BETWEEN = " -–—|:·•/｜："  # kicker and headline; a headline may begin with a quotation mark
_WORDS = etree.XPath(
    ".//text()[not(ancestor::button or ancestor::svg or parent::script or parent::style or"
    " parent::noscript)]",
    smart_strings=False,
)
# Where words may be parted, and which way they run: nothing that a reader sees.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ESCAPED = re.compile(r"&(?:#\d{2,6}|#x[\da-fA-F]{2,5}|[a-zA-Z]{2,8});")


def headings_of(page: Page) -> list[str]:
    """The page's visible first-level headings."""
    texts = (seen(heading_text(element)) for element in list(page.tree.iter("h1"))[:_MOST])
    return [text for text in texts if 0 < len(text) <= LONGEST]


def headlines(page: Page) -> list[str]:
    """The headings without what stands over them in the same element."""
    elements = list(page.tree.iter("h1"))[:_MOST]
    texts = [seen(text) for element in elements for text in _readings(element)]
    return [text for text in texts if 0 < len(text) <= LONGEST]


def _readings(heading: HtmlElement) -> Iterator[str]:
    """A heading without what stands over it, as it is, and without its first part."""
    text = heading_text(heading)
    first = next(iter(heading), None)
    over = heading_text(first) if first is not None and not (heading.text or "").strip() else ""
    rest = text[len(over) :].lstrip(_BETWEEN) if over and text.startswith(over) else ""
    parts = first.iter() if first is not None and rest else ()
    kicker = any(_KICKER.search(part.get("class") or "") for part in parts)
    yield from (rest, text) if kicker else (text, rest)


def heading_text(heading: HtmlElement) -> str:
    """The words of a heading: no buttons in it, its lines and blocks apart from each other."""
    apart = next(heading.iter("br", "div", "p"), None) is not None
    return one_line((" " if apart else "").join(_WORDS(heading)))


def seen(text: str) -> str:
    """What a reader sees of it: no soft hyphens, and entities that were escaped twice read."""
    text = _UNSEEN.sub("", text)
    return unescape(text) if _ESCAPED.search(text) else text
