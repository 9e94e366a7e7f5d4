"""The child of sandbox.py: opens the warehouse, locks it, and answers one question after the other.

First line of standard input: the data directory and the limits; then one question a line, as a
JSON string. Ends when its parent does, and when it holds more memory than it may.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from warehouse import answers, guard
from warehouse.errors import BadSql, SluglineError
from warehouse.sandbox import _FRAME, OUT_OF_MEMORY

_BATCH = 500  # rows in a frame
_MB = 1 << 20
_LOOKS_EVERY = 0.02  # seconds
# Beyond DuckDB's own limit: its code, stacks and buffers, and the rows as Python objects.
_BESIDES = 1.25


def main(questions: Iterable[bytes], out: BinaryIO) -> None:
    """Answer until nobody asks any more."""
    lines = iter(questions)
    told = json.loads(next(lines))
    try:
        con = answers.open_reader(
            Path(told["data"]), locked=True, memory_mb=int(told["max_memory_mb"])
        )
    except SluglineError as error:
        _tell_error(out, error)
        return
    in_from = guard.callable_in_from(con)
    _confine(told["max_memory_mb"])
    _tell(out, "ready", None)
    for line in lines:
        try:
            statement = _read(con, json.loads(line), in_from)
            _answer(con, statement, int(told["max_rows"]), out)
        except SluglineError as error:
            _tell_error(out, error)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def _read(con: duckdb.DuckDBPyConnection, text: str, in_from: frozenset[str]) -> duckdb.Statement:
    with guard.translated():
        return guard.one_read(con, text, in_from)


def _answer(
    con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, max_rows: int, out: BinaryIO
) -> None:
    with guard.translated():
        cursor = con.execute(statement)
        _tell(out, "columns", [column[0] for column in cursor.description or ()])
    left = max_rows
    while batch := _fetched(con):
        _tell(out, "rows", batch[:left])
        if len(batch) > left:
            raise BadSql(f"gave more than {max_rows:,} rows", try_="add LIMIT, or ask for less")
        left -= len(batch)
    _tell(out, "end", None)


def _fetched(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    with guard.translated():
        return con.fetchmany(_BATCH)


def _tell(out: BinaryIO, kind: str, value: object) -> None:
    frame = pickle.dumps((kind, value), protocol=5)
    out.write(_FRAME.pack(len(frame)))
    out.write(frame)
    out.flush()


def _tell_error(out: BinaryIO, error: SluglineError) -> None:
    where = None if error.where is None else str(error.where)
    _tell(out, "error", (type(error).__name__, error.what, where, error.try_))


def _confine(memory_mb: int) -> None:
    """From now on this process holds at most so much more, and outlives its parent by nothing."""
    held = _held()
    most = held + int(memory_mb * _MB * _BESIDES)
    if sys.platform == "linux":  # macOS does not heed it; there the watch alone has to do
        resource.setrlimit(resource.RLIMIT_DATA, (most + 256 * _MB, most + 256 * _MB))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_watch, args=(most, os.getppid()), daemon=True).start()


def _watch(most: int, parent: int) -> None:
    while True:
        if _held() > most:
            os._exit(OUT_OF_MEMORY)
        if os.getppid() != parent:
            os._exit(0)
        time.sleep(_LOOKS_EVERY)


def _held() -> int:
    """Bytes that this process has held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
