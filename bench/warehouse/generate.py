"""Makes articles, their names and copies from a seed: the same seed gives the same articles.

Words follow Zipf's law (with Mandelbrot's shift), lengths the distribution measured on 842 public
news pages, outlets and names are as uneven as in life. The texts mean nothing; what an index, a
table and a query cost does not depend on that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np

FIRST_DAY = datetime(2023, 1, 1, tzinfo=UTC)
DAYS = 3 * 365
BLOCK = 1_000  # articles made at once, and landed at once
MENTIONS = 15  # an article that is long enough
# Words of the shortest article, then of each further twentieth, of 842 news pages.
_LENGTHS = (7, 145, 191, 223, 258, 287, 328, 362, 400, 428, 465, 509, 549, 607, 662, 737, 829, 969,
            1128, 1508, 2900)  # fmt: skip
N_WORDS = 400_000
N_OUTLETS = 300
_SHIFT, _POWER = 2.7, 1.07
_NAMES_PER_ARTICLE = 0.2  # how many different names there are
_COPIES = 0.05  # of all articles
_SYLLABLES = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
_LANGUAGES = np.array(["en", "de", "fr", "es", "ru", "ar"], dtype=object)


@dataclass(frozen=True, slots=True)
class Made:
    """One article: what landing needs of it."""

    number: int
    url: str
    source: str
    language: str
    title: str
    text: str
    published_at: datetime
    names: tuple[tuple[int, str, int, int], ...]  # number of the name, surface, start, end
    copy_of: int | None  # number of an earlier article of the same block


class Generator:
    """Articles in blocks of a thousand; `total` decides how many names there are and how dense
    the days."""

    def __init__(self, total: int, seed: int = 1):
        self.total, self._seed = total, seed

    @cached_property
    def words(self) -> np.ndarray:
        """The vocabulary, commonest and shortest first."""
        return np.array([word(rank) for rank in range(N_WORDS)], dtype=object)

    @cached_property
    def names(self) -> np.ndarray:
        """Full names, the best known first."""
        dice = np.random.default_rng([self._seed, 8])
        n = max(200, int(self.total * _NAMES_PER_ARTICLE))
        first, last = dice.integers(500, N_WORDS, size=(2, n))
        return np.array(
            [
                f"{word(a).capitalize()} {word(b).capitalize()}"
                for a, b in zip(first, last, strict=True)
            ],
            dtype=object,
        )

    @cached_property
    def _spelled(self) -> np.ndarray:
        """Each word plain, then each at the end of a sentence, then of a paragraph."""
        return np.concatenate([self.words, self.words + ".", self.words + ".\n\n"])

    def block(self, number: int) -> list[Made]:
        """The articles `number * BLOCK` up to the next block's first."""
        dice = np.random.default_rng([self._seed, 1, number])
        lengths = np.interp(dice.random(BLOCK) * 20, range(21), _LENGTHS).astype(int)
        words = self._written(dice, int(lengths.sum()))
        titles = self.words[zipf(dice, 8 * BLOCK, N_WORDS)].reshape(BLOCK, 8)
        outlets = zipf(dice, BLOCK, N_OUTLETS)
        languages = _LANGUAGES[np.minimum(zipf(dice, BLOCK, 12), len(_LANGUAGES) - 1)]
        seconds = dice.integers(0, 86_400, BLOCK)
        copied = np.where(dice.random(BLOCK) < _COPIES, dice.integers(0, BLOCK, BLOCK), BLOCK)
        made: list[Made] = []
        ends = np.cumsum(lengths)
        for i, end in enumerate(ends.tolist()):
            at = number * BLOCK + i
            original = made[copied[i]] if copied[i] < i else None
            body = words[end - lengths[i] : end]
            text, names = (original.text, original.names) if original else self._text(dice, body)
            source = word(900 + int(outlets[i]))
            made.append(
                Made(
                    number=at,
                    url=f"https://www.{source}.example/{at}/{word(at % N_WORDS)}",
                    source=source,
                    language=str(languages[i]),
                    title=" ".join(titles[i]).capitalize(),
                    text=text,
                    published_at=FIRST_DAY
                    + timedelta(days=at * DAYS // self.total, seconds=int(seconds[i])),
                    names=names,
                    copy_of=original.number if original else None,
                )
            )
        return made

    def _written(self, dice: np.random.Generator, n: int) -> np.ndarray:
        ends = dice.random(n)
        kind = (ends < 0.05).astype(int) + (ends < 0.012)
        return self._spelled[zipf(dice, n, N_WORDS) + N_WORDS * kind]

    def _text(
        self, dice: np.random.Generator, body: np.ndarray
    ) -> tuple[str, tuple[tuple[int, str, int, int], ...]]:
        n = len(body)
        known = zipf(dice, min(MENTIONS, n // 3), len(self.names))
        places = np.linspace(0, n - 1, len(known), dtype=int)
        body[places] = self.names[known]
        text = " ".join(body).rstrip(" .\n") + "."
        names, at = [], 0
        for name in known.tolist():
            surface = str(self.names[name])
            at = text.index(surface, at)
            names.append((name, surface, at, at + len(surface)))
            at += len(surface)
        return text, tuple(names)


def blocks(made: Generator, start: int, stop: int) -> Iterator[list[Made]]:
    """The blocks that hold the articles `start` up to `stop`, both multiples of BLOCK."""
    for number in range(start // BLOCK, stop // BLOCK):
        yield made.block(number)


def word(rank: int) -> str:
    """The word of a rank: one syllable for the commonest 90, two up to 8,100, then three."""
    n = len(_SYLLABLES)
    if rank < n:
        return _SYLLABLES[rank]
    if rank < n**2:
        rank = rank * 4001 % n**2
        return _SYLLABLES[rank // n] + _SYLLABLES[rank % n]
    rank = rank * 400_009 % n**3
    return _SYLLABLES[rank // n**2] + _SYLLABLES[rank // n % n] + _SYLLABLES[rank % n]


def zipf(dice: np.random.Generator, size: int, ranks: int) -> np.ndarray:
    """`size` ranks from 0; p(rank) is nearly proportional to 1 / (rank + 2.7) ** 1.07."""
    power = 1 - _POWER
    low, high = _SHIFT**power, (ranks + _SHIFT) ** power
    drawn = (low + dice.random(size) * (high - low)) ** (1 / power) - _SHIFT
    return np.clip(drawn.astype(int), 0, ranks - 1)
