"""`slugline sql`: the warehouse in SQL for people without the DuckDB client."""

from __future__ import annotations

import sys

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format


@command(
    'slugline sql "SELECT source, count(*) AS n FROM articles GROUP BY source ORDER BY n DESC"'
)
@click.argument("query", required=False, default="-")
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--max-seconds", type=click.FloatRange(0.1), default=60.0, show_default=True)
@click.option("--max-memory", type=click.IntRange(50), default=1_000, show_default=True, help="MB.")
@format_option
@click.pass_context
def sql(
    ctx: click.Context,
    *,
    query: str,
    max_rows: int,
    max_seconds: float,
    max_memory: int,
    form: Format,
) -> None:
    """Ask the warehouse in SQL, read-only.

    Without QUERY, or with "-", it is read from standard input.
    docs/sql.md lists the tables and macros. The DuckDB client opens the same file:
    duckdb -readonly data/slugline.db
    """
    from warehouse import sandbox

    text = sys.stdin.read() if query == "-" else query
    data = settings_of(ctx).data
    limits = {"max_rows": max_rows, "max_seconds": max_seconds, "max_memory_mb": max_memory}
    write(*sandbox.sql(data, text, **limits), form)
