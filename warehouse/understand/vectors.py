"""Texts as weighted words, and how much two of them share, word by word.

The cosine of two such texts is a sum over the words they share, so every word's part in it can
be shown as a reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from warehouse.understand.background import Background
from warehouse.understand.tokens import words

_TITLE_COUNTS = 2  # a word of the title counts as often as this
_LEAST_IDF = 1.0  # commoner words say nothing about the story


@dataclass(frozen=True, slots=True)
class Vector:
    """Folded word -> weight; the squares of the weights sum to 1 (or there are none)."""

    weights: Mapping[str, float]
    counts: Mapping[str, int]


def vector(text: str, title: str | None, background: Background) -> Vector:
    counts = Counter(w.folded for w in words(text))
    for title_word in words(title or ""):
        counts[title_word.folded] += _TITLE_COUNTS
    weights = {}
    for word, n in counts.items():
        idf = background.idf(word)
        if idf > _LEAST_IDF and not (len(word) == 1 and word.isascii()):
            weights[word] = (1 + math.log(n)) * idf
    norm = math.sqrt(sum(w * w for w in weights.values()))
    return Vector({w: v / norm for w, v in weights.items()} if norm else {}, counts)


def shared(a: Vector, b: Vector) -> dict[str, float]:
    """Word -> its part of the cosine of `a` and `b`."""
    small, large = sorted((a.weights, b.weights), key=len)
    return {w: v * large[w] for w, v in small.items() if w in large}
