"""Asks for the page of each lead that may pass, and has its article extracted or its end noted.

Two leads may be one page, by their keys or through redirects: the first to claim it has it.
Which leads may pass is not decided here (see crawl.py), except for what a redirect leads to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crawlers import gate, urls
from crawlers.exchange import Answer, Clock
from crawlers.fates import Ending, LeftOver, ending_of
from crawlers.gate import Known
from crawlers.jobs import Job, no_way_on
from crawlers.known import KnownUrls
from crawlers.ledger import Ledger
from crawlers.pace import wait_asked_for
from crawlers.past import Past, claims
from crawlers.tasks import MAX_EXPANSION, Lost, ReceivedPage
from crawlers.workers import Workers
from warehouse.records import HELD, Article, CrawlRequest, Lead, Outcome


class Pages:
    """All pages of a crawl; `sent` are the URLs of the leads that were sent out."""

    def __init__(
        self,
        request: CrawlRequest,
        *,
        past: Past,
        ledger: Ledger,
        known: KnownUrls,
        workers: Workers,
        push: Callable[[Job], None],
        clock: Clock,
    ):
        self._request, self._ledger, self._known = request, ledger, known
        self._workers, self._push, self._clock = workers, push, clock
        self._sources = {source.source: source for source in request.sources}
        self._claims = claims(past)  # key → URL of the lead that fetches it
        self.sent: set[str] = set()

    def claim(self, key: str, lead: Lead) -> str | None:
        """Take the page `key` for a lead; the URL of the lead that has it already, if another."""
        other = self._claims.setdefault(key, lead.url)
        return other if other != lead.url else None

    def send(self, lead: Lead, known: Known | None, priority: int) -> bool:
        """Ask for the page of a lead; False when another source has sent the same address."""
        if lead.url in self.sent:
            return False
        self.sent.add(lead.url)
        if lead.url not in self._ledger.done:
            held = known if known and known.outcome in HELD else None
            self._push(
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

    async def settle(self, job: Job, lead: Lead, answer: Answer | Ending) -> None:
        """Do what the answer asks for: follow it on, extract its article, or end the lead."""
        if isinstance(answer, LeftOver):
            self._ledger.leave(lead.source)
        if isinstance(answer, Ending):
            self._ledger.fate(job.fate(answer, self._clock()))
            return
        self._ledger.exchange(job, answer.fetch)
        if answer.redirect is not None:
            stop = self._stopped_at(job, lead, answer.redirect)
            if stop is None:
                self._push(job.onwards(answer.redirect))
                return
        else:
            stop = self._ending_of(job, answer) or self._as_before(lead, answer)
        if stop is not None:
            self._ledger.fate(job.fate(stop, self._clock(), answer.fetch.status))
            return
        await self._extract(job, lead, answer)

    async def _extract(self, job: Job, lead: Lead, answer: Answer) -> None:
        result = await self._workers.call(
            ReceivedPage(
                body=answer.body,
                headers=answer.headers,
                lead=lead,
                final_url=job.url,
                fetched_at=answer.fetch.fetched_at,
                max_bytes=MAX_EXPANSION * self._request.max_bytes,
                respect_reservation=self._sources[lead.source].respect_reservation,
                overrides=self._sources[lead.source].extract,
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

    def _as_before(self, lead: Lead, answer: Answer) -> Ending | None:
        """Nothing to extract where the bytes are those we have the article of."""
        known = self._known.url(lead.key)
        if known is None or known.outcome not in HELD or known.digest is None:
            return None
        if known.digest != answer.fetch.digest:
            return None
        return Ending(Outcome.UNCHANGED, "the same bytes as before")

    def _stopped_at(self, job: Job, lead: Lead, location: str) -> Ending | None:
        """Why a redirect is not followed, or None if it is."""
        private = self._request.allow_private_hosts
        return no_way_on(job, location, allow_private_hosts=private) or self._not_ours(
            lead, location
        )

    def _not_ours(self, lead: Lead, location: str) -> Ending | None:
        """Whether the page that a redirect leads to is another lead's, or known already."""
        key = urls.key(location)
        other = self.claim(key, lead)
        if other is not None:
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
