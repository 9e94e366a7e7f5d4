"""Section archives by address: patterns with dates and page numbers, and what they stand for.

Pure: patterns and dates in, addresses out. A pattern is an address with {year}, {month:02},
{day:02} or {page} in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows import tomlfile
from warehouse.records import LeadKind, Source, Window

if TYPE_CHECKING:
    from warehouse.frontier import Place

# Archives are cut at midnight of where they are kept.
_SLACK = timedelta(hours=14)
_MOST_PAGES = 500  # of one archive, whatever its last page says
_AHEAD = 8  # pages of an archive in one slice
_FIELD = re.compile(r"\{(year|month|day|page)(?::0?[1-9])?\}")


def patterns(value: object) -> tuple[str, ...]:
    """A check for sources.toml: a list of addresses with fields; raises WrongValue."""
    return tuple(_pattern(item) for item in tomlfile.texts(value))


def _pattern(text: str) -> str:
    left = _FIELD.sub("1", text)
    if "{" in left or "}" in left:
        raise tomlfile.WrongValue(f"{text!r} has a field other than {{year}}, {{month:02}}, "
                                  "{day:02} and {page}")  # fmt: skip
    if left == text:
        raise tomlfile.WrongValue(f"{text!r} has no field such as {{year}} or {{page}}")
    fields = _fields(text)
    if ("day" in fields and "month" not in fields) or ("month" in fields and "year" not in fields):
        raise tomlfile.WrongValue(f"{text!r} names a day or month, but not of which year or month")
    tomlfile.address(left)
    return text


def places(source: Source, window: Window) -> Iterator[Place]:
    """What the patterns of a source stand for in these dates; of those by page the first."""
    for pattern in source.archives:
        for first, newest in _days(pattern, window):
            yield _place(source.source, pattern, first, newest, 1)


def next_pages(place: Place, sides: Mapping[str, int], n_new: int) -> list[Place]:
    """The pages after the last one read, where the archive goes on: one, two, four, then eight.

    `sides` counts what it named "within" the dates, "older" and "newer"; `n_new` of those within
    are met for the first time. Pages run from the newest to the oldest.
    """
    if place.pattern is None or place.page is None or place.page >= _MOST_PAGES:
        return []
    newer, older = sides.get("newer", 0), sides.get("older", 0)
    if not (n_new or newer) or (older and not newer and not sides.get("within")):
        return []
    day = place.newest.date() if place.newest else None
    after = range(place.page + 1, place.page + 1 + min(place.page, _AHEAD))
    return [_place(place.source, place.pattern, day, place.newest, page) for page in after]


def _place(
    source: str, pattern: str, day: date | None, newest: datetime | None, page: int
) -> Place:
    from warehouse.frontier import Place  # noqa: PLC0415  sources.toml is read without it

    day = day or date(2000, 1, 1)  # a pattern without dates takes no notice
    url = pattern.format(year=day.year, month=day.month, day=day.day, page=page)
    return Place(
        url=url,
        source=source,
        kind=LeadKind.SITEMAP if _is_sitemap(url) else LeadKind.PAGE,
        newest=newest,
        pattern=pattern,
        page=page if "page" in _fields(pattern) else None,
    )


def _days(pattern: str, window: Window) -> Iterator[tuple[date | None, datetime | None]]:
    """The first day of each day, month or year that the pattern can name, and its end."""
    fields = _fields(pattern)
    if "year" not in fields:
        yield None, None
        return
    day = (window.since - _SLACK).date()
    last = (window.until + _SLACK).date()
    if "day" not in fields:
        day = day.replace(day=1)
    if "month" not in fields:
        day = day.replace(month=1)
    while day <= last:
        after = _after(day, fields)
        end = datetime.combine(after, time(), UTC) - timedelta(seconds=1)
        yield day, end
        day = after


def _after(day: date, fields: set[str]) -> date:
    if "day" in fields:
        return day + timedelta(days=1)
    if "month" in fields:
        return (day + timedelta(days=31)).replace(day=1)
    return day.replace(year=day.year + 1)


def _fields(pattern: str) -> set[str]:
    return set(_FIELD.findall(pattern))


def _is_sitemap(url: str) -> bool:
    return urlsplit(url).path.lower().endswith((".xml", ".xml.gz"))
