"""`slugline export`: take articles along, for other tools."""

from __future__ import annotations

from datetime import datetime

import click

from flows import output
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command, naive, window_options
from flows.questions import desk


@command("slugline export articles.csv --since 2023-07-01\n"
         "slugline export july --table articles --table mentions\n"
         "slugline export taliban.ftm.json --query 'taliban OR haqqani'")  # fmt: skip
@click.argument("to", metavar="FILE|FOLDER|-")
@click.option("--format", "form", type=click.Choice(["parquet", "csv", "jsonl", "ftm"]),
              help="[default: as TO ends (.csv, .jsonl, .ftm.json, each with .gz), else a folder"
                   " of Parquet]")  # fmt: skip
@click.option("--table", "tables", multiple=True, default=["articles"], show_default=True,
              help="Of the warehouse; several only as Parquet.")  # fmt: skip
@window_options
@click.option("--source", help="Only of this source.")
@click.option("--language", help="Only in this language, as in en.")
@click.option("--query", help="Only what a search finds.")
@click.option("--watch", help="Only what is related to this watch.")
@click.option("--tier", type=click.Choice(["same_story", "follow_up", "background"]),
              help="With --watch: only so close.")  # fmt: skip
@click.pass_context
def export(
    ctx: click.Context,
    *,
    to: str,
    form: str | None,
    tables: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    source: str | None,
    language: str | None,
    query: str | None,
    watch: str | None,
    tier: str | None,
) -> None:
    """Take articles along, for other tools.

    As Parquet in a folder for each month, as CSV, as JSON lines (which `slugline import` reads
    again), or as entities of FollowTheMoney: articles, people, organisations and mentions.
    """
    from flows import exporting
    from warehouse.export import Chosen

    if tier and not watch:
        raise click.UsageError("--tier needs --watch")
    data = settings_of(ctx).data
    with desk(data) as open_desk:
        if source:
            open_desk.known_source(source)
        if watch:
            open_desk.known_watch(watch)
    on_interrupt("nothing is left of it")
    chosen = Chosen(since=naive(since), until=naive(until), source=source, language=language,
                    query=query, watch=watch, tier=tier)  # fmt: skip
    how = exporting.Form(form) if form else exporting.form_of(to)
    counts = exporting.export(data, to, how, tables, chosen)
    told = ", ".join(f"{n:,} {name}" for name, n in counts.items()) or "nothing"
    output.say(f"exported {told}" + ("" if to == "-" else f" to {to}"))
