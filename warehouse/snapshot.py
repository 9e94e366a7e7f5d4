"""One DuckDB file with everything in it: real tables, views, macros and search, to be handed out.

Needs nothing of the data directory: it opens in any client from DuckDB 1.2 on, on any machine;
search needs 1.5.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse import disk, handed, manifest, migrate, publish, quiet, relations
from warehouse.errors import BadInput, WarehouseError
from warehouse.index import views

_MEMORY = "1GB"
# Word look-ups read small pieces of large tables.
_ATTACH = "ATTACH {} AS pub (STORAGE_VERSION 'v1.2.0', ROW_GROUP_SIZE {}); USE pub"
_ROW_GROUP = 4_096

OnTable = Callable[[str, int], None]  # name, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was written."""

    generation: int
    rows: dict[str, int]
    bytes: int


def snapshot(
    data: Path, to: Path, *, now: datetime, on_table: OnTable = lambda _name, _rows: None
) -> Snapshot:
    """Writes one generation into the file `to`, whole or not at all.

    Raises BadInput where the file is there, NewerWarehouse, DiskFull.
    """
    if to.exists():
        raise BadInput("is there already", where=to, try_="name another file")
    if not to.parent.is_dir():
        raise BadInput("is no folder", where=to.parent, try_="make it first")
    publish.publish(data)
    current = manifest.read(data, schema=migrate.newest())
    new = to.with_name(f"{to.name}.{os.getpid()}.new")
    try:
        with disk.room_for(to.parent), tempfile.TemporaryDirectory(dir=to.parent) as spill:
            rows = _write(data, new, current, spill, on_table)
            _compare(new, rows)
            disk.fsync(new)
            disk.replace(new, to)
    finally:
        for path in (new, new.with_name(new.name + ".wal")):
            path.unlink(missing_ok=True)
    handed.note(data, "snapshot", to, generation=current.generation, now=now)
    return Snapshot(generation=current.generation, rows=rows, bytes=to.stat().st_size)


def _write(
    data: Path, new: Path, current: manifest.Manifest, spill: str, on_table: OnTable
) -> dict[str, int]:
    rows = {}
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": _MEMORY,
        "temp_directory": spill,
    }
    with quiet.connect(config=config) as con:
        con.execute(_ATTACH.format(relations.quoted(str(new)), _ROW_GROUP))
        for name, select in publish.selects(current, relations.quoted(str(data.resolve()))):
            if name in views.OF_TABLES:  # no second copy of the texts
                con.execute(f"CREATE VIEW {name} AS {views.OF_TABLES[name]}")
            else:
                con.execute(f"CREATE TABLE {name} AS {select}")
            ((rows[name],),) = con.execute(
                relations.script("integrity/count.sql").format(view=name)
            ).fetchall()
            on_table(name, rows[name])
        for statement in publish.lasting():
            con.execute(statement)
        con.execute("USE memory; DETACH pub")
    return rows


def _compare(new: Path, rows: dict[str, int]) -> None:
    """Opens what was written and counts once more."""
    with quiet.connect(str(new), read_only=True) as con:
        for name, n in rows.items():
            sql = relations.script("integrity/count.sql").format(view=name)
            if con.execute(sql).fetchall() != [(n,)]:
                what = f"{name} is not what was written"
                raise WarehouseError(what, where=new, try_="check the disk")
