"""How common words are in general, so that a text's own words stand out.

Frequencies come from wordfreq (40 languages); how many of a collection's texts hold a word is
estimated from them. Words of texts that have landed can be counted in on top (`with_texts`), which
is all there is for languages without a list.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from warehouse.understand.tokens import fold

_TEXT_WORDS = 450  # a news text of usual length
_FLOOR = 2e-7  # of a word that is not in a list of words from one in a million on
_MOST = -math.log(_TEXT_WORDS * _FLOOR)  # the rarest word's idf


@dataclass(frozen=True, slots=True)
class Background:
    """What is common: in a language, and in the texts counted so far."""

    language: str | None = None
    texts: int = 0
    texts_with: Mapping[str, int] = field(default_factory=dict)  # folded word -> texts

    def idf(self, word: str) -> float:
        """Natural logarithm of 1 / share of texts with the folded `word`; 0 at least."""
        general = _idf(frequencies(self.language).get(word, 0.0)) if self.language else _MOST
        if not self.texts:
            return general
        # Counted texts weigh as much as 1,000 imagined ones with the general share.
        share = math.exp(-general)
        counted = self.texts_with.get(word, 0)
        return -math.log(min(1.0, (1000 * share + counted) / (1000 + self.texts)))


def _idf(frequency: float) -> float:
    """A word fills its texts in bursts: about half as many texts as if it were strewn evenly."""
    expected = _TEXT_WORDS * max(frequency, _FLOOR)
    return min(_MOST, -math.log(1 - math.exp(-expected)))


@cache
def frequencies(language: str | None) -> Mapping[str, float]:
    """Folded word -> its share of all words; empty for languages without a list."""
    from wordfreq import available_languages, get_frequency_dict  # noqa: PLC0415  (slow to load)

    code = {"no": "nb", "nn": "nb", "sr": "sh", "hr": "sh", "bs": "sh", "tl": "fil"}.get(
        language or "", language
    )
    if code not in available_languages("small"):
        return {}
    folded: dict[str, float] = {}
    for word, share in get_frequency_dict(code, "small").items():
        key = fold(word)
        folded[key] = folded.get(key, 0.0) + share
    return folded


def is_common(word: str, language: str | None, share: float = 1e-3) -> bool:
    """Whether the folded `word` is a function word or as common as one."""
    return frequencies(language).get(word, 0.0) >= share if language else False


def count_texts(texts: Iterable[Iterable[str]]) -> tuple[int, dict[str, int]]:
    """How many texts there are, and how many hold each folded word."""
    n = 0
    seen: dict[str, int] = {}
    for words in texts:
        n += 1
        for word in set(words):
            seen[word] = seen.get(word, 0) + 1
    return n, seen
