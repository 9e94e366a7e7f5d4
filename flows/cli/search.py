"""`slugline search`."""

from __future__ import annotations

from datetime import datetime

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, naive, window_options, write
from flows.output import Format
from flows.questions import desk


@command("slugline search '\"town hall\" AND (council OR mayor) NOT elect*' --top-n 5")
@click.argument("query")
@window_options
@click.option("--source", help="Only of this source.")
@click.option("--language", help="Only in this language, as in en.")
@click.option("--fold-copies", is_flag=True, help="Show only the earliest of articles that copy.")
@click.option("--stem", is_flag=True, help="Find elected for election too.")
@click.option("--top-n", type=click.IntRange(1), default=20, show_default=True)
@format_option
@click.pass_context
def search(
    ctx: click.Context,
    *,
    query: str,
    since: datetime | None,
    until: datetime | None,
    source: str | None,
    language: str | None,
    fold_copies: bool,
    stem: bool,
    top_n: int,
    form: Format,
) -> None:
    """Articles that match a query, best first.

    Words are all asked for; OR, AND, NOT (or -word), parentheses, "phrases" and prefixes* may be
    used. NOT binds tightest, then AND, then OR. title: before a word or phrase looks into titles
    only; source: language: site: author: entity: since: and until: ask for other things.
    """
    with desk(settings_of(ctx).data) as open_desk:
        if source:
            open_desk.known_source(source)
        columns, rows = open_desk.ask(
            "search",
            query=query,
            since=naive(since),
            until=naive(until),
            source=source,
            language=language,
            fold_copies=fold_copies,
            stem=stem,
            top_n=top_n,
        )
        write(columns, rows, form, table=("score", "published_at", "source", "title", "url"))
