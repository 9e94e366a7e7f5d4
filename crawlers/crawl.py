"""One crawl from its sources to the last outcome: listings → leads → gate → pages → articles.

It carries out what the pure deciders say (gate, robots, pace, fates) and writes each result at
once. The order of writing is what makes a killed crawl continuable: a listing's leads stand
before its fetch line, a page's body before its fetch line, its fetch line before its ending.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from crawlers import gate, urls
from crawlers.exchange import Answer, Clock, Download, Exchanges
from crawlers.fates import MAX_HOPS, Ending, ending_of
from crawlers.gate import Known
from crawlers.jobs import LISTING_PRIORITY, Job, Listing, fate_of, in_order, listings_of, merged
from crawlers.known import KnownUrls
from crawlers.lanes import Lanes
from crawlers.ledger import Ledger
from crawlers.pace import wait_asked_for
from crawlers.past import Past, claims
from crawlers.tasks import Lost, ReadListing, ReceivedListing, ReceivedPage
from crawlers.workers import Workers
from warehouse.records import (
    Article,
    CrawlRequest,
    Fate,
    Fetch,
    Lead,
    LeadKind,
    Outcome,
    Source,
)

_MAX_DEPTH = 3  # of sitemap indexes
_MAX_LISTINGS = 300  # of a source in one run, whatever its sitemap indexes name
_MAX_EXPANSION = 10  # decompressed bytes for each byte that may be received
_HELD = frozenset({Outcome.STORED, Outcome.REVISED, Outcome.UNCHANGED})


class Crawl:
    """One run folder's crawl; `run` returns when every lead has its ending."""

    def __init__(
        self,
        request: CrawlRequest,
        folder: Path,
        *,
        past: Past,
        ledger: Ledger,
        known: KnownUrls,
        workers: Workers,
        clock: Clock,
    ):
        self._request, self._folder = request, folder
        self._past, self._ledger, self._known, self._workers = past, ledger, known, workers
        self._clock = clock
        self._sources = {source.source: source for source in request.sources}
        self._open_listings: Counter[str] = Counter()
        self._n_listings: Counter[str] = Counter()
        self._leads_of: dict[str, dict[str, None]] = {name: {} for name in self._sources}
        self._claims = claims(past)  # key → URL of the lead that fetches it
        self._begun: set[str] = set()  # URLs of leads that were sent out
        self._skipped: dict[str, Fate] = {}
        for lead in past.leads:
            self._leads_of[lead.source].setdefault(lead.url)

    async def run(self, download: Download) -> None:
        exchanges = Exchanges(
            self._request,
            self._folder,
            download=download,
            earlier=self._past.fetches,
            clock=self._clock,
        )
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._lanes = Lanes(
                self._request,
                exchanges,
                tasks=tasks,
                settle=self._settle,
                keep=self._ledger.fetch,
                clock=self._clock,
            )
            for source in self._request.sources:
                self._begin(source)
        exchanges.close()
        for fate in self._skipped.values():
            if fate.url not in self._begun and fate.url not in self._ledger.done:
                self._ledger.fate(fate)
        self._ledger.finish(self._request.started_at)

    # --- listings --------------------------------------------------------------------------

    def _begin(self, source: Source) -> None:
        named = [listing for listing in self._past.listings if listing.source == source.source]
        listings = [] if source.paused else [*listings_of(source), *named]
        self._open_listings[source.source] += 1  # so that none is the last before all are sent
        for listing in listings:
            self._send_listing(listing)
        self._close_listing(source.source)

    def _send_listing(self, listing: Listing) -> None:
        self._open_listings[listing.source] += 1
        self._n_listings[listing.source] += 1
        # A sitemap index that is the same as before says nothing of the sitemaps that it names,
        # and those may have changed: so the sitemaps we start from are always read.
        may_be_index = listing.kind is LeadKind.SITEMAP and listing.depth == 0
        known = None if may_be_index else self._known.feed(listing.url)
        self._lanes.push(
            Job(
                url=listing.url,
                target=listing,
                priority=LISTING_PRIORITY,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
            )
        )

    def _close_listing(self, source: str) -> None:
        self._open_listings[source] -= 1
        if self._open_listings[source] == 0:
            self._tasks.create_task(self._release(self._sources[source]))

    async def _settle(self, job: Job, answer: Answer | Ending) -> None:
        if isinstance(job.target, Lead):
            await self._settle_page(job, answer)
        else:
            await self._settle_listing(job, job.target, answer)

    async def _settle_listing(self, job: Job, listing: Listing, answer: Answer | Ending) -> None:
        if isinstance(answer, Ending):
            self._ledger.fetch(self._unasked(job, f"{answer.outcome}: {answer.reason}"))
        elif answer.redirect is not None:
            stop = self._no_way_on(job, answer.redirect)
            self._keep(job, answer.fetch if stop is None else _with_error(answer.fetch, stop))
            if stop is None:
                self._lanes.push(job.onwards(answer.redirect))
                return
        elif (job.purpose, job.url, listing.source) not in self._past.read:
            await self._read_listing(job, listing, answer)
        self._close_listing(listing.source)

    async def _read_listing(self, job: Job, listing: Listing, answer: Answer) -> None:
        error = await self._leads_in(job, listing, answer)
        # Its leads stand; now its line may say that it was read. What another source asked for
        # has that source's line.
        self._keep(job, replace(answer.fetch, error=error))

    async def _leads_in(self, job: Job, listing: Listing, answer: Answer) -> str | None:
        """Note what a listing names; returns what is wrong with it, if anything."""
        fetch = answer.fetch
        if fetch.error is not None or fetch.status == 304:
            return fetch.error
        if fetch.status not in (200, 203):
            return f"HTTP {fetch.status}"
        found = await self._workers.call(
            ReceivedListing(
                body=answer.body,
                headers=answer.headers,
                url=job.url,
                kind=listing.kind,
                source=listing.source,
                now=fetch.fetched_at,
                max_bytes=_MAX_EXPANSION * self._request.max_bytes,
            )
        )
        if isinstance(found, Lost):
            return found.reason
        assert isinstance(found, ReadListing)
        self._note(listing, found)
        return found.error

    def _note(self, listing: Listing, found: ReadListing) -> None:
        for lead in found.leads:
            self._note_lead(replace(lead, found_on=listing.url))
        for url in found.sitemaps:
            if not self._may_read(url, listing):
                continue
            child = Listing(
                url=url,
                source=listing.source,
                kind=LeadKind.SITEMAP,
                found_on=listing.url,
                depth=listing.depth + 1,
            )
            if self._ledger.listing(child):
                self._send_listing(child)

    def _may_read(self, url: str, parent: Listing) -> bool:
        within = parent.depth < _MAX_DEPTH and self._n_listings[parent.source] < _MAX_LISTINGS
        if not within:
            self._ledger.log("WARNING", f"{parent.source}: sitemap {url} is beyond the limits")
        return within and self._refusal(url) is None

    def _note_lead(self, lead: Lead) -> None:
        self._ledger.lead(lead)
        self._leads_of[lead.source].setdefault(lead.url)

    # --- leads -----------------------------------------------------------------------------

    async def _release(self, source: Source) -> None:
        """All listings of a source are read: send its leads through the gate, newest first."""
        self._add_known(source)
        found = [merged(self._of_source(url, source)) for url in self._leads_of[source.source]]
        fetched = 0
        for number, lead in enumerate(in_order(found, self._request.started_at)):
            known = self._known.url(lead.key)
            decision = gate.decide(
                lead,
                source,
                known,
                self._request,
                fetched_of_source=fetched,
                leads_of_source=number,
                now=self._clock(),
            )
            if isinstance(decision, gate.Fetch):
                fetched += self._send_page(lead, known, decision.priority)
            else:
                self._skip(lead, Ending(decision.outcome, decision.reason, decision.retry_at))
            if number % 500 == 499:
                await asyncio.sleep(0)  # a long sitemap must not hold up the downloads

    def _of_source(self, url: str, source: Source) -> Iterable[Lead]:
        return [lead for lead in self._ledger.found[url] if lead.source == source.source]

    def _add_known(self, source: Source) -> None:
        """What earlier runs left to be tried again, although no listing may name it now."""
        now = self._clock()
        found = {urls.key(url) for url in self._leads_of[source.source]}
        for key, url in [] if source.paused else list(self._known.due(source.source, now)):
            lead = Lead(
                url=url,
                key=key,
                source=source.source,
                kind=LeadKind.KNOWN,
                found_on=url,
                found_at=now,
                position=1,
            )
            if key not in found and self._would_fetch(lead, source, now):
                self._note_lead(lead)

    def _would_fetch(self, lead: Lead, source: Source, now: datetime) -> bool:
        known = self._known.url(lead.key)
        decision = gate.decide(
            lead, source, known, self._request, fetched_of_source=0, leads_of_source=0, now=now
        )
        return isinstance(decision, gate.Fetch)

    def _send_page(self, lead: Lead, known: Known | None, priority: int) -> bool:
        """Send a lead out, unless another one is the same page; True when it counts as fetched."""
        if lead.url in self._begun:
            return False  # another source has sent it
        other = self._claims.setdefault(lead.key, lead.url)
        if other != lead.url:
            self._skip(lead, Ending(Outcome.DUPLICATE_URL, f"the same page as {other}"))
            return False
        self._begun.add(lead.url)
        if lead.url not in self._ledger.done:
            held = known if known and known.outcome in _HELD else None
            self._lanes.push(
                Job(
                    url=lead.url,
                    target=lead,
                    priority=priority,
                    etag=held.etag if held else None,
                    last_modified=held.last_modified if held else None,
                    tries=known.tries if known else 0,
                )
            )
        return True

    def _skip(self, lead: Lead, ending: Ending) -> None:
        # Written only at the end: another source may still want the same address.
        self._skipped.setdefault(lead.url, fate_of(lead, ending, self._clock()))

    # --- pages -----------------------------------------------------------------------------

    async def _settle_page(self, job: Job, answer: Answer | Ending) -> None:
        assert isinstance(job.target, Lead)
        if isinstance(answer, Ending):
            self._ledger.fate(job.fate(answer, self._clock()))
            return
        self._keep(job, answer.fetch)
        if answer.redirect is not None:
            stop = self._no_way_on(job, answer.redirect) or self._claimed(job, answer.redirect)
            if stop is None:
                self._lanes.push(job.onwards(answer.redirect))
                return
        else:
            stop = self._ending_of(job, answer)
        if stop is not None:
            self._ledger.fate(job.fate(stop, self._clock(), answer.fetch.status))
            return
        await self._extract(job, job.target, answer)

    async def _extract(self, job: Job, lead: Lead, answer: Answer) -> None:
        result = await self._workers.call(
            ReceivedPage(
                body=answer.body,
                headers=answer.headers,
                lead=lead,
                final_url=job.url,
                fetched_at=answer.fetch.fetched_at,
                max_bytes=_MAX_EXPANSION * self._request.max_bytes,
            )
        )
        if isinstance(result, Article):
            self._ledger.article(result)
            return
        if isinstance(result, Lost):
            outcome = Outcome.TIMEOUT if result.late else Outcome.EXTRACT_FAILED
            result = Ending(outcome, result.reason)
        assert isinstance(result, Ending)
        self._ledger.fate(job.fate(result, self._clock(), answer.fetch.status))

    def _ending_of(self, job: Job, answer: Answer) -> Ending | None:
        now = self._clock()
        wait = wait_asked_for(answer.headers.get("retry-after"), now)
        return ending_of(
            answer.fetch,
            answer.headers,
            tries=job.tries,
            retries=self._request.retries,
            now=now,
            retry_at=now + wait if wait else None,
        )

    def _no_way_on(self, job: Job, location: str) -> Ending | None:
        """Why a redirect is not followed, or None if it is."""
        if len(job.hops) >= MAX_HOPS:
            return Ending(Outcome.HTTP_ERROR, f"more than {MAX_HOPS} redirects")
        if location in (*job.hops, job.url):
            return Ending(Outcome.HTTP_ERROR, f"redirects in a circle, back to {location}")
        refusal = self._refusal(location)
        return (
            Ending(Outcome.REFUSED_ADDRESS, f"leads to {location}: {refusal}") if refusal else None
        )

    def _claimed(self, job: Job, location: str) -> Ending | None:
        """Whether the page that a redirect leads to is another lead's, or known already."""
        lead = job.target
        assert isinstance(lead, Lead)
        key = urls.key(location)
        other = self._claims.setdefault(key, lead.url)
        if other != lead.url:
            return Ending(Outcome.DUPLICATE_URL, f"leads to the same page as {other}")
        if key == lead.key:
            return None
        target = replace(lead, url=location, key=key)
        decision = gate.decide(
            target,
            self._sources[lead.source],
            self._known.url(key),
            self._request,
            fetched_of_source=0,
            leads_of_source=0,
            now=self._clock(),
        )
        if isinstance(decision, gate.Fetch):
            return None
        unchanged = decision.outcome is Outcome.UNCHANGED
        outcome = Outcome.DUPLICATE_URL if unchanged else decision.outcome
        return Ending(outcome, f"leads to {location}: {decision.reason}", decision.retry_at)

    # --- both ------------------------------------------------------------------------------

    def _refusal(self, url: str) -> str | None:
        return urls.refused(url, allow_private_hosts=self._request.allow_private_hosts)

    def _keep(self, job: Job, fetch: Fetch) -> None:
        own = fetch.source == job.target.source
        if own and (job.purpose, job.url) not in self._past.fetches:
            self._ledger.fetch(fetch)

    def _unasked(self, job: Job, error: str) -> Fetch:
        return Fetch(
            url=job.url,
            source=job.target.source,
            purpose=job.purpose,
            fetched_at=self._clock(),
            seconds=0.0,
            error=error,
        )


def _with_error(fetch: Fetch, stop: Ending) -> Fetch:
    return replace(fetch, error=stop.reason)
