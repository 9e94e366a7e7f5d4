"""`slugline entity`, `timeline` and `together`: asked of one person, organisation or place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, naive, window_options, write
from flows.output import Format, with_bars
from flows.questions import desk


class Zone(click.ParamType[str]):
    """The name of a time zone, as in Europe/Berlin."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from zoneinfo import available_timezones

        known = available_timezones()  # none on a machine without a time zone database
        if known and value not in known:
            from flows.tomlfile import nearest

            near = nearest(str(value), known)
            self.fail(f"no time zone {value!r}" + (f", did you mean {near}?" if near else ""),
                      param, ctx)  # fmt: skip
        return str(value)


@command('slugline entity "Ada Example" --since 2026-07-10')
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
        shown = ("published_at", "source", "mentions", "spellings", "title", "url")
        write(columns, rows, form, table=shown)


@command('slugline timeline "Ada Example" --zone Europe/Berlin')
@click.argument("query_or_entity")
@click.option(
    "--bucket",
    type=click.Choice(["hour", "day", "week", "month", "year"]),
    default="day",
    show_default=True,
)
@click.option("--zone", type=Zone(), default="UTC", show_default=True, help="That days begin in.")
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
        if form is Format.TABLE:
            write(*with_bars(columns, rows, bucket), form)
        else:
            write(columns, rows, form)


@command('slugline together "Ada Example" --top-n 10')
@click.argument("name")
@click.option("--top-n", type=click.IntRange(1), default=20, show_default=True)
@format_option
@click.pass_context
def together(ctx: click.Context, name: str, top_n: int, form: Format) -> None:
    """Who appears together with somebody."""
    with desk(settings_of(ctx).data) as open_desk:
        open_desk.known_entity(name)
        columns, rows = open_desk.ask("together", name=name, top_n=top_n)
        shown = ("entity", "label", "articles", "expected", "npmi", "significance")
        write(columns, rows, form, table=shown)
