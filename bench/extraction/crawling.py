"""A crawl child over many pages: its speed and its memory, from outside (Linux: reads /proc).

The child is the real one (`python -m crawlers`), with its downloader, its extraction processes and
its spool; the pages come from web.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.extraction.web import Web
from warehouse.records import CrawlRequest, Source, to_json

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 0.5  # seconds between two samples
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """The processes of the crawl after so many pages."""

    pages: int  # decided: articles and other outcomes
    wall: float
    cpu: dict[int, float]  # seconds, by process
    memory: dict[str, int]  # resident bytes, by role and process


@dataclass(slots=True)
class Crawled:
    """What a crawl took; `samples` in order."""

    samples: list[Sample] = field(default_factory=list)
    articles: int = 0
    bytes: int = 0

    def between(self, low: float, high: float) -> tuple[float, float]:
        """Wall and CPU seconds a page between two shares of the pages: no start, no end."""
        n = self.samples[-1].pages
        first = next(s for s in self.samples if s.pages >= low * n)
        last = next(s for s in self.samples if s.pages >= high * n)
        pages = last.pages - first.pages
        cpu = sum(last.cpu.values()) - sum(first.cpu.values())
        return (last.wall - first.wall) / pages, cpu / pages


def crawl(files: list[Path], number: int, every: Callable[[Sample], None]) -> Crawled:
    """Crawl `number` pages made of the files; `every` hears each sample."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-extraction-") as name,
        _served(files, number, Path(name)) as proxy,
    ):
        folder = Path(name) / "run"
        folder.mkdir()
        request = _request(Web(files, number), proxy)
        (folder / "request.json").write_text(json.dumps(to_json(request)), encoding="utf-8")
        return _run(folder, every)


def _request(web: Web, proxy: str) -> CrawlRequest:
    sources = tuple(
        Source(source=f"s{n}", home=url.removesuffix("sitemap.xml"), sitemaps=(url,))
        for n, url in enumerate(web.sitemaps())
    )
    return CrawlRequest(
        run="bench",
        started_at=datetime.now(UTC),
        user_agent="slugline-bench",
        sources=sources,
        watches=(),
        proxy=proxy,
        pace_seconds=0.0,
    )


@contextmanager
def _served(files: list[Path], number: int, place: Path) -> Iterator[str]:
    listed = place / "files.txt"
    listed.write_text("\n".join(map(str, files)), encoding="utf-8")
    command = [sys.executable, "-m", "bench.extraction.web", str(number), str(listed)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())["proxy"]
        child.terminate()


def _run(folder: Path, every: Callable[[Sample], None]) -> Crawled:
    crawled = Crawled()
    with (
        (folder / "crawl.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "crawlers", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        ) as child,
    ):
        assert child.stdout is not None
        started, cpu, due = time.perf_counter(), {}, 0.0
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "progress" and time.perf_counter() - started > due:
                due = time.perf_counter() - started + _EVERY
                cpu |= _cpu(child.pid)
                wall = time.perf_counter() - started
                crawled.samples.append(Sample(event["done"], wall, dict(cpu), _memory(child.pid)))
                every(crawled.samples[-1])
    stats = json.loads((folder / "stats.json").read_text("utf-8"))
    crawled.articles, crawled.bytes = stats["articles"], stats["bytes"]
    return crawled


def _session(leader: int) -> dict[int, list[str]]:
    """/proc/PID/stat after the name, of every process of the session."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[3] == str(leader):
            found[int(path.parent.name)] = fields
    return found


def cpu_seconds(pid: int | None) -> float:
    """CPU time of one process so far; none of one that is not there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _cpu(leader: int) -> dict[int, float]:
    return {pid: (int(f[11]) + int(f[12])) / _TICK for pid, f in _session(leader).items()}


def _memory(leader: int) -> dict[str, int]:
    """Resident bytes: "crawl", "server" of the extraction processes, and each "worker PID"."""
    session = _session(leader)
    found = {}
    for pid, fields in session.items():
        parent = int(fields[1])
        role = "crawl" if pid == leader else "server" if parent == leader else f"worker {pid}"
        size = int(fields[21]) * _PAGE
        if size:  # one that has just ended holds nothing
            found[role] = max(size, found.get(role, 0))
    return found
