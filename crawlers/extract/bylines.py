"""The byline that a reader sees: over the text, beside it, or under it."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.names import is_person, people_in
from crawlers.extract.page import one_line, text_of

# Taking every class out of the tree and matching here is three times as fast as asking in XPath.
_CLASSES = etree.XPath(".//@class | .//@id[contains(.,'author')]")
_BYLINE = re.compile(r"uthor|yline|autor|person-link|writer|ontributor|ournalist")
_SIGNED = etree.XPath(".//*[@rel='author' or @itemprop='author']")
_PROFILES = etree.XPath(
    ".//a[contains(@href,'/author') or contains(@href,'/autor') or contains(@href,'/contributor')"
    " or contains(@href,'/staff/') or contains(@href,'/journalist') or contains(@href,'/writers/')]"
)
_BY = etree.XPath(
    ".//text()[string-length(.) < 80 and (contains(.,'y') or contains(.,'on') or contains(.,'ar') or"
    " contains(.,'or'))][not(parent::script or parent::style)]"
)
_BY_WORD = re.compile(r"\s*(?:(?:(?:Written )?[Bb]y|Von|Par|Por)\s*:?\s*$|[Bb]y\s)")
_FURNITURE = frozenset(("aside", "nav", "footer", "figcaption"))
_FURNITURE_NAME = re.compile(
    r"comment|related|credit|copyright|caption|sidebar|(?<![\w-])widget(?![\w-])"
)
_WHOLE = ("html", "body", "main", "article")
_NAMED = etree.XPath(
    ".//*[@itemprop='name' or @rel='author' or contains(@href,'/author') or contains(@href,'/autor')"
    " or contains(@href,'/people/') or contains(@href,'/profile') or contains(@href,'/staff')"
    " or contains(@class,'name')]"
)
NO_ONE = re.compile(
    r"/(?:author|user|profile)s?/(?:admin|administrator|editor|root|staff)/?(?:#.*)?$"
)
_MAX_TEXTS = 4_000  # short texts in which "By" is looked for
_MAX_BOX = 1_500  # letters of what is told of an author
_MAX_BYLINE = 300  # letters; longer elements hold more than a byline


def bylines(tree: HtmlElement) -> list[str]:
    """What the likeliest byline says; the cheap and sure places are asked first."""
    for places in (_signed, _named_as_byline, _after_by, _profiles, _anywhere):
        candidates = list(places(tree))
        for element in candidates:
            good = _named_by(element)
            if good:
                others = [e for e in candidates if e is not element and _beside(e, element)]
                return good + [name for other in others for name in _named_by(other)]
    return []


def _signed(tree: HtmlElement) -> Iterator[HtmlElement]:
    return islice((e for e in _SIGNED(tree) if not _is_furniture(e)), 3)


def _named_as_byline(tree: HtmlElement) -> Iterator[HtmlElement]:
    found = dict.fromkeys(name.getparent() for name in _CLASSES(tree) if _BYLINE.search(name))
    return islice((e for e in found if not _is_furniture(e)), 12)


def _after_by(tree: HtmlElement) -> Iterator[HtmlElement]:
    parents = (text.getparent() for text in _BY(tree)[:_MAX_TEXTS] if _BY_WORD.match(text))
    return islice((e for e in parents if e is not None and not _is_furniture(e)), 3)


def _profiles(tree: HtmlElement) -> Iterator[HtmlElement]:
    return islice((e for e in _PROFILES(tree) if not _is_furniture(e)), 8)


def _anywhere(tree: HtmlElement) -> Iterator[HtmlElement]:
    signed = _SIGNED(tree)[:20]
    return islice((e for e in signed if next(e.iterancestors("nav", "footer"), None) is None), 3)


def _is_furniture(element: HtmlElement) -> bool:
    """In a menu or beside the article, or in something named like comments or credits."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in _FURNITURE:
            return True
        name = f"{outer.get('class') or ''} {outer.get('id') or ''}"
        if outer.tag not in _WHOLE and len(name) > 1 and _FURNITURE_NAME.search(name):
            return True
    return False


def _named_by(element: HtmlElement) -> list[str]:
    if any(NO_ONE.search(link.get("href") or "") for link in element.iter("a")):
        return []
    length = len(text_of(element))
    if length > _MAX_BYLINE:
        return _head_of_box(element) if length < _MAX_BOX else []
    for texts in _readings(element):
        good = [text for text in texts if any(True for _ in people_in(text))]
        if good:
            return good
    return []


def _head_of_box(element: HtmlElement) -> list[str]:
    """The name over what is told of its bearer."""
    first = next((part for text in element.itertext() if (part := one_line(text))), "")
    return [first] if is_person(first) else []


def _beside(one: HtmlElement, other: HtmlElement) -> bool:
    """The same kind of element in the same place: one of several authors."""
    places = [
        (e.tag, e.get("class"), next(e.iterancestors("div", "p", "ul", "header"), None))
        for e in (one, other)
    ]
    return places[0] == places[1]


def _readings(element: HtmlElement) -> Iterator[list[str]]:
    """A byline as its named parts, as its pieces of text, and as one text."""
    yield [text_of(part) for part in _NAMED(element)[:6]]
    yield [part for text in element.itertext() if (part := one_line(text))][:12]
    yield [text_of(element)]


def signature(text: str) -> list[str]:
    """A name that alone is the text's last paragraph, or in capitals its first."""
    parts = [part for part in text.split("\n") if part.strip()]
    if len(parts) < 4:
        return []
    first, last = parts[0].strip(), parts[-1].strip()
    lines = [*([last] if last.istitle() else []), *([first] if first.isupper() else [])]
    return [line for line in lines if _is_signed(line)][:1]


def _is_signed(line: str) -> bool:
    return 2 <= len(line.split()) <= 4 and line[-1].isalpha() and is_person(line)
