"""What `slugline watch add` makes of a seed, and what it tells of it. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flows import groups, seeds, watches
from flows.config import Settings
from warehouse.errors import BadInput, Unknown
from warehouse.records import Source, Watch, now_utc

_PLACES = ("place", "name")  # kinds of terms that may be countries


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


def check(wishes: Wishes, known: Sequence[Source]) -> None:
    """Raises Unknown where a source or group that is asked for is not there."""
    asked = Watch(watch="", title="", sources=wishes.sources, groups=wishes.groups)
    if wrong := watches.unknown_sources(asked, known):
        raise Unknown("; ".join(wrong), try_="see: slugline source list, slugline source groups")


def notes(made: Made, known: Sequence[Source]) -> list[str]:
    """What a person should know about the new watch, one line each."""
    watch = made.watch
    found = [_language(made)]
    found += [f"left out, {why}: {_short(line)}" for line, why in made.dropped]
    if nothing := watches.why_nothing(watch, known):
        return [*found, nothing]
    there = watches.sources_of(watch, known)
    return [*found, f"it looks in {_counted(there)}"]


def proposals(made: Made, known: Sequence[Source]) -> list[str]:
    """Groups and sources that fit the seed's language and places and are not used yet, as lines.

    Nothing of them is used until a person says so.
    """
    watch = made.watch
    used = {source.source for source in watches.sources_of(watch, known)}
    countries = _countries(watch)
    fits = groups.fitting(known, _named_language(watch), countries)
    new = [fit for fit in fits if not used.issuperset(s.source for s in fit.sources)]
    none = [name for code, name in countries.items() if all(s.country != code for s in known)]
    lacking = [f"  no source of {name} is in sources.toml" for name in none if known]
    if not new:
        return lacking
    lines = [
        f"  {fit.group or 'in no group of their own'}: {_counted(fit.sources)}; {fit.why}"
        + ("" if fit.group else f" ({', '.join(s.source for s in fit.sources)})")
        for fit in new
    ]
    return ["where else to look, by its language and places:", *lines, *lacking, _how(watch, new)]


def _how(watch: Watch, new: Sequence[groups.Fit]) -> str:
    """How to use what is proposed."""
    named = dict.fromkeys([*watch.groups, *(fit.group for fit in new if fit.group)])
    alone = [s.source for fit in new if not fit.group for s in fit.sources]
    lines = [f"groups = {json.dumps(list(named))}"] if len(named) > len(watch.groups) else []
    if alone:
        lines.append(f"sources = {json.dumps(list(dict.fromkeys([*watch.sources, *alone])))}")
    return f"to look there too, write {' and '.join(lines)} into that file"


def _counted(sources: Sequence[Source]) -> str:
    n = groups.addresses_of(sources)
    one = "source" if len(sources) == 1 else "sources"
    return f"{len(sources)} {one} ({n} {'address' if n == 1 else 'feeds, sitemaps and pages'})"


def _named_language(watch: Watch) -> tuple[str, str] | None:
    """Its tag and its English name."""
    from babel import Locale  # noqa: PLC0415  start-up stays quick

    tag = (watch.language or "").split("-")[0]
    name = Locale("en").languages.get(tag)
    return (tag, name) if name else None


def _countries(watch: Watch) -> dict[str, str]:
    """Code and English name of the countries among its places, the most telling first."""
    from warehouse.understand.gazetteer import country_of  # noqa: PLC0415

    forms = [f for t in watch.terms if t.kind in _PLACES for f in (t.text, *t.spellings)]
    return dict(filter(None, (country_of(form, watch.language) for form in forms)))


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
