"""`slugline erase`: an article, a source or somebody goes, everywhere and for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, say

if TYPE_CHECKING:
    from flows.erasing import Report, Wanted
    from warehouse.gone import Gone

_COLUMNS = ("what", "where", "n", "try")


@command("slugline erase https://news.example/2026/a-page --yes")
@click.argument("url", required=False)
@click.option("--source", help="All that came from this source.")
@click.option("--entity", help="Every article that names this person, organisation or place.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option
@click.pass_context
def erase(
    ctx: click.Context,
    *,
    url: str | None,
    source: str | None,
    entity: str | None,
    dry_run: bool,
    yes: bool,
    form: Format,
) -> None:
    """Erase an article, a source or somebody, everywhere.

    For good: text, index, names, ledger, bodies as received, run folders and older generations;
    nothing of it is left in the data directory, and it does not come back through a crawl, an
    import or an old run folder. What keeps it away is kept as digests. Readers that opened
    the database before have to open it again. Prints what went, and which backups and
    snapshots were handed out.
    """
    from flows import erasing
    from flows.progress import Event, shown

    wanted = _wanted(url, source, entity)
    settings = settings_of(ctx)
    gone = erasing.preview(settings.data, wanted)
    if dry_run:
        write(_COLUMNS, _would_go(gone), form)
        return
    _ask(gone, wanted, yes=yes)
    on_interrupt("slugline maintain goes on with it")
    with shown() as on_event:
        report = erasing.erase(
            settings.data,
            wanted,
            on_step=lambda step: on_event(
                Event(step="erase", text=step, lasting=step.startswith("writing"))
            ),
        )
    write(_COLUMNS, _rows(report), form)
    _say(wanted, report)


def _wanted(url: str | None, source: str | None, entity: str | None) -> Wanted:
    from crawlers.urls import clean
    from flows.erasing import Wanted

    if sum(value is not None for value in (url, source, entity)) != 1:
        raise click.UsageError("name one of: a URL, --source, --entity")
    if not (url or source or entity or "").strip():
        raise click.UsageError("what is to be erased has no name")
    if url and clean(url) is None:
        raise click.BadParameter(f"{url!r} is no http address", param_hint="URL")
    return Wanted(url=url, source=source, entity=entity)


def _would_go(gone: Gone) -> list[tuple[str, str, int, str]]:
    found = {"articles": gone.articles, "addresses": gone.addresses, "names": gone.names}
    return [("would go", name, len(values), "") for name, values in found.items()]


def _ask(gone: Gone, wanted: Wanted, *, yes: bool) -> None:
    n = len(gone.articles)
    say(f"{wanted.told}: {n} article{'s' if n != 1 else ''}; this cannot be undone")
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked: --yes erases, --dry-run only looks")
    click.confirm("Erase?", abort=True, err=True)


def _rows(report: Report) -> list[tuple[str, str, int, str]]:
    rows = [("rows", name, n, "") for name, n in sorted(report.rows.items()) if n]
    rows.append(("lines and bodies", "runs, state", report.lines, ""))
    rows.append(("files of older generations", "tables, pub", report.files, ""))
    rows += [
        (it.kind, it.path, it.generation, "erase it there, make it anew, or ask who has it")
        for it in report.handed
    ]
    return rows


def _say(wanted: Wanted, report: Report) -> None:
    n = len(report.handed)
    say(f"{report.articles} articles erased")
    if n:
        say(f"{n} backups and snapshots were handed out: look at those made before now")
    for name in report.busy:
        say(f"{name} is being crawled; what it finds of it goes when it lands")
    if wanted.source:
        say(f"take {wanted.source} out of sources.toml too: slugline source remove")
