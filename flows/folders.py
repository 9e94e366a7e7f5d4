"""Run folders and the lock that lets only one run crawl at once on a data directory.

A folder is made whole and then named, so that one that can be seen has a request in it; it is
crawled until it holds DONE, and landed until it holds LANDED.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from warehouse.records import CrawlRequest, to_json

_UNNAMED = ".new-"  # a folder that is being made


@contextmanager
def crawl_lock(data: Path) -> Iterator[bool]:
    """Whether this process may crawl; the kernel frees the lock when it ends, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "crawl.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield True


def holder(data: Path) -> str:
    """Who holds the lock, as far as known, for people."""
    try:
        return f"process {(data / 'crawl.lock').read_text().strip() or 'unknown'}"
    except OSError:
        return "another process"


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
    """Folders of runs that are not in the warehouse yet, oldest first."""
    found = runs(data).glob("*/request.json")
    folders = (path.parent for path in found if not path.parent.name.startswith("."))
    return sorted(folder for folder in folders if not (folder / "LANDED").exists())


def is_crawled(folder: Path) -> bool:
    return (folder / "DONE").exists()


def mark_landed(folder: Path) -> None:
    """Its batch is in the manifest and the state has taken it in.

    What was known before the crawl is not needed again, and is the largest file of a big state.
    """
    (folder / "LANDED").touch()
    (folder / "known.sqlite").unlink(missing_ok=True)


def forget(data: Path, *, before: datetime) -> int:
    """Delete the folders of runs that landed before that; how many there were."""
    old = [
        marker.parent
        for marker in runs(data).glob("*/LANDED")
        if marker.stat().st_mtime < before.timestamp()
    ]
    for folder in old:
        shutil.rmtree(folder)
    return len(old)
