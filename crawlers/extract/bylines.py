"""The byline that a reader sees: over the text, beside it, or under it."""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.labels import after_label, after_preposition
from crawlers.extract.names import is_korean_byline, is_person, people_in
from crawlers.extract.page import one_line, text_of

# Taking every class out of the tree and matching here is three times as fast as asking in XPath.
_CLASSES = etree.XPath(
    ".//@class | .//@id[contains(.,'author')] | .//@data-testid | .//@data-component"
)
_BYLINE = re.compile(r"uthor|yline|autor|person-link|writer|ontributor|ournalist")
# Asking for the attribute and going up is three times as fast as testing every element.
_SIGNED = etree.XPath(".//@rel[.='author']/.. | .//@itemprop[.='author']/..")
_PROFILES = etree.XPath(
    ".//a[contains(@href,'/author') or contains(@href,'/autor') or contains(@href,'/contributor')"
    " or contains(@href,'/staff/') or contains(@href,'/journalist') or contains(@href,'/writers/')]"
)
# All texts are looked at without their elements, which are three times as dear.
# One step and no union: sorting that takes a minute where an element has 50,000 children.
_PLAIN = etree.XPath("descendant::node()[self::text() or self::h1]", smart_strings=False)
_NODES = etree.XPath("descendant::node()[self::text() or self::h1]")
_UNSEEN = frozenset(("script", "style", "noscript", "title", "option", "textarea"))
_MAX_TEXT, _MAX_BY = 160, 80  # letters of a text that may be a byline, that may begin with "By"
_LABEL = "Text: "  # one that every reader of names knows
_NEAR = 16  # texts behind the heading among which "di" and "av" begin a byline
_MAX_LABELS = 40  # that are looked at closely
_REACH = 20  # nodes behind a label, blank ones among them
_BEHIND = 4  # texts behind a label that may name people
_CLOSE = 6  # levels between a name and the byline that several names share
_LINKED = 2  # times the letters of a byline in one link: it belongs to a teaser
_BY_WORD = re.compile(r"\s*(?:(?:(?:Written )?[Bb]y|Von|Par|Por)\s*:?\s*$|[Bb]y\s)")
_BY_LETTERS = frozenset("BbWVP")
_FURNITURE = frozenset(("aside", "nav", "footer", "figcaption"))
_FURNITURE_NAME = re.compile(
    r"comment|related|credit|copyright|caption|sidebar|quote|(?<![\w-])widget(?![\w-])|(?:bild|foto|photo)autor"
)
_FURNITURE_OF_LABELS = re.compile(r"comment|related|caption|sidebar|quote|copyright")
_WHOLE = ("html", "body", "main", "article")
_NAMED = etree.XPath(
    ".//*[@itemprop='name' or @rel='author' or contains(@href,'/author') or contains(@href,'/autor')"
    " or contains(@href,'/people/') or contains(@href,'/profile') or contains(@href,'/staff')"
    " or contains(@class,'name')]"
)
NO_ONE = re.compile(
    r"/(?:author|user|profile)s?/(?:admin|administrator|editor|root|staff)/?(?:#.*)?$"
)
_MAX_TEXTS = 10_000  # texts that are looked at
_MAX_BOX = 1_500  # letters of what is told of an author
_OPENING = re.compile(r"(?:By|BY|Von|Par|Por)\s+[A-ZÀ-Þ]")
_BRACKETED = re.compile("【([々、・\u3400-\u9fff]{3,20})】$")  # as Japanese papers sign
_MAX_SIGNATURE = 60  # letters
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
        if places is _after_by and (said := _labelled(tree)):
            return said
    return []


def signed(tree: HtmlElement) -> list[str]:
    """What the elements say that are marked as naming an author, and stand in one place."""
    elements = list(_signed(tree))
    beside = [e for e in elements if e is elements[0] or _in_one_byline(e, elements[0])]
    return [name for element in beside for name in _named_by(element)]


def _labelled(tree: HtmlElement) -> list[str]:
    """What stands behind "Text:" anywhere, or behind "by" under the heading."""
    found = list(islice(_behind_labels(_PLAIN(tree)[:_MAX_TEXTS]), _MAX_LABELS))
    nodes = _NODES(tree) if found else []
    for index, rest, names in found:
        parent = nodes[index].getparent()
        if parent.tag in _UNSEEN or _is_furniture(parent, names):
            continue
        good = [f"{_LABEL}{rest}"] if rest else _next_names(nodes[index + 1 : index + 1 + _REACH])
        if any(True for text in good for _ in people_in(text)):
            return good
    return []


def _behind_labels(texts: list[str | HtmlElement]) -> Iterator[tuple[int, str, re.Pattern[str]]]:
    """Index of the label, what its text says behind it, and what is furniture there."""
    near = 0 if any(not isinstance(text, str) for text in texts) else _NEAR
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            near = near or _NEAR  # the first heading
        elif len(text) <= _MAX_TEXT and not text.isspace():
            labelled = ":" in text or not text.isascii()  # most texts are neither, nor near
            line = one_line(text) if labelled or near > 0 else ""
            rest = after_label(line) if labelled else None
            if rest is not None:
                yield index, rest, _FURNITURE_OF_LABELS
            elif near > 0:
                rest = after_preposition(line)
                if rest is not None:
                    yield index, rest, _FURNITURE_NAME
            near = near - 1 if near > 1 else -bool(near)


def _next_names(nodes: list[Any]) -> list[str]:
    """The texts that name people, up to the first that says something else."""
    told = (node for node in nodes if not isinstance(node, HtmlElement) and not node.isspace())
    texts = list(islice(told, _BEHIND))
    if any(NO_ONE.search(text.getparent().get("href") or "") for text in texts):
        return []
    named = itertools.takewhile(
        lambda t: len(t) < 4 or any(True for _ in people_in(t)), map(one_line, texts)
    )
    return list(named)


def _signed(tree: HtmlElement) -> Iterator[HtmlElement]:
    return islice((e for e in _SIGNED(tree) if not _is_furniture(e)), 3)


def _named_as_byline(tree: HtmlElement) -> Iterator[HtmlElement]:
    found = dict.fromkeys(name.getparent() for name in _CLASSES(tree) if _BYLINE.search(name))
    return islice((e for e in found if not _is_furniture(e)), 12)


def _after_by(tree: HtmlElement) -> Iterator[HtmlElement]:
    texts = _PLAIN(tree)[:_MAX_TEXTS]
    found = [i for i, text in enumerate(texts)
             if isinstance(text, str) and len(text) < _MAX_BY
             and text.lstrip()[:1] in _BY_LETTERS and _BY_WORD.match(text)]  # fmt: skip
    nodes = _NODES(tree) if found else []
    parents = (nodes[i].getparent() for i in found)
    return islice((e for e in parents if e.tag not in _UNSEEN and not _is_furniture(e)), 3)


def _profiles(tree: HtmlElement) -> Iterator[HtmlElement]:
    return islice((e for e in _PROFILES(tree) if not _is_furniture(e)), 8)


def _anywhere(tree: HtmlElement) -> Iterator[HtmlElement]:
    signed = _SIGNED(tree)[:20]
    return islice((e for e in signed if next(e.iterancestors("nav", "footer"), None) is None), 3)


def _is_furniture(element: HtmlElement, names: re.Pattern[str] = _FURNITURE_NAME) -> bool:
    """In a menu or beside the article, or in something named like comments or credits."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in _FURNITURE and not (outer.tag == "footer" and _in_article(outer)):
            return True
        if outer.tag == "a" and len(text_of(outer)) > _LINKED * len(text_of(element)):
            return True
        name = f"{outer.get('class') or ''} {outer.get('id') or ''}"
        if outer.tag not in _WHOLE and len(name) > 1 and names.search(name):
            return True
    return False


def _in_article(element: HtmlElement) -> bool:
    """Articles have footers of their own, where some systems set who wrote and when."""
    return next(element.iterancestors("article"), None) is not None


def _named_by(element: HtmlElement) -> list[str]:
    if any(NO_ONE.search(link.get("href") or "") for link in element.iter("a")):
        return []
    length = len(text_of(element))
    if length > _MAX_BYLINE:
        return _head_of_box(element) if length < _MAX_BOX else []
    if whole := _one_name(element):
        return [whole]
    for texts in _readings(element):
        good = [text for text in texts if any(True for _ in people_in(text))]
        if good:
            return good
    return []


def _one_name(element: HtmlElement) -> str | None:
    """The whole of it, where that is one name that may be set in several parts."""
    parts = [part for text in element.itertext() if (part := one_line(text))]
    whole = text_of(element)
    if not 1 < len(parts) < 4 or whole != " ".join(parts) or after_preposition(whole) is not None:
        return None
    return whole if list(people_in(whole)) == [whole] else None


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


def _in_one_byline(one: HtmlElement, other: HtmlElement) -> bool:
    """Close together in something too short to hold more than a byline."""
    around = list(islice(one.iterancestors(), _CLOSE))
    shared = next((e for e in islice(other.iterancestors(), _CLOSE) if e in around), None)
    return shared is not None and len(text_of(shared)) <= _MAX_BYLINE


def _readings(element: HtmlElement) -> Iterator[list[str]]:
    """A byline as its named parts, as its pieces of text, and as one text."""
    yield [text_of(part) for part in _NAMED(element)[:6]]
    yield [part for text in element.itertext() if (part := one_line(text))][:12]
    yield [text_of(element)]


def opening(text: str) -> list[str]:
    """A byline that is all of the text's first line: closer to it than what the page is marked."""
    line = text[:_MAX_SIGNATURE].split("\n", 1)[0].strip()
    return [line] if len(text) > len(line) and _OPENING.match(line) else []


def signature(text: str) -> list[str]:
    """A name that alone is the text's last paragraph, or in capitals its first."""
    if bracketed := _BRACKETED.search(text[-_MAX_SIGNATURE:].strip()):
        return [f"{_LABEL}{bracketed[1]}"]
    parts = [part for part in text.split("\n") if part.strip()]
    if len(parts) < 4:
        return []
    first, last = parts[0].strip(), parts[-1].strip()
    lines = [*([last] if last.istitle() else []), *([first] if first.isupper() else [])]
    signed = [last] if len(last) < _MAX_SIGNATURE and is_korean_byline(last) else []
    return [line for line in lines if _is_signed(line)][:1] or signed


def _is_signed(line: str) -> bool:
    return 2 <= len(line.split()) <= 4 and line[-1].isalpha() and is_person(line)
