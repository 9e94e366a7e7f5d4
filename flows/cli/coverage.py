"""`slugline coverage` and `why`: what is related to a watch, and for which reasons."""

from __future__ import annotations

from datetime import datetime

import click

from flows.cli.main import settings_of
from flows.cli.options import Day, command, format_option, naive, write
from flows.output import Format
from flows.questions import desk

TIERS = ["same_story", "follow_up", "background", "off"]


@command("slugline coverage town-hall --tier same_story")
@click.argument("watch")
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
        write(columns, rows, form)


@command("slugline why town-hall https://www.example.com/news/1")
@click.argument("watch")
@click.argument("url")
@format_option
@click.pass_context
def why(ctx: click.Context, watch: str, url: str, form: Format) -> None:
    """Why an article is related to a watch, or is not."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_watch(watch)
        open_desk.article_id(url)
        write(*open_desk.ask("why", watch=watch, url=url), form)
