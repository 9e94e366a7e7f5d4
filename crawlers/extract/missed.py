"""What trafilatura left behind of a body that a page has in several containers.

Magazines cut a long text into containers with advertisements between them, and trafilatura takes
the first, or drops lists and headings between paragraphs it keeps. A paragraph that stands in the
page exactly as the found ones do (same element, classes and parents) belongs to them; a list,
heading or quotation between them in the same container does too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from crawlers.extract.page import Page, text_of
from crawlers.extract.pieces import Piece, parts_of, squeezed

_Place = tuple[tuple[str, str], ...]  # element and class of a paragraph, its parent, and that one's

_LONG = 40  # letters of a paragraph that is no label
_PROBE = 25  # letters that tell a paragraph from others
_LEVELS = 3  # of the place that are compared
_MAIN = 0.15  # of the found text stands in a place that is the body's
_LINKED = 0.7  # of a paragraph's letters in links make it a teaser
_MARKUP = re.compile(
    r"(?:<|&lt;)\w+ [^<>]*="
)  # of an embedded thing that an editor's program escaped
_DIGITS = re.compile(r"\d+")
_FURNITURE = frozenset(
    ("nav", "footer", "aside", "header", "form", "figure", "figcaption", "button", "template",
     "noscript", "dialog", "fieldset", "script", "style")
)  # fmt: skip
_FURNITURE_NAME = re.compile(
    r"comment|related|recirc|newsletter|promo|share|social|sidebar|footer|\bnav|menu|widget|teaser|"
    r"subscri|cookie|consent|breadcrumb|caption|author|disclaim|advert|recommend|popular|trending|"
    r"read-?more|most-?read|outbrain|taboola|sign-?up|popup|modal|credit|copyright|gallery|slide|carousel",
    re.IGNORECASE,
)
_COMPANIONS = ("h2", "h3", "h4", "ul", "ol", "blockquote", "table")


@dataclass(frozen=True, slots=True)
class _Body:
    """Where the found paragraphs stand."""

    places: frozenset[_Place]
    holders: frozenset[HtmlElement]  # containers with a found paragraph right in them
    above: frozenset[HtmlElement]  # all elements around a found paragraph


class Paragraphs:
    """The page's paragraphs in order, with texts that several questions share."""

    def __init__(self, tree: HtmlElement) -> None:
        self.texts = {element: text_of(element) for element in tree.iter("p")}
        self._letters: dict[HtmlElement, str] = {}

    def letters(self, element: HtmlElement) -> str:
        """Its text squeezed; also of what is no paragraph."""
        known = self._letters.get(element)
        if known is None:
            known = squeezed(self.texts.get(element) or text_of(element))
            self._letters[element] = known
        return known


def with_missed(page: Page, paragraphs: Paragraphs, pieces: list[Piece]) -> list[Piece]:
    """`pieces` with what is missing between and beside them, in the page's order."""
    found = squeezed("".join(piece.text for piece in pieces))
    body = _body(paragraphs, found)
    if body is None:
        return pieces
    missed = [*_paragraphs(paragraphs, body, found)]
    if missed:
        body = _widened(body, missed)
    missed += _companions(page.tree, paragraphs, body, found)
    return _in_order(page.tree, paragraphs, pieces, missed) if missed else pieces


def _body(paragraphs: Paragraphs, found: str) -> _Body | None:
    letters: Counter[_Place] = Counter()
    standing: list[tuple[HtmlElement, _Place]] = []
    for element, raw in paragraphs.texts.items():
        if len(raw) < _LONG:
            continue
        text = paragraphs.letters(element)
        if len(text) >= _LONG and text in found:
            place = _place(element)
            letters[place] += len(text)
            standing.append((element, place))
    places = frozenset(place for place, n in letters.items() if n >= _MAIN * len(found))
    if not places:
        return None
    main = [element for element, place in standing if place in places]
    above = {outer for element, _ in standing for outer in element.iterancestors()}
    return _Body(places, frozenset(e.getparent() for e in main), frozenset(above))


def _widened(body: _Body, missed: Iterable[HtmlElement]) -> _Body:
    """With the containers of missed paragraphs, so that their lists are looked at as well."""
    missed = list(missed)
    above = {outer for element in missed for outer in element.iterancestors()}
    holders = {element.getparent() for element in missed}
    return _Body(body.places, body.holders | holders, body.above | above)


def _paragraphs(paragraphs: Paragraphs, body: _Body, found: str) -> Iterator[HtmlElement]:
    for element, text in paragraphs.texts.items():
        if (
            len(text) >= _LONG
            and _is_missed(element, paragraphs, body, found, _LONG)
            and _place(element) in body.places
        ):
            yield element


def _companions(
    tree: HtmlElement, paragraphs: Paragraphs, body: _Body, found: str
) -> Iterator[HtmlElement]:
    """Lists, headings and quotations between two paragraphs of one container."""
    for child in tree.iter(*_COMPANIONS):
        holder = child.getparent()
        if (
            holder in body.holders
            and next(child.itersiblings("p", preceding=True), None) is not None
            and next(child.itersiblings("p"), None) is not None
            and _is_missed(child, paragraphs, body, found, 1)
        ):
            yield child


def _is_missed(
    element: HtmlElement, paragraphs: Paragraphs, body: _Body, found: str, at_least: int
) -> bool:
    letters = paragraphs.letters(element)
    if len(letters) < at_least or any(part in found for part in _probes(letters)):
        return False
    text = paragraphs.texts.get(element) or text_of(element)
    return (
        not _MARKUP.search(text)
        and not _is_furniture(element, body.above)
        and sum(len(text_of(link)) for link in element.iter("a")) < _LINKED * len(text)
    )


def _probes(letters: str) -> tuple[str, ...]:
    """Begin, middle and end: what is found with a word less or more has one of them."""
    if len(letters) < 3 * _PROBE:
        return (letters,)
    middle = len(letters) // 2
    return letters[:_PROBE], letters[middle : middle + _PROBE], letters[-_PROBE:]


def _is_furniture(element: HtmlElement, above: frozenset[HtmlElement]) -> bool:
    """Inside something that holds no found paragraph and is named like furniture."""
    for outer in (element, *element.iterancestors()):
        if outer in above:
            return False
        if outer.tag in _FURNITURE or _FURNITURE_NAME.search(
            f"{outer.get('class') or ''} {outer.get('id') or ''}"
        ):
            return True
    return False


def _place(element: HtmlElement) -> _Place:
    levels = islice(element.iterancestors(), _LEVELS - 1)
    return tuple((e.tag, _undigited(e.get("class") or "")) for e in (element, *levels))


@lru_cache(maxsize=4096)
def _undigited(name: str) -> str:
    return _DIGITS.sub("", name)


def _in_order(
    tree: HtmlElement, paragraphs: Paragraphs, pieces: list[Piece], missed: Iterable[HtmlElement]
) -> list[Piece]:
    """The missed elements where the page has them among the found ones."""
    wanted = set(missed)
    places = {squeezed(piece.text): index for index, piece in reversed([*enumerate(pieces)])}
    after: dict[int, list[Piece]] = {}
    last = -1
    for element in tree.iter("p", *_COMPANIONS):
        if element in wanted:
            after.setdefault(last, []).extend(parts_of(element))
        elif (index := places.get(paragraphs.letters(element))) is not None:
            last = max(last, index)
    whole = after.get(-1, [])
    for index, piece in enumerate(pieces):
        whole += [piece, *after.get(index, ())]
    return whole
