"""Search queries by kind, made from the words of the generator, and how each engine writes them.

Pure. How common a word is follows from its rank: the 400 commonest stand in more than a tenth of
all articles each, ranks 600 to 5,000 in one to eight hundredths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bench.warehouse.generate import BLOCK, DAYS, FIRST_DAY, N_OUTLETS, Generator, word, zipf

KINDS = ("rare word", "common word", "AND of 2", "AND of 3", "OR of 2", "OR of 3", "phrase",
         "prefix", "boolean", "AND of 2, a month", "AND of 2, a source",
         "AND of 2 in a tenth each", "phrase of common words")  # fmt: skip
# Ranks of words.
_RARE, _MEDIUM, _COMMON, _TENTH = (50_000, 300_000), (600, 5_000), (400, 1_200), (30, 400)
_WORDS = {
    "rare word": (_RARE,),
    "common word": (_COMMON,),
    "AND of 2": (_MEDIUM, _MEDIUM),
    "AND of 3": (_MEDIUM, _COMMON, _MEDIUM),
    "AND of 2 in a tenth each": (_TENTH, _TENTH),
}
_ANY = {"OR of 2": 2, "OR of 3": 3}
_PHRASES = {"phrase": (400, 100_000), "phrase of common words": (10, 400)}


@dataclass(frozen=True, slots=True)
class Question:
    """One query; `words` by group: all groups must match, a group by one of its words."""

    kind: str
    groups: tuple[tuple[str, ...], ...]
    without: str | None = None
    phrase: bool = False
    prefix: bool = False
    since: datetime | None = None
    until: datetime | None = None
    source: str | None = None

    def slugline(self) -> str:
        if self.phrase:
            return '"' + " ".join(group[0] for group in self.groups) + '"'
        if self.prefix:
            return self.groups[0][0] + "*"
        parts = [g[0] if len(g) == 1 else f"({' OR '.join(g)})" for g in self.groups]
        return " ".join(parts) + (f" NOT {self.without}" if self.without else "")

    def fts5(self) -> str:
        if self.phrase:
            return self.slugline()
        if self.prefix:
            return self.groups[0][0] + "*"
        parts = [g[0] if len(g) == 1 else f"({' OR '.join(g)})" for g in self.groups]
        return " AND ".join(parts) + (f" NOT {self.without}" if self.without else "")

    def tantivy(self) -> str:
        if self.phrase:
            return self.slugline()
        parts = ["+" + (g[0] if len(g) == 1 else f"({' '.join(g)})") for g in self.groups]
        return " ".join(parts) + (f" -{self.without}" if self.without else "")


def questions(made: Generator, n: int, seed: int = 5) -> Iterator[Question]:
    """`n` queries of each kind."""
    dice = np.random.default_rng([seed, made.total])
    for kind in KINDS:
        for _ in range(n):
            yield _question(kind, made, dice)


def _question(kind: str, made: Generator, dice: np.random.Generator) -> Question:
    if kind in _WORDS:
        return Question(kind, tuple((_pick(dice, span),) for span in _WORDS[kind]))
    if kind in _ANY:
        return Question(kind, (tuple(_pick(dice, _MEDIUM) for _ in range(_ANY[kind])),))
    if kind in _PHRASES:
        return Question(kind, _neighbours(made, dice, *_PHRASES[kind]), phrase=True)
    if kind == "prefix":
        return Question(kind, ((_pick(dice, (8_200, 300_000))[:4],),), prefix=True)
    two = ((_pick(dice, _MEDIUM),), (_pick(dice, _COMMON),))
    if kind == "AND of 2, a month":
        since = FIRST_DAY + timedelta(days=30 * int(dice.integers(0, DAYS // 30)))
        return Question(kind, two, since=since, until=since + timedelta(days=29))
    if kind == "AND of 2, a source":
        return Question(kind, two, source=word(900 + int(zipf(dice, 1, N_OUTLETS)[0])))
    either = (_pick(dice, _MEDIUM), _pick(dice, _MEDIUM))
    return Question(kind, (either, two[1]), without=_pick(dice, _COMMON))


def _pick(dice: np.random.Generator, span: tuple[int, int]) -> str:
    return word(int(dice.integers(*span)))


def _neighbours(
    made: Generator, dice: np.random.Generator, first: int, last: int
) -> tuple[tuple[str], tuple[str]]:
    """Two words that stand side by side in some article, both of these ranks."""
    ranks = _ranks(made, first, last)
    while True:
        block = made.block(int(dice.integers(0, made.total // BLOCK)))
        for article in block[int(dice.integers(0, BLOCK)) :]:
            words = article.text.split()
            for i in dice.permutation(len(words) - 1)[:20].tolist():
                if words[i] in ranks and words[i + 1] in ranks:
                    return (words[i],), (words[i + 1],)


_RANKS: dict[tuple[int, int], frozenset[str]] = {}


def _ranks(made: Generator, first: int, last: int) -> frozenset[str]:
    if (first, last) not in _RANKS:
        _RANKS[first, last] = frozenset(made.words[first:last])
    return _RANKS[first, last]
