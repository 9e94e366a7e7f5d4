"""Takes what was erased out of the files beside the tables: the state, and unfinished backfills.

Both are SQLite; what is deleted there is overwritten, not only unlinked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from warehouse import disk
from warehouse.tombstones import Refused

_WAIT = 30  # seconds for who writes there just now


def forget(data: Path, erased: Refused) -> int:
    """The number of rows that went. Done twice it does nothing more."""
    places = [data / "state.sqlite", *sorted((data / "backfills").glob("*.sqlite"))]
    with disk.room_for(data):
        return sum(forget_in(path, erased) for path in places if path.exists())


def forget_in(path: Path, erased: Refused) -> int:
    """The number of rows that went from one file."""
    with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA secure_delete = ON")
        tables = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name != "erased"
        ]
        db.execute("BEGIN IMMEDIATE")
        n = sum(_delete(db, table, erased) for table in tables)
        db.execute("COMMIT")
        if n:
            db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return n


def _delete(db: sqlite3.Connection, table: str, erased: Refused) -> int:
    rows = db.execute(f'SELECT rowid AS "rowid", * FROM "{table}"')
    gone = [row["rowid"] for row in rows if erased.row(_told(row))]
    db.executemany(f'DELETE FROM "{table}" WHERE rowid = ?', ([it] for it in gone))
    return len(gone)


def _told(row: sqlite3.Row) -> dict[str, Any]:
    """A row as it is judged: a lead of a backfill tells its title in its record."""
    told = dict(row)
    record = told.get("record")
    more: Iterable[Any] = json.loads(record).items() if record else ()
    return told | {key: value for key, value in more if key not in told}
