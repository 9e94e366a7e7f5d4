"""What a source's own selectors find on its pages, where the general rules would err.

Selectors are data (`extract = { … }` in sources.toml) and were checked when that was read. One
that finds nothing, because a site has changed, leaves its question to the general rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cache

from cssselect import HTMLTranslator
from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.moments import read_moment
from crawlers.extract.names import people_in
from crawlers.extract.page import Page, one_line, text_of
from crawlers.extract.pieces import PARTS, Piece, parts_of
from warehouse.records import DateCandidate

_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
     "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr")
)  # fmt: skip
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "button", "figure", "form")


@cache
def _path(css: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(css))


def _all(tree: HtmlElement, css: str | None) -> list[HtmlElement]:
    return list(_path(css)(tree)) if css else []


def without_removed(page: Page) -> HtmlElement:
    """The page's tree, a copy where the source says that something must go."""
    remove = page.overrides.remove if page.overrides else ()
    if not remove:
        return page.tree
    tree = copy(page.tree)
    for css in remove:
        for element in _all(tree, css):
            if element.getparent() is not None:
                element.drop_tree()
    return tree


def own_body(page: Page, tree: HtmlElement) -> list[Piece]:
    """All text of the elements that the source calls its articles' body."""
    chosen = _all(tree, page.overrides.body) if page.overrides else []
    whole = [e for e in chosen if not any(a in chosen for a in e.iterancestors())]
    return [piece for element in whole for piece in _pieces(element)]


def _pieces(element: HtmlElement) -> Iterator[Piece]:
    """Paragraphs, lists and so on; loose text between two blocks is a paragraph as well."""
    if element.tag in PARTS and element.tag != "p":
        yield from parts_of(element)
        return
    loose = [element.text or ""]
    for child in element:
        if child.tag in _INLINE and not any(True for _ in child.iter("p", "div", "br")):
            loose.append(text_of(child) if child.tag != "wbr" else "")
        else:
            yield from _paragraph(loose)
            loose = []
            if child.tag not in _NO_TEXT:
                yield from _pieces(child)
        loose.append(child.tail or "")
    yield from _paragraph(loose)


def _paragraph(loose: list[str]) -> Iterator[Piece]:
    text = one_line("".join(loose))
    if text:
        yield Piece(text)


def own_title(page: Page) -> str:
    found = _all(page.tree, page.overrides.title) if page.overrides else []
    return next((text for e in found if (text := _said(e))), "")


def own_authors(page: Page) -> tuple[str, ...]:
    found = _all(page.tree, page.overrides.author) if page.overrides else []
    return tuple(dict.fromkeys(name for element in found for name in people_in(_said(element))))


def own_date(page: Page) -> DateCandidate | None:
    """When the first element that says so says it was published."""
    for element in _all(page.tree, page.overrides.date) if page.overrides else []:
        for text in (element.get("datetime"), element.get("content"), text_of(element)):
            moment = read_moment(text) if text else None
            if moment is not None:
                return DateCandidate(at=moment.at, offset=moment.offset,
                                     precision=moment.precision, found_in="override")  # fmt: skip
    return None


def _said(element: HtmlElement) -> str:
    return text_of(element) or one_line(element.get("content") or "")
