"""Looks whether a data directory is what its manifest says, and says of each flaw how to mend it.

Reads only, and a landing waits for it no longer than to see where the link leads: what looks wrong
is looked at again against the newest manifest, since a landing may have replaced it meanwhile. What
a finding is, is decided in pure functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from warehouse import collect, disk, flaws, manifest, migrate, publish, quiet, relations
from warehouse.errors import NewerWarehouse, WarehouseError
from warehouse.flaws import BACKUP, Finding, finding
from warehouse.index import segments, views
from warehouse.manifest import Manifest, TableFile

_YOUNG = timedelta(hours=1)  # a file that no manifest names may be a landing's that goes on

_MEMORY = "1GB"  # for all numbers of the index at once

OnProgress = Callable[[int, int], None]  # files done, all


def check(
    data: Path,
    *,
    now: datetime,
    contents: bool = True,
    on_progress: OnProgress = lambda _done, _all: None,
) -> list[Finding]:
    """Every flaw that is found in `data`. `contents`: read all files, not only their sizes."""
    try:
        current = manifest.read(data, schema=migrate.newest())
    except NewerWarehouse as newer:
        return [finding("manifest.json", newer.what, newer.try_ or "upgrade Slugline")]
    except WarehouseError as broken:
        return [finding("manifest.json", broken.what, broken.try_ or BACKUP)]
    if not current.generation:
        return list(_without_manifest(data))
    found = _tables(data, current, contents=contents, on_progress=on_progress)
    found += _unnamed(data, now)
    if not any(it.broken for it in found):
        found += [*_published(data), *_batches(data), *_numbers(data)]
        found += _index(data) if contents else []
    return [*found, *flaws.beside_tables(data)]


def _without_manifest(data: Path) -> Iterator[Finding]:
    if next((data / "tables").glob("*/*.parquet"), None) is not None:
        yield finding("manifest.json", "is missing, but there are tables", BACKUP)


# --- table files -----------------------------------------------------------------------------


def _tables(
    data: Path, current: Manifest, *, contents: bool, on_progress: OnProgress
) -> list[Finding]:
    files = [(name, file) for name, those in current.files.items() for file in those]
    found = list(_doubled(files))
    with quiet.connect(config={"threads": 1}) as con:
        for done, (relation, file) in enumerate(files, start=1):
            layouts = current.layouts.get(relation, ())
            flaw = flaw_of(data, relation, file, con, layouts, contents=contents)
            if flaw is not None and _still_named(data, file):
                found.append(finding(file.path, flaw, BACKUP))
            on_progress(done, len(files))
    if current.older_batches and not (data / current.older_batches).is_file():
        found.append(finding(current.older_batches, "the list of older batches is gone", BACKUP))
    return found


def _still_named(data: Path, file: TableFile) -> bool:
    return file.path in manifest.named_files(manifest.read(data, schema=migrate.newest()))


def flaw_of(
    data: Path,
    relation: str,
    file: TableFile,
    con: duckdb.DuckDBPyConnection,
    layouts: tuple[tuple[str, ...], ...],
    *,
    contents: bool,
) -> str | None:
    """What is wrong with one table file, or None."""
    path = data / file.path
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != file.bytes:
        return f"has {size:,} bytes instead of {file.bytes:,}: cut short or another file"
    if not contents:
        return None
    if file.digest and disk.digest(path) != file.digest:
        return "its content is not what was written: damaged or another file"
    return _flaw_inside(path, relation, file, con, layouts)


def _flaw_inside(
    path: Path,
    relation: str,
    file: TableFile,
    con: duckdb.DuckDBPyConnection,
    layouts: tuple[tuple[str, ...], ...],
) -> str | None:
    try:
        rows, columns = _inside(path, relation, con)
    except duckdb.Error as error:
        return f"cannot be read: {str(error).partition(chr(10))[0]}"
    if rows != file.rows:
        return f"has {rows:,} rows instead of {file.rows:,}"
    layout = segments.COLUMNS if relation == "postings" else layouts[file.layout]
    wanted = relations.kept_columns(relation, file.path, layout)
    if columns != wanted:
        odd = ", ".join(sorted(columns ^ wanted))
        return f"has other columns than it was written with: {odd}"
    return None


def _inside(path: Path, relation: str, con: duckdb.DuckDBPyConnection) -> tuple[int, set[str]]:
    """How many rows the file has, and its columns."""
    packed = relations.is_packed(path.name)
    form = "packed" if packed else "parquet"
    counted = "segment" if relation == "postings" else form
    asked = {"path": str(path)} | ({"relation": relation} if packed else {})
    (rows,) = con.execute(relations.script(f"integrity/{counted}.sql"), asked).fetchall()[0]
    shown = con.execute(relations.script(f"integrity/{form}_columns.sql"), asked).description
    return rows, {column[0] for column in shown or ()}


def _doubled(files: list[tuple[str, TableFile]]) -> Iterator[Finding]:
    """Files that are named twice, or hold the very bytes of another one: rows would count twice."""
    paths = Counter(file.path for _, file in files)
    for path, n in paths.items():
        if n > 1:
            yield finding(path, f"is named {n} times by the manifest", BACKUP)
    first: dict[tuple[str, str], str] = {}
    for relation, file in files:
        if not file.digest or paths[file.path] > 1:
            continue
        other = first.setdefault((relation, file.digest), file.path)
        if other != file.path:
            yield finding(file.path, f"holds the same rows as {other}", BACKUP)


def _unnamed(data: Path, now: datetime) -> list[Finding]:
    """Files under tables/ that no manifest named, kept or current."""
    current = manifest.read(data, schema=migrate.newest())
    known = manifest.named_files(current) | collect.replaced_files(data)
    found = []
    for path in sorted((data / "tables").rglob("*")):
        name = str(path.relative_to(data))
        if path.is_dir() or name in known or path.name.startswith("."):
            continue
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - _YOUNG:
            what = "belongs to no landing: a killed landing's, or somebody's own"
            swept = path.parent.parent == data / "tables"  # where landings put theirs
            try_ = "move it away" + (" if it is yours; slugline maintain removes it" * swept)
            found.append(finding(name, what, try_, broken=False))
    return found


# --- what is published -----------------------------------------------------------------------


def _published(data: Path) -> Iterator[Finding]:
    """Whether slugline.db opens, and answers with the rows that the manifest counts."""
    link = data / publish.LINK
    with disk.lock(data):  # the link and the manifest of one and the same landing
        current = manifest.read(data, schema=migrate.newest())
        right = publish.is_published(data, current)
        target = link.resolve()
    if not right:
        what = f"does not lead to generation {current.generation}"
        yield finding(publish.LINK, what, "run slugline publish")
        return
    try:
        yield from _answers(data, target, current)
    except duckdb.Error as error:
        what = f"does not open or answer: {str(error).partition(chr(10))[0]}"
        yield finding(str(target.relative_to(data.resolve())), what,
                       "delete it and run slugline publish")  # fmt: skip


def _answers(data: Path, target: Path, current: Manifest) -> Iterator[Finding]:
    with quiet.connect() as con:
        con.execute(f"ATTACH {relations.quoted(str(target))} AS news (READ_ONLY); USE news")
        con.execute(f"SET VARIABLE slugline_root = {relations.quoted(str(data.resolve()))}")
        for relation, files in current.files.items():
            seen = _count(con, relation)
            told = sum(file.rows for file in files)
            if relation in relations.KEYS and relation not in relations.SNAPSHOTS:
                seen += _count(con, f"{relation}_history")
            if seen != told:
                what = f"{relation} shows {seen:,} rows instead of {told:,}"
                yield finding(publish.LINK, what, "run slugline publish")


def _count(con: duckdb.DuckDBPyConnection, view: str) -> int:
    (n,) = con.execute(relations.script("integrity/count.sql").format(view=view)).fetchall()[0]
    return int(n)


def _batches(data: Path) -> Iterator[Finding]:
    """Whether the list of batches and the relation `batches` tell of the same landings."""
    current = manifest.read(data, schema=migrate.newest())
    names = manifest.all_batches(data, current)
    with quiet.connect(config={"threads": 1}) as con:
        select = relations.select_current(current, "batches", relations.declared(), _root(data))
        rows = [
            name
            for (name,) in con.execute(
                relations.script("integrity/batches.sql").format(rows=select)
            ).fetchall()
        ]
    twice = sorted(name for name, n in Counter(rows).items() if n > 1)
    for name in twice:
        yield finding("manifest.json", f"batch {name} landed twice", BACKUP)
    for name in sorted(names ^ set(rows)):
        what = f"batch {name} is " + ("not in its tables" if name in names else "not listed")
        yield finding("manifest.json", what, BACKUP)


def _numbers(data: Path) -> Iterator[Finding]:
    """Whether the manifest counts right what was superseded, and gives no number twice."""
    current = manifest.read(data, schema=migrate.newest())
    declared, root = relations.declared(), _root(data)
    selects = {
        name: f"({relations.select_files(current, name, declared[name], root)})"
        for name in ("superseded", "articles", "entity_numbers")
    }
    with quiet.connect(config={"threads": 1}) as con:
        rows = con.execute(relations.script("erase/superseded.sql").format(**selects)).fetchall()
        asked = relations.script("integrity/next_numbers.sql").format(**selects)
        ((doc, entity_no),) = con.execute(asked).fetchall()
    right = {name: n for name, n in current.superseded.items() if n}
    if right != dict(rows):
        yield finding("manifest.json", "counts wrong how many rows were superseded", BACKUP)
    if doc >= current.next_doc or entity_no >= current.next_entity:
        yield finding("manifest.json", "would give numbers that are taken", BACKUP)


def _index(data: Path) -> Iterator[Finding]:
    """Whether the index knows the articles, all of them and no others."""
    current = manifest.read(data, schema=migrate.newest())
    if not current.files.get("docs"):
        return  # older tables; the next landing makes it
    declared, root = relations.declared(), _root(data)
    selects = {
        name: relations.select_files(current, name, declared[name], root)
        for name in ("articles", "docs", "recent")
    }
    selects["postings"] = views.postings(current, "postings", declared, root)
    selects["dead"] = views.dead_docs(current, "dead_docs", declared, root)
    with quiet.connect(config={"threads": 1, "memory_limit": _MEMORY}) as con:
        asked = con.execute(relations.script("integrity/index.sql").format(**selects))
        names = [column[0] for column in asked.description or ()]
        for name, n in zip(names, asked.fetchall()[0], strict=True):
            if n:
                yield finding("tables/docs", f"the index has {n:,} {name}", BACKUP)


def _root(data: Path) -> str:
    return relations.quoted(str(data.resolve()))
