"""`slugline reprocess`: derive again with the current version, from a chosen step."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import datetime

import click

from flows.cli.completion import watch_names
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command, format_option, window_options, write
from flows.output import Format, say

_STEPS = ("extract", "understand", "names", "keywords", "quotes", "copies", "relevance")


@command("slugline reprocess --from extract --since 2026-11-01 --dry-run")
@click.option("--from", "from_step", type=click.Choice(_STEPS), default="understand",
              show_default=True, help="The first step; those after it follow.")  # fmt: skip
@click.option("--watch", "watches", multiple=True, shell_complete=watch_names, metavar="WATCH",
              help="Only articles related to this watch, and only its relevance.")  # fmt: skip
@window_options
@click.option("--all", "again", is_flag=True,
              help="Also what the current version has made already.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say how much it would be; write nothing.")
@format_option
@click.pass_context
def reprocess(
    ctx: click.Context,
    *,
    from_step: str,
    watches: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    again: bool,
    dry_run: bool,
    form: Format,
) -> None:
    """Derive again with the current version.

    The steps are extract, understand (names, keywords and quotations in one), copies, relevance.
    Only what another version has made is derived, unless --all. Extracting needs the pages as they
    were received, which are kept for `keep_warc_days`; articles without are counted and stay as
    they are. Goes on where it was interrupted, and may run beside a monitor.
    """
    from flows import progress, reprocessing
    from flows.reprocessing import Choice, Count

    settings = settings_of(ctx)
    choice = Choice(from_step=from_step, watches=watches, since=since, until=until, again=again)
    if dry_run:
        columns = [field.name for field in fields(Count)]
        counts = [astuple(count) for count in reprocessing.plan(settings, choice)]
        write(columns, counts, form)
        return
    on_interrupt("what was derived stays; the same command goes on with the rest")
    with progress.shown() as on_event:
        report = reprocessing.run(settings, choice, on_event=on_event)
    say(reprocessing.in_words(report))
