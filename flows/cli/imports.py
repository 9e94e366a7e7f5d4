"""`slugline import`: land articles that people already have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from flows import output
from flows.cli.completion import files
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command
from flows.cli.reading import emit, opened


@command("slugline import articles.ndjson\n"
         "slugline import mc-onlinenews-mediacloud-20260131-content.csv --fetch")  # fmt: skip
@click.argument("file", metavar="FILE|FOLDER|-...", nargs=-1, shell_complete=files)
@click.option("--source", default="import", show_default=True, help="For lines that name none.")
@click.option("--fetch", is_flag=True, help="Ask for the pages of lines that have no text.")
@click.pass_context
def import_(ctx: click.Context, *, file: tuple[str, ...], source: str, fetch: bool) -> None:
    """Land articles that you already have.

    Reads JSON lines (also those that `slugline extract --batch` gives), JSON arrays, CSV, the
    folder that news-please fills, and what Media Cloud exports, all of them also gzipped. Prints
    "id" and "outcome" of each article, or "line" and "error". Importing again changes nothing.
    """
    from flows import importing

    settings = settings_of(ctx)
    on_interrupt("what was printed has landed; import the file again for the rest")
    to_fetch: list[tuple[dict[str, Any], Any]] | None = [] if fetch else None
    told = importing.land(settings.data, _lines(file or ("-",)), source, to_fetch=to_fetch)
    n = _emitted(told)
    if to_fetch:
        from flows import fetching
        from flows.progress import shown

        with shown() as on_event:
            n += _emitted(fetching.fetch(settings, to_fetch, on_event))
    if not n and not to_fetch:
        output.say("there was nothing in it")
    if n["error"]:
        output.say(f"{n['error']} lines could not be read: see their error")
    if n["deferred"]:
        output.say(f"{n['deferred']} pages did not come: import the file again in a while")
    if n["stored"] or n["revised"]:
        output.say("landed; slugline search finds them, slugline watch check matches them")
    if n["error"] and n["error"] == n.total():
        ctx.exit(2)


def _emitted(told: Iterator[dict[str, Any]]) -> Counter[str]:
    """How many lines have which outcome, and how many a mistake."""
    n = Counter[str]()
    for one in told:
        emit(one)
        n[one.get("outcome", "error")] += 1
    return n


def _lines(names: tuple[str, ...]) -> Iterator[tuple[tuple[str | None, int], Any]]:
    from flows import given

    paths = [
        str(path)
        for name in names
        for path in (given.files_in(Path(name)) if Path(name).is_dir() else [name])
    ]
    for path in paths:
        with opened(path) as stream:
            for number, value in given.lines(stream):
                yield (path if len(paths) > 1 else None, number), value
