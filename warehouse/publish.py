"""Builds pub/news-<generation>.db, the small database of views and macros that people open.

It holds no rows, only views over the files of one generation; it is made under another
name, renamed, and only then does the symlink slugline.db lead to it. Readers of an older one go
on undisturbed. Commits nothing but a new generation, when the folder was moved, the macros are
others or the index lacks something.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb

from warehouse import disk, manifest, migrate, quiet, relations
from warehouse.errors import WarehouseError
from warehouse.index import care, numbers, views
from warehouse.manifest import Manifest
from warehouse.relations import Columns

LINK = "slugline.db"
# Any client from DuckDB 1.2 on opens this; small blocks because there are only definitions in it.
_ATTACH = "ATTACH {} AS pub (STORAGE_VERSION 'v1.2.0', BLOCK_SIZE 16384); USE pub"

OnStep = Callable[[str], None]
Select = Callable[[Manifest, str, dict[str, Columns], str], str]


def publish(data: Path, *, on_step: OnStep = lambda _: None) -> Path:
    """Makes the published database right: new, moved, left by a crash, or of older macros.

    Idempotent. Returns the path of slugline.db. Raises NewerWarehouse, DiskFull.
    """
    with disk.lock(data), disk.room_for(data):
        current = manifest.read(data, schema=migrate.newest())
        wanted = _indexed(data, renewed(data, current))
        if wanted != current:
            manifest.write(data, wanted)
        if not is_published(data, wanted):
            with _files_there(data), quiet.connect(config={"threads": 1}) as con:
                build(con, data, wanted, relations.declared(), on_step=on_step)
    return data / LINK


@contextmanager
def _files_there(data: Path) -> Iterator[None]:
    """What DuckDB says of a missing or broken Parquet file, as one line for people."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        what = f"its tables cannot be read: {str(error).partition(chr(10))[0]}"
        raise WarehouseError(what, where=data, try_="restore them from a backup") from error


def _indexed(data: Path, wanted: Manifest) -> Manifest:
    """`wanted` with what landed before there was an index in it."""
    if not numbers.is_behind(wanted):
        return wanted
    written: list[Path] = []
    name = f"{wanted.generation:08d}-indexed"
    try:
        with quiet.connect(config={"threads": 1}) as con:
            declared = relations.declared()
            after = numbers.Indexer(con, data, declared, name, written).up_to_date(wanted)
        return care.at_landing(data, after, declared, written)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def renewed(data: Path, current: Manifest) -> Manifest:
    """`current`, or a new generation where the folder was moved or the views are others now.

    A published file is never replaced under its own name, hence another generation.
    """
    root, digest = str(data.resolve()), surface()
    if current.generation and (current.root, current.surface) == (root, digest):
        return current
    return dataclasses.replace(
        current, generation=current.generation + 1, root=root, surface=digest
    )


def published_file(data: Path, generation: int) -> Path:
    return data / "pub" / f"news-{generation:08d}.db"


def is_published(data: Path, wanted: Manifest) -> bool:
    """Whether slugline.db leads to the file of this generation (complete once it has its name)."""
    file = published_file(data, wanted.generation)
    link = data / LINK
    return file.exists() and link.is_symlink() and link.resolve() == file.resolve()


def build(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    wanted: Manifest,
    declared: dict[str, Columns],
    *,
    on_step: OnStep = lambda _: None,
) -> None:
    """Writes the published file of `wanted` and lets the symlink lead to it. Needs the lock."""
    file = published_file(data, wanted.generation)
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        new = file.with_name(file.name + ".new")
        shutil.copyfile(_template(data), new)
        new.with_name(new.name + ".wal").unlink(missing_ok=True)
        _define(con, new, _views(wanted, declared))
        disk.fsync(new)
        on_step("before publish")
        disk.replace(new, file)
    on_step("before swap")
    disk.point(data / LINK, file)
    on_step("after swap")


def selects(current: Manifest, root: str) -> Iterator[tuple[str, str]]:
    """Name and SELECT of everything that a published file shows of `current`."""
    declared = relations.declared()
    for name, relation, select in _definitions(declared):
        yield name, select(current, relation, declared, root)


def lasting() -> tuple[str, ...]:
    """The scripts of views, macros and comments, in order; they need what `selects` names."""
    return _scripts()[1:]


@cache
def surface() -> str:
    """Digest of everything in a published file but the list of files."""
    digest = hashlib.sha256()
    for text in _scripts():
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


@cache
def _scripts() -> tuple[str, ...]:
    """tables.sql, then what makes the lasting part of the published file, in order."""
    macros = sorted(
        file.name
        for file in (resources.files("warehouse") / "sql" / "macros").iterdir()
        if file.name.endswith(".sql")
    )
    names = ["schema/tables.sql", "schema/views.sql", *(f"macros/{name}" for name in macros)]
    if (resources.files("warehouse") / "sql" / "schema" / "comments.sql").is_file():
        names.append("schema/comments.sql")
    return tuple(relations.script(name) for name in names)


def _template(data: Path) -> Path:
    """A published file of an empty warehouse, from which the others are copied.

    Most of the time of publishing went into hundreds of comments; they do not change.
    """
    file = data / "pub" / f"empty-{surface()}-{duckdb.__version__}.db"
    if not file.exists():
        new = file.with_name(f"{file.name}.{os.getpid()}.new")
        new.write_bytes(_empty())
        disk.fsync(new)
        disk.replace(new, file)
    return file


@cache
def _empty() -> bytes:
    """The template's bytes; made once in a process, for it takes more than half a second."""
    declared = relations.declared()
    views_of_none = _views(Manifest(schema=migrate.newest()), declared)
    lasting_views = [f"CREATE VIEW {name} AS FROM files.{name}" for name in _names(declared)]
    with (
        tempfile.TemporaryDirectory() as folder,
        quiet.connect(config={"threads": 1}) as con,
    ):
        file = Path(folder) / "empty.db"
        _define(con, file, ["CREATE SCHEMA files", *views_of_none, *lasting_views, *lasting()])
        return file.read_bytes()


def _define(con: duckdb.DuckDBPyConnection, file: Path, statements: list[str]) -> None:
    con.execute(_ATTACH.format(relations.quoted(str(file))))
    con.execute("BEGIN")
    try:
        for statement in statements:
            con.execute(statement)
    except duckdb.Error:
        con.execute("ROLLBACK; USE memory; DETACH pub")
        raise
    con.execute("COMMIT; USE memory; DETACH pub")


def _views(wanted: Manifest, declared: dict[str, Columns]) -> list[str]:
    """Statements that make the views which change with every generation."""
    root = f"coalesce(getvariable('slugline_root'), {relations.quoted(wanted.root)})"
    return [
        f"CREATE OR REPLACE VIEW files.{name} AS {select(wanted, relation, declared, root)};"
        f" COMMENT ON VIEW files.{name} IS 'What the view {name} shows, from the Parquet files"
        f" of generation {wanted.generation}; its columns are explained there.'"
        for name, relation, select in _definitions(declared)
        if not wanted.generation or relation in views.VIEWS or wanted.files.get(relation)
    ]


def _names(declared: dict[str, Columns]) -> list[str]:
    return [name for name, _, _ in _definitions(declared)]


def _definitions(
    declared: dict[str, Columns],
) -> list[tuple[str, str, Select]]:
    """Name, relation and maker of each view: the current rows, and those superseded."""
    current: list[tuple[str, str, Select]] = [
        (name, name, relations.select_current) for name in declared
    ]
    history: list[tuple[str, str, Select]] = [
        (f"{name}_history", name, relations.select_history)
        for name in declared
        if name in relations.KEYS and name not in relations.SNAPSHOTS
    ]
    words = [(name, name, select) for name, select in views.VIEWS.items()]
    return current + history + words
