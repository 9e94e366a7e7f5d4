"""`slugline source`: where to look, and what it answers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

from flows import sources
from flows.cli.completion import group_names, source_names
from flows.cli.main import settings_of
from flows.cli.options import format_option, shown, write
from flows.output import Format, say
from warehouse.errors import BadInput, CouldNotDo
from warehouse.records import now_utc


@click.group(epilog=shown("slugline source add https://www.example.com/"))
def source() -> None:
    """Say where to look: add, list, groups, check, import …"""


@source.command(epilog=shown("slugline source add https://www.example.com/ --group uk"))
@click.argument("url")
@click.option("--name", help="The source's name. [default: its host]")
@click.option("--group", "groups", multiple=True, help="A group it belongs to (repeatable).")
@click.option("--language", help="As in en or pt-BR. [default: what its feeds say]")
@click.option("--country", help="As in GB.")
@click.option("--dry-run", is_flag=True, help="Find and print, but write nothing.")
@format_option
@click.pass_context
def add(
    ctx: click.Context,
    *,
    url: str,
    name: str | None,
    groups: tuple[str, ...],
    language: str | None,
    country: str | None,
    dry_run: bool,
    form: Format,
) -> None:
    """Find an outlet's feeds and news sitemaps from its home page."""
    from flows import finding

    settings = settings_of(ctx)
    if "://" in url and not re.match(r"https?://", url):
        raise BadInput(f"{url!r} is not a web address", try_="http:// or https://")
    url = url if "://" in url else f"https://{url}"
    chosen = name or sources.name_of(urlsplit(url).hostname or "")
    if not sources.fits(chosen):
        raise BadInput(f"{chosen!r} cannot be the name of a source", try_="say --name")
    if any(one.source == chosen for one in sources.read(settings.seeds)):
        raise BadInput(f"there is a source {chosen!r} already", try_="edit it, or say --name")
    home, tried = finding.discover(url, settings, chosen)
    _print(tried, form)
    found = finding.as_source(
        chosen, home, tried, language=language, country=country, groups=groups
    )
    if dry_run:
        say(f"dry run: {chosen} would be added to {sources.path_of(settings.seeds)}")
        return
    sources.add(settings.seeds, [found])
    say(f"added {chosen} to {sources.path_of(settings.seeds)}; "
        f"a watch uses it by its name or a group it is in")  # fmt: skip


def _print(tried: object, form: Format) -> bool:
    """One row a feed; whether all were fine."""
    columns = ["source", "kind", "url", "status", "leads", "newest", "says"]
    fine = []

    def rows() -> object:
        for one in tried:  # type: ignore[attr-defined]
            fine.append(one.ok)
            yield [one.source, one.kind.value, one.url, one.status, one.leads, one.newest, one.says]

    write(columns, rows(), form)  # type: ignore[arg-type]
    return all(fine)


def _tell_none(seeds: Path) -> None:
    say(f"no sources in {sources.path_of(seeds)}; add one with: slugline source add URL")


@source.command(name="list", epilog=shown("slugline source list uk"))
@click.argument("names", nargs=-1, shell_complete=source_names)
@click.option("--group", "groups", multiple=True, shell_complete=group_names,
              help="Those in this group (repeatable).")  # fmt: skip
@format_option
@click.pass_context
def list_(
    ctx: click.Context, *, names: tuple[str, ...], groups: tuple[str, ...], form: Format
) -> None:
    """All sources, or those of the names and groups given."""
    seeds = settings_of(ctx).seeds
    found = sources.find(sources.read(seeds), [*names, *groups])
    if not found:
        _tell_none(seeds)
    columns = ["source", "title", "home", "language", "country", "groups", "feeds", "sitemaps",
               "pages", "paused", "checked", "found"]  # fmt: skip
    rows = [
        [s.source, s.title, s.home, s.language, s.country, list(s.groups), len(s.feeds),
         len(s.sitemaps), len(s.pages), s.paused, s.checked, s.found]
        for s in found
    ]  # fmt: skip
    write(columns, rows, form, table=columns[:-1])


@source.command(name="groups", epilog=shown("slugline source groups --format csv"))
@format_option
@click.pass_context
def groups_(ctx: click.Context, *, form: Format) -> None:
    """All groups, and how much is in each; the group "all" is every source."""
    from flows import groups

    there = sources.read(settings_of(ctx).seeds)
    rows = [
        [one.group, len(one.sources), one.addresses, _each(s.language for s in one.sources),
         _each(s.country for s in one.sources)]
        for one in [groups.Group("all", there), *groups.gather(there)]
    ]  # fmt: skip
    write(["group", "sources", "addresses", "languages", "countries"], rows, form)


def _each(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})


@source.command(epilog=shown("slugline source check example.com"))
@click.argument("names", nargs=-1, shell_complete=source_names)
@click.option("--group", "groups", multiple=True, shell_complete=group_names,
              help="Those in this group (repeatable).")  # fmt: skip
@format_option
@click.pass_context
def check(
    ctx: click.Context, *, names: tuple[str, ...], groups: tuple[str, ...], form: Format
) -> None:
    """Ask each feed, sitemap and page, and say what it answers.

    Where sources.toml has the key `checked`, the day is written there for those that answer
    with news.
    """
    from flows import finding

    settings = settings_of(ctx)
    found = sources.find(sources.read(settings.seeds), [*names, *groups])
    if not found:
        _tell_none(settings.seeds)
    answered: list[str] = []

    def tried() -> Iterator[finding.Tried]:
        for each in found:
            for one in finding.of_source(each, settings):
                answered.extend([one.source] if one.ok else [])
                yield one

    try:
        fine = _print(tried(), form)
    finally:  # what has answered before Ctrl-C has answered
        sources.mark_checked(settings.seeds, answered, now_utc().date())
    if not fine:
        raise CouldNotDo("not all of them answer with news", try_="see the column says")


@source.command(epilog=shown("slugline source remove example.com"))
@click.argument("name", shell_complete=source_names)
@click.pass_context
def remove(ctx: click.Context, *, name: str) -> None:
    """Take a source out of sources.toml; what has landed stays."""
    seeds = settings_of(ctx).seeds
    sources.remove(seeds, name)
    say(f"removed {name} from {sources.path_of(seeds)}")


@source.command(name="import", epilog=shown("slugline source import subscriptions.opml"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def import_(ctx: click.Context, *, file: Path) -> None:
    """Add the feeds of an OPML file, as feed readers export it."""
    from flows import opml

    seeds = settings_of(ctx).seeds
    found = opml.read(file.read_bytes(), file)
    new, known = opml.not_yet(found, sources.read(seeds))
    sources.add(seeds, new)
    feeds = sum(len(one.feeds) for one in new)
    say(f"added {len(new)} sources with {feeds} feeds to {sources.path_of(seeds)}")
    if known:
        say(f"left as they are, since they are there already: {', '.join(known)}")


@source.command(epilog=shown("slugline source export feeds.opml"))
@click.argument("file", required=False, default="-")
@click.pass_context
def export(ctx: click.Context, *, file: str) -> None:
    """Write the feeds as OPML, for feed readers."""
    from flows import opml

    found = sources.read(settings_of(ctx).seeds)
    text = opml.write(found)
    if without := [one.source for one in found if not one.feeds]:
        say(f"left out, since OPML is for feeds and they have none: {', '.join(without)}")
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")
        say(f"written {file}")
