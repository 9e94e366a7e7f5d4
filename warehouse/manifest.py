"""manifest.json: which immutable files make up the warehouse, and which batches have landed.

Replacing it is the commit. It is read and written whole; it opens no table file.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse import disk
from warehouse.errors import NewerWarehouse, WarehouseError
from warehouse.records import isoformat

FORMAT = 3  # of manifest.json itself; 1 had no digests, 2 no packed files (see pack.py)
_KEPT_INLINE = 1_000  # names of batches kept here; older ones move to a file of names


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """One immutable file of rows: Parquet, or DuckDB's own format (see pack.py and index/)."""

    path: str  # relative to the data directory
    rows: int
    bytes: int
    layout: int  # which of the relation's column lists it was written with
    level: int = 0  # how often its rows were merged
    digest: str | None = None  # sha256 of the file, hex; None: written before these were kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One generation of the warehouse."""

    schema: int  # number of the last migration
    generation: int = 0  # 0: nothing has ever been committed
    root: str = ""  # absolute path that the published file was made for
    surface: str = ""  # digest of the views, macros and comments that were published
    files: dict[str, tuple[TableFile, ...]] = field(default_factory=dict)
    layouts: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    superseded: dict[str, int] = field(default_factory=dict)  # relation → keys superseded
    next_doc: int = 1  # the number in the index that the next version of an article bears
    next_entity: int = 1  # the number that the next entity bears
    batches: dict[str, int] = field(default_factory=dict)  # batch → generation, newest last
    older_batches: str | None = None  # file with the names of the batches before those
    collected_at: str | None = None  # when files nobody needs were last looked for


def path(data: Path) -> Path:
    return data / "manifest.json"


def read(data: Path, *, schema: int) -> Manifest:
    """The manifest of `data`; generation 0 where there is none yet.

    `schema` is the newest migration this program knows. Raises NewerWarehouse and WarehouseError.
    """
    try:
        text = path(data).read_text(encoding="utf-8")
    except FileNotFoundError:
        if any((data / "pub").glob("news-*.db")):  # published after a commit, and only then
            what, try_ = "is missing, but there are tables", "restore them from a backup"
            raise WarehouseError(what, where=path(data), try_=try_) from None
        return Manifest(schema=0)
    try:
        content: dict[str, Any] = json.loads(text)
        if content["format"] > FORMAT or content["schema"] > schema:
            raise NewerWarehouse(
                "was written by a newer Slugline", where=data, try_="upgrade this one"
            )
        return _revive(content)
    except (ValueError, KeyError, TypeError) as error:
        raise WarehouseError(
            "is not a manifest of Slugline", where=path(data), try_="restore it from a backup"
        ) from error


def write(data: Path, manifest: Manifest) -> None:
    """The commit."""
    disk.write_whole(path(data), as_text(manifest))


def as_text(manifest: Manifest) -> str:
    """The content of manifest.json."""
    return json.dumps({"format": FORMAT} | dataclasses.asdict(manifest))


def has_landed(data: Path, manifest: Manifest, batch: str) -> bool:
    if batch in manifest.batches:
        return True
    if manifest.older_batches is None:
        return False
    names = (data / manifest.older_batches).read_text(encoding="utf-8")
    return f"\n{batch}\n" in names


def all_batches(data: Path, manifest: Manifest) -> set[str]:
    """The names of all batches that have landed."""
    older = manifest.older_batches
    names = (data / older).read_text(encoding="utf-8").splitlines() if older else []
    return {*manifest.batches, *(name for name in names if name)}


def with_batch(data: Path, manifest: Manifest, batch: str) -> Manifest:
    """`manifest` with `batch`; spills the older half of the names to a file when they are many."""
    batches = manifest.batches | {batch: manifest.generation}
    if len(batches) <= _KEPT_INLINE:
        return dataclasses.replace(manifest, batches=batches)
    names = list(batches)
    older, newer = names[: len(names) // 2], names[len(names) // 2 :]
    before = (data / manifest.older_batches).read_text("utf-8") if manifest.older_batches else "\n"
    file = f"tables/batches/names-{manifest.generation:08d}.txt"
    (data / file).parent.mkdir(parents=True, exist_ok=True)
    disk.write_whole(data / file, before + "".join(f"{name}\n" for name in older))
    return dataclasses.replace(
        manifest, batches={name: batches[name] for name in newer}, older_batches=file
    )


def with_file(
    manifest: Manifest, relation: str, file: TableFile, *, instead_of: tuple[TableFile, ...] = ()
) -> Manifest:
    kept = tuple(f for f in manifest.files.get(relation, ()) if f not in instead_of)
    return dataclasses.replace(manifest, files=manifest.files | {relation: (*kept, file)})


def without_file(manifest: Manifest, relation: str, file: TableFile) -> Manifest:
    kept = tuple(f for f in manifest.files[relation] if f != file)
    return dataclasses.replace(manifest, files=manifest.files | {relation: kept})


def with_written(
    manifest: Manifest,
    relation: str,
    data: Path,
    path: Path,
    *,
    rows: int,
    columns: Iterable[str],
    level: int = 0,
    instead_of: tuple[TableFile, ...] = (),
) -> Manifest:
    """`manifest` with the file at `path`, which was just written with these columns."""
    layout = tuple(columns)
    after = with_layout(manifest, relation, layout)
    file = TableFile(
        path=str(path.relative_to(data)),
        rows=rows,
        bytes=path.stat().st_size,
        digest=disk.digest(path),
        layout=after.layouts[relation].index(layout),
        level=level,
    )
    return with_file(after, relation, file, instead_of=instead_of)


def with_layout(manifest: Manifest, relation: str, columns: tuple[str, ...]) -> Manifest:
    """`manifest` that knows the column list; `layouts[relation].index(columns)` is its number."""
    known = manifest.layouts.get(relation, ())
    if columns in known:
        return manifest
    return dataclasses.replace(manifest, layouts=manifest.layouts | {relation: (*known, columns)})


def named_files(manifest: Manifest) -> set[str]:
    """Every file that this generation needs, relative to the data directory."""
    named = {file.path for files in manifest.files.values() for file in files}
    return named | ({manifest.older_batches} if manifest.older_batches else set())


def collected(manifest: Manifest, at: datetime) -> Manifest:
    return dataclasses.replace(manifest, collected_at=isoformat(at))


def _revive(content: dict[str, Any]) -> Manifest:
    del content["format"]
    files = {
        relation: tuple(TableFile(**file) for file in files)
        for relation, files in content.pop("files").items()
    }
    layouts = {
        relation: tuple(tuple(columns) for columns in known)
        for relation, known in content.pop("layouts").items()
    }
    return Manifest(files=files, layouts=layouts, **content)
