"""`slugline fate`, `copies` and `outcomes`: what became of addresses, and of texts."""

from __future__ import annotations

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, peek
from flows.questions import desk
from warehouse.errors import Unknown


@command("slugline fate https://www.example.com/news/1")
@click.argument("url")
@format_option
@click.pass_context
def fate(ctx: click.Context, url: str, form: Format) -> None:
    """What became of an address, run by run."""
    with desk(settings_of(ctx).data) as open_desk:
        columns, found = open_desk.ask("fate", url=url)
        some, rows = peek(found)
        if not some:
            raise Unknown(f"no run has ever found {url!r}", try_="check its spelling")
        shown = ("decided_at", "outcome", "reason", "status", "source", "url")
        write(columns, rows, form, table=shown)


@command("slugline copies https://www.example.com/news/1")
@click.argument("url")
@format_option
@click.pass_context
def copies(ctx: click.Context, url: str, form: Format) -> None:
    """Where else an article's text appeared."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.article_id(url)
        columns, rows = open_desk.ask("copies", url=url)
        shown = ("published_at", "source", "copy_kind", "similarity", "title", "url")
        write(columns, rows, form, table=shown)


@command("slugline outcomes\nslugline outcomes --urls paywalled")
@click.option("--run", help="Of this run. [default: the newest]")
@click.option("--source", help="Only of this source.")
@click.option("--total", is_flag=True, help="Over all sources.")
@click.option("--urls", metavar="OUTCOME", help="The addresses with this outcome, with reasons.")
@click.option("--top-n", type=click.IntRange(1), default=100, show_default=True)
@format_option
@click.pass_context
def outcomes(
    ctx: click.Context,
    *,
    run: str | None,
    source: str | None,
    total: bool,
    urls: str | None,
    top_n: int,
    form: Format,
) -> None:
    """What became of every address a run found.

    The numbers add up to what was found.
    """
    with desk(settings_of(ctx).data) as open_desk:
        if urls:
            values = {"outcome": checked_outcome(urls), "run": run, "source": source}
            columns, rows = open_desk.ask("outcomes_urls", top_n=top_n, **values)
        elif total:
            columns, rows = open_desk.ask("outcomes_total", run=run)
        else:
            columns, rows = open_desk.ask("outcomes", run=run, source=source)
        write(columns, rows, form)


def checked_outcome(name: str) -> str:
    """`name` if it is on the closed list; raises Unknown with the nearest."""
    from flows.tomlfile import nearest
    from warehouse.records import Outcome

    there = [outcome.value for outcome in Outcome]
    if name not in there:
        near = nearest(name, there)
        advice = f"did you mean {near!r}?" if near else f"one of: {', '.join(there)}"
        raise Unknown(f"no outcome {name!r}", try_=advice)
    return name
