"""When an article was published and changed: all candidates, each with where it was found.

The page's own structured data rank above the feed's entry, that above visible `<time>`s, the
address and the text. The crawl's own day is never taken from a weak candidate, impossible
dates are refused with a reason, and "unknown" is an answer.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crawlers.extract.moments import Moment
from crawlers.extract.page import Page
from crawlers.extract.told_dates import (
    candidate,
    in_scripts,
    modifications,
    month_first,
    told_dates,
)
from crawlers.extract.visible_dates import is_sure, visible_dates
from warehouse.records import DateCandidate, Lead, Precision

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the web had news
_AHEAD = timedelta(days=2)  # time zones, and clocks that are wrong
_MAX_TREE = 20_000  # elements beyond which nobody looks for a visible date
_RANK = {"json-ld": 0, "meta": 1, "feed": 2, "sitemap": 3, "time": 4, "script": 5, "url": 6,
         "text": 7, "updated": 8}  # fmt: skip
# How often each place had the day right on the development pages, rounded down.
_TRUST = {"json-ld": 0.97, "meta": 0.96, "feed": 0.95, "sitemap": 0.9, "time": 0.85,
          "script": 0.85, "url": 0.95, "text": 0.75, "updated": 0.5}  # fmt: skip
_SURELY = 0.99  # the most that anybody can say
_CONTRADICTED = 0.8  # of the trust is left where another place says another day
_QUARTER = timedelta(minutes=15)  # zones differ by multiples of it
_FARTHEST = timedelta(hours=14)  # from Greenwich


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of an article's times; `published` is one of the candidates or None."""

    published: DateCandidate | None
    candidates: tuple[DateCandidate, ...]
    modified_at: datetime | None
    confidence: float | None = None  # 0-1, that the day is right; None: unknown
    refused: tuple[str, ...] = ()  # impossible dates, each with where it was found and why


def dates_of(page: Page, *, lead: Lead | None, fetched_at: datetime) -> Dates:
    """All dates of the page; `fetched_at` bounds what is possible."""
    told = list(told_dates(page, lead))
    found = _possible(told, fetched_at)
    changed = [m for m in modifications(page) if _impossible(m.at, fetched_at) is None]
    if not found:
        told += in_scripts(page)
        found = _possible(told, fetched_at)
    if not found and page.elements <= _MAX_TREE:
        seen, seen_changed = _seen(page, fetched_at)
        found, changed = seen, changed + seen_changed
    published = choose(found)
    return Dates(
        published=published,
        candidates=tuple(dict.fromkeys(found)),
        modified_at=_modified(changed, lead, published),
        confidence=_confidence(published, found) if published else None,
        refused=tuple(dict.fromkeys(_refusals(told, fetched_at))),
    )


def choose(candidates: list[DateCandidate]) -> DateCandidate | None:
    """The best ranked candidate, or one that says the same more exactly."""
    if not candidates:
        return None
    best = _best(candidates)
    same = [c for c in candidates if _agree(best, c)]
    exact = max(same, key=lambda c: (*_exactness(c), -_RANK[c.found_in]))
    return _zoned(exact, candidates)


def _best(candidates: list[DateCandidate]) -> DateCandidate:
    """The first by rank, unless it stands alone against two of the best places."""
    best = min(candidates, key=lambda c: _RANK[c.found_in])
    days = Counter(day for c in candidates for day in _days(c))
    if best.found_in == "json-ld" and max(days[day] for day in _days(best)) == 1:
        for other in candidates:
            if other.found_in == "json-ld" and _meta_agrees(other, candidates):
                return other
    return best


def _days(one: DateCandidate) -> set[date]:
    return {one.at.date(), _local(one).date()}


def _meta_agrees(one: DateCandidate, candidates: list[DateCandidate]) -> bool:
    return any(c.found_in == "meta" and _days(c) & _days(one) for c in candidates)


def _agree(one: DateCandidate, other: DateCandidate) -> bool:
    """The same moment, or the same clock once with and once without its zone, or the day."""
    if one.precision is Precision.DAY:
        return abs(_local(one).date() - _local(other).date()) <= timedelta(0)
    if other.precision is Precision.DAY:
        return False
    close = timedelta(minutes=1)
    if abs(one.at - other.at) < close:
        return True
    # The same clock with another zone: an offset of zero is often a zone nobody thought of.
    return not one.offset and abs(_local(one) - _local(other)) < close


def _zoned(best: DateCandidate, candidates: list[DateCandidate]) -> DateCandidate:
    """With the offset that a clock without zone elsewhere on the page gives away.

    00:47 in Greenwich and "6:47 p.m." of the day before are one moment, six hours west.
    """
    if best.offset != 0 or best.precision is Precision.DAY:
        return best
    for other in candidates:
        if other.offset is not None or other.precision is Precision.DAY:
            continue
        ahead = other.at - best.at.replace(second=0 if other.at.second == 0 else best.at.second)
        if ahead and abs(ahead) <= _FARTHEST and not ahead % _QUARTER:
            return dataclasses.replace(best, offset=int(ahead.total_seconds() // 60))
    return best


def _exactness(candidate: DateCandidate) -> tuple[int, int, int]:
    timed = candidate.precision is not Precision.DAY
    known = candidate.offset is not None
    return (int(timed), int(bool(candidate.offset)), int(known))


def _local(candidate: DateCandidate) -> datetime:
    return candidate.at + timedelta(minutes=candidate.offset or 0)


def _impossible(at: datetime, fetched_at: datetime) -> str | None:
    if at < EARLIEST:
        return "before the web had news"
    if at > fetched_at + _AHEAD:
        return "more than two days after it was fetched"
    return None


def _possible(told: list[DateCandidate], fetched_at: datetime) -> list[DateCandidate]:
    return [c for c in told if _impossible(c.at, fetched_at) is None]


def _refusals(told: list[DateCandidate], fetched_at: datetime) -> Iterator[str]:
    for one in told:
        reason = _impossible(one.at, fetched_at)
        if reason is not None:
            yield f"{one.at:%Y-%m-%d} in {one.found_in}: {reason}"


def _seen(page: Page, fetched_at: datetime) -> tuple[list[DateCandidate], list[Moment]]:
    """The visible date, unless it may be the page's clock; and visible dates of changes."""
    published: list[DateCandidate] = []
    changed: list[Moment] = []  # of these the first stands in where nothing else is said
    for seen in visible_dates(page, month_first=month_first(page)):
        today = abs(seen.moment.at.date() - fetched_at.date()) <= timedelta(days=1)
        if _impossible(seen.moment.at, fetched_at) or (today and not is_sure(seen)):
            continue
        if seen.updated:
            changed.append(seen.moment)
        elif not published:
            published.append(candidate(seen.moment, "text"))
    if changed and not published:
        published.append(candidate(changed[0], "updated"))
    return published, changed[:1]


def _modified(
    changed: Iterable[Moment], lead: Lead | None, published: DateCandidate | None
) -> datetime | None:
    for moment in changed:
        if published is None or moment.at >= published.at - timedelta(days=1):
            return moment.at
    return lead.modified_at if lead is not None else None


def _confidence(published: DateCandidate, found: list[DateCandidate]) -> float:
    """That the day is right: the trust in its place, more for agreement, less against it."""
    wrong = 1 - _TRUST[published.found_in]
    against = 1.0
    for place in {c.found_in for c in found} - {published.found_in}:
        days = {day for c in found if c.found_in == place for day in _days(c)}
        if days & _days(published):
            wrong *= 1 - _TRUST[place]
        else:
            against = _CONTRADICTED
    return round(min(_SURELY, (1 - wrong) * against), 3)
