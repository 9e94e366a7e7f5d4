"""The child's log: each line goes to standard error (crawl.log) and, as an event, to the parent.

Ours from INFO, those of libraries from WARNING. Long lines and floods are cut, and how much was
cut is said; nothing here decides what is worth a line.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from warehouse.records import isoformat

_OURS = "crawlers"
_THEIRS = logging.WARNING  # Scrapy lowers its own level when it starts
_LONGEST_EVENT = 1_000  # characters of a line for people; the file has more of it
_LONGEST_LINE = 20_000  # of a line in the file: whole tracebacks
_MOST = 60  # lines of one level in one window
_WINDOW = timedelta(seconds=10)


@dataclass(slots=True)
class _Gauge:
    """The lines of one level in the present window."""

    began_at: datetime
    passed: int = 0
    held: int = 0


class Flood:
    """Lets so many lines of each level pass in a window of time, and counts the others."""

    def __init__(self, most: int = _MOST, window: timedelta = _WINDOW) -> None:
        self._most, self._window = most, window
        self._gauges: dict[int, _Gauge] = {}

    def passes(self, level: int, now: datetime) -> tuple[bool, int]:
        """Whether a line may pass now, and how many of its level were held in the window before."""
        gauge = self._gauges.get(level)
        held = 0
        if gauge is None or now - gauge.began_at >= self._window:
            held = gauge.held if gauge else 0
            gauge = self._gauges[level] = _Gauge(now)
        if gauge.passed >= self._most:
            gauge.held += 1
            return False, held
        gauge.passed += 1
        return True, held

    def rest(self) -> dict[int, int]:
        """What was held and never told, by level."""
        held = {level: gauge.held for level, gauge in self._gauges.items() if gauge.held}
        self._gauges.clear()
        return held


class ToParent(logging.Handler):
    """Writes each line to standard error and emits it as an event."""

    def __init__(self, emit: Callable[[dict[str, Any]], None], clock: Callable[[], datetime]):
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(message)s"))
        self._tell, self._clock, self._flood = emit, clock, Flood()

    def filter(self, record: logging.LogRecord) -> bool:
        # The download handlers warn of pages cut short or too large, which have their outcomes.
        told = record.name.startswith("scrapy.core.downloader.handlers")
        lowest = logging.ERROR if told else logging.INFO if _is_ours(record.name) else _THEIRS
        return bool(super().filter(record)) and record.levelno >= lowest

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        line = text if _is_ours(record.name) else f"{record.name}: {text}"
        passes, held = self._flood.passes(record.levelno, self._clock())
        if held:
            self._write(record.levelno, _cut_words(held))
        if passes:
            self._write(record.levelno, line)

    def flush(self) -> None:
        """Say what was cut last."""
        for level, held in self._flood.rest().items():
            self._write(level, _cut_words(held))

    def _write(self, level: int, line: str) -> None:
        name = logging.getLevelName(level)
        text = f"{isoformat(self._clock())} {name} {clipped(line, _LONGEST_LINE)}\n"
        with suppress(
            OSError
        ):  # a full disk has no room for the log; the parent hears all the same
            os.write(2, text.encode("utf-8", "replace"))
        self._tell({"event": "log", "level": name, "message": clipped(line, _LONGEST_EVENT)})


def begin(emit: Callable[[dict[str, Any]], None], clock: Callable[[], datetime]) -> ToParent:
    """Hear of all that is logged in this process; returns the handler, to be flushed at the end."""
    handler = ToParent(emit, clock)
    logging.basicConfig(level=_THEIRS, handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    return handler


def clipped(line: str, most: int) -> str:
    """At most so many characters of a line, with the number of those cut."""
    return line if len(line) <= most else f"{line[:most]}… ({len(line) - most:,} more characters)"


def _is_ours(name: str) -> bool:
    return name == _OURS or name.startswith(f"{_OURS}.")


def _cut_words(held: int) -> str:
    return f"{held:,} more lines of this level were left out: more than {_MOST} in a few seconds"
