"""Which days an address is about, by the date in it; for looking back in sitemaps and archives.

Pure. Only dates that say at least a year and a month, or a year where a whole index is cut by
years; a bare number is no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from warehouse.records import Lead, Window

# A page bears the day of where it was written: 14 hours earlier in Kiribati than in London.
_SLACK = timedelta(hours=14)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATE = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)\d\d)(?P<s>[-/_.]?)"
    r"(?P<m>0[1-9]|1[0-2]|(?:(?<=/)[1-9])|(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
    r"(?:(?P=s)(?P<d>0[1-9]|[12]\d|3[01]|(?:(?<=/)[1-9])))?(?![0-9])",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"(?i)\by(?:yyy|ear)?=(?P<y>(?:19|20)\d\d)\b.*?\bm(?:m|onth)?=(?P<m>\d\d?)\b"
    r"(?:.*?\bd(?:d|ay)?=(?P<d>\d\d?)\b)?"
)
_NUMBER = re.compile(r"\d+")
_YEAR = re.compile(r"(?<![0-9])(?:19[89]\d|20\d\d)(?![0-9])")


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `first` to the end of the day, month or year that is meant."""

    first: datetime
    last: datetime

    def meets(self, window: Window) -> bool:
        """Whether anything of it may lie in the window, whatever the zone of its dates."""
        return self.first - _SLACK <= window.until and self.last + _SLACK >= window.since


def period_of(url: str) -> Period | None:
    """The month or day that an address names; None where it names none, or no possible one."""
    parts = urlsplit(url)
    found = _QUERY.search(parts.query) or _DATE.search(f"{parts.path}?{parts.query}")
    if found is None:
        return None
    named = found.groupdict()
    name = named.get("name")
    month = _MONTHS.index(name.lower()) + 1 if name else int(named["m"])
    return _period(int(named["y"]), month, int(named["d"]) if named["d"] else None)


def periods_of(urls: Iterable[str]) -> dict[str, Period | None]:
    """The period of each of the sitemaps that one index names.

    A year alone counts where all addresses of that form have one: sitemap-2021, sitemap-2022; but
    in sitemap-1 … sitemap-2022 the number counts pages.
    """
    forms: dict[str, list[str]] = {}
    for url in urls:
        forms.setdefault(_NUMBER.sub("#", url), []).append(url)
    found: dict[str, Period | None] = {}
    for same in forms.values():
        years = {url: _YEAR.findall(urlsplit(url).path) for url in same}
        by_year = all(len(those) == 1 for those in years.values())
        for url in same:
            period = period_of(url)
            if period is None and by_year:
                period = _period(int(years[url][0]), None, None)
            found[url] = period
    return found


def side_of(lead: Lead, window: Window) -> str:
    """Whether a lead is "within" the window, "older" or "newer"; "within" where nobody can say.

    A page cannot be younger than its last change, so one that last changed before is older; one
    that changed since may be of any date.
    """
    changed = lead.modified_at
    if changed is not None and changed + _SLACK < window.since:
        return "older"
    if lead.published_at is not None:
        period: Period | None = Period(lead.published_at, lead.published_at)
    else:
        period = period_of(lead.url) or period_of(lead.found_on)
    if period is not None and not period.meets(window):
        return "newer" if period.first > window.until else "older"
    return "within"


def _period(year: int, month: int | None, day: int | None) -> Period | None:
    try:
        first = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            after = first + timedelta(days=1)
        elif month:
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            after = first.replace(year=year + 1)
    except (ValueError, OverflowError):
        return None
    return Period(first, after - timedelta(microseconds=1))
