"""The quick engine takes from a page exactly what trafilatura does, or leaves it to trafilatura."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest
from lxml import etree, html
from lxml.html import HtmlElement
from trafilatura import xpaths

from crawlers.extract import furniture, text
from crawlers.extract.engine import body_tree
from crawlers.extract.page import parse

_PAGES = sorted((Path(__file__).parent / "data" / "extract").glob("*/page.html"))
_NAMES = (
    "article-body", "entry content", "x fulltext", "ARTICLE fullText", "Main-Content",
    "page-Content", "content", "main x", "story", "post", "articleContent", "sidebar", "share",
    "x Share", "nav", "Nav", "menubar", "footer", "cookie-note", "author", "premium", "^ad-",
    "ad-x", "x ad y", "teaser", "Teaser", "TEASER", "caption", "reply-1", "hidden", "x hidden",
    "hide-x", "overflow:hidden", "display: none", "display:none", "Comments", "comment-list",
    "commentary", "post-comments", "disqus_thread", "comol", "infinite-scroll", "mvp-post-add-box",
    "elementor-share-buttons", "reader-comments", "akismet", "true", "article",
    "navigation", "comments-title", "yin", "MostPopularStories", "articleBody", "",
)  # fmt: skip
_TAGS = ("div", "p", "span", "section", "article", "main", "ol", "details", "list", "aside", "h2")
_ATTRIBUTES = (("class",), ("id",), ("style",), ("role",), ("itemprop",), ("aria-hidden",),
               ("data-component",), ("data-lp-replacement-content",),
               ("class", "id"), ("id", "class"), ("style", "id"), ("id", "style"))  # fmt: skip


def _element(tag: str, attributes: tuple[str, ...], name: str, other: str) -> HtmlElement:
    element = html.HtmlElement()
    element.tag = tag
    for attribute, value in zip(attributes, (name, other), strict=False):
        element.set(attribute, value)
    return element


@pytest.fixture(scope="module")
def named() -> HtmlElement:
    """Every tag with every name in every attribute, and pairs of names in two."""
    root = html.document_fromstring("<body></body>")
    for tag, attributes in product(_TAGS, _ATTRIBUTES):
        for number, name in enumerate(_NAMES):
            other = _NAMES[(number * 7 + 3) % len(_NAMES)]
            root[0].append(_element(tag, attributes, name, other))
    return root


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (furniture.beside, xpaths.OVERALL_DISCARD_XPATH),
        (furniture.teasers, xpaths.TEASER_DISCARD_XPATH),
        (furniture.captions, xpaths.DISCARD_IMAGE_ELEMENTS),
        (
            furniture.strangers,
            [*xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, *xpaths.RAW_TREE_PRUNE_XPATH],
        ),
    ],
    ids=["beside", "teasers", "captions", "strangers"],
)
def test_names_mean_what_they_mean_to_trafilatura(
    named: HtmlElement,
    ours: Callable[[HtmlElement], Iterable[HtmlElement]],
    theirs: list[etree.XPath],
) -> None:
    expected = {element for expression in theirs for element in expression(named)}
    assert expected
    assert [_shown(element) for element in expected ^ {*ours(named)}] == []


def test_frames_are_tried_in_the_order_of_trafilatura(named: HtmlElement) -> None:
    for element in list(named[0])[::7]:
        alone = html.document_fromstring("<body></body>")
        alone[0].append(element)
        expected = [next(iter(found(alone)), None) for found in xpaths.BODY_XPATH]
        assert [*furniture.frames(alone)] == [e for e in expected if e is not None], _shown(element)
        named[0].append(element)


def _shown(element: HtmlElement) -> str:
    return str(etree.tostring(element, encoding="unicode"))


def test_pages_give_what_trafilatura_gives() -> None:
    quick = 0
    for file in _PAGES:
        page = parse(file.read_text("utf-8", "replace"), "https://site.example/a")
        body = body_tree(page.tree) if page else None
        if page is not None and body is not None:
            quick += 1
            assert [*text._pieces(body)] == text._extracted(page, fast=True), file.parent.name
    assert quick >= 5
