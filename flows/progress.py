"""Progress on standard error: live on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flows.output import printable, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a person who waits likes to know."""

    step: str  # "plan", "crawl", "land", "understand", "check", "tell"
    text: str
    done: int | None = None
    total: int | None = None
    lasting: bool = False  # stays on the screen after the step
    level: str | None = None  # of a line of the crawl's log: "INFO", "WARNING", "ERROR"


OnEvent = Callable[[Event], None]


def silent(event: Event) -> None:
    """For callers who do not wait."""


@contextmanager
def shown() -> Iterator[OnEvent]:
    """Show events on standard error while this lasts."""
    if sys.stderr.isatty():
        with _live() as on_event:
            yield on_event
    else:
        yield _plain


def _plain(event: Event) -> None:
    if event.lasting:
        say(f"{event.step}: {event.text}")


@contextmanager
def _live() -> Iterator[OnEvent]:
    from rich.console import Console  # noqa: PLC0415  only where there is a terminal
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    bar: Any = Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[step]:<10}", style="bold"),
        BarColumn(bar_width=24),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # data stays data
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("", step="", total=None)

        def on_event(event: Event) -> None:
            if event.lasting:
                bar.console.print(f"{event.step}: {printable(event.text)}", markup=False,
                                  highlight=False)  # fmt: skip
            if event.level:
                return  # the counts stay where they are
            bar.update(
                task,
                description=printable(event.text)[:80],
                step=event.step,
                completed=event.done or 0,
                total=event.total,
            )

        yield on_event
