"""One parsed page that all questions share: tree, meta elements, structured data.

It is parsed once, from bytes that are UTF-8 for sure; the tree is never changed by anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement

from crawlers.extract.jsonld import items_of
from warehouse.records import Overrides

MAX_DEPTH_NAME = "ERR_RESOURCE_LIMIT"  # libxml2 stopped at 256 levels and dropped the rest
# What is left of a page nested too deep: headings and paragraphs, which nest only a little.
_NESTING = re.compile(
    r"<(/?)(?!/|!|(?:p|br|h[1-6]|title|script|style|meta|head|body|html|link|noscript)\b)[^<>]*>",
    re.IGNORECASE,
)
_EMPTY_PARAGRAPHS = re.compile(r"<p>\s*(?:<p>\s*)+")  # begun by <p>: never twice over blanks
# libxml2 compares each attribute of an element with all before it: 200,000 take minutes.
_HUGE = 20_000
_HUGE_TAG = re.compile(r"<([a-zA-Z][\w-]*)\s([^<>]{20000,})>")
_MAX_ATTRIBUTES = 2_000
# lxml.html chooses a class for each element in Python, a tenth of all time spent here; none of
# its special classes (forms, fields) is wanted.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement)
# Characters that lxml reads and then refuses to write into a tree again, by their numbers.
_UNWRITABLE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])(?!\d)"
    r"|[xX]0*(?:[0-8bBcCeEfF]|1[\da-fA-F]|[fF]{3}[eEfF])(?![\da-fA-F]));?"
)
_COUNT = etree.XPath("count(//*)")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r"))  # no HTML may hold them; NUL ends a text
_FEW = 8  # children
_UNSEEN = frozenset(("script", "style", "noscript"))
_REFUSED = "\ufffe\uffff"
_VISIBLE = etree.XPath(
    ".//text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as parsed; `url` is where it was fetched."""

    url: str
    tree: HtmlElement
    metas: dict[str, tuple[str, ...]]  # by lower-case name, property or itemprop
    items: tuple[dict[str, Any], ...]  # JSON-LD objects, flattened
    elements: int
    overrides: Overrides | None = None  # of its source

    def meta(self, *names: str) -> str | None:
        """The first value that any of these meta elements gives, in the order of `names`."""
        for name in names:
            for value in self.metas.get(name, ()):
                return value
        return None

    def meta_all(self, *names: str) -> tuple[str, ...]:
        return tuple(value for name in names for value in self.metas.get(name, ()))


def parse(text: str, url: str, overrides: Overrides | None = None) -> Page | None:
    """The page, or None when there is no markup and no text in it."""
    tree = _tree(text)
    if tree is None:
        return None
    return Page(
        url=url,
        tree=tree,
        metas=_metas(tree),
        items=items_of(tree),
        elements=int(_COUNT(tree)),
        overrides=overrides,
    )


def _tree(text: str) -> HtmlElement | None:
    text = _UNWRITABLE.sub("", text)
    if _holds_huge_tag(text):
        text = _HUGE_TAG.sub(_bare_if_huge, text)
    tree, cut = _parse(text)
    if cut:
        flat = _NESTING.sub(lambda tag: "\n" if tag[1] else "\n<p>", text)
        tree, _ = _parse(_EMPTY_PARAGRAPHS.sub("\n<p>", flat))
    return tree


def _holds_huge_tag(text: str) -> bool:
    """Looks only where two "<" are that far apart; they are sought from afar, so in few steps."""
    at, end = 0, len(text)
    while end - at > _HUGE:
        before, at = at, text.rfind("<", at + 1, at + _HUGE + 2)
        if at < 0:  # a long script, as a rule
            if _HUGE_TAG.match(text, before):
                return True
            at = text.find("<", before + 1)
            if at < 0:
                return False
    return False


def _bare_if_huge(tag: re.Match[str]) -> str:
    many = len(tag[2].split()) > _MAX_ATTRIBUTES and tag[2].count("=") > _MAX_ATTRIBUTES
    return f"<{tag[1]}>" if many else tag[0]


def _parse(text: str) -> tuple[HtmlElement | None, bool]:
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(_CLASSES)
    try:
        for refused in _REFUSED:
            text = text.replace(refused, "") if refused in text else text  # "in" is far quicker
        data = text.encode("utf-8", "replace").translate(None, _CONTROLS)
        tree = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None, False
    return tree, any(entry.type_name == MAX_DEPTH_NAME for entry in parser.error_log)


def _metas(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = (element.get("content") or element.get("value") or "").strip()
        if not value:
            continue
        for attribute in ("name", "property", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name:
                found.setdefault(name.strip().lower(), []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def text_of(element: HtmlElement) -> str:
    """All text below `element` on one line; scripts and styles left out."""
    if _is_plain(element):
        return one_line(raw_text(element))
    parts: list[str] = _VISIBLE(element)
    return one_line("".join(parts))


def _is_plain(element: HtmlElement) -> bool:
    """Small, and without anything unseen: then lxml writes its text out in a tenth of the time."""
    return (
        len(element) <= _FEW
        and element.tag not in _UNSEEN
        and all(len(child) == 0 or _is_plain(child) for child in element)
        and not any(child.tag in _UNSEEN for child in element)
    )


def raw_text(element: HtmlElement) -> str:
    """All text below `element`, as it stands there."""
    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))


def one_line(text: str) -> str:
    return " ".join(text.split())
