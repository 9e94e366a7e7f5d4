"""`slugline backfill`: look back, slice by slice, and a summary at the end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from flows import output
from flows.cli.completion import watch_names
from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import Day, command, format_option, write
from flows.output import Format, say

if TYPE_CHECKING:
    from flows.history import BackfillReport

_STAYS = "what was fetched is kept; the same command goes on where this stopped"


@command("slugline backfill town-hall --since 2023-05-01 --until 2023-07-31")
@click.argument("watch", shell_complete=watch_names)
@click.option("--since", type=Day(), required=True,
              help="Published on this day (UTC) or later.")  # fmt: skip
@click.option("--until", type=Day(last=True), help="Published on this day (UTC) or before. "
              "[default: yesterday, or what an unfinished one began with]")  # fmt: skip
@click.option("--slice-minutes", type=click.FloatRange(0.01),
              help="Ask for so long, then let others crawl. [default: the setting]")  # fmt: skip
@click.option("--max-pages", type=click.IntRange(1),
              help="Fetch so many pages and stop; the same command goes on. "
              "[default: no limit]")  # fmt: skip
@click.option("--top-n", type=click.IntRange(0), default=25, show_default=True,
              help="Related articles in the summary.")  # fmt: skip
@format_option
@click.pass_context
def backfill(
    ctx: click.Context,
    *,
    watch: str,
    since: datetime,
    until: datetime | None,
    slice_minutes: float | None,
    max_pages: int | None,
    top_n: int,
    form: Format,
) -> None:
    """Fetch what a watch's sources published earlier.

    From sitemaps, also those that robots.txt announces, and from the `archives` in sources.toml,
    newest first. It works in slices, so that `slugline run` gets its turn; done twice it does
    nothing new, interrupted it goes on.
    """
    from flows import history, progress

    on_interrupt(_STAYS)
    with progress.shown() as on_event:
        report = history.run(
            settings_of(ctx),
            watch,
            since,
            until,
            slice_minutes=slice_minutes,
            max_pages=max_pages,
            on_event=on_event,
        )
    for note in report.notes:
        say(note)
    if report.status != "skipped":
        _write(report, top_n, form)
    if report.failures:
        raise report.failures[0]


def _write(report: BackfillReport, top_n: int, form: Format) -> None:
    for source, why in report.without.items():
        say(f"{source}: {why}")
    if report.status == "stopped" and not report.failures:
        say("stopped at --max-pages; the same command goes on")
    if form is not Format.TABLE:
        row = _as_row(report, top_n)
        write(list(row), [list(row.values())], form)
        return
    counts = [(outcome, n) for outcome, n in report.outcomes.items()]
    counts += [("(still to do)", report.left)] if report.left else []
    title = f"{report.found:,} addresses found"
    write(("outcome", "n"), counts, form, title=title)
    columns = ("tier", "relevance", "published_at", "source", "title", "url")
    rows = [[row[name] for name in columns] for row in report.related[:top_n]]
    title = f"{len(report.related):,} articles related to {report.watch}"
    write(columns, rows, form, title=title)
    output.say(f"ask on: slugline coverage {report.watch}")


def _as_row(report: BackfillReport, top_n: int) -> dict[str, Any]:
    return {
        "status": report.status,
        "watch": report.watch,
        "since": report.window.since,
        "until": report.window.until,
        "slices": report.slices,
        "found": report.found,
        "outcomes": dict(report.outcomes),
        "left": report.left,
        "tiers": dict(report.tiers),
        "related": [
            {name: row[name] for name in ("url", "title", "source", "published_at", "tier")}
            for row in report.related[:top_n]
        ],
        "without": dict(report.without),
    }
