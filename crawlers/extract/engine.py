"""trafilatura's main extractor, its steps called one by one: the common case without its detours.

trafilatura keeps copies of the tree for second thoughts that one page in ten needs, and asks its
questions by slow means (`furniture`). Here a page is copied once, and again where little was
found. Where nothing helps, `body_tree` says so and the caller asks the whole of trafilatura; its
second try for results that are small beside their page is left to `text`, which measures better.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.htmlprocessing import (
    convert_tags,
    delete_by_link_density,
    link_density_test_tables,
    process_node,
    tree_cleaning,
)
from trafilatura.main_extractor import handle_textelem
from trafilatura.settings import MANUALLY_CLEANED, TAG_CATALOG, Extractor
from trafilatura.utils import text_chars_test, trim
from trafilatura.xml import delete_element

from crawlers.extract import furniture

_LEAST = 250  # letters; trafilatura looks elsewhere when it has found less
_LONG = 15_000  # letters of a page; and a fifth of those of a page, of this length at most
_OF_PAGE = 0.2
_INLINE = {"hi", "ref", "del", "code", "lb"}
_REBUILT = ("code", "quote", "list", "table")  # their handlers leave the text after them behind
_TAGS = frozenset({*TAG_CATALOG, "table", "td", "th", "tr"})
# Removed at once; those that trafilatura looks into first are left to it. It goes on from inside of
# what it has removed, so that behind a <nav> within a <nav> it removes none.
_UNWANTED = tuple(set(MANUALLY_CLEANED) - {"form", "figure", "math"})
_ONCE = 50  # letters; what is said again right after itself is said once
_MOST = 200_000  # letters; what is longer is not searched for what it says again
_WILD = etree.XPath(
    ".//code|.//p|.//quote|.//table|.//div[contains(@class, 'w3-code')]", smart_strings=False
)
_IN_PARAGRAPHS = etree.XPath("//p//text()", smart_strings=False)


@cache
def _options() -> Extractor:
    return Extractor(output_format="xml", fast=True, comments=False, formatting=False)


def body_tree(tree: HtmlElement) -> HtmlElement | None:
    """The article as trafilatura's elements; None where its result would be second thoughts."""
    cleaned = _cleaned(copy(tree))
    order = list(cleaned.iter())  # as the page has it; the text is moved out of it
    body, tags = _extracted(cleaned)
    if _length(body) < _LEAST:
        again = _cleaned(copy(tree))
        whole = len(" ".join(again.text_content().split()))
        pairs = zip(order, again.iter(), strict=True)
        used = {twin for element, twin in pairs if element.tag == "done"}
        _gather(body, again, used, tags)
        if _length(body) < max(_LEAST, _OF_PAGE * min(whole, _LONG)):
            return None
    return _tidied(body)


def _length(body: HtmlElement) -> int:
    return len(" ".join(body.itertext()).strip())


def _cleaned(tree: HtmlElement) -> HtmlElement:
    for element in furniture.strangers(tree):
        delete_element(element)
    etree.strip_elements(tree, *_UNWANTED, with_tail=False)
    return convert_tags(tree_cleaning(tree, _options()), _options())


def _extracted(tree: HtmlElement) -> tuple[HtmlElement, set[str]]:
    """The text of the first frame that has any, and the elements that count as text."""
    body = etree.Element("body")
    tags = set(_TAGS)
    for frame in furniture.frames(tree):
        _prune(frame, furniture.captions, furniture.teasers)
        if len(frame) == 0:
            continue
        if sum(map(len, _IN_PARAGRAPHS(frame))) < 3 * _LEAST:
            tags.add("div")
        start = len(body)
        lead = _fill(body, frame, tags)
        while len(body) > 0 and body[-1].tag in ("head", "ref"):
            delete_element(body[-1], keep_tail=False)
        if len(body) > 1:
            if lead is not None:
                body.insert(start, lead)
            break
    return body, tags


def _fill(body: HtmlElement, frame: HtmlElement, tags: set[str]) -> HtmlElement | None:
    """Move the frame's text into `body`; its own text before the first child is returned."""
    elements = list(frame.iterdescendants("*"))
    within = {element.tag for element in elements}
    whole = within == {"lb"} or (frame.tag == "div" and "div" in tags and within <= _INLINE)
    lead = None
    if whole:
        elements = [frame]
    elif text_chars_test(frame.text):
        lead = _paragraph(frame.text)
    for element in elements:
        if element.getroottree().getroot() is not body:
            _move(body, element, tags)
    return lead


def _move(body: HtmlElement, element: HtmlElement, tags: set[str]) -> None:
    tag, tail = element.tag, element.tail  # handlers rename what they have used
    moved = handle_textelem(element, tags, _options())
    if moved is not None:
        body.append(moved)
        if element.getroottree().getroot() is not body:
            element.tag = "done"
    if tag in _REBUILT and text_chars_test(tail) and (moved is None or moved.tail is None):
        after = _paragraph(tail)
        if after is not None:
            body.append(after)


def _paragraph(text: str | None) -> HtmlElement | None:
    paragraph = etree.Element("p")
    paragraph.text = text
    return process_node(paragraph, _options())


def _gather(body: HtmlElement, tree: HtmlElement, used: set[HtmlElement], tags: set[str]) -> None:
    """Add the page's other paragraphs, wherever they stand, each once."""
    _prune(tree, furniture.captions)
    texts = [_text_of(element) for element in body]
    known, whole = set(texts), "\n".join(filter(None, texts))
    taken: set[HtmlElement] = set()
    for element in _WILD(tree):
        if element in used or any(outer in taken for outer in element.iterancestors()):
            continue
        moved = handle_textelem(element, set(tags), _options())
        if moved is None:
            continue
        if moved is element:
            taken.add(element)
        text = _text_of(moved)
        part = trim(text + (moved.tail or "")) if text_chars_test(moved.tail) else ""
        if text and (text in known or (len(whole) <= _MOST and _is_in(whole, text, part))):
            continue
        body.append(moved)
        known.add(text)
        whole += "\n" + (part or text)


def _is_in(whole: str, text: str, part: str) -> bool:
    return (len(text) > _ONCE and text in whole) or (part != "" and part in whole)


def _text_of(element: HtmlElement) -> str:
    return str(trim("".join(element.itertext())))


def _prune(
    frame: HtmlElement,
    *names: Callable[[HtmlElement], list[HtmlElement]],
) -> None:
    """Take out what is beside the text, by name and by its share of links."""
    _delete_unless_most(frame, furniture.beside(frame))
    for found in names:
        for element in found(frame):
            delete_element(element)
    for _ in range(2):
        delete_by_link_density(frame, "div", backtracking=True)
        delete_by_link_density(frame, "list")
        delete_by_link_density(frame, "p")
    for table in [t for t in frame.iter("table") if link_density_test_tables(t)]:
        delete_element(table, keep_tail=False)
    etree.strip_tags(frame, "span", "ref")


def _delete_unless_most(frame: HtmlElement, found: list[HtmlElement]) -> None:
    """Names can mislead: where they would take six sevenths of the text, nothing is taken."""
    matches = dict.fromkeys(found)
    outer = [e for e in matches if not any(a in matches for a in e.iterancestors())]
    before = len(frame.text_content())
    if before - sum(len(e.text_content()) for e in outer) > before / 7:
        for element in outer:
            delete_element(element)


def _tidied(body: HtmlElement) -> HtmlElement:
    previous = None
    for element in list(body):
        text = _text_of(element)
        if text and text == previous and len(text) > _ONCE:
            delete_element(element)
        else:
            previous = text
    etree.strip_elements(body, "done")
    etree.strip_tags(body, "div")
    return body
