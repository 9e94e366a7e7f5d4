"""`slugline coverage` and `why`: what is related to a watch, and for which reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click

from flows.cli.completion import watch_names
from flows.cli.main import settings_of
from flows.cli.options import Day, command, format_option, naive, write
from flows.output import Format, cell
from flows.questions import desk

TIERS = ["same_story", "follow_up", "background", "off"]


@command("slugline coverage town-hall --tier same_story")
@click.argument("watch", shell_complete=watch_names)
@click.option("--tier", type=click.Choice(TIERS), help="Only of this tier. [default: all but off]")
@click.option("--since", type=Day(), help="Published on this day (UTC) or later.")
@click.option("--top-n", type=click.IntRange(1), default=100, show_default=True)
@format_option
@click.pass_context
def coverage(
    ctx: click.Context,
    *,
    watch: str,
    tier: str | None,
    since: datetime | None,
    top_n: int,
    form: Format,
) -> None:
    """Articles related to a watch, with the reasons."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_watch(watch)
        columns, rows = open_desk.ask(
            "coverage", watch=watch, tier=tier, since=naive(since), top_n=top_n
        )
        shown = ("relevance", "tier", "published_at", "source", "title", "because", "url")
        write(columns, _short(columns, rows, form), form, table=shown)


def _short(
    columns: list[str], rows: Iterable[Sequence[Any]], form: Format
) -> Iterable[Sequence[Any]]:
    """For a table, only the reasons that gave most; the other formats have them all."""
    place = columns.index("because")
    for row in rows:
        if form is Format.TABLE and row[place]:
            cut = "; ".join(row[place].split("; ")[:3])
            yield [*row[:place], cut, *row[place + 1 :]]
        else:
            yield row


@command("slugline why town-hall https://www.example.com/news/1")
@click.argument("watch", shell_complete=watch_names)
@click.argument("url")
@format_option
@click.pass_context
def why(ctx: click.Context, watch: str, url: str, form: Format) -> None:
    """Why an article is related to a watch, or is not."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_watch(watch)
        open_desk.article_id(url)
        columns, rows = open_desk.ask("why", watch=watch, url=url)
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        first = found[0] if found else {"title": url, "tier": "off", "relevance": 0.0}
        if form is Format.TABLE:
            told = f"{first['tier']}, relevance {cell(first['relevance'])}"
            sys.stdout.write(f"{cell(first['title'])}: {told}\n\n")
        shown = ("term", "kind", "gave", "count")
        write(columns, [list(row.values()) for row in found], form, table=shown)
