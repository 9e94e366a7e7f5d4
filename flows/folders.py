"""Run folders, and the lock that lets only one run crawl at once on a data directory.

A folder is made whole and then named, so that one that can be seen has a request in it; it is
crawled until it holds DONE, and landed until it holds LANDED.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from warehouse.records import CrawlRequest, to_json

MONITOR, BACKFILL = "monitor", "backfill"  # kinds of those who crawl

_UNNAMED = ".new-"  # a folder that is being made
_FORGOTTEN = ".gone-"  # a folder that is being deleted
_WAITING = "crawl.waiting"  # held by who waits for a backfill's slice to end
_POLL_SECONDS = 0.1
_SLICE = "-backfill"  # ends the names of their runs; SQL that judges the present leaves these out
_LEFT_ALONE_SECONDS = 24 * 3600
_LOOKS = 5


@contextmanager
def crawl_lock(
    data: Path,
    kind: str = MONITOR,
    wait_seconds: float = 0.0,
    on_wait: Callable[[str], object] = lambda _holder: None,
    heed: Callable[[], None] = lambda: None,
) -> Iterator[bool]:
    """Whether this process may crawl; the kernel frees the lock when it ends, however it ends.

    A monitor waits for a backfill's slice to end, and for no other monitor. A backfill waits for
    whoever crawls, and lets everybody go first who is waiting. `on_wait` hears who is waited for,
    and what `heed` raises ends the waiting.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "crawl.lock").open("a+") as file:
        if not _taken(file, data, kind, wait_seconds, on_wait=on_wait, heed=heed):
            yield False
            return
        file.truncate(0)
        file.write(f"{os.getpid()} {kind}\n")
        file.flush()
        yield True


def _taken(
    file: IO[str],
    data: Path,
    kind: str,
    wait_seconds: float,
    *,
    on_wait: Callable[[str], object],
    heed: Callable[[], None],
) -> bool:
    if kind == MONITOR and _flock(file):
        return True
    if kind == BACKFILL:
        time.sleep(3 * _POLL_SECONDS)  # between its slices, so that another backfill gets its turn
    with ExitStack() as stack:
        until = time.monotonic() + wait_seconds
        if kind == MONITOR and not (_awaited(data, until) and stack.enter_context(_queue(data))):
            return False
        told = False
        while not (_may_go_first(data, kind) and _flock(file)):
            if time.monotonic() >= until or not _is_worth_waiting(data, kind):
                return False
            if not told:
                on_wait(holder(data))
                told = True
            heed()
            time.sleep(_POLL_SECONDS)
        return True


def _awaited(data: Path, until: float) -> bool:
    """Whether there is time to wait, and for somebody who ends soon."""
    return time.monotonic() < until and _is_worth_waiting(data, MONITOR)


def _is_worth_waiting(data: Path, kind: str) -> bool:
    """Backfills wait for all; a monitor for a backfill, which ends its slice soon."""
    if kind == BACKFILL or _holder(data)[1] == BACKFILL:
        return True
    time.sleep(_POLL_SECONDS)  # who has just taken the lock may not have written its name yet
    return _holder(data)[1] == BACKFILL


def _may_go_first(data: Path, kind: str) -> bool:
    return kind == MONITOR or not is_awaited(data)


@contextmanager
def _queue(data: Path) -> Iterator[bool]:
    """Wait in sight of a backfill; False when another monitor waits already."""
    with (data / _WAITING).open("a+") as file:
        for _ in range(_LOOKS):  # a backfill that looks whether anybody waits holds it for a moment
            if _flock(file):
                yield True
                return
            time.sleep(_POLL_SECONDS)
        yield False


def is_awaited(data: Path) -> bool:
    """Whether somebody waits for the slice of a backfill to end."""
    with (data / _WAITING).open("a+") as file:
        return not _flock(file)


def _flock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(data: Path) -> str:
    """Who holds the lock, as far as known, for people."""
    process, kind = _holder(data)
    if not process:
        return "another process"
    return f"process {process}, a backfill" if kind == BACKFILL else f"process {process}"


def _holder(data: Path) -> tuple[str, str]:
    """The process that holds the lock and its kind, each empty where unknown."""
    try:
        process, _, kind = (data / "crawl.lock").read_text().strip().partition(" ")
    except OSError:
        return "", ""
    return process, kind


def runs(data: Path) -> Path:
    return data / "runs"


def new_run(data: Path, now: datetime) -> str:
    """A name for a run that no folder has yet; names sort by time."""
    name = f"{now:%Y%m%dT%H%M%S}-{now.microsecond // 1000:03d}Z"
    taken = {path.name for path in runs(data).glob("*")} if runs(data).is_dir() else set()
    while name in taken:
        now += timedelta(milliseconds=1)
        name = f"{now:%Y%m%dT%H%M%S}-{now.microsecond // 1000:03d}Z"
    return name


def as_slice(run: str) -> str:
    """The name of a run that is a slice of a backfill."""
    return f"{run}{_SLICE}"


def begin(data: Path, request: CrawlRequest, export_known: Callable[[Path], object]) -> Path:
    """A run folder with the request and what is known of its addresses."""
    for leftover in runs(data).glob(f"{_UNNAMED}*"):
        shutil.rmtree(leftover)  # of a run that was killed just here: we hold the lock
    beside = runs(data) / f"{_UNNAMED}{request.run}"
    beside.mkdir(parents=True)
    text = json.dumps(to_json(request), ensure_ascii=False, indent=1)
    (beside / "request.json").write_text(text + "\n", "utf-8")
    export_known(beside / "known.sqlite")
    return beside.rename(runs(data) / request.run)


def unlanded(data: Path) -> list[Path]:
    """Folders of runs that are not in the warehouse yet, oldest first.

    A slice of a backfill that is being crawled is left to the backfill for a day, so that a
    monitor that comes after a killed one does not do its work.
    """
    found = runs(data).glob("*/request.json")
    folders = (path.parent for path in found if not path.parent.name.startswith("."))
    return sorted(
        folder
        for folder in folders
        if not (folder / "LANDED").exists() and not _is_left_to_backfill(folder)
    )


def _is_left_to_backfill(folder: Path) -> bool:
    old = time.time() - (folder / "request.json").stat().st_mtime > _LEFT_ALONE_SECONDS
    return folder.name.endswith(_SLICE) and not (old or is_crawled(folder))


def is_crawled(folder: Path) -> bool:
    return (folder / "DONE").exists()


def mark_landed(folder: Path) -> None:
    """Its batch is in the manifest and the state has taken it in.

    What was known before the crawl is not needed again, and is the largest file of a big state.
    """
    (folder / "LANDED").touch()
    (folder / "known.sqlite").unlink(missing_ok=True)


def forget(data: Path, *, before: datetime, warc_before: datetime | None = None) -> int:
    """Delete the folders of runs that landed before that; how many there were.

    `warc_before`: bodies as received (WARC files) of runs that landed before that go; a folder
    stays as long as its bodies do, since nothing can be made of them without it. Needs no lock: a
    folder that has landed is nobody's work any more, and it vanishes by one rename.
    """
    cut = warc_before or before
    for marker in sorted(runs(data).glob("*/LANDED")):
        if _landed_before(marker, cut):
            for warc in marker.parent.glob("warc-*.warc.gz"):
                warc.unlink(missing_ok=True)
        if _landed_before(marker, min(before, cut)) and not marker.parent.name.startswith("."):
            with suppress(FileNotFoundError):  # another process forgets it too
                marker.parent.rename(runs(data) / f"{_FORGOTTEN}{marker.parent.name}")
    gone = list(runs(data).glob(f"{_FORGOTTEN}*"))
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)  # what is left goes next time
    return len(gone)


def _landed_before(marker: Path, at: datetime) -> bool:
    try:
        return marker.stat().st_mtime < at.timestamp()
    except FileNotFoundError:
        return False
