"""Decides when an address or a source is worth another visit, and what a fate makes of it.

Pure: the clock is passed in; states come and go as values (see state.py for where they are kept).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from warehouse.records import HELD, Outcome, Source

_SOONEST = timedelta(minutes=30)
_LATEST = timedelta(hours=24)
_SETTLED_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlState:
    """What is known of one key; a row of `urls` in state.sqlite. Times are aware, UTC."""

    key: str
    url: str
    source: str | None
    outcome: str
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    fetched_at: datetime | None = None
    published_at: datetime | None = None
    tries: int = 0
    next_visit_at: datetime | None = None
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedFate:
    """A row of outcomes."""

    url: str
    key: str
    source: str | None
    outcome: Outcome
    article_id: str | None
    decided_at: datetime
    published_at: datetime | None
    retry_at: datetime | None

    @property
    def is_second_spelling(self) -> bool:
        """Another address with a key that was met in the same run; the crawl saw it so."""
        return self.outcome is Outcome.DUPLICATE_URL and self.article_id is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address finally answered, its redirects followed."""

    fetched_at: datetime
    status: int | None
    digest: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def failed(self) -> bool:
        return self.status is None or self.status >= 400


def next_visit_at(published_at: datetime | None, fetched_at: datetime) -> datetime | None:
    """When an article is worth another look: sooner the younger it is; None: no more.

    Half its age from the last visit, between half an hour and a day: corrections come early.
    """
    age = fetched_at - (published_at or fetched_at)
    if age > _SETTLED_AFTER:
        return None
    return fetched_at + min(max(age / 2, _SOONEST), _LATEST)


def after_fate(old: UrlState | None, fate: LandedFate) -> UrlState:
    """The state of a key after a fate of one of its addresses."""
    before = old or UrlState(
        key=fate.key, url=fate.url, source=fate.source, outcome="", decided_at=fate.decided_at
    )
    if old and fate.url != old.url and fate.is_second_spelling:
        return old  # it says nothing new of the first
    held = fate.outcome in HELD
    return dataclasses.replace(
        before,
        outcome=str(Outcome.STORED if held else fate.outcome),
        published_at=fate.published_at or before.published_at,
        tries=_tries(before, fate),
        next_visit_at=(
            next_visit_at(fate.published_at, before.fetched_at or fate.decided_at)
            if held
            else fate.retry_at
        ),
        decided_at=fate.decided_at,
    )


def after_answer(old: UrlState, answer: Answer) -> UrlState:
    """The state of a key after its address was asked for its page."""
    if answer.failed:
        return old
    seen = dataclasses.replace(old, fetched_at=answer.fetched_at)
    if answer.status != 304:
        seen = dataclasses.replace(
            seen, etag=answer.etag, last_modified=answer.last_modified, digest=answer.digest
        )
    if old.outcome != Outcome.STORED:
        return seen
    return dataclasses.replace(
        seen, next_visit_at=next_visit_at(old.published_at, answer.fetched_at)
    )


def due(
    sources: Iterable[Source],
    checked: Mapping[str, datetime],
    *,
    every_minutes: float,
    now: datetime,
) -> list[Source]:
    """The sources to ask now: not paused, and not asked for as long as each wants."""
    return [
        source
        for source in sources
        if not source.paused and _is_due(source, checked.get(source.source), every_minutes, now)
    ]


def _is_due(
    source: Source, checked_at: datetime | None, every_minutes: float, now: datetime
) -> bool:
    minutes = every_minutes if source.every_minutes is None else source.every_minutes
    return checked_at is None or now - checked_at >= timedelta(minutes=minutes)


def _tries(before: UrlState, fate: LandedFate) -> int:
    """A deferral counts when it was a new try: only then it bears another time for the next."""
    if fate.outcome is Outcome.DEFERRED:
        tried = fate.retry_at is not None and fate.retry_at != before.next_visit_at
        return before.tries + tried
    return before.tries if fate.outcome is Outcome.QUARANTINED else 0
