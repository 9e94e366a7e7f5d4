"""The crawl child: `python -m crawlers FOLDER` carries out or continues a run folder's crawl.

With `--wait SECONDS` another child may hold the folder for so long. Events go to stdout, one JSON
object a line. It ends at once when it is told to (SIGTERM, SIGINT) or when its parent is gone
(its standard input closes): what it had written stays, and the next call goes on from there. It
reads no settings but the folder's request.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import stat
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

from crawlers import log
from crawlers import past as past_of
from crawlers.deadline import begun_at, ends_at
from crawlers.known import KnownUrls
from crawlers.ledger import Ledger
from crawlers.spool import is_done, read_request
from crawlers.workers import Workers, warm_up
from warehouse.errors import SluglineError
from warehouse.records import now_utc

_BUSY = "another crawl is writing to this folder"


def emit(event: dict[str, Any]) -> None:
    """Tell the parent; a parent that is gone ends us."""
    line = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    try:
        os.write(1, line)
    except BrokenPipeError:
        os._exit(1)


def main(arguments: list[str]) -> int:
    """Crawl the folder named; 0 when it is done, 1 when it could not be."""
    folder = Path(arguments[0])
    patience = float(arguments[2]) if arguments[1:2] == ["--wait"] else 0.0
    told = log.begin(emit, now_utc)
    try:
        with (folder / "crawl.lock").open("wb") as lock:
            _hold(lock.fileno(), folder, time.monotonic() + patience)
            if not is_done(folder):
                _crawl(folder)
    except SluglineError as e:
        emit({"event": "failed", "message": str(e), "disk_full": False})
        return 1
    except OSError as e:
        full = e.errno in (errno.ENOSPC, errno.EDQUOT)
        emit({"event": "failed", "message": f"{folder}: {e.strerror}", "disk_full": full})
        return 1
    finally:
        told.flush()
    return 0


def _hold(lock: int, folder: Path, until: float) -> None:
    """Takes the folder's lock; raises SluglineError when somebody else still has it at `until`.

    The child of a run that was killed needs a moment to notice that its parent is gone.
    """
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            if time.monotonic() >= until:
                raise SluglineError(_BUSY, where=folder) from e
            time.sleep(0.05)
        else:
            return


def _crawl(folder: Path) -> None:
    request = read_request(folder)
    workers = Workers(request.workers, request.page_seconds)
    _end_when_told(workers)
    warm_up()
    # Loaded beside the extraction processes; Scrapy alone takes as long as they do.
    from crawlers.crawl import Crawl  # noqa: PLC0415
    from crawlers.spider import run_spider  # noqa: PLC0415

    past = past_of.read(folder)
    known = KnownUrls(folder / "known.sqlite")
    now = now_utc()
    crawl = Crawl(
        request,
        folder,
        past=past,
        ledger=Ledger(folder, past, emit, now_utc),
        known=known,
        workers=workers,
        clock=now_utc,
        ends_at=ends_at(request, begun_at(folder, now), now),
    )
    run_spider(crawl, request)
    workers.close()
    known.close()


def _end_when_told(workers: Workers) -> None:
    """End at once on a signal or when the parent dies; the folder is fit for it at any time."""

    def end(code: int) -> None:
        workers.kill()
        os._exit(code)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        end(128 + number)

    def watch_parent() -> None:
        while os.read(0, 1024):
            pass
        end(1)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    # A parent gives us a pipe; a person who replays a folder gives a terminal or /dev/null.
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=watch_parent, daemon=True, name="parent").start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
