"""Opens the published database for reading and answers with rows, for flows and for people.

Never writes rows; makes an empty warehouse where there is none, so that asking always works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from warehouse import guard, manifest, migrate, publish, quiet
from warehouse.errors import WarehouseError
from warehouse.relations import quoted

_BATCH = 1_000  # rows


def open_reader(
    data: Path, *, locked: bool = False, memory_mb: int = 1_000
) -> duckdb.DuckDBPyConnection:
    """A connection to the newest generation, which it keeps seeing for as long as it is open.

    `locked`: for SQL that other people wrote (sandbox.py): it reads no file but the warehouse's
    own, in `memory_mb`, and its settings cannot be changed. Raises NewerWarehouse, WarehouseError.
    """
    path = _published(data)
    con = quiet.connect(config=guard.config(memory_mb) if locked else {})
    try:
        con.execute(f"ATTACH {quoted(str(path))} AS news (READ_ONLY); USE news")
        con.execute(f"SET VARIABLE slugline_root = {quoted(str(data.resolve()))}")
        if locked:
            guard.lock(con, data)
    except duckdb.Error as error:
        con.close()
        raise WarehouseError(
            f"cannot be opened: {error}", where=path, try_="try `slugline publish`"
        ) from error
    return con


def rows(
    con: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] | dict[str, Any] | None = None
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Column names and rows of a query; raises BadSql."""
    with guard.translated():
        cursor = con.execute(sql, params)
        return [column[0] for column in cursor.description or ()], _fetched(cursor)


def _published(data: Path) -> Path:
    """The file that slugline.db leads to; published first where there is none, or an older one.

    An older one lacks the views and macros that came with this program. Where it may not be
    replaced, it is still read.
    """
    link = data / publish.LINK
    current = manifest.read(data, schema=migrate.newest())
    if not link.exists():
        publish.publish(data)
    elif current.surface != publish.surface():
        with suppress(WarehouseError):
            publish.publish(data)
    return link.resolve()


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    with guard.translated():
        while batch := cursor.fetchmany(_BATCH):
            yield from batch
