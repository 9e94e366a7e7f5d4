"""Reads what the sources list: asks feeds, sitemaps and section pages, and notes their leads.

A sitemap index leads on to those of its sitemaps that can name something new. Whether a lead is
asked for is decided later, when all listings of its source are read (see crawl.py).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from crawlers import gate, urls
from crawlers.discover.periods import periods_of, side_of
from crawlers.exchange import Answer, Clock
from crawlers.fates import Ending, LeftOver
from crawlers.jobs import LISTING_PRIORITY, SLICE_LISTINGS, Job, Listing, listings_of, no_way_on
from crawlers.known import KnownUrls
from crawlers.ledger import Ledger
from crawlers.past import Past
from crawlers.tasks import MAX_EXPANSION, Lost, ReadListing, ReceivedListing
from crawlers.workers import Workers
from warehouse.records import CrawlRequest, Fetch, Lead, LeadKind, Source

_log = logging.getLogger(__name__)

_MAX_DEPTH = 3  # of sitemap indexes
_MAX_LISTINGS = 300  # of a source in one run, whatever its sitemap indexes name
# A page of "since 1 July" is one that bears that day, which begins 14 hours earlier in Kiribati.
_FURTHEST_EAST = timedelta(hours=14)


class Listings:
    """All listings of a crawl; `all_read` hears of each source whose last one is settled."""

    def __init__(
        self,
        request: CrawlRequest,
        *,
        past: Past,
        ledger: Ledger,
        known: KnownUrls,
        workers: Workers,
        push: Callable[[Job], None],
        all_read: Callable[[Source], object],
        clock: Clock,
    ):
        self._request, self._past, self._ledger = request, past, ledger
        self._known, self._workers, self._clock = known, workers, clock
        self._push, self._all_read = push, all_read
        self._sources = {source.source: source for source in request.sources}
        self._open: Counter[str] = Counter()  # by source: sent and not settled
        self._n_sent: Counter[str] = Counter()  # by source

    def begin(self, source: Source) -> None:
        """Ask for what the source itself names, and what an interrupted run had found since."""
        named = [listing for listing in self._past.listings if listing.source == source.source]
        own = () if self._request.window else listings_of(source)
        listings = [] if source.paused else [*own, *named]
        self._open[source.source] += 1  # so that none is the last before all are sent
        for listing in listings:
            self._send(listing)
        self._close(source.source)

    def _send(self, listing: Listing) -> None:
        self._open[listing.source] += 1
        self._n_sent[listing.source] += 1
        known = None if listing.archive else self._known.feed(listing.url)
        self._push(
            Job(
                url=listing.url,
                target=listing,
                priority=LISTING_PRIORITY,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
            )
        )

    def _close(self, source: str) -> None:
        self._open[source] -= 1
        if self._open[source] == 0:
            self._all_read(self._sources[source])

    async def settle(self, job: Job, listing: Listing, answer: Answer | Ending) -> None:
        """Do what the answer asks for: follow it on, or note the leads in it."""
        if isinstance(answer, LeftOver):
            self._ledger.leave(listing.source)  # no line: nothing is wrong with it
        elif isinstance(answer, Ending):
            self._ledger.fetch(self._unasked(job, f"{answer.outcome}: {answer.reason}"))
        elif answer.redirect is not None:
            stop = no_way_on(
                job, answer.redirect, allow_private_hosts=self._request.allow_private_hosts
            )
            error = stop.reason if stop else answer.fetch.error
            self._ledger.exchange(job, replace(answer.fetch, error=error))
            if stop is None:
                self._push(job.onwards(answer.redirect))
                return
        elif (job.purpose, job.url, listing.source) not in self._past.read:
            await self._read(job, listing, answer)
        self._close(listing.source)

    async def _read(self, job: Job, listing: Listing, answer: Answer) -> None:
        found = await self._found_in(job, listing, answer)
        if found.error is not None:
            _log.warning("%s: %s: %s", listing.source, job.url, found.error)
        self._note(listing, found)
        fetch = replace(answer.fetch, error=found.error)
        if found.is_index:
            # "Not modified" would say nothing of the sitemaps that it names, and those may have
            # changed: without validators it is asked in full the next time too.
            fetch = replace(fetch, etag=None, last_modified=None)
        # Its leads stand; now its line may say that it was read.
        self._ledger.exchange(job, fetch)

    async def _found_in(self, job: Job, listing: Listing, answer: Answer) -> ReadListing:
        """What a listing names, or what is wrong with it."""
        fetch = answer.fetch
        if fetch.error is not None or fetch.status == 304:
            return ReadListing(error=fetch.error)
        if fetch.status not in (200, 203):
            return ReadListing(error=f"HTTP {fetch.status}")
        found = await self._workers.call(
            ReceivedListing(
                body=answer.body,
                headers=answer.headers,
                url=job.url,
                kind=listing.kind,
                source=listing.source,
                now=fetch.fetched_at,
                since=self._since(listing.source),
                max_bytes=MAX_EXPANSION * self._request.max_bytes,
            )
        )
        if isinstance(found, Lost):
            return ReadListing(error=found.reason)
        assert isinstance(found, ReadListing)
        return found

    def _since(self, source: str) -> datetime | None:
        """Sitemaps that last changed before can only name what the gate would skip as too old."""
        if self._request.window:
            return self._request.window.since - _FURTHEST_EAST
        since = gate.since(gate.watches_of(source, self._request))
        return since - _FURTHEST_EAST if since else None

    def _note(self, listing: Listing, found: ReadListing) -> None:
        leads = [replace(lead, found_on=listing.url) for lead in found.leads]
        for lead in self._within(leads, listing):
            if not self._known.is_erased(lead.key, lead.url):
                self._ledger.lead(lead)
        for url in self._sitemaps_within(found.sitemaps):
            if not self._may_read(url, listing):
                continue
            child = Listing(
                url=url,
                source=listing.source,
                kind=LeadKind.SITEMAP,
                found_on=listing.url,
                depth=listing.depth + 1,
                archive=listing.archive,
            )
            # What a slice of a backfill does not read is read by a later one.
            if self._ledger.listing(child) and self._has_room(listing.source):
                self._send(child)

    def _within(self, leads: list[Lead], listing: Listing) -> list[Lead]:
        """Without those that a backfill does not look for, which are only counted."""
        window = self._request.window
        if window is None:
            return leads
        sides = [side_of(lead, window) for lead in leads]
        self._ledger.looked_into(listing.url, Counter(sides))
        return [lead for lead, side in zip(leads, sides, strict=True) if side == "within"]

    def _sitemaps_within(self, sitemaps: tuple[str, ...]) -> list[str]:
        window = self._request.window
        if window is None:
            return list(sitemaps)
        periods = periods_of(sitemaps)
        return [url for url in sitemaps if (p := periods[url]) is None or p.meets(window)]

    def _has_room(self, source: str) -> bool:
        return not self._request.window or self._n_sent[source] < SLICE_LISTINGS

    def _may_read(self, url: str, parent: Listing) -> bool:
        many = self._n_sent[parent.source] >= _MAX_LISTINGS and not self._request.window
        within = parent.depth < _MAX_DEPTH and not many
        if not within:
            _log.warning("%s: sitemap %s is beyond the limits", parent.source, url)
        allowed = urls.refused(url, allow_private_hosts=self._request.allow_private_hosts) is None
        return within and allowed

    def _unasked(self, job: Job, error: str) -> Fetch:
        return Fetch(
            url=job.url,
            source=job.target.source,
            purpose=job.purpose,
            fetched_at=self._clock(),
            seconds=0.0,
            error=error,
        )
