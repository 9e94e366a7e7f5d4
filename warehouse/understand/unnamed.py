"""Words with a capital that were not recognised as a name, for when somebody asks for one of them.

A tagger misses a tenth of the names, and reads no titles. So an article keeps the words that look
like a name of one word and that nobody was named by; a name of several words is found by the
search index. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from warehouse.understand.known import NOUNS_WITH_CAPITALS

# Scripts without spaces have no capitals, and Latin words stand right in the middle of them.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[^\W\d_{_UNSPACED}][^\W_{_UNSPACED}]*")
_ENDS = frozenset(".!?…:;\n\r•*|–—-")  # what a sentence, or an item of a list, begins behind
_OPENERS = " \t\u00a0\"'“”„«»‘’([{"


def capitals(title: str | None, text: str, named: Iterable[tuple[int, int]]) -> set[str]:
    """The words of `title` and `text` that have a capital, as they are written.

    `named`: the places in `text` of names that were recognised. The first word of a sentence has
    its capital anyway, and so has every word of a title in which all have one.
    """
    inside = _covered(text, named)
    found = {
        match.group()
        for match in _WORD.finditer(text)
        if _has_capital(match.group())
        and not inside[match.start()]
        and (_is_odd(match.group()) or not _begins(text, match.start()))
    }
    return found | _of_title(title or "")


def has_many(language: str | None) -> bool:
    """Whether every noun of the language has a capital, so that one tells nothing."""
    return (language or "").split("-")[0] in NOUNS_WITH_CAPITALS


def _covered(text: str, named: Iterable[tuple[int, int]]) -> bytearray:
    inside = bytearray(len(text) + 1)
    for start, end in named:
        inside[start:end] = b"\1" * (min(end, len(text)) - start)
    return inside


def _of_title(title: str) -> set[str]:
    words = _WORD.findall(title)
    long = [word for word in words if len(word) > 3]
    plain = [word for word in long if not _has_capital(word)]
    if long and 2 * len(plain) < len(long):
        return {word for word in words if _is_odd(word)}
    return {word for word in words if _has_capital(word)}


def _has_capital(word: str) -> bool:
    return word != word.lower() and len(word) > 1


def _is_odd(word: str) -> bool:
    """WHO, eBay: a capital that is not the first letter's."""
    return len(word) > 1 and word[1:] != word[1:].lower()


def _begins(text: str, start: int) -> bool:
    """Whether nothing but openers stands between `start` and what ended before."""
    before = text[max(0, start - 6) : start].rstrip(_OPENERS)
    return before[-1:] in _ENDS if before or start <= 6 else True
