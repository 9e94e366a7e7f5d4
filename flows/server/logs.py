"""The lines of a run in Prefect's log: each at its level, errors for people without tracebacks."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flows.output import printable
from flows.progress import Event
from warehouse.errors import SluglineError

_LOGGERS = ("prefect.flow_runs", "prefect.task_runs")
_LEVELS: Mapping[str, int] = logging.getLevelNamesMapping()

Log = logging.Logger | logging.LoggerAdapter[Any]


class _PlainErrors(logging.Filter):
    """An error for people says all there is to say; where it was raised helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], SluglineError):
            record.exc_info = record.exc_text = None
        return True


_plain_errors = _PlainErrors()


def without_tracebacks() -> None:
    """From now on in this process; doing it twice does nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_plain_errors)


def write(log: Log, event: Event) -> None:
    """One event as a line of the log; mere progress is none."""
    if event.level:
        log.log(_LEVELS.get(event.level, logging.INFO), "%s", printable(event.text))
    elif event.lasting:
        log.error("%s: %s", event.step, printable(event.text))
    elif event.text and event.done is None:
        log.info("%s: %s", event.step, printable(event.text))
