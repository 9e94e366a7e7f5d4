"""Opens the published database for reading and answers with rows, for flows and for people.

Never writes rows; makes an empty warehouse where there is none, so that asking always works.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse import manifest, migrate, publish
from warehouse.errors import BadSql, WarehouseError
from warehouse.relations import quoted

_BATCH = 1_000  # rows
_MEMORY = "1GB"  # of a locked reader
_READS = {duckdb.StatementType.SELECT}
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?", re.IGNORECASE)
_POSITION = re.compile(r"\nLINE (\d+): ")


def open_reader(data: Path, *, locked: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the newest generation, which it keeps seeing for as long as it is open.

    `locked`: for SQL that other people wrote: it reads no file but the warehouse's own, and its
    settings cannot be changed. Raises NewerWarehouse, WarehouseError.
    """
    path = _published(data)
    con = duckdb.connect(config={"temp_directory": ""} if locked else {})
    try:
        con.execute(f"ATTACH {quoted(str(path))} AS news (READ_ONLY); USE news")
        con.execute(f"SET VARIABLE slugline_root = {quoted(str(data.resolve()))}")
        if locked:
            _lock(con, data)
    except duckdb.Error as error:
        con.close()
        raise WarehouseError(
            f"cannot be opened: {_first_line(error)}", where=path, try_="try `slugline publish`"
        ) from error
    return con


def rows(
    con: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] | dict[str, Any] | None = None
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Column names and rows of a query; raises BadSql."""
    with _translated():
        cursor = con.execute(sql, params)
        return [column[0] for column in cursor.description or ()], _fetched(cursor)


def sql(
    data: Path, text: str, *, max_rows: int = 100_000, max_seconds: float = 60.0
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Columns and rows of one SELECT that somebody typed, on a locked connection.

    Raises BadSql for anything that is wrong, writes, reaches outside, or takes longer than
    `max_seconds`; and after `max_rows` rows, where there are more.
    """
    con = open_reader(data, locked=True)
    limit = _Limit(con, max_seconds)
    try:
        with limit, _translated():
            cursor = con.execute(_one_read(con, text))
            columns = [column[0] for column in cursor.description or ()]
    except BaseException:
        con.close()
        raise
    return columns, _limited(con, limit, max_rows)


def _published(data: Path) -> Path:
    """The file that slugline.db leads to; published first where there is none."""
    link = data / publish.LINK
    manifest.read(data, schema=migrate.newest())  # refuses a newer one before it is misread
    if not link.exists():
        publish.publish(data)
    return link.resolve()


def _lock(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    folders = ", ".join(quoted(f"{data.resolve() / name}/") for name in ("tables", "pub"))
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute(f"SET memory_limit = '{_MEMORY}'")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _one_read(con: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """The single reading statement in `text`."""
    statements = con.extract_statements(text)
    if len(statements) != 1:
        raise BadSql("needs exactly one statement", try_="ask one question at a time")
    inner = con.extract_statements(_EXPLAIN.sub("", statements[0].query, count=1))
    if len(inner) != 1 or inner[0].type not in _READS:
        raise BadSql("only reads are possible here", try_="use SELECT, FROM or DESCRIBE")
    return statements[0]


class _Limit:
    """Interrupts what runs on a connection while it is entered, when the time is over."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seconds: float):
        self._con = con
        self._seconds = seconds
        self._left = seconds
        self._late = False

    def __enter__(self) -> None:
        self._entered = time.monotonic()
        self._timer = threading.Timer(max(self._left, 0.001), self._stop)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._timer.cancel()
        self._left -= time.monotonic() - self._entered
        if self._late and isinstance(error, duckdb.InterruptException):
            raise BadSql(
                f"took longer than {self._seconds:g} s",
                try_="ask for less, or use the DuckDB client",
            ) from error

    def _stop(self) -> None:
        self._late = True
        self._con.interrupt()


def _limited(
    con: duckdb.DuckDBPyConnection, limit: _Limit, max_rows: int
) -> Iterator[tuple[Any, ...]]:
    """The rows of the query that runs on `con`; the time that the caller takes does not count."""
    left = max_rows
    try:
        while True:
            with limit, _translated():
                batch = con.fetchmany(_BATCH)
            yield from batch[:left]
            if len(batch) > left:
                raise BadSql(f"gave more than {max_rows:,} rows", try_="add LIMIT, or ask for less")
            left -= len(batch)
            if not batch:
                return
    finally:
        con.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise BadSql(_first_line(error)) from error


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    with _translated():
        while batch := cursor.fetchmany(_BATCH):
            yield from batch


def _first_line(error: duckdb.Error) -> str:
    """The sentence of a DuckDB error without its kind, its stack and its picture of the query."""
    text = str(error)
    line = _POSITION.search(text)
    first = text.split("\n", maxsplit=1)[0]
    return f"{first} (line {line[1]})" if line else first
