"""The byline that a reader sees: over the text, beside it, or under it."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.names import is_person, people_in
from crawlers.extract.page import one_line, text_of

_BYLINE = etree.XPath(
    ".//*[@itemprop='author' or @rel='author' or contains(@class,'byline') or contains(@class,'author')"
    " or contains(@class,'Byline') or contains(@class,'Author') or contains(@id,'author')"
    " or contains(@class,'autor') or contains(@class,'person-link') or contains(@class,'writer')"
    " or contains(@class,'contributor') or contains(@class,'journalist')]"
    "[not(ancestor-or-self::aside or ancestor::nav or ancestor-or-self::footer or ancestor::figcaption or"
    " ancestor-or-self::*[not(self::html or self::body or self::main or self::article)]"
    "[contains(@class,'comment') or contains(@id,'comment') or contains(@class,'related')"
    " or contains(@class,'credit') or contains(@class,'copyright') or contains(@class,'caption')"
    " or contains(concat(' ',@class,' '),' widget ') or contains(@class,'sidebar')])]"
)
_PROFILES = etree.XPath(
    ".//a[contains(@href,'/author') or contains(@href,'/autor') or contains(@href,'/contributor')"
    " or contains(@href,'/staff/') or contains(@href,'/journalist') or contains(@href,'/writers/')]"
    "[not(ancestor::nav or ancestor::footer or ancestor::aside)]"
)
_ANYWHERE = etree.XPath(".//*[@rel='author'][not(ancestor::nav or ancestor::footer)]")
_SIGNED = etree.XPath(".//*[@rel='author'][not(ancestor::aside or ancestor::nav)]")
_BY = etree.XPath(
    ".//text()[normalize-space(.)='By' or normalize-space(.)='by' or normalize-space(.)='Written by'"
    " or normalize-space(.)='Von' or normalize-space(.)='Par' or normalize-space(.)='Por'"
    " or normalize-space(.)='By:' or ((starts-with(normalize-space(.),'By ') or starts-with(normalize-space(.),'by ')) and"
    " string-length(.) < 80)]/parent::*[not(ancestor-or-self::script or ancestor::aside or ancestor::nav)]"
)
_NAMED = etree.XPath(
    ".//*[@itemprop='name' or @rel='author' or contains(@href,'/author') or contains(@href,'/autor')"
    " or contains(@href,'/people/') or contains(@href,'/profile') or contains(@href,'/staff')"
    " or contains(@class,'name')]"
)
NO_ONE = re.compile(
    r"/(?:author|user|profile)s?/(?:admin|administrator|editor|root|staff)/?(?:#.*)?$"
)
_MAX_BOX = 1_500  # letters of what is told of an author
_MAX_BYLINE = 300  # letters; longer elements hold more than a byline


def bylines(tree: HtmlElement) -> list[str]:
    candidates = [*_SIGNED(tree)[:3], *_BYLINE(tree)[:12], *_BY(tree)[:3], *_PROFILES(tree)[:8]]
    candidates += _ANYWHERE(tree)[:3]
    for element in candidates:
        good = _named_by(element)
        if good:
            others = [e for e in candidates if e is not element and _beside(e, element)]
            return good + [name for other in others for name in _named_by(other)]
    return []


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
