"""What a flaw of a data directory is, and the flaws of what lies beside its tables.

State, backfills and run folders all come back or go on from what has landed, so none of their
flaws loses anything. The tables themselves are in integrity.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from warehouse import manifest, migrate

BACKUP = "restore it from a backup of the same generation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One flaw. `broken`: rows or answers are lost or wrong; else it only takes room."""

    where: str  # relative to the data directory
    what: str
    try_: str
    broken: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.try_})"


def finding(where: str, what: str, try_: str, *, broken: bool = True) -> Finding:
    return Finding(where=where, what=what, try_=try_, broken=broken)


def beside_tables(data: Path) -> Iterator[Finding]:
    """Flaws of the state, of backfills and of run folders."""
    yield from _state(data)
    yield from _backfills(data)
    yield from _run_folders(data)
    for note in sorted((data / "erasing").glob("*.json")):
        what = "an erasure was interrupted"
        yield finding(str(note.relative_to(data)), what, "slugline maintain finishes it")


def _state(data: Path) -> Iterator[Finding]:
    """state.sqlite is sound and not ahead of the tables; a missing one comes back."""
    path = data / "state.sqlite"
    again = "delete it with its -wal and -shm; the next run makes it anew from what has landed"
    if not path.exists():
        return
    wrong, (taken,) = _asked(path, "SELECT coalesce(max(generation), 0) FROM absorbed")
    current = manifest.read(data, schema=migrate.newest())  # read after the state was
    if wrong:
        yield finding(path.name, wrong, again)
    elif taken > current.generation:
        what = f"knows generation {taken}, but the tables are of {current.generation}"
        yield finding(path.name, what, again)


def _backfills(data: Path) -> Iterator[Finding]:
    """What unfinished backfills have to do."""
    for path in sorted((data / "backfills").glob("*.sqlite")):
        wrong, _ = _asked(path, "SELECT 0")
        if wrong:
            again = "delete it; the backfill begins anew, what landed stays"
            yield finding(str(path.relative_to(data)), wrong, again)


def _asked(path: Path, question: str) -> tuple[str, tuple[int]]:
    """What is wrong with an SQLite file, and its answer; changes nothing in it."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            (answer,) = db.execute(question).fetchone()
    except sqlite3.Error as error:
        return f"cannot be read: {error}", (0,)
    return ("" if said == "ok" else f"is damaged: {said}"), (int(answer),)


def _run_folders(data: Path) -> Iterator[Finding]:
    """Folders marked as landed whose batch is not in the manifest: they would be forgotten."""
    current = manifest.read(data, schema=migrate.newest())
    for marker in sorted((data / "runs").glob("*/LANDED")):
        folder = marker.parent
        if folder.name.startswith(".") or manifest.has_landed(data, current, folder.name):
            continue
        where = str(marker.relative_to(data))
        what = "is there, but the run has not landed"
        yield finding(where, what, "delete this file; the next run lands the folder")
