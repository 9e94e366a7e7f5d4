"""`slugline run`: one whole run, with progress while it lasts and the brief at its end."""

from __future__ import annotations

import sys

import click

from flows import output
from flows.cli.completion import watch_names
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, say
from warehouse.errors import OutOfBounds

_STAYS = "what was fetched is kept; slugline run goes on where this stopped"


@command("slugline run town-hall")
@click.argument("watches", nargs=-1, shell_complete=watch_names)
@click.option("--now", is_flag=True, help="Also ask sources that are not due yet.")
@click.option("--proxy", help="HTTP proxy for all requests, as in http://127.0.0.1:3128.")
@click.option("--top-n", type=click.IntRange(1), default=25, show_default=True,
              help="Articles of each watch in the brief.")  # fmt: skip
@format_option
@click.pass_context
def run(
    ctx: click.Context,
    *,
    watches: tuple[str, ...],
    now: bool,
    proxy: str | None,
    top_n: int,
    form: Format,
) -> None:
    """Crawl, land, understand and tell what is new.

    For the watches named, or all. What an interrupted run left is finished first. Ends with exit
    code 3 where a watch or source brought more or fewer articles than it expects.
    """
    from flows import brief, pipeline, progress

    settings = settings_of(ctx, proxy=proxy)
    on_interrupt(_STAYS)
    with progress.shown() as on_event:
        report = pipeline.run(settings, watches, on_event=on_event, ask_all=now)
    if report.status == "skipped":
        say(f"skipped: {report.note}")
        return
    for note in report.notes:
        say(f"note: {note}")
    if report.note:
        say(report.note)
    if report.brief:
        if form is Format.TABLE:
            brief.write(report.brief, sys.stdout, most=top_n)
        else:
            row = {"status": report.status, **brief.as_row(report.brief)}
            write(list(row), [list(row.values())], form)
    if report.failures:
        raise report.failures[0]
    if report.out_of_bounds:
        raise OutOfBounds("; ".join(report.out_of_bounds))
    output.say("ask on: slugline coverage WATCH, search, timeline, together; slugline --help")
