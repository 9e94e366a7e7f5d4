"""`slugline maintain`: a night's care of the data directory."""

from __future__ import annotations

import click

from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, say

_COLUMNS = ("broken", "where", "what", "try")


@command("slugline maintain")
@click.option("--quick", is_flag=True, help="Compare sizes only: do not read every file.")
@click.option("--server", is_flag=True, help="Also delete old runs from Prefect's database.")
@format_option
@click.pass_context
def maintain(ctx: click.Context, *, quick: bool, server: bool, form: Format) -> None:
    """Tidy up, forget what is old, and verify every file.

    Merges small table files, removes what no reader can need any more, deletes old run folders,
    then checks that every file is there and is what was written, that the database opens and
    answers, and that the state is sound. May run at any time, beside crawls, landings and readers.
    Prints one row for each flaw with how to mend it, and ends with exit code 1 where something is
    broken. `keep_days`, `keep_warc_days` and `keep_server_days` say how long things are kept.
    """
    from flows import progress, upkeep

    settings = settings_of(ctx)
    on_interrupt("what was done so far stays done; slugline maintain goes on")
    with progress.shown() as on_event:
        report = upkeep.run(settings, on_event=on_event, contents=not quick)
    say(upkeep.in_words(report))
    if report.findings:
        write(_COLUMNS, [(f.broken, f.where, f.what, f.try_) for f in report.findings], form)
    if server:
        from flows.server import prune

        say(prune.in_words(prune.run(keep_days=settings.keep_server_days)))
    complaint = upkeep.complaint(settings, report)
    if complaint:
        raise complaint
