"""Extracts articles again from the pages as a run received them, as long as its bodies are kept.

The lead that named a page is part of it (a feed may tell the date), so both are read back from the
run folder. Asks nobody anything and writes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from crawlers import spool, warc
from crawlers.fates import Ending
from crawlers.jobs import merged
from crawlers.tasks import MAX_EXPANSION, Lost, ReceivedPage
from crawlers.workers import Worker, warm_up
from warehouse.records import Article, CrawlRequest, Fetch, Lead, Purpose, from_json

_WORK = "crawlers.work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page of a run is wanted."""

    url: str  # of its lead
    source: str
    final_url: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """Why a page cannot be extracted again."""

    reason: str


@dataclass(slots=True)
class Kept:
    """What a run folder still has of its pages."""

    folder: Path
    why_not: str = ""  # nothing of it can be read
    fetches: dict[str, Fetch] = field(default_factory=dict)  # by address
    leads: dict[tuple[str, str], list[Lead]] = field(default_factory=dict)  # source, address
    files: frozenset[str] = frozenset()

    def missing(self, page: Page) -> str | None:
        """Why the page cannot be had, or None when it can."""
        if self.why_not:
            return self.why_not
        fetch = self.fetches.get(page.final_url)
        if fetch is None or fetch.warc_file is None or (page.source, page.url) not in self.leads:
            return "its run kept no body of it"
        if fetch.warc_file not in self.files:
            return "its body was kept long enough, and is gone (keep_warc_days)"
        return None


def kept(folder: Path, wanted: Sequence[Page]) -> Kept:
    """What `folder` has of the wanted pages."""
    if not (folder / "request.json").is_file():
        return Kept(folder, why_not="its run folder was kept long enough, and is gone")
    found = Kept(folder, files=frozenset(path.name for path in folder.glob("warc-*.warc.gz")))
    finals = {page.final_url for page in wanted}
    named = {(page.source, page.url) for page in wanted}
    for fetch in spool.read_records(folder, "fetches", Fetch):
        if fetch.purpose is Purpose.ARTICLE and fetch.url in finals and fetch.warc_file:
            found.fetches[fetch.url] = fetch
    for line in spool.read_lines(folder, "leads"):
        if (line["source"], line["url"]) in named:
            lead = from_json(Lead, line)
            found.leads.setdefault((lead.source, lead.url), []).append(lead)
    return found


class Extractors:
    """Extraction processes for as long as the `with` block lasts; each page has its deadline."""

    def __init__(self, n: int, seconds: float):
        warm_up()
        self._workers = [Worker(seconds, _WORK) for _ in range(n)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(n, thread_name_prefix="again")

    def __enter__(self) -> Extractors:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def extract(
        self, found: Kept, wanted: Sequence[Page]
    ) -> Iterator[tuple[Page, Article | Ending | NotThere]]:
        """Each page with its article, or why there is none; in their order."""
        request = spool.read_request(found.folder) if not found.why_not else None
        results = self._threads.map(lambda page: self._one(found, request, page), wanted)
        yield from zip(wanted, results, strict=True)

    def _one(
        self, found: Kept, request: CrawlRequest | None, page: Page
    ) -> Article | Ending | NotThere:
        missing = found.missing(page)
        if missing or request is None:
            return NotThere(missing or "its run folder has no request")
        try:
            task = _task(found, request, page)
        except (OSError, ValueError, zlib.error) as wrong:  # removed meanwhile, or torn
            return NotThere(f"its body cannot be read: {wrong}")
        worker = self._free.get()
        try:
            result = worker.call(task)
        finally:
            self._free.put(worker)
        if isinstance(result, Lost):
            return NotThere(result.reason)
        assert isinstance(result, Article | Ending)
        return result


def _task(found: Kept, request: CrawlRequest, page: Page) -> ReceivedPage:
    fetch = found.fetches[page.final_url]
    assert fetch.warc_file is not None
    assert fetch.warc_offset is not None
    stored = warc.read(found.folder / fetch.warc_file, fetch.warc_offset)
    source = next((s for s in request.sources if s.source == page.source), None)
    return ReceivedPage(
        body=stored.body,
        headers=warc.joined(stored.headers),
        lead=merged(found.leads[page.source, page.url]),
        final_url=page.final_url,
        fetched_at=fetch.fetched_at,
        max_bytes=MAX_EXPANSION * request.max_bytes,
        respect_reservation=source.respect_reservation if source else False,
        overrides=source.extract if source else None,
    )
