"""What several commands share: --format, the way an example ends a help page, days and rows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from flows import output

_F = TypeVar("_F", bound=Callable[..., Any])


def command(example: str, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command whose help ends in an example."""
    return click.command(epilog=shown(example), **more)


def shown(example: str) -> str:
    """An epilog that keeps its lines."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in example.strip().splitlines())


def format_option(function: _F) -> _F:
    """--format; without it a table on a terminal and JSON lines into a pipe."""
    return click.option(
        "--format",
        "form",
        type=click.Choice([f.value for f in output.Format]),
        callback=lambda _ctx, _param, value: (
            output.Format(value) if value else output.default_format(sys.stdout)
        ),
        help="How to write the rows. [default: table on a terminal, else ndjson]",
    )(function)


class Day(click.ParamType[datetime]):
    """A date or date-time; a bare date given as an end includes its day. UTC."""

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self.last = last

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a date such as 2026-01-31, not {value!r}", param, ctx)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        if self.last and len(value) == 10:
            at += timedelta(days=1, microseconds=-1)
        return at


def window_options(function: _F) -> _F:
    """--since and --until, of the publication date."""
    function = click.option(
        "--until", type=Day(last=True), help="Published on this day (UTC) or before."
    )(function)
    return click.option("--since", type=Day(), help="Published on this day (UTC) or later.")(
        function
    )


def write(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    form: output.Format,
    *,
    title: str | None = None,
    table: Sequence[str] = (),
) -> int:
    """Rows to standard output; `table` names the columns that a table shows, where not all."""
    if form is output.Format.TABLE and table:
        places = [list(columns).index(name) for name in table]
        rows = ([row[place] for place in places] for row in rows)
        columns = table
    return output.write(columns, rows, form, sys.stdout, title=title)


def naive(at: datetime | None) -> datetime | None:
    """`at` as the warehouse holds times: UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None) if at else None
