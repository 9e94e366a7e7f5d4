"""trafilatura's main extractor, its steps called one by one: the common case without its detours.

trafilatura keeps copies of the tree for second thoughts that one page in ten needs, and asks its
questions by slow means (`furniture`). Here a page is copied once; where the result is too small
to be believed, `body_tree` says so and the caller asks the whole of trafilatura. Its last resort
for results that are small beside their page is left to `text`, which has a better measure.
"""

from __future__ import annotations

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
from trafilatura.settings import TAG_CATALOG, Extractor
from trafilatura.utils import text_chars_test
from trafilatura.xml import delete_element

from crawlers.extract import furniture

_LEAST = 250  # letters; trafilatura looks elsewhere when it has found less
_INLINE = {"hi", "ref", "del", "code", "lb"}
_REBUILT = ("code", "quote", "list", "table")  # their handlers leave the text after them behind
_TAGS = frozenset({*TAG_CATALOG, "table", "td", "th", "tr"})
_ONCE = 50  # letters; what is said again right after itself is said once
_IN_PARAGRAPHS = etree.XPath("//p//text()", smart_strings=False)


@cache
def _options() -> Extractor:
    return Extractor(output_format="xml", fast=True, comments=False, formatting=False)


def body_tree(tree: HtmlElement) -> HtmlElement | None:
    """The article as trafilatura's elements; None where its result would be second thoughts."""
    cleaned = _cleaned(copy(tree))
    body = _extracted(cleaned)
    text = " ".join(body.itertext()).strip()
    if len(text) < _LEAST:
        return None
    return _tidied(body)


def _cleaned(tree: HtmlElement) -> HtmlElement:
    for element in (*furniture.appended(tree), *furniture.comments(tree)):
        delete_element(element)
    return convert_tags(tree_cleaning(tree, _options()), _options())


def _extracted(tree: HtmlElement) -> HtmlElement:
    body = etree.Element("body")
    tags = set(_TAGS)
    for frame in furniture.frames(tree):
        _prune(frame)
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
    return body


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


def _prune(frame: HtmlElement) -> None:
    _delete_unless_most(frame, furniture.beside(frame))
    for found in (furniture.captions, furniture.teasers):
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
        text = " ".join("".join(element.itertext()).split())
        if text and text == previous and len(text) > _ONCE:
            delete_element(element)
        else:
            previous = text
    etree.strip_elements(body, "done")
    etree.strip_tags(body, "div")
    return body
