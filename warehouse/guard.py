"""Keeps SQL that people typed to reading the warehouse: what it may say, touch, and take.

DuckDB's own locks come first; the rest is what they leave open. Knows no table.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import BadSql
from warehouse.relations import quoted

_MEMORY = "1GB"
CONFIG: dict[str, Any] = {"temp_directory": "", "memory_limit": _MEMORY}
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?", re.IGNORECASE)
# DuckDB 1.5 lets enable_logging write files into an allowed directory although the configuration
# is locked (2.0 does not); the others could hide its name from us.
_REFUSED = re.compile(
    r'"function_name":"(enable_logging|disable_logging|query|json_execute_serialized_sql)"',
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\n+LINE (\d+): .*", re.DOTALL)


def lock(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    """From now on `con` reads the warehouse's own files only, and its settings stay."""
    folders = ", ".join(quoted(f"{data.resolve() / name}/") for name in ("tables", "pub"))
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def one_read(con: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """The one statement in `text`, if all it does is read; raises BadSql or duckdb.Error."""
    statements = con.extract_statements(text)
    if len(statements) != 1:
        raise BadSql(
            "needs exactly one statement", try_="one question at a time; PIVOT needs ON … IN (…)"
        )
    inner = _EXPLAIN.sub("", statements[0].query, count=1)
    found = con.execute("SELECT json_serialize_sql($1)", [inner]).fetchone()
    tree = str(found[0]) if found else ""
    if json.loads(tree)["error"]:
        raise BadSql("only reads are possible here", try_="use SELECT, FROM or DESCRIBE")
    refused = _REFUSED.search(tree)
    if refused:
        raise BadSql(f"the function {refused[1]} is not for reading the warehouse")
    return statements[0]


class Limit:
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


@contextmanager
def translated() -> Iterator[None]:
    """Errors of DuckDB as one line for people; an interruption stays what it is."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise _bad_sql(str(error)) from error


def _bad_sql(message: str) -> BadSql:
    """The sentence of a DuckDB error with its line and hint, without its picture of the query."""
    sentence, _, hint = _PICTURE.sub("", message).strip().partition("\n")
    line = _PICTURE.search(message)
    place = f" (line {line[1]})" if line and line[1] != "1" else ""
    return BadSql(sentence + place, try_=" ".join(hint.split()) or None)
