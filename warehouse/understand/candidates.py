"""Which words of an English sentence could be part of a name, by their letters alone.

The tagger spends its time on these only, and was trained so. Which of them are names is the
model's to say (see tagger.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

# A capital of theirs only means that a sentence begins.
_OPENERS = frozenset(
    """
    the a an in on at it its he she they we i you this that these those but and or if when
    while as for from with by of to after before since there here what who how why where which
    his her their our my your one two not no so then now also however some many more most all
    each both such even just only still yet although though because during under over between
    among according meanwhile
    """.split()  # noqa: SIM905  (one word a line would be a page)
)


def candidates(words: Sequence[str]) -> list[bool]:
    """Which words of a sentence could be part of a name: those with a capital, and short runs of
    others between two such. Text without any capital makes every word a candidate.
    """
    capital = [_has_capital(w) for w in words]
    if not any(capital):
        return [sum(any(c.isalpha() for c in w) for w in words) > 3] * len(words)
    if capital[0] and words[0].lower() in _OPENERS and not (len(words) > 1 and capital[1]):
        capital[0] = False
    return _bridged(words, capital)


@lru_cache(maxsize=100_000)
def _has_capital(word: str) -> bool:
    return any(c.isupper() for c in word)


def _bridged(words: Sequence[str], capital: list[bool]) -> list[bool]:
    out, last = capital[:], None
    for i in range(len(words)):
        if capital[i]:
            if last is not None and 1 < i - last <= 4:
                out[last + 1 : i] = [True] * (i - last - 1)
            last = i
        elif i and out[i - 1]:
            out[i] = _continues(words, i, out)
    return out


def _continues(words: Sequence[str], i: int, out: list[bool]) -> bool:
    """A lower-case word behind a candidate that may belong: A .  Al - shabab  G 20  JD ( S )"""
    word, before = words[i], words[i - 1]
    if word == ")":
        return "(" in words[max(0, i - 4) : i] and all(out[max(0, i - 2) : i])
    return (
        (word == "." and len(before) == 1)
        or word[0].isdigit()
        or (word[0] in "-–‐" and i + 1 < len(words))
        or (before[0] in "-–‐" and i > 1 and out[i - 2])
    )
