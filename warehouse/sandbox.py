"""Has a child process answer SQL that other people wrote, and ends it where it takes too much.

DuckDB can be asked to stop, but does not always hear it, and some functions take memory it does not
count: measured, one `repeat` took 5.8 GB under a limit of 1 GB, and one `editdist3` went on for
minutes. A process can be ended at any moment, and whatever it does, nobody else notices. Knows no
DuckDB; what a question may say is guard.py's.
"""

from __future__ import annotations

import json
import os
import pickle
import selectors
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse import errors
from warehouse.errors import BadSql, SluglineError, WarehouseError

Answer = tuple[list[str], Iterator[tuple[Any, ...]]]

OUT_OF_MEMORY = 77  # exit code of a child that found it holds too much
_FRAME = struct.Struct(">Q")
_TO_OPEN = 120.0  # seconds to open the warehouse, which may have to be published first
_USE_CLIENT = "ask for less, or use the DuckDB client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one question may take."""

    max_rows: int = 100_000
    max_seconds: float = 60.0  # of work; the time that the reader of its rows takes does not count
    max_memory_mb: int = 1_000


def sql(data: Path, text: str, **limits: Any) -> Answer:
    """Columns and rows of one SELECT that somebody typed; `limits` as in Limits.

    Raises BadSql for anything that is wrong, writes, reaches outside, or takes too much; and after
    `max_rows` rows, where there are more.
    """
    return Sandbox(data, Limits(**limits)).ask(text, last=True)


class Sandbox:
    """Answers one question after the other, in a process that a new one replaces when it ended."""

    def __init__(self, data: Path, limits: Limits | None = None):
        self._data = data
        self._limits = limits or Limits()
        self._child: _Child | None = None

    def ask(self, text: str, *, last: bool = False) -> Answer:
        """As `sql`. The rows of one question are read, or let go of, before the next is asked."""
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise BadSql("holds half a character", try_="write it in UTF-8")
        if self._child is None:
            self._child = _Child(self._data, self._limits)
        rows = self._answer(self._child, text, last=last)
        try:
            columns: list[str] = next(rows)
        except StopIteration:
            return [], iter(())
        return columns, rows

    def close(self) -> None:
        """End the child, whatever it does."""
        child, self._child = self._child, None
        if child:
            child.end()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, child: _Child, text: str, *, last: bool) -> Iterator[Any]:
        """The columns, then the rows."""
        whole = False
        try:
            child.tell(text)
            left = self._limits.max_seconds
            while not whole:
                begun = time.monotonic()
                kind, value = child.hear(left, self._limits)
                left -= time.monotonic() - begun
                whole = kind in {"end", "error"}
                if kind == "error":
                    raise _error(*value)
                if kind == "columns":
                    yield value
                elif kind == "rows":
                    yield from value
        finally:
            if last or not whole:
                self.close()


class _Child:
    """The process, and how one speaks with it: lines of JSON in, frames out."""

    def __init__(self, data: Path, limits: Limits):
        # -P: a folder of the user's own that is called like one of ours must not be imported.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "warehouse.sandboxed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to hear
        )
        assert self._process.stdin
        assert self._process.stdout
        assert self._process.stderr
        os.set_blocking(self._process.stderr.fileno(), False)
        self._out = self._process.stdout
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._out, selectors.EVENT_READ)
        try:
            self.tell(asdict(limits) | {"data": str(data)})
            self.ready(*self.hear(_TO_OPEN, limits))
        except BaseException:
            self.end()
            raise

    @staticmethod
    def ready(kind: str, value: Any) -> None:
        """Raises what kept it from opening the warehouse."""
        if kind == "error":
            raise _error(*value)

    def tell(self, what: object) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # hear() finds out why it is gone
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()

    def hear(self, seconds: float, limits: Limits) -> tuple[str, Any]:
        """The next frame; raises BadSql where none came in time, or the child is no more."""
        deadline = time.monotonic() + seconds
        (size,) = _FRAME.unpack(self._bytes(_FRAME.size, deadline, limits))
        frame: tuple[str, Any] = pickle.loads(self._bytes(size, deadline, limits))  # noqa: S301  of our own child
        return frame

    def _bytes(self, size: int, deadline: float, limits: Limits) -> bytes:
        got = bytearray()
        while len(got) < size:
            if not self._ready.select(max(deadline - time.monotonic(), 0)):
                raise BadSql(f"took longer than {limits.max_seconds:g} s", try_=_USE_CLIENT)
            part = os.read(self._out.fileno(), min(size - len(got), 1 << 20))
            if not part:
                raise self._died(limits)
            got += part
        return bytes(got)

    def _died(self, limits: Limits) -> SluglineError:
        code = self._process.wait()
        told = (self._process.stderr.read() if self._process.stderr else b"") or b""
        if code == OUT_OF_MEMORY or b"bad_alloc" in told or b"MemoryError" in told:
            return BadSql(f"needed more than {limits.max_memory_mb:,} MB", try_=_USE_CLIENT)
        if code > 0:
            line = told.decode(errors="replace").strip().rpartition("\n")[2]
            return WarehouseError(f"the process that answers failed: {line or f'code {code}'}")
        return BadSql(f"broke DuckDB (signal {-code})", try_="ask it in another way")

    def end(self) -> None:
        self._ready.close()
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                with suppress(BrokenPipeError):
                    stream.close()
        self._process.wait()


def _error(kind: str, what: str, where: str | None, try_: str | None) -> SluglineError:
    error: SluglineError = getattr(errors, kind)(what, where=where, try_=try_)
    return error
