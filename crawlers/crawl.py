"""One crawl from its sources to the last outcome: listings → leads → gate → pages → articles.

The order of writing is what makes a killed crawl continuable: a listing's leads stand before its
fetch line, a page's body before its fetch line, its fetch line before its ending. What is asked
and read is the business of listings.py and pages.py; whether a lead is asked for, of gate.py.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from pathlib import Path

from crawlers import gate
from crawlers.exchange import Answer, Clock, Download, Exchanges
from crawlers.fates import Ending
from crawlers.jobs import Job, fate_of, in_order, merged
from crawlers.known import KnownUrls
from crawlers.lanes import Lanes
from crawlers.ledger import Ledger
from crawlers.listings import Listings
from crawlers.pages import Pages
from crawlers.past import Past
from crawlers.workers import Workers
from warehouse.records import CrawlRequest, Fate, Lead, LeadKind, Outcome, Source

_log = logging.getLogger(__name__)


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
        ends_at: datetime | None = None,
    ):
        self._request, self._folder = request, folder
        self._past, self._ledger, self._known, self._workers = past, ledger, known, workers
        self._clock = clock
        self._skipped: dict[str, Fate] = {}
        self._ends_at, self._over = ends_at, False
        self._why_over = f"the {request.crawl_minutes or 0:g} minutes of the crawl were over"

    async def run(self, download: Download) -> None:
        exchanges = Exchanges(
            self._request,
            self._folder,
            download=download,
            earlier=self._past.fetches,
            clock=self._clock,
        )
        timer = None
        try:
            async with asyncio.TaskGroup() as tasks:
                lanes = self._open(tasks, exchanges)
                timer = asyncio.create_task(self._close_in_time(lanes))
                for source in self._request.sources:
                    if not self._known.is_erased_source(source.source):
                        self._listings.begin(source)
        finally:
            if timer is not None:
                timer.cancel()
        exchanges.close()
        for fate in self._skipped.values():
            if fate.url not in self._pages.sent and fate.url not in self._ledger.done:
                self._ledger.fate(fate)
        if self._ledger.left:
            _log.warning("%s: %d leads and listings are left", self._why_over, self._ledger.left)
        self._ledger.finish(self._request.started_at)

    def _open(self, tasks: asyncio.TaskGroup, exchanges: Exchanges) -> Lanes:
        lanes = Lanes(
            self._request,
            exchanges,
            tasks=tasks,
            settle=self._settle,
            keep=self._ledger.fetch,
            clock=self._clock,
        )
        self._listings = Listings(
            self._request,
            past=self._past,
            ledger=self._ledger,
            known=self._known,
            workers=self._workers,
            push=lanes.push,
            all_read=lambda source: tasks.create_task(self._release(source)),
            clock=self._clock,
        )
        self._pages = Pages(
            self._request,
            past=self._past,
            ledger=self._ledger,
            known=self._known,
            workers=self._workers,
            push=lanes.push,
            clock=self._clock,
        )
        return lanes

    async def _close_in_time(self, lanes: Lanes) -> None:
        if self._ends_at is None:
            return
        while (left := (self._ends_at - self._clock()).total_seconds()) > 0:
            await asyncio.sleep(min(left, 1.0))  # the clock runs on while the machine is asleep
        self._over = True
        lanes.close(self._why_over)

    async def _settle(self, job: Job, answer: Answer | Ending) -> None:
        if isinstance(job.target, Lead):
            await self._pages.settle(job, job.target, answer)
        else:
            await self._listings.settle(job, job.target, answer)

    async def _release(self, source: Source) -> None:
        """All listings of a source are read: send its leads through the gate, newest first."""
        self._add_known(source)
        found = [merged(leads) for leads in self._ledger.found[source.source].values()]
        fetched = 0
        for number, lead in enumerate(in_order(found, self._request.started_at)):
            fetched += self._send_or_skip(lead, source, fetched=fetched, number=number)
            if number % 500 == 499:
                await asyncio.sleep(0)  # a long sitemap must not hold up the downloads
        _log.info("%s: %d addresses found, %d to ask for", source.source, len(found), fetched)

    def _send_or_skip(self, lead: Lead, source: Source, *, fetched: int, number: int) -> bool:
        """Carry out what the gate decides; True when it counts as a page fetched."""
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
        if isinstance(decision, gate.Skip):
            self._skip(lead, Ending(decision.outcome, decision.reason, decision.retry_at))
            return False
        other = self._pages.claim(lead.key, lead)
        if other is not None:
            self._skip(lead, Ending(Outcome.DUPLICATE_URL, f"the same page as {other}"))
            return False
        return self._pages.send(lead, known, decision.priority)

    def _skip(self, lead: Lead, ending: Ending) -> None:
        # Written only at the end: another source may still want the same address.
        self._skipped.setdefault(lead.url, fate_of(lead, ending, self._clock()))

    def _add_known(self, source: Source) -> None:
        """What earlier runs left to be tried again, although no listing may name it now."""
        if self._over or self._request.window:
            return
        now = self._clock()
        found = {lead.key for leads in self._ledger.found[source.source].values() for lead in leads}
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
                self._ledger.lead(lead)

    def _would_fetch(self, lead: Lead, source: Source, now: datetime) -> bool:
        known = self._known.url(lead.key)
        decision = gate.decide(
            lead, source, known, self._request, fetched_of_source=0, leads_of_source=0, now=now
        )
        return isinstance(decision, gate.Fetch)
