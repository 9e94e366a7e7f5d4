"""Looks whether a data directory is what its manifest says, and says of each flaw how to mend it.

Reads only, and disturbs nobody: what looks wrong is looked at again against the newest manifest,
since a landing may have replaced it meanwhile. What a finding is, is decided in pure functions.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from warehouse import collect, disk, manifest, migrate, publish, relations
from warehouse.errors import NewerWarehouse, WarehouseError
from warehouse.manifest import Manifest, TableFile

_BACKUP = "restore it from a backup of the same generation"
_YOUNG = timedelta(hours=1)  # a file that no manifest names may be a landing's that goes on

OnProgress = Callable[[int, int], None]  # files done, all


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One flaw. `broken`: rows or answers are lost or wrong; else it only takes room."""

    where: str  # relative to the data directory
    what: str
    try_: str
    broken: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.try_})"


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
        return [_finding("manifest.json", newer.what, newer.try_ or "upgrade Slugline")]
    except WarehouseError as broken:
        return [_finding("manifest.json", broken.what, broken.try_ or _BACKUP)]
    if not current.generation:
        return list(_without_manifest(data))
    found = _tables(data, current, contents=contents, on_progress=on_progress)
    found += _unnamed(data, now)
    if not any(it.broken for it in found):
        found += [*_published(data), *_batches(data)]
    return [*found, *_state(data), *_run_folders(data)]


def _finding(where: str, what: str, try_: str, *, broken: bool = True) -> Finding:
    return Finding(where=where, what=what, try_=try_, broken=broken)


def _without_manifest(data: Path) -> Iterator[Finding]:
    if next((data / "tables").glob("*/*.parquet"), None) is not None:
        yield _finding("manifest.json", "is missing, but there are tables", _BACKUP)


# --- table files -----------------------------------------------------------------------------


def _tables(
    data: Path, current: Manifest, *, contents: bool, on_progress: OnProgress
) -> list[Finding]:
    files = [(name, file) for name, those in current.files.items() for file in those]
    found = list(_doubled(files))
    with duckdb.connect(config={"threads": 1}) as con:
        for done, (relation, file) in enumerate(files, start=1):
            flaw = flaw_of(data, file, con, current.layouts[relation], contents=contents)
            if flaw is not None and _still_named(data, file):
                found.append(_finding(file.path, flaw, _BACKUP))
            on_progress(done, len(files))
    if current.older_batches and not (data / current.older_batches).is_file():
        found.append(_finding(current.older_batches, "the list of older batches is gone", _BACKUP))
    return found


def _still_named(data: Path, file: TableFile) -> bool:
    return file.path in manifest.named_files(manifest.read(data, schema=migrate.newest()))


def flaw_of(
    data: Path,
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
    return _flaw_inside(path, file, con, layouts)


def _flaw_inside(
    path: Path,
    file: TableFile,
    con: duckdb.DuckDBPyConnection,
    layouts: tuple[tuple[str, ...], ...],
) -> str | None:
    try:
        asked = {"path": str(path)}
        (rows,) = con.execute(relations.script("integrity/parquet.sql"), asked).fetchall()[0]
        shown = con.execute(relations.script("integrity/columns.sql"), asked).description
    except duckdb.Error as error:
        return f"cannot be read: {str(error).partition(chr(10))[0]}"
    if rows != file.rows:
        return f"has {rows:,} rows instead of {file.rows:,}"
    columns = {column[0] for column in shown or ()}
    if columns != set(layouts[file.layout]):
        odd = ", ".join(sorted(columns ^ set(layouts[file.layout])))
        return f"has other columns than it was written with: {odd}"
    return None


def _doubled(files: list[tuple[str, TableFile]]) -> Iterator[Finding]:
    """Files that are named twice, or hold the very bytes of another one: rows would count twice."""
    paths = Counter(file.path for _, file in files)
    for path, n in paths.items():
        if n > 1:
            yield _finding(path, f"is named {n} times by the manifest", _BACKUP)
    first: dict[tuple[str, str], str] = {}
    for relation, file in files:
        if not file.digest or paths[file.path] > 1:
            continue
        other = first.setdefault((relation, file.digest), file.path)
        if other != file.path:
            yield _finding(file.path, f"holds the same rows as {other}", _BACKUP)


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
            try_ = "move it away if it is yours; slugline maintain removes it"
            found.append(_finding(name, what, try_, broken=False))
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
        yield _finding(publish.LINK, what, "run slugline publish")
        return
    try:
        yield from _answers(data, target, current)
    except duckdb.Error as error:
        what = f"does not open or answer: {str(error).partition(chr(10))[0]}"
        yield _finding(str(target.relative_to(data.resolve())), what,
                       "delete it and run slugline publish")  # fmt: skip


def _answers(data: Path, target: Path, current: Manifest) -> Iterator[Finding]:
    with duckdb.connect() as con:
        con.execute(f"ATTACH {relations.quoted(str(target))} AS news (READ_ONLY); USE news")
        con.execute(f"SET VARIABLE slugline_root = {relations.quoted(str(data.resolve()))}")
        for relation, files in current.files.items():
            seen = _count(con, relation)
            told = sum(file.rows for file in files)
            if relation in relations.KEYS and relation not in relations.SNAPSHOTS:
                seen += _count(con, f"{relation}_history")
            if seen != told:
                what = f"{relation} shows {seen:,} rows instead of {told:,}"
                yield _finding(publish.LINK, what, "run slugline publish")


def _count(con: duckdb.DuckDBPyConnection, view: str) -> int:
    (n,) = con.execute(relations.script("integrity/count.sql").format(view=view)).fetchall()[0]
    return int(n)


def _batches(data: Path) -> Iterator[Finding]:
    """Whether the list of batches and the relation `batches` tell of the same landings."""
    current = manifest.read(data, schema=migrate.newest())
    names = manifest.all_batches(data, current)
    with duckdb.connect(config={"threads": 1}) as con:
        select = relations.select_current(current, "batches", relations.declared(), _root(data))
        rows = [
            name
            for (name,) in con.execute(
                relations.script("integrity/batches.sql").format(rows=select)
            ).fetchall()
        ]
    twice = sorted(name for name, n in Counter(rows).items() if n > 1)
    for name in twice:
        yield _finding("manifest.json", f"batch {name} landed twice", _BACKUP)
    for name in sorted(names ^ set(rows)):
        what = f"batch {name} is " + ("not in its tables" if name in names else "not listed")
        yield _finding("manifest.json", what, _BACKUP)


def _root(data: Path) -> str:
    return relations.quoted(str(data.resolve()))


# --- beside the tables -----------------------------------------------------------------------


def _state(data: Path) -> Iterator[Finding]:
    """state.sqlite is sound and not ahead of the tables; a missing one comes back."""
    path = data / "state.sqlite"
    again = "delete it with its -wal and -shm; the next run makes it anew from what has landed"
    if not path.exists():
        return
    current = manifest.read(data, schema=migrate.newest())
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            (answer,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            (taken,) = db.execute("SELECT coalesce(max(generation), 0) FROM absorbed").fetchone()
    except sqlite3.Error as error:
        yield _finding(path.name, f"cannot be read: {error}", again)
        return
    if answer != "ok":
        yield _finding(path.name, f"is damaged: {answer}", again)
    newest = max(taken, current.generation)
    if newest > manifest.read(data, schema=migrate.newest()).generation:
        what = f"knows generation {taken}, but the tables are of {current.generation}"
        yield _finding(path.name, what, again)


def _run_folders(data: Path) -> Iterator[Finding]:
    """Folders marked as landed whose batch is not in the manifest: they would be forgotten."""
    current = manifest.read(data, schema=migrate.newest())
    for marker in sorted((data / "runs").glob("*/LANDED")):
        folder = marker.parent
        if folder.name.startswith(".") or manifest.has_landed(data, current, folder.name):
            continue
        where = str(marker.relative_to(data))
        yield _finding(where, "is there, but the run has not landed",
                       "delete this file; the next run lands the folder")  # fmt: skip
