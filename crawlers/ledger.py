"""The books of one crawl: which lines were written, and whether they add up.

It writes leads, fetches, outcomes and articles through the spool, counts them, and closes the
run folder. It decides nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.jobs import Job, Listing
from crawlers.past import Past
from crawlers.spool import Lines, write_whole
from warehouse.errors import BrokenRun
from warehouse.records import Article, Fate, Fetch, Lead, isoformat

Emit = Callable[[dict[str, Any]], None]
_PROGRESS_EVERY = 0.25  # seconds


class Ledger:
    """Continues the books of `past`; `emit` gets the events for the parent."""

    def __init__(self, folder: Path, past: Past, emit: Emit, clock: Callable[[], datetime]):
        self._folder, self._emit, self._clock = folder, emit, clock
        self._leads = Lines(folder, "leads")
        self._listings = Lines(folder, "listings")
        self._fetches = Lines(folder, "fetches")
        self._outcomes = Lines(folder, "outcomes")
        self._articles = Lines(folder, "articles")
        self._written = {(lead.url, lead.source, lead.found_on) for lead in past.leads}
        self._listed = {(listing.url, listing.source) for listing in past.listings}
        self._fetched_before = past.fetches.keys()
        # By source, then by URL.
        self.found: dict[str, dict[str, list[Lead]]] = defaultdict(lambda: defaultdict(list))
        self._urls: set[str] = set()  # of all leads
        for lead in past.leads:
            self._add(lead)
        self.done = past.done
        self._n_outcomes, self._n_articles = past.outcomes, past.articles
        self._fetched, self._bytes = past.fetched, past.bytes
        self._timings = past.timings
        self._left: Counter[str] = Counter()  # leads and listings, by source
        self._sides: dict[str, dict[str, int]] = {}  # of a backfill, by listing
        self._told_at: datetime | None = None

    def lead(self, lead: Lead) -> None:
        """Note a lead, once for each place that names it."""
        place = (lead.url, lead.source, lead.found_on)
        if place not in self._written:
            self._leads.write(lead)
            self._written.add(place)
            self._add(lead)

    def _add(self, lead: Lead) -> None:
        self.found[lead.source][lead.url].append(lead)
        self._urls.add(lead.url)

    def listing(self, listing: Listing) -> bool:
        """Note a listing that another one named; False when it was known already."""
        place = (listing.url, listing.source)
        if place in self._listed:
            return False
        self._listings.write(listing)
        self._listed.add(place)
        return True

    def exchange(self, job: Job, fetch: Fetch) -> None:
        """Note a job's fetch, once: not what the interrupted run or another source asked for."""
        own = fetch.source == job.target.source
        if own and (job.purpose, job.url) not in self._fetched_before:
            self.fetch(fetch)

    def fetch(self, fetch: Fetch) -> None:
        self._fetches.write(fetch)
        self._fetched[fetch.source] += 1
        self._bytes[fetch.source] += fetch.bytes or 0
        self._timings.add(fetch)
        self._progress(fetch.source)

    def fate(self, fate: Fate) -> None:
        self._close_lead(fate.url, fate.key)
        self._outcomes.write(fate)
        self._n_outcomes[fate.source, fate.outcome.value] += 1
        self._progress(fate.source)

    def article(self, article: Article) -> None:
        self._close_lead(article.url, article.key)
        self._articles.write(article)
        self._n_articles[article.source] += 1
        self._progress(article.source)

    def _close_lead(self, url: str, key: str) -> None:
        if url in self.done:
            raise BrokenRun(f"a second ending for {url}", where=self._folder)
        self.done[url] = key

    def leave(self, source: str) -> None:
        """Count a lead or listing that is left for another run, for lack of time."""
        self._left[source] += 1

    def looked_into(self, listing: str, sides: Counter[str]) -> None:
        """Note how much of what a listing names is of the dates a backfill looks for."""
        self._sides[listing] = dict(sorted(sides.items()))

    @property
    def left(self) -> int:
        return self._left.total()

    def _progress(self, source: str, *, always: bool = False) -> None:
        now = self._clock()
        recent = self._told_at and (now - self._told_at).total_seconds() < _PROGRESS_EVERY
        if recent and not always:
            return
        self._told_at = now
        event = {"event": "progress", "found": len(self._urls), "done": len(self.done)}
        totals = {"fetched": self._fetched.total(), "articles": self._n_articles.total()}
        self._emit({**event, **totals, "source": source})

    def finish(self, started_at: datetime) -> None:
        """Check that every lead has its one ending, then close the folder. Raises BrokenRun."""
        lost = self._urls - self.done.keys()
        strange = self.done.keys() - self._urls
        if lost or strange:
            raise BrokenRun(
                f"{len(lost)} leads without an ending, {len(strange)} endings without a lead: "
                + ", ".join(sorted([*lost, *strange])[:3]),
                where=self._folder,
            )
        for lines in (self._leads, self._listings, self._fetches, self._outcomes, self._articles):
            lines.close()
        write_whole(self._folder / "stats.json", json.dumps(self._stats(started_at), indent=1))
        write_whole(self._folder / "DONE", "")
        self._progress("", always=True)

    def _stats(self, started_at: datetime) -> dict[str, Any]:
        sources = sorted({*self._fetched, *self._n_articles, *(s for s, _ in self._n_outcomes)})
        by_source = {source: self._counts(source) for source in sources}
        outcomes: Counter[str] = Counter()
        for (_, outcome), n in self._n_outcomes.items():
            outcomes[outcome] += n
        return {
            "found": len(self._urls),
            "articles": self._n_articles.total(),
            "outcomes": dict(sorted(outcomes.items())),
            "fetched": self._fetched.total(),
            "bytes": self._bytes.total(),
            "started_at": isoformat(started_at),
            "ended_at": isoformat(self._clock()),
            "sources": by_source,
            "hosts": self._timings.slowest(),
            "left": self.left,
            "listings": self._sides,
        }

    def _counts(self, source: str) -> dict[str, Any]:
        outcomes = {o: n for (s, o), n in sorted(self._n_outcomes.items()) if s == source}
        articles = self._n_articles[source]
        return {
            "found": articles + sum(outcomes.values()),
            "articles": articles,
            "outcomes": outcomes,
            "fetched": self._fetched[source],
            "bytes": self._bytes[source],
        }
