"""What the crawl has to ask for: pages that leads name, and listings that name leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawlers import urls
from crawlers.fates import MAX_HOPS, Ending
from warehouse.records import Fate, Lead, LeadKind, Outcome, Purpose, Source

SLICE_LISTINGS = 40  # of a source in one slice of a backfill
LISTING_PRIORITY = 10_000  # leads come before pages
ON_THE_WAY = 5_000  # a redirect is followed before anything new of its kind is begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A feed, sitemap or section page to read; also a line of the run folder's `listings`."""

    url: str
    source: str
    kind: LeadKind
    found_on: str | None = None  # the index that named it; None: the source itself
    depth: int = 0
    archive: bool = False  # looked into by a backfill: the state of feeds has no part in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One request to make for a lead or a listing: at first its own address, then its redirects."""

    url: str
    target: Lead | Listing
    priority: int
    hops: tuple[str, ...] = ()  # addresses asked before this one, oldest first
    etag: str | None = None
    last_modified: str | None = None
    tries: int = 0  # earlier runs that deferred it

    @property
    def purpose(self) -> Purpose:
        if isinstance(self.target, Lead):
            return Purpose.ARTICLE
        if self.target.archive:
            return Purpose.ARCHIVE
        return Purpose(self.target.kind.value)

    def onwards(self, location: str) -> Job:
        """The same job after a redirect."""
        priority = self.priority if self.hops else self.priority + ON_THE_WAY
        return replace(self, url=location, hops=(*self.hops, self.url), priority=priority)

    def fate(self, ending: Ending, at: datetime, status: int | None = None) -> Fate:
        """How the lead of this job ended."""
        assert isinstance(self.target, Lead)
        asked = self.url if self.hops or status is not None else None
        return fate_of(self.target, ending, at, final_url=asked, status=status)


def no_way_on(job: Job, location: str, *, allow_private_hosts: bool) -> Ending | None:
    """Why a redirect of the job to `location` is not followed, or None if it may be."""
    if len(job.hops) >= MAX_HOPS:
        return Ending(Outcome.HTTP_ERROR, f"more than {MAX_HOPS} redirects")
    if location in (*job.hops, job.url):
        return Ending(Outcome.HTTP_ERROR, f"redirects in a circle, back to {location}")
    refusal = urls.refused(location, allow_private_hosts=allow_private_hosts)
    return Ending(Outcome.REFUSED_ADDRESS, f"leads to {location}: {refusal}") if refusal else None


def fate_of(
    lead: Lead,
    ending: Ending,
    at: datetime,
    *,
    final_url: str | None = None,
    status: int | None = None,
) -> Fate:
    return Fate(
        url=lead.url,
        key=lead.key,
        source=lead.source,
        outcome=ending.outcome,
        reason=ending.reason,
        decided_at=at,
        final_url=final_url,
        status=status,
        published_at=lead.published_at,
        retry_at=ending.retry_at,
    )


def listings_of(source: Source) -> tuple[Listing, ...]:
    """What the source itself names, in its own order, each once."""
    kinds = (
        (LeadKind.FEED, source.feeds),
        (LeadKind.SITEMAP, source.sitemaps),
        (LeadKind.PAGE, source.pages),
    )
    named = {url: kind for kind, those in reversed(kinds) for url in reversed(those)}
    order = dict.fromkeys(url for _, those in kinds for url in those)
    return tuple(Listing(url=url, source=source.source, kind=named[url]) for url in order)


def merged(leads: Iterable[Lead]) -> Lead:
    """One lead from all that named the same address: the first, with what it lacks added."""
    first, *others = leads
    for other in others:
        dated = other if first.published_at is None else first
        first = replace(
            first,
            title=first.title or other.title,
            summary=first.summary or other.summary,
            published_at=dated.published_at,
            published_offset=dated.published_offset,
            modified_at=max(filter(None, (first.modified_at, other.modified_at)), default=None),
            language=first.language or other.language,
            authors=first.authors or other.authors,
        )
    return first


def in_order(leads: Iterable[Lead], undated_at: datetime) -> list[Lead]:
    """Newest first, so that a budget goes to the news; the undated count as a day old.

    Addresses of one page stand together, the shortest first. The order does not depend on which
    listing answered first.
    """
    yesterday = undated_at - timedelta(days=1)
    by_key: dict[str, list[Lead]] = {}
    for lead in leads:
        by_key.setdefault(lead.key, []).append(lead)

    def newest(same: list[Lead]) -> tuple[float, str]:
        times = [(lead.published_at or lead.modified_at or yesterday) for lead in same]
        return -max(times).timestamp(), same[0].key

    def shortest(lead: Lead) -> tuple[int, str]:
        return len(lead.url), lead.url

    return [
        lead for same in sorted(by_key.values(), key=newest) for lead in sorted(same, key=shortest)
    ]
