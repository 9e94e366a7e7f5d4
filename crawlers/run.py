"""The parent's side of a crawl: start the child, hear its events, stop it, read its result.

No Scrapy here: the reactor cannot be restarted in a process, and a crash in a parser must not
take the flow along.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from crawlers.once import Fetched, fetch_one
from crawlers.spool import is_done
from warehouse.errors import BrokenRun, CrawlFailed, DiskFull

__all__ = ["CrawlEvent", "CrawlStats", "Fetched", "crawl", "fetch_one"]

_GRACE_SECONDS = 3.0  # between asking the child to end and making it
_PATIENCE_SECONDS = 30  # for the child of a run that was killed to let go of the folder
_QUIET_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlEvent:
    """What the child says while it works: its counts so far, or a line of its log."""

    event: str  # "progress", "log"; "quiet": a second passed without a word
    found: int = 0
    done: int = 0
    fetched: int = 0
    articles: int = 0
    source: str | None = None  # that moved last
    level: str | None = None  # "INFO", "WARNING", "ERROR", "CRITICAL"
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlStats:
    """stats.json of a run folder; found = articles + the sum of outcomes."""

    found: int
    articles: int
    outcomes: Mapping[str, int]
    fetched: int  # exchanges, listings and robots.txt included
    bytes: int  # of bodies as received
    started_at: datetime
    ended_at: datetime
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # The slowest hosts, slowest first: requests, seconds (in all), slowest (s), failures.
    hosts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # Of a backfill: by listing, how many of its leads were "within" its dates, "older", "newer".
    listings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    left: int = 0  # leads and listings left for the next run, because time was up


def crawl(folder: Path, *, on_event: Callable[[CrawlEvent], None] | None = None) -> CrawlStats:
    """Carry out the crawl of a run folder, or go on with it; one that is done is only read.

    Raises CrawlFailed or DiskFull when the child could not finish; the folder is kept and the
    next call continues it. On KeyboardInterrupt, on SIGTERM and on whatever `on_event` raises the
    child is ended within 5 seconds; `on_event` is called at least once a second.
    """
    if not is_done(folder):
        _run_child(folder, on_event or (lambda _event: None))
    return read_stats(folder)


def read_stats(folder: Path) -> CrawlStats:
    """The counts of a crawl that is done; raises BrokenRun."""
    path = folder / "stats.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        for name in ("started_at", "ended_at"):
            data[name] = datetime.fromisoformat(data[name])
        return CrawlStats(**data)
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise BrokenRun(f"no usable counts: {e}", where=path) from e


def _run_child(folder: Path, on_event: Callable[[CrawlEvent], None]) -> None:
    failure: dict[str, Any] = {}
    log = folder / "crawl.log"
    with log.open("ab") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers", str(folder), "--wait", str(_PATIENCE_SECONDS)],
            stdin=subprocess.PIPE,  # never written to: it closes when we die, however we die
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        with _sigterm_raises():
            for event in _events(child):
                if event.get("event") == "failed":
                    failure = event
                else:
                    on_event(CrawlEvent(**event))
            child.wait()
    finally:
        _end(child)
    if child.returncode != 0 or not is_done(folder):
        raise _failed(folder, child.returncode, failure, log)


def _events(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What the child says, and that it says nothing, so that a silent one can be stopped too."""
    assert child.stdout is not None
    out, rest = child.stdout.fileno(), b""
    while True:
        if not select.select([out], [], [], _QUIET_SECONDS)[0]:
            yield {"event": "quiet"}
            continue
        more = os.read(out, 65_536)
        if not more:
            return
        *lines, rest = (rest + more).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and what it started; at most 5 seconds."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE_SECONDS)
    # Its process group also holds the extraction processes.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        assert pipe is not None
        pipe.close()


def _failed(folder: Path, code: int, failure: dict[str, Any], log: Path) -> CrawlFailed | DiskFull:
    try_ = "run again: it goes on where it stopped"
    if failure.get("disk_full"):
        return DiskFull("no space left for the crawl", where=folder, try_=f"make room and {try_}")
    if failure:
        return CrawlFailed(str(failure["message"]), try_=try_)
    ended = f"by signal {-code}" if code < 0 else f"with code {code}"
    return CrawlFailed(f"the crawl ended {ended}; see {log}", where=folder, try_=try_)


@contextmanager
def _sigterm_raises() -> Iterator[None]:
    """In the main thread, SIGTERM becomes SystemExit(143), so that the child is ended too.

    A handler that somebody else has set stays: Prefect's raises as well, and knows why it came.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    earlier = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)
