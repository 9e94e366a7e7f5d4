"""Every HTML file there is, and thousands of spoiled ones, through a real extraction process.

The process has the crawl's deadline and memory limit: a page that crashes it or passes the deadline
is named here, and would have its outcome in a crawl.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.extraction import tables
from bench.extraction.cases import FETCHED_AT, cases, files, html_of
from bench.extraction.crawling import cpu_seconds
from bench.extraction.mutations import Spoiled, spoiled
from crawlers.fates import Ending
from crawlers.tasks import Lost, ReceivedPage
from crawlers.workers import Worker
from warehouse.records import Lead, LeadKind

_URL = "https://site.example/2026/a-page-of-news-1"
_LEAD = Lead(url=_URL, key=_URL, source="site", kind=LeadKind.FEED, found_on=_URL,
             found_at=FETCHED_AT, position=1)  # fmt: skip
_MAX_BYTES = 100_000_000
_SLOW = 2.0  # seconds of CPU
_TELL = 1_000  # pages between two words to the one who waits
WORK = "crawlers.work"


@dataclass(slots=True)
class Found:
    """What came of the pages that were spoiled in one way."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    slow: list[tuple[float, str]] = field(default_factory=list)


def files_of(root: Path) -> list[Path]:
    """Every file that says it is HTML; our own pages where there is none."""
    found = [path for path in root.rglob("*.htm*") if path.suffix in (".htm", ".html", ".gz")]
    return sorted(found) or files(cases(root, ["ours"]))


def survey(pages: Iterable[Spoiled], seconds: float) -> dict[str, Found]:
    """What became of each page, by the way it was spoiled; never raises for a page."""
    worker = Worker(seconds, WORK)
    found: dict[str, Found] = defaultdict(Found)
    for number, page in enumerate(pages, 1):
        _note(found[page.how], page, worker)
        if number % _TELL == 0:
            lost = sum(len(f.lost) for f in found.values())
            print(f"{number:,} pages, {lost} lost", file=sys.stderr, flush=True)
    worker.kill()
    return dict(found)


def _note(found: Found, page: Spoiled, worker: Worker) -> None:
    task = ReceivedPage(body=page.body, headers={}, lead=_LEAD, final_url=_URL,
                        fetched_at=FETCHED_AT, max_bytes=_MAX_BYTES)  # fmt: skip
    pid, started = worker.pid, cpu_seconds(worker.pid)
    result = worker.call(task)
    took = cpu_seconds(worker.pid) - (started if worker.pid == pid else 0.0)
    name = f"{page.how} {page.number} of {page.file.name}"
    if isinstance(result, Lost):
        found.lost.append(f"{name}: {result.reason}")
        print(found.lost[-1], file=sys.stderr, flush=True)
    outcome = result.outcome.value if isinstance(result, Ending) else "article"
    found.outcomes["lost" if isinstance(result, Lost) else outcome] += 1
    found.seconds.append(took)
    if took > _SLOW:
        found.slow.append((took, name))


def pages(root: Path, number: int, seed: int, start: int = 0) -> Iterator[Spoiled]:
    found = files_of(root)
    for index, file in enumerate(found if not start else ()):
        yield Spoiled("as it is", index, file, html_of(file))
    for page in spoiled(found, number, seed):
        if page.number >= start:
            yield page


def report(found: dict[str, Found]) -> str:
    head = ["pages", "number", "articles", "other outcomes", "lost", "slowest, CPU s"]
    rows = [
        [how, str(sum(f.outcomes.values())), str(f.outcomes["article"]),
         str(sum(n for o, n in f.outcomes.items() if o not in ("article", "lost"))),
         str(len(f.lost)), f"{max(f.seconds):.1f}"]
        for how, f in found.items()
    ]  # fmt: skip
    slow = sorted((s for f in found.values() for s in f.slow), reverse=True)[:20]
    lines = [tables.markdown(head, rows), ""]
    lines += [line for f in found.values() for line in f.lost]
    return "\n".join(lines + [f"{took:.1f} CPU s: {name}" for took, name in slow])
