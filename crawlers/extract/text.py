"""The body of an article: trafilatura's tree as pieces of text, one a paragraph.

trafilatura runs in the setting measured as fastest and best for articles (fast, without
comments, on the shared tree, metadata left to us). Pages it cannot take in time or at all are
read by a plain rule. Offsets and blocks are made in `blocks`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawlers.extract.engine import body_tree
from crawlers.extract.jsonld import types_of
from crawlers.extract.missed import Paragraphs, with_missed
from crawlers.extract.overrides import own_body, without_removed
from crawlers.extract.page import Page, one_line, text_of
from crawlers.extract.pieces import PARTS, Piece
from crawlers.extract.plugs import without_plugs

MAX_ELEMENTS = 20_000  # trafilatura takes minutes beyond; the plain rule is linear
# Where the fast setting finds less than this share of the page's long paragraphs, trafilatura's
# thorough one is asked, and believed if it finds that much more.
_TOO_LITTLE = 0.5
_MUCH_MORE = 1.3
_ARTICLE = 1_500  # letters that may well be a whole one; it is doubted only for
_FAR_TOO_LITTLE = 0.25  # of the page's long paragraphs
_LONG = 60  # letters of a paragraph that is no label or teaser
_BESIDE = ("nav", "footer", "aside", "form", "header", "figure", "noscript")
_PARAGRAPHS = 3  # of a page that has its text in them
_LUMP = 400  # letters; a shorter one is a brief
_TWICE = 2  # as much in plain paragraphs: the thorough setting has lost the body too
_LEFT_OVER = 0.1  # of a lump that may be in none of the paragraphs
_MIN_PLAIN = 3  # words a plain paragraph has at least
_KINDS = {"head": "subhead", "quote": "quotation", "list": "list", "table": "table"}
_FURNITURE = frozenset(("nav", "footer", "aside", "header", "form", "figure", "script", "style"))


def body_of(page: Page) -> list[Piece]:
    """The pieces of the page's article in order; nothing when there is none."""
    if page.overrides is not None:
        tree = without_removed(page)
        own = own_body(page, tree)
        if own:
            return own
        page = replace(page, tree=tree)
    if page.elements > MAX_ELEMENTS:
        return list(_plain(page.tree))
    pieces = _found(page)
    if pieces is None:
        return list(_plain(page.tree))
    if len(pieces) == 1:
        pieces = _unlumped(page, pieces[0])
    paragraphs = Paragraphs(page.tree)
    whole = with_missed(page, paragraphs, pieces)
    if _is_little(_letters(pieces), _letters(whole), paragraphs):
        thorough = _extracted(page, fast=False) or []
        if _letters(thorough) > _MUCH_MORE * _letters(pieces):
            whole = with_missed(page, paragraphs, thorough)
    return without_plugs(whole)


def _is_little(found: int, whole: int, paragraphs: Paragraphs) -> bool:
    """Far less than the page's paragraphs hold: those asked first that cost least."""
    letters = whole if found >= _ARTICLE else found
    share = _FAR_TOO_LITTLE if found >= _ARTICLE else _TOO_LITTLE
    at_most = sum(n for n in map(len, paragraphs.texts.values()) if n >= _LONG)
    return letters < share * at_most and letters < share * _told(paragraphs)


def _found(page: Page) -> list[Piece] | None:
    """What the quick engine finds, or else trafilatura's whole fast setting."""
    if any("DiscussionForumPosting" in types_of(item) for item in page.items):
        return _extracted(page, fast=True)
    try:
        body = body_tree(page.tree)
    except (AssertionError, AttributeError, RecursionError, ValueError, etree.LxmlError):
        return None
    return list(_pieces(body)) if body is not None else _rescued(page)


def _rescued(page: Page) -> list[Piece] | None:
    """What the whole of trafilatura finds; where there are no paragraphs to find, its fast setting
    would give one lump, for which the thorough one is then asked as well: it is asked at once.
    """
    return _extracted(page, fast=len(page.tree.findall(".//p")) >= _PARAGRAPHS)


def _extracted(page: Page, *, fast: bool) -> list[Piece] | None:
    """What trafilatura finds; None where the tree is too odd for it."""
    try:
        document = bare_extraction(
            page.tree,
            url=page.url,
            fast=fast,
            include_comments=False,
            include_formatting=False,
            output_format="xml",  # leaves the tree alone; we render it
        )
    except (AssertionError, AttributeError, RecursionError, etree.LxmlError):
        # trafilatura's own assumptions broken by odd trees (15 of 1,793 when measured).
        return None
    if document is None:
        return []
    return list(_pieces(cast("Document", document).body))


def _unlumped(page: Page, lump: Piece) -> list[Piece]:
    """What trafilatura's rescue took as one lump, perhaps with all menus in it, as pieces."""
    parted = _parted(page.tree, lump)
    if parted or len(lump.text) < _LUMP:
        return parted or [lump]
    thorough = _extracted(page, fast=False) or []
    plain = list(_plain(page.tree))
    if len(thorough) > 1 and _TWICE * _letters(thorough) > _letters(plain):
        return thorough
    return plain if _letters(plain) > _TOO_LITTLE * _letters([lump]) else [lump]


def _parted(tree: HtmlElement, whole: Piece) -> list[Piece]:
    """One lump, as trafilatura's rescue gives it, in the page's own paragraphs again."""
    rest = "".join(whole.text.split())
    size = len(rest)
    parts: list[Piece] = []
    for element in tree.iter(*PARTS):
        text = text_of(element)
        squeezed = "".join(text.split())
        if squeezed and squeezed in rest:
            rest = rest.replace(squeezed, "", 1)
            parts.append(Piece(text, PARTS[element.tag]))
    return parts if len(parts) > 1 and len(rest) < _LEFT_OVER * size else []


def _letters(pieces: list[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _told(paragraphs: Paragraphs) -> int:
    """How much text the page's own long paragraphs hold: a cheap second opinion.

    Of several `<article>`s only the longest counts; the others are teasers or older posts.
    """
    by_article: dict[HtmlElement | None, int] = {}
    for element, text in paragraphs.texts.items():
        length = len(text)
        if length >= _LONG and next(element.iterancestors(*_BESIDE), None) is None:
            article = next(element.iterancestors("article"), None)
            by_article[article] = by_article.get(article, 0) + length
    loose = by_article.pop(None, 0)
    return loose + max(by_article.values(), default=0)


def _pieces(body: HtmlElement) -> Iterator[Piece]:
    """Children of trafilatura's body; loose text between them counts as paragraphs."""
    yield from _paragraphs(body.text or "")
    for element in body:
        kind = _KINDS.get(element.tag)
        if kind is None:
            yield from _plain_element(element)
        else:
            text = _tidy(_lines(element, kind))
            if text:
                yield Piece(text, kind)
        yield from _paragraphs(element.tail or "")


def _plain_element(element: HtmlElement) -> Iterator[Piece]:
    if element.tag == "p" or not any(child.tag in ("p", *_KINDS) for child in element):
        yield from _paragraphs(_inline(element))
    else:
        yield from _pieces(element)


def _paragraphs(text: str) -> Iterator[Piece]:
    """Text split where two line breaks follow each other."""
    lines = "\n".join(one_line(line) for line in text.split("\n"))
    for part in lines.split("\n\n"):
        tidy = _tidy(part)
        if tidy:
            yield Piece(tidy)


def _lines(element: HtmlElement, kind: str) -> str:
    if kind == "table":
        rows = (" | ".join(_cells(row)) for row in element.iter("row"))
        return "\n".join(row for row in rows if row.strip(" |"))
    return _inline(element)


def _cells(row: HtmlElement) -> list[str]:
    return [one_line(_inline(cell)) for cell in row.iter("cell")]


def _inline(element: HtmlElement) -> str:
    """Text below an element; `lb` is a line break and blocks inside stand on their own line."""
    parts: list[str] = []
    for event, node in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            if node is not element and node.tag in (
                "lb",
                "p",
                "head",
                "item",
                "row",
                "quote",
                "list",
            ):
                parts.append("\n")
            elif node.tag == "cell":
                parts.append(" ")
            parts.append(_flat(node.text))
        elif node is not element:
            if node.tag in ("p", "head", "quote", "list", "row"):
                parts.append("\n")
            parts.append(_flat(node.tail))
    return "".join(parts)


def _flat(text: str | None) -> str:
    """Line ends in the source of a page are mere spaces."""
    return text.replace("\n", " ") if text else ""


def _tidy(text: str) -> str:
    lines = (one_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(tree: HtmlElement) -> Iterator[Piece]:
    """Every `p` outside of navigation and the like, for pages nothing better can read."""
    for element in tree.iter("p"):
        parent = element.getparent()
        if parent is not None and parent.tag in _FURNITURE:
            continue
        text = text_of(element)
        if len(text.split()) >= _MIN_PLAIN:
            yield Piece(text)
