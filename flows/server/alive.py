"""Which flow runs of ours are still being carried out on this machine, and which have died.

Each run keeps a lock on `data/flow_runs/<flow run>.json` as long as its process lives; the kernel
frees it when the process dies, however it dies, so a lock that is free means a dead run (no process
number that another program has got since, no clock). The file outlives its process: the next run
reads it, tells the server, and removes it.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from warehouse.records import isoformat

_held: dict[str, IO[str]] = {}  # by flow run; open until this process ends


@atexit.register
def _let_go() -> None:
    """At the end the kernel would do it too, but Python complains of a file left open."""
    for flow_run in list(_held):
        _held.pop(flow_run).close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Who carries out a flow run."""

    flow_run: str  # its id
    flow: str  # its name
    host: str
    pid: int
    started_at: str


def note(data: Path, flow_run: str, flow: str, now: datetime) -> Path:
    """Say that this process carries out the flow run, for as long as it lives.

    A process carries out one flow run at a time, so what it noted before is over.
    """
    _let_go()
    folder = data / "flow_runs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{flow_run}.json"
    file = path.open("a+", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_EX)
    what = Note(
        flow_run=flow_run,
        flow=flow,
        host=socket.gethostname(),
        pid=os.getpid(),
        started_at=isoformat(now),
    )
    file.truncate(0)
    file.write(json.dumps(asdict(what)) + "\n")
    file.flush()
    _held[flow_run] = file
    return path


def ended(data: Path) -> Iterator[tuple[str, Path]]:
    """Flow runs noted on this machine whose process is gone, with their files."""
    for path in sorted((data / "flow_runs").glob("*.json")):
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if path.stem not in _held and _is_from_here(file.read()):
                yield path.stem, path


def _is_from_here(text: str) -> bool:
    """A folder shared by several machines may not share its locks; half a note is from a crash."""
    try:
        return bool(json.loads(text)["host"] == socket.gethostname())
    except (ValueError, KeyError, TypeError):
        return True
