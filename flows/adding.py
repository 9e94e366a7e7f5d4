"""What `slugline watch add` makes of a seed, and what it tells of it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows import seeds, watches
from flows.config import Settings
from warehouse.errors import BadInput
from warehouse.records import Source, Watch, now_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person said beside the seed."""

    slug: str | None = None
    title: str | None = None
    sources: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    must: tuple[str, ...] = ()
    not_: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new watch, its article, and what was noticed on the way."""

    watch: Watch
    article: str  # title and text as they go into article.txt
    dropped: tuple[tuple[str, str], ...]  # line, why
    modelled: bool  # whether there is a name model for its language


def make(where: str, wishes: Wishes, settings: Settings) -> Made:
    """Read the seed at `where` and propose a watch; raises BadSeed, Unreachable, BadInput."""
    from warehouse.understand import profile  # noqa: PLC0415  loads the tagger's libraries

    if wishes.since and wishes.until and wishes.until < wishes.since:
        raise BadInput("--until is before --since")
    if wishes.slug:
        _is_free(wishes.slug, settings)
    seed = seeds.load(where, settings)
    made = profile.make(seed.text, wishes.title or seed.title, seed.language)
    slug = wishes.slug or watches.slug_of(made.title)
    _is_free(slug, settings)
    watch = Watch(
        watch=slug,
        title=made.title,
        language=made.language,
        terms=tuple(replace(term, weight=round(term.weight, 2)) for term in made.terms),
        must=wishes.must,
        not_=wishes.not_,
        sources=wishes.sources,
        groups=wishes.groups,
        since=wishes.since,
        until=wishes.until,
        seed_url=seed.url,
        seed_published_at=seed.published_at,
        created_at=now_utc(),
    )
    article = f"{seed.title}\n\n{seed.text}" if seed.title else seed.text
    dropped = tuple((line.line, line.why) for line in made.dropped)
    return Made(watch=watch, article=article, dropped=dropped, modelled=made.modelled)


def _is_free(slug: str, settings: Settings) -> None:
    """Raises BadInput for a name that cannot be used, or is."""
    folder = settings.seeds / watches.check_slug(slug)
    if (folder / "watch.toml").exists():
        what = f"there is a watch {slug!r} already, in {folder}"
        raise BadInput(what, try_=f"edit it, or choose another name with --slug {slug}-2")


def notes(made: Made, sources: Sequence[Source]) -> list[str]:
    """What a person should know about the new watch, one line each."""
    watch = made.watch
    found = [_language(made)]
    found += [f"left out, {why}: {_short(line)}" for line, why in made.dropped]
    found += watches.unknown_sources(watch, sources)
    there = watches.sources_of(watch, sources)
    if not there and (watch.sources or watch.groups):
        found.append("nothing is crawled for it: none of its sources is in sources.toml")
    elif not there:
        found.append("it names no sources, so nothing is crawled for it: add to sources or groups")
    else:
        feeds = sum(len(s.feeds) + len(s.sitemaps) + len(s.pages) for s in there)
        found.append(f"it looks in {len(there)} sources ({feeds} feeds, sitemaps and pages)")
    return found


def _language(made: Made) -> str:
    if made.watch.language is None:
        return "language: not recognised; it works on keywords and on names written as here"
    if made.modelled:
        return f"language: {made.watch.language}, with a model for names"
    return (
        f"language: {made.watch.language}, without a model for names; "
        "it works on keywords and on names written as here"
    )


def _short(line: str) -> str:
    return line if len(line) <= 60 else line[:59].rstrip() + "…"
