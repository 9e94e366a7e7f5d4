"""Whether a word in another script sounds like a name written in Latin letters.

Newspapers write foreign names by ear (Талибан, Твиттер), so consonants are compared and vowels are
not. Only for names that are already known, and only long enough ones: this proposes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from warehouse.understand.tokens import fold

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґјљњћђџўѓќѕ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "j",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sh",
            "_",
            "i",
            "_",
            "e",
            "iu",
            "ia",
            "i",
            "i",
            "e",
            "g",
            "i",
            "l",
            "n",
            "ch",
            "j",
            "j",
            "u",
            "g",
            "k",
            "z",
        ],
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "t",
            "i",
            "k",
            "l",
            "m",
            "n",
            "ks",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "i",
            "f",
            "h",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_LETTERS = {k: v.replace("_", "") for k, v in (_CYRILLIC | _GREEK).items()}
_DIGRAPHS = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("дж", "j"), ("кс", "ks"))
_ALIKE = (
    ("sch", "sh"), ("tch", "ch"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("kh", "h"), ("ck", "k"),
    ("qu", "kv"), ("zh", "j"), ("dj", "j"), ("x", "ks"), ("q", "k"), ("w", "v"), ("c", "k"),
    ("y", "i"),
)  # fmt: skip
_LEAST_CONSONANTS = 4


def is_foreign_script(word: str) -> bool:
    """Whether `word` is written in a script this module can read."""
    return word[:1] in _LETTERS


def sound(name: str) -> str:
    """What is compared of a folded Latin word."""
    return _consonants(name)


def sounds(there: str) -> tuple[str, str]:
    """What is compared of a folded word in another script: as it is, and without an ending."""
    heard = _consonants(_latin(there))
    return heard, heard[:-1]


def sounds_like(there: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the folded words `there` may be the Latin `name`, word for word."""
    pairs = [(_consonants(_latin(t)), _consonants(n)) for t, n in zip(there, name, strict=True)]
    if sum(len(n) for _, n in pairs) < _LEAST_CONSONANTS:
        return False
    return all(_alike(t, n) for t, n in pairs)


def _alike(there: str, name: str) -> bool:
    """Equal, or with one consonant of a case ending."""
    return bool(name) and (there == name or (there[:-1] == name and len(name) >= _LEAST_CONSONANTS))


@lru_cache(maxsize=50_000)
def _latin(word: str) -> str:
    for there, latin in _DIGRAPHS:
        word = word.replace(there, latin)
    return "".join(_LETTERS.get(c, c) for c in fold(word))


@lru_cache(maxsize=50_000)
def _consonants(word: str) -> str:
    """First letter (any vowel counts as one kind) and the consonants, doubled ones once."""
    for there, plain in _ALIKE:
        word = word.replace(there, plain)
    head = "a" if word[:1] in "aeiouh" else ""
    return head + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouh]", "", word))
