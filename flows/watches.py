"""Watch files: seeds/<slug>/watch.toml and article.txt, read and written.

What a seed is worth looking for is decided by warehouse.understand; this module only knows the
form of the file, and keeps it pleasant to edit.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows import expect, tomlfile
from warehouse.errors import BadInput, BadSeed, BadToml, Unknown
from warehouse.records import Source, Term, Watch, isoformat

KINDS = ("person", "organisation", "place", "name", "phrase")
RESERVED = ("demo",)  # seeds/demo holds the newsstand

_KEYS: tomlfile.Checks = {
    "title": tomlfile.text,
    "language": tomlfile.text,
    "seed_url": tomlfile.address,
    "seed_published_at": tomlfile.moment,
    "created_at": tomlfile.moment,
    "sources": tomlfile.texts,
    "groups": tomlfile.texts,
    "since": tomlfile.moment,
    "until": tomlfile.last_moment,
    "keep_articles_days": tomlfile.number(0, 100_000),
    "expect": expect.CHECKS,
    "paused": tomlfile.flag,
    "must": tomlfile.texts,
    "not": tomlfile.texts,
    "terms": lambda value: value,  # each is checked on its own, for the line
}
_TERM_KEYS: tomlfile.Checks = {
    "text": tomlfile.text,
    "kind": tomlfile.one_of(*KINDS),
    "weight": tomlfile.number(0, 1),
    "spellings": tomlfile.texts,
}


@dataclass(frozen=True, slots=True)
class WatchFile:
    """A watch and the article it started from."""

    watch: Watch
    seed_text: str
    path: Path  # of watch.toml


def read(folder: Path) -> WatchFile:
    """The watch in `folder`; raises BadToml, or BadSeed where the article is missing or no text."""
    path = folder / "watch.toml"
    table = tomlfile.read(path)
    found = table.checked(_KEYS)
    if "title" not in found:
        raise BadToml("a watch needs a title", where=path, key="title", try_='title = "…"')
    terms = _terms(table)
    found.pop("terms", None)
    if "not" in found:
        found["not_"] = found.pop("not")
    watch = Watch(watch=folder.name, terms=terms, **expect.as_pair(found))
    if watch.since and watch.until and watch.until < watch.since:
        raise table.error("until is before since", ("until",))
    return WatchFile(watch, _seed_text(folder / "article.txt"), path)


def _terms(table: tomlfile.Table) -> tuple[Term, ...]:
    rows = table.values.get("terms", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        what = 'terms must be a list such as [{ weight = 1, kind = "place", text = "Paris" }]'
        raise table.error(what, ("terms",))
    terms = []
    for index in range(len(rows)):
        row = table.sub("terms", index)
        found = row.checked(_TERM_KEYS)
        missing = [key for key in ("text", "kind", "weight") if key not in found]
        if missing:
            raise row.error(f"a term needs {' and '.join(missing)}")
        terms.append(Term(**found))
    return tuple(terms)


def _seed_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as gone:
        raise BadSeed(
            "the article that the watch starts from is missing", where=path, try_="put it there"
        ) from gone
    except UnicodeDecodeError as binary:
        raise BadSeed("is not UTF-8 text", where=path) from binary


def folders(seeds: Path) -> list[Path]:
    """The folders of all watches, by slug; folders that begin with _ or . are no watches."""
    found = seeds.glob("*/watch.toml")
    return sorted(p.parent for p in found if p.parent.name[0] not in "_.")


def read_all(seeds: Path, slugs: Iterable[str] = ()) -> list[WatchFile]:
    """The watches named, or all; raises Unknown with the nearest name."""
    there = {folder.name: folder for folder in folders(seeds)}
    wanted = list(dict.fromkeys(slugs)) or list(there)
    return [read(_known(there, slug, seeds)) for slug in wanted]


def find(seeds: Path, slug: str) -> Path:
    """The folder of the watch `slug`; raises Unknown with the nearest name."""
    return _known({folder.name: folder for folder in folders(seeds)}, slug, seeds)


def _known(there: dict[str, Path], slug: str, seeds: Path) -> Path:
    if slug in there:
        return there[slug]
    near = tomlfile.nearest(slug, there)
    if near:
        advice = f"did you mean {near!r}?"
    elif there:
        advice = f"there are: {', '.join(there)}"
    else:
        advice = "make one with: slugline watch add FILE"
    raise Unknown(f"no watch {slug!r} in {seeds}", try_=advice)


def slug_of(title: str) -> str:
    """A short name for a folder from the first telling words of a title, in any script."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", title) if not _accent(c))
    plain = unicodedata.normalize("NFC", plain).lower()
    plain = re.sub(r"['’]s\b|['’]", "", plain)
    words = "".join(c if _of_word(c) else " " for c in plain).split()
    telling = [word for word in words if len(word) > 3 or not word.isascii()] or words
    return "-".join(telling[:4])[:48].strip("-")


def _of_word(char: str) -> bool:
    """Whether it is a letter, mark or digit; regular expressions lack Indic vowel signs."""
    return unicodedata.category(char)[0] in "LMN"


def _accent(char: str) -> bool:
    """Whether it is an accent that Latin letters can do without (in other scripts marks matter)."""
    return "\u0300" <= char <= "\u036f"


def check_slug(slug: str) -> str:
    """`slug` if it can name a folder, a row and a flag; raises BadInput."""
    fits = slug == slug.lower() and all(_of_word(c) or c in "-_" for c in slug)
    if not fits or slug[:1] in "-_" or not 1 <= len(slug) <= 64:
        what = f"{slug!r} cannot be the name of a watch"
        raise BadInput(what, try_="small letters, digits and hyphens, as in --slug town-hall")
    if slug in RESERVED:
        raise BadInput(f"the name {slug!r} is reserved", try_="choose another with --slug")
    return slug


def write(seeds: Path, watch: Watch, seed_text: str) -> Path:
    """Write both files of a new watch and return watch.toml's path.

    Raises BadInput when there is such a folder. The article is written first: a watch.toml
    makes the watch.
    """
    folder = seeds / check_slug(watch.watch)
    if (folder / "watch.toml").exists():
        what = f"there is a watch {watch.watch!r} already, in {folder}"
        raise BadInput(what, try_=f"edit it, or choose another name with --slug {watch.watch}-2")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "article.txt").write_text(seed_text.rstrip() + "\n", "utf-8")
    path = folder / "watch.toml"
    path.write_text(as_toml(watch), "utf-8")
    return path


def remove(folder: Path) -> list[Path]:
    """Delete the watch's two files, and the folder if nothing else is in it; returns what is left.

    What has landed because of it stays in the warehouse.
    """
    for name in ("watch.toml", "article.txt"):
        (folder / name).unlink(missing_ok=True)
    left = sorted(folder.iterdir())
    if not left:
        shutil.rmtree(folder)
    return left


def sources_of(watch: Watch, sources: Iterable[Source]) -> list[Source]:
    """Those of `sources` that the watch names, itself or by a group; the group "all" is all."""
    return [
        source
        for source in sources
        if source.source in watch.sources
        or "all" in watch.groups
        or any(group in watch.groups for group in source.groups)
    ]


def why_nothing(watch: Watch, sources: Iterable[Source]) -> str:
    """Why nothing is crawled for it, in words; empty where something is."""
    all_of_them = list(sources)
    there = sources_of(watch, all_of_them)
    if any(not source.paused for source in there):
        return ""
    if there:
        why = "all its sources are paused"
    elif not watch.sources and not watch.groups:
        why = "it names no source and no group"
    elif not all_of_them:
        why = "there are no sources yet (slugline source add URL)"
    else:
        why = "none of its sources is in sources.toml"
    return f"nothing is crawled for it: {why}"


def unknown_sources(watch: Watch, sources: Iterable[Source]) -> list[str]:
    """What the watch names under sources and groups that sources.toml does not have, as advice."""
    all_of_them = list(sources)
    names = {source.source for source in all_of_them}
    groups = {group for source in all_of_them for group in source.groups} | {"all"}
    wrong = []
    for word, kind, there in (
        *((s, "source", names) for s in watch.sources),
        *((g, "group", groups) for g in watch.groups),
    ):
        if word not in there:
            near = tomlfile.nearest(word, there)
            wrong.append(f"no {kind} {word!r}" + (f", did you mean {near!r}?" if near else ""))
    return wrong


# --- writing ---------------------------------------------------------------------------------

_FORM = """\
# What this watch looks for, where, and when. Edit it freely: `slugline watch check {slug}` reads
# it and matches it again against everything that has landed; so does the next `slugline run`.

title = {title}
{facts}
# Where to look: names of sources and groups in ../sources.toml; the group "all" is every
# source. Nothing else is crawled.
sources = {sources}
groups = {groups}

# When: articles published before `since` or after `until` are left alone (dates are UTC).
{since}
{until}
paused = {paused}

# How many related articles a day are usual, copies not counted: a run at whose end the last 24
# hours had fewer or more says so and ends with exit code 3.
{expect}

# An article with none of the words in `must`, or with one of those in `not`, is never taken.
must = {must}
not = {not_}

# What to look for, the most telling first. `kind` is person, organisation, place, name (any
# other) or phrase; `weight` runs from 0 to 1; `spellings` are forms that count as the same.
terms = [
{terms}]
"""


def as_toml(watch: Watch) -> str:
    """The text of a watch.toml that `read` gives back as `watch`."""
    facts = {
        "language": watch.language and _quoted(watch.language),
        "seed_url": watch.seed_url and _quoted(watch.seed_url),
        "seed_published_at": watch.seed_published_at and isoformat(watch.seed_published_at),
        "created_at": watch.created_at and isoformat(watch.created_at.replace(microsecond=0)),
    }
    return _FORM.format(
        slug=watch.watch,
        title=_quoted(watch.title),
        facts="".join(f"{key} = {value}\n" for key, value in facts.items() if value),
        sources=_listed(watch.sources),
        groups=_listed(watch.groups),
        since=_dated("since", watch.since),
        until=_dated("until", watch.until),
        paused="true" if watch.paused else "false",
        expect=expect.as_toml(watch.expect),
        must=_listed(watch.must),
        not_=_listed(watch.not_),
        terms="".join(_term_line(term) for term in watch.terms),
    )


def _term_line(term: Term) -> str:
    parts = [f"weight = {term.weight:.2f}", f'kind = "{term.kind}"', f"text = {_quoted(term.text)}"]
    if term.spellings:
        parts.append(f"spellings = {_listed(term.spellings)}")
    return f"  {{ {', '.join(parts)} }},\n"


def _dated(key: str, at: datetime | None) -> str:
    if at is None:
        return f"# {key} = 2026-01-31"
    at = at.astimezone(UTC)
    edge = "00:00:00" if key == "since" else "23:59:59"
    return f"{key} = {at:%Y-%m-%d}" if f"{at:%H:%M:%S}" == edge else f"{key} = {isoformat(at)}"


def _listed(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


_ESCAPES: dict[int, Any] = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t"}


def _quoted(value: str) -> str:
    """A basic TOML string; other control characters, which TOML forbids, are dropped."""
    clean = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc")
    return f'"{clean.translate(_ESCAPES)}"'
