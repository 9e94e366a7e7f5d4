"""`slugline import`: land articles that people already have."""

from __future__ import annotations

import click

from flows import output
from flows.cli.completion import files
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command
from flows.cli.reading import emit, opened


@command("slugline import articles.ndjson")
@click.argument("file", metavar="FILE|-", required=False, default="-",
                shell_complete=files)  # fmt: skip
@click.option("--source", default="import", show_default=True, help="For lines that name none.")
@click.pass_context
def import_(ctx: click.Context, *, file: str, source: str) -> None:
    """Land articles that you already have.

    Reads JSON lines with at least "url", "title" and "text", or those that `slugline extract
    --batch` gives, and prints "id" and "outcome" of each. Importing them again changes nothing.
    """
    from flows import importing

    settings = settings_of(ctx)
    on_interrupt("what was printed has landed; import the file again for the rest")
    with opened(file) as stream:
        landed = bad = 0
        for told in importing.land(settings.data, output.lines(stream), source):
            emit(told)
            landed, bad = landed + ("outcome" in told), bad + ("error" in told)
    if bad:
        output.say(f"{bad} lines could not be read: see their error")
    if landed:
        output.say("landed; slugline search finds them, slugline watch check matches them")
