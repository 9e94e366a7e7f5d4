"""Which headline an address was made of: it spells the one with which the article came out.

Titles for sharing and searching, and those of running reports, are changed later.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

from crawlers.extract.blocks import same_words, words

_WORD = re.compile(r"[^\W_]+")
_LEAST = 4  # words that an address made of a headline has
_SPELT, _STRAY = 0.7, 0.5  # of a title's words are in the address: it was made of it, it was not
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d",
                          "þ": "th", "ı": "i"})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def spelt_by(url: str, title: str, others: list[str]) -> str | None:
    """One of `others`, where the address was made of that and not of `title`.

    The first of them, what structured data call the headline, is never overruled.
    """
    spelt = _longest_part(url)
    if len(spelt) < _LEAST or same_words(title, others[0]) or _share(title, spelt) > _STRAY:
        return None
    return next((other for other in others if _share(other, spelt) >= _SPELT), None)


def _longest_part(url: str) -> set[str]:
    """The words of the part of the address that has most of them."""
    parts = [_WORD.findall(part) for part in unquote(urlsplit(url).path).split("/")]
    return {_bare(word) for word in max(parts, key=len, default=[])}


def _share(title: str, spelt: set[str]) -> float:
    """Of the title's words those that the address spells, with "ä" as "a" or as "ae"."""
    own = words(title)
    found = [w for w in own if _bare(w) in spelt or _bare(w.translate(_UMLAUTS)) in spelt]
    return len(found) / (len(own) or 1)


def _bare(word: str) -> str:
    return "".join(
        ch
        for ch in unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
        if not unicodedata.combining(ch)
    )
