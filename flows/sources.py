"""sources.toml: the outlets, read into records and edited without losing a person's comments.

Which feeds an outlet has is found by the crawlers; OPML lives in flows.opml.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import archives, expect, overrides, tomlfile
from warehouse.errors import BadInput, BadToml, Unknown
from warehouse.records import Source

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_INHERITED: tomlfile.Checks = {
    "language": tomlfile.text,
    "country": tomlfile.text,
    "pace_seconds": tomlfile.number(0, 3_600),
    "every_minutes": tomlfile.number(0, 43_200),
    "max_pages": tomlfile.whole(1, 10_000_000),
    "keep_articles_days": tomlfile.number(0, 100_000),
    "respect_reservation": tomlfile.flag,
    "on_topic_only": tomlfile.flag,
    "expect": expect.CHECKS,
    "extract": overrides.CHECKS,
    "paused": tomlfile.flag,
}
_KEYS: tomlfile.Checks = {
    "home": tomlfile.address,
    "title": tomlfile.text,
    "feeds": tomlfile.addresses,
    "sitemaps": tomlfile.addresses,
    "pages": tomlfile.addresses,
    "archives": archives.patterns,
    "hosts": tomlfile.texts,
    "groups": tomlfile.texts,
    "found": tomlfile.text,
    "checked": tomlfile.day_or("never"),
    **_INHERITED,
}
_TOP = ("source", "group")


def path_of(seeds: Path) -> Path:
    return seeds / "sources.toml"


def read(seeds: Path) -> tuple[Source, ...]:
    """All sources in the order of the file, with what they inherit; none where there is no file."""
    path = path_of(seeds)
    if not path.is_file():
        return ()
    root = tomlfile.read(path)
    for key in root.values:
        if key not in _TOP:
            near = tomlfile.nearest(key, _TOP) or "source"
            raise root.error(f"unknown table {key!r}", (key,), nearest=f"[{near}.NAME]")
    groups = {name: root.sub("group", name).checked(_INHERITED) for name in _names(root, "group")}
    return tuple(_source(root, name, groups) for name in _names(root, "source"))


def _names(root: tomlfile.Table, kind: str) -> list[str]:
    return list(root.sub(kind).values) if kind in root.values else []


def _source(root: tomlfile.Table, name: str, groups: dict[str, dict[str, Any]]) -> Source:
    table = root.sub("source", name)
    own = table.checked(_KEYS)
    if "home" not in own:
        raise table.error(f"source {name!r} needs a home", nearest='home = "https://…"')
    if not fits(name):
        raise table.error(f"{name!r} cannot be the name of a source")
    inherited: dict[str, Any] = {}
    for group in own.get("groups", ()):
        inherited = groups.get(group, {}) | inherited  # the first group named wins
    return Source(source=name, **overrides.as_record(expect.as_pair(inherited | own)))


def fits(name: str) -> bool:
    """Whether it can name a source in files, tables and flags."""
    return re.fullmatch(r"[^\W_][\w.-]{0,63}", name) is not None


def name_of(host: str) -> str:
    """A source's name from its host: www.bbc.co.uk becomes bbc.co.uk."""
    return host.lower().removeprefix("www.")[:64]


def find(sources: Iterable[Source], names: Iterable[str]) -> list[Source]:
    """The sources named, each by its name or a group's, or all; raises Unknown with the nearest."""
    there = list(sources)
    wanted = list(names)
    chosen: dict[str, Source] = {}
    for name in wanted:
        hits = [s for s in there if name == s.source or name in s.groups or name == "all"]
        if not hits:
            words = {s.source for s in there} | {g for s in there for g in s.groups}
            near = tomlfile.nearest(name, words)
            advice = f"did you mean {near!r}?" if near else "see: slugline source list"
            raise Unknown(f"no source or group {name!r}", try_=advice)
        chosen |= {hit.source: hit for hit in hits}
    return list(chosen.values()) if wanted else there


# --- writing ---------------------------------------------------------------------------------


def add(seeds: Path, sources: Iterable[Source]) -> None:
    """Append tables for new sources; raises BadInput for a name that is there already."""
    document = _document(seeds)
    for source in sources:
        _append(document, source)
    _replace(path_of(seeds), document.as_string())


def remove(seeds: Path, name: str) -> None:
    """Take the table of one source out; comments inside it go with it. Raises Unknown."""
    find([source for source in read(seeds) if source.source == name] or read(seeds), [name])
    document = _document(seeds)
    tables: Any = document["source"]
    if name not in tables:
        raise Unknown(f"{name!r} is a group", try_="name one source")
    del tables[name]
    _replace(path_of(seeds), document.as_string())


def mark_checked(seeds: Path, names: Iterable[str], day: date) -> list[str]:
    """Write the day into `checked` of those that have such a key; the names of these."""
    there = {source.source: source.checked for source in read(seeds)}
    wanted = [n for n in dict.fromkeys(names) if there.get(n) not in (None, day.isoformat())]
    if wanted:
        document = _document(seeds)
        tables: Any = document["source"]
        for name in wanted:
            tables[name]["checked"] = day
        _replace(path_of(seeds), document.as_string())
    return wanted


def _document(seeds: Path) -> TOMLDocument:
    import tomlkit  # noqa: PLC0415  only writing needs it, and starting must be quick
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415

    path = path_of(seeds)
    try:
        read(seeds)  # never edit a file that has a mistake
        return tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
    except TOMLKitError as wrong:
        raise BadToml(str(wrong), where=path) from wrong


def _append(document: TOMLDocument, source: Source) -> None:
    import tomlkit  # noqa: PLC0415

    if "source" not in document:
        document.append("source", tomlkit.table(is_super_table=True))
    tables: Any = document["source"]
    if source.source in tables:
        what = f"there is a source {source.source!r} already"
        raise BadInput(what, try_="edit its table, or choose another name with --name")
    table = tomlkit.table()
    for key, value in as_values(source).items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    tables.append(source.source, table)


def as_values(source: Source) -> dict[str, Any]:
    """What a table of sources.toml says of it: only what differs from the defaults."""
    blank = Source(source=source.source, home="")
    found = {}
    for key in _KEYS:
        value = getattr(source, key)
        if value != getattr(blank, key):
            found[key] = list(value) if isinstance(value, tuple) else value
    found |= {"extract": overrides.as_table(source.extract)} if source.extract else {}
    return found | ({"expect": expect.as_table(source.expect)} if source.expect else {})


def _inline(values: dict[str, Any]) -> Any:
    import tomlkit  # noqa: PLC0415

    table = tomlkit.inline_table()
    table.update(values)
    return table


def _replace(path: Path, text: str) -> None:
    """Write beside, then rename: a crash never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".toml.new")
    beside.write_text(text, "utf-8")
    os.replace(beside, path)  # noqa: PTH105  Path.replace is the same; this says it is atomic
