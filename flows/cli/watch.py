"""`slugline watch`: make, list, show, check and remove watches."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

import click

from flows import output, watches
from flows.cli.completion import files, group_names, source_names, watch_names
from flows.cli.main import settings_of
from flows.cli.options import Day, format_option, shown, write
from flows.config import Settings
from flows.output import Format, say
from warehouse.errors import BadInput
from warehouse.records import Source


@click.group(epilog=shown("slugline watch add article.txt --group english"))
def watch() -> None:
    """Say what to look for: add, list, show, check, remove."""


@watch.command(
    epilog=shown(
        "slugline watch add article.txt --slug town-hall --group uk\n"
        "slugline watch add https://www.example.com/news/1 --since 2026-01-01\n"
        "pbpaste | slugline watch add - --group english"
    )
)
@click.argument("seed", metavar="FILE|URL|-", shell_complete=files)
@click.option("--slug", help="The watch's name. [default: from the title]")
@click.option("--title", help="What it is about. [default: the article's title]")
@click.option("--source", "sources", multiple=True, shell_complete=source_names,
              help="Look in this source (repeatable).")  # fmt: skip
@click.option("--group", "groups", multiple=True, shell_complete=group_names,
              help='Look in this group; "all" is every source.')  # fmt: skip
@click.option("--since", type=Day(), help="Leave older articles alone.")
@click.option("--until", type=Day(last=True), help="Leave later articles alone.")
@click.option("--must", multiple=True, help="An article needs one of these words (repeatable).")
@click.option("--not", "not_", multiple=True, help="An article with this is never taken.")
@click.pass_context
def add(
    ctx: click.Context,
    *,
    seed: str,
    slug: str | None,
    title: str | None,
    sources: tuple[str, ...],
    groups: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    must: tuple[str, ...],
    not_: tuple[str, ...],
) -> None:
    """Make a watch of one article: plain text, Markdown, HTML or an address.

    It prints what it will look for, and matches it at once against all that has landed. The
    file it writes is meant to be edited.
    """
    from flows import adding
    from flows import sources as registered

    settings: Settings = settings_of(ctx)
    known = registered.read(settings.seeds)  # a mistake in there is told before anything is written
    wishes = adding.Wishes(
        slug=slug, title=title, sources=sources, groups=groups, since=since, until=until,
        must=must, not_=not_,
    )  # fmt: skip
    adding.check(wishes, known)
    made = adding.make(seed, wishes, settings)
    path = watches.write(settings.seeds, made.watch, made.article)
    _tell(made, path, known)
    _match(settings, [made.watch.watch])


def _tell(made: object, path: object, known: Sequence[Source]) -> None:
    from flows import adding

    assert isinstance(made, adding.Made)
    say(f"watch {made.watch.watch}: {made.watch.title}")
    for note in adding.notes(made, known):
        say(f"  {note}")
    say(f"written to {path}; edit it, then: slugline watch check {made.watch.watch}")
    for line in adding.proposals(made, known):
        say(line)
    say("it will look for:")
    columns = ["weight", "kind", "text", "spellings"]
    rows = [[t.weight, t.kind, t.text, list(t.spellings)] for t in made.watch.terms]
    write(columns, rows, output.default_format(sys.stdout))


def _match(settings: Settings, slugs: list[str]) -> None:
    """Against everything that has landed, and say what came of it."""
    from flows import pipeline, progress
    from flows.cli.main import on_interrupt

    on_interrupt("the next run goes on matching")
    with progress.shown() as on_event:
        counts = pipeline.match(settings, slugs, on_event)
    for slug, tiers in counts.items():
        n = sum(tiers.values())
        if not n:
            say(f"{slug}: nothing has landed yet to match; slugline run fetches what there is")
            continue
        words = ", ".join(f"{tiers.get(t, 0)} {t}" for t in pipeline.TIERS)
        say(f"{slug}: matched against {n} articles that have landed: {words}")
        if n > tiers.get("off", 0):
            say(f"  see them: slugline coverage {slug}")


@watch.command(name="list", epilog=shown("slugline watch list --format csv"))
@format_option
@click.pass_context
def list_(ctx: click.Context, form: Format) -> None:
    """All watches."""
    from flows import sources

    settings = settings_of(ctx)
    known = sources.read(settings.seeds)
    found = [file.watch for file in watches.read_all(settings.seeds)]
    if not found:
        say(f"no watches in {settings.seeds}; make one with: slugline watch add FILE")
    rows = [
        [w.watch, w.title, w.language, len(w.terms), len(watches.sources_of(w, known)),
         w.since, w.until, w.paused]
        for w in found
    ]  # fmt: skip
    columns = ["watch", "title", "language", "terms", "sources", "since", "until", "paused"]
    write(columns, rows, form)


@watch.command(epilog=shown("slugline watch show town-hall"))
@click.argument("slug", shell_complete=watch_names)
@format_option
@click.pass_context
def show(ctx: click.Context, slug: str, form: Format) -> None:
    """What a watch looks for, where and when."""
    from flows import sources
    from warehouse.records import to_json

    settings = settings_of(ctx)
    file = watches.read_all(settings.seeds, [slug])[0]
    found = watches.sources_of(file.watch, sources.read(settings.seeds))
    if form is not Format.TABLE:
        whole = to_json(file.watch) | {"sources": [s.source for s in found]}
        whole |= {"terms": to_json(file.watch.terms), "article": file.seed_text}
        write(list(whole), [list(whole.values())], form)
        return
    w = file.watch
    facts = {
        "watch": w.watch, "title": w.title, "language": w.language, "since": w.since,
        "until": w.until, "must": w.must, "not": w.not_, "paused": w.paused, "file": file.path,
        "sources": [s.source for s in found] or "none: nothing is crawled for it",
    }  # fmt: skip
    for key, value in facts.items():
        if value not in (None, (), False):
            sys.stdout.write(f"{key:<10}{output.cell(value)}\n")
    columns = ["weight", "kind", "text", "spellings"]
    write(columns, [[t.weight, t.kind, t.text, t.spellings] for t in w.terms], form)


@watch.command(epilog=shown("slugline watch check town-hall"))
@click.argument("slugs", nargs=-1, shell_complete=watch_names)
@click.pass_context
def check(ctx: click.Context, *, slugs: tuple[str, ...]) -> None:
    """Read watches, say what is wrong, and match them against all that has landed.

    Without names: all of them.
    """
    from flows import sources

    settings = settings_of(ctx)
    known = sources.read(settings.seeds)
    files = watches.read_all(settings.seeds, slugs)
    wrong = []
    for file in files:
        found = watches.sources_of(file.watch, known)
        nothing = watches.why_nothing(file.watch, known)
        wrong += [f"{file.path}: {word}" for word in watches.unknown_sources(file.watch, known)]
        say(f"{file.watch.watch}: {len(file.watch.terms)} terms, {len(found)} sources"
            + (f"; {nothing}" if nothing else "")
            + (", paused" if file.watch.paused else ""))  # fmt: skip
    if wrong:
        raise BadInput("; ".join(wrong), try_="slugline source list shows what there is")
    _match(settings, [file.watch.watch for file in files])


@watch.command(epilog=shown("slugline watch remove town-hall --yes"))
@click.argument("slug", shell_complete=watch_names)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(ctx: click.Context, *, slug: str, yes: bool) -> None:
    """Delete a watch's files; what has landed stays."""
    settings = settings_of(ctx)
    folder = watches.find(settings.seeds, slug)
    if not yes:
        if not sys.stdin.isatty():
            raise BadInput(f"this deletes {folder}", try_="say --yes")
        click.confirm(f"Delete {folder}?", abort=True, err=True)
    left = watches.remove(folder)
    say(f"removed {slug}; its articles and coverage stay in {settings.data}")
    if left:
        say(f"{folder} stays, since it holds {', '.join(path.name for path in left)}")
