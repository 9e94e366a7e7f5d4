"""`slugline doctor`: looks at everything, changes nothing."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, printable, say

if TYPE_CHECKING:
    from flows.diagnosis import Finding

_COLUMNS = ("state", "what", "found", "advice")


@command("slugline doctor")
@click.option("--top-n", type=click.IntRange(0), default=10, show_default=True,
              help="Sources that are not well, of which a line each is told.")  # fmt: skip
@click.option("--deep", is_flag=True, help="Also read every file of the data directory.")
@format_option
@click.pass_context
def doctor(ctx: click.Context, *, top_n: int, deep: bool, form: Format) -> None:
    """Look whether all is well, and say what to try.

    The installation, settings, data directory, Prefect's server, watches and sources: one line
    each, ok, warn or fail. Changes nothing. Exit code 1 where something fails.
    """
    from flows import health
    from warehouse.records import now_utc

    found = health.examine(
        lambda: settings_of(ctx),
        here=Path.cwd(),
        environment=os.environ,
        now=now_utc(),
        most_sources=top_n,
        deep=deep,
    )
    counts: Counter[str] = Counter()
    counted = _counted(found, counts)
    if form is Format.TABLE:
        _lines(counted, sys.stdout)
    else:
        write(_COLUMNS, ([f.state, f.what, f.found, f.advice] for f in counted), form)
    say(f"{counts['fail']} failed, {counts['warn']} to look into, {counts['ok']} ok")
    if counts["fail"]:
        ctx.exit(1)


def _counted(found: Iterable[Finding], counts: Counter[str]) -> Iterator[Finding]:
    for finding in found:
        counts[finding.state] += 1
        yield finding


def _lines(found: Iterable[Finding], stream: TextIO) -> None:
    """As they come, since a server that does not answer takes seconds."""
    for finding in found:
        advice = f" ({finding.advice})" if finding.advice else ""
        text = " ".join(printable(f"{finding.what}: {finding.found}{advice}").split())
        stream.write(f"{finding.state:<4}  {text}\n")
        stream.flush()
