"""The months' names in some sixty languages, and years that are not counted like ours."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from importlib import resources

_PERSIAN = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_BUDDHIST = 543  # years ahead of ours
_PERSIAN_START = 356_033  # what the sum of from_persian is ahead of Python's day count
_DOTS = str.maketrans({"\u0307": None, "ي": "ی", "ك": "ک"})


@cache
def _names() -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Months by their names, and those that mean something else in one language."""
    everywhere: dict[str, int] = {}
    there: dict[tuple[str, str], int] = {}
    table = resources.files(__package__) / "months.tsv"
    for line in table.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, *cells = line.split("\t")
        for month, cell in enumerate(cells, start=1):
            for name in cell.split("|"):
                if everywhere.setdefault(_plain(name), month) != month:
                    there[language, _plain(name)] = month
    return everywhere, there


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower().translate(_DOTS).strip(" .,'’-")


def month_of(name: str, language: str | None = None) -> int | None:
    """The number of a month by its name or short form, "a.m." of a page in `language`."""
    everywhere, there = _names()
    plain = _plain(name)
    found = there.get((language or "", plain)) or everywhere.get(plain)
    if found is None and plain[:1] in ("ב", "d") and len(plain) > 3:
        # Hebrew and Romance prefixes: "in July", "of April".
        return everywhere.get(plain[1:].lstrip("'’"))
    return found


def persian_month(name: str) -> int | None:
    plain = _plain(name)
    return _PERSIAN.index(plain) + 1 if plain in _PERSIAN else None


def our_year(year: int) -> int:
    """`year` of the common era, where it was counted as in Thailand."""
    return year - _BUDDHIST if 2400 <= year < 2700 else year


def from_persian(year: int, month: int, day: int) -> date:
    """A day of the Persian calendar in ours, by its 33-year cycle of leap years."""
    year += 1595
    days = 365 * year + year // 33 * 8 + (year % 33 + 3) // 4 + day
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return date.fromordinal(days - _PERSIAN_START)
