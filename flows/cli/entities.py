"""`slugline entity`, `timeline` and `together`: asked of one person, organisation or place."""

from __future__ import annotations

from datetime import datetime

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, naive, window_options, write
from flows.output import Format
from flows.questions import desk


@command('slugline entity "Anas Haqqani" --since 2023-07-10')
@click.argument("name")
@window_options
@click.option("--top-n", type=click.IntRange(1), default=50, show_default=True)
@format_option
@click.pass_context
def entity(
    ctx: click.Context,
    *,
    name: str,
    since: datetime | None,
    until: datetime | None,
    top_n: int,
    form: Format,
) -> None:
    """Articles that name a person, organisation or place."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_entity(name)
        columns, rows = open_desk.ask(
            "entity", name=name, since=naive(since), until=naive(until), top_n=top_n
        )
        write(columns, rows, form)


@command('slugline timeline "Anas Haqqani" --zone Europe/Berlin')
@click.argument("query_or_entity")
@click.option(
    "--bucket",
    type=click.Choice(["hour", "day", "week", "month", "year"]),
    default="day",
    show_default=True,
)
@click.option("--zone", default="UTC", show_default=True, help="Time zone that days begin in.")
@format_option
@click.pass_context
def timeline(
    ctx: click.Context, query_or_entity: str, bucket: str, zone: str, form: Format
) -> None:
    """How often somebody is named, day by day.

    QUERY_OR_ENTITY may also be a query as of `slugline search`.
    """
    with desk(settings_of(ctx).data) as open_desk:
        columns, rows = open_desk.ask("timeline", about=query_or_entity, bucket=bucket, zone=zone)
        write(columns, rows, form)


@command('slugline together "Elon Musk" --top-n 10')
@click.argument("name")
@click.option("--top-n", type=click.IntRange(1), default=20, show_default=True)
@format_option
@click.pass_context
def together(ctx: click.Context, name: str, top_n: int, form: Format) -> None:
    """Who appears together with somebody."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_entity(name)
        columns, rows = open_desk.ask("together", name=name, top_n=top_n)
        write(columns, rows, form)
