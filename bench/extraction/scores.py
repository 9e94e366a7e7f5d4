"""How right an answer is: pure functions of a truth and what a tool said."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from html import unescape

_TOKEN = re.compile(r"\w+", re.UNICODE | re.MULTILINE | re.IGNORECASE | re.DOTALL)


def shingle_sums(truth: str, text: str) -> tuple[float, float, float]:
    """The aeb benchmark's own: true, false and missed 4-token shingles, each by their sum."""
    wanted, got = _shingles(truth), _shingles(text)
    true = sum((wanted & got).values())
    false, missed = sum((got - wanted).values()), sum((wanted - got).values())
    total = true + false + missed
    return (true / total, false / total, missed / total) if total else (1.0, 0.0, 0.0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    count = max(1, len(tokens) - 3) if tokens else 0
    return Counter(tuple(tokens[i : i + 4]) for i in range(count))


def f1_of(true: float, false: float, missed: float) -> float:
    return 2 * true / ((2 * true + false + missed) or 1)


def word_f1(truth: str, text: str, *, wide: bool) -> float:
    """F1 of the bag of words, or of characters where words are not set apart."""
    pattern = r"\w" if wide else r"\w+"
    wanted, got = (Counter(re.findall(pattern, part.lower())) for part in (truth, text))
    true = sum((wanted & got).values())
    return 2 * true / ((wanted.total() + got.total()) or 1)


def exact(text: str | None) -> str:
    """As written, but for white space and entities."""
    return unicodedata.normalize("NFC", " ".join(unescape(text or "").split()))


def plain(text: str | None) -> str:
    """The words alone: no case, marks, accents or punctuation."""
    bare = unicodedata.normalize("NFKD", unescape(text or "").casefold())
    return " ".join(re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c))))


def same_people(truth: tuple[str, ...], got: tuple[str, ...]) -> tuple[bool, bool, bool]:
    """Whether the names are those of the truth as written, as a set of plain names, and any."""
    wanted, named = {plain(name) for name in truth}, {plain(name) for name in got if plain(name)}
    as_written = [exact(name) for name in truth] == [exact(name) for name in got]
    return as_written, wanted == named, bool(wanted & named)


def same_day(truth: datetime, got: datetime | None) -> bool:
    """By the clock of the page's zone, as the tool gave it."""
    return got is not None and got.date() == truth.date()


def same_minute(truth: datetime, got: datetime | None) -> bool:
    """The same moment; where the tool gave no zone, the same time on the page's clock."""
    if got is None:
        return False
    if truth.tzinfo is None or got.tzinfo is None:
        return abs(got.replace(tzinfo=None) - truth.replace(tzinfo=None)) < timedelta(minutes=1)
    return abs(got - truth) < timedelta(minutes=1)


def same_offset(truth: datetime, got: datetime | None) -> bool:
    return got is not None and got.utcoffset() is not None and got.utcoffset() == truth.utcoffset()
