"""Merges small files, so that a year of short runs stays a handful of files for a reader.

Files are merged a level at a time: sixteen of one level become one of the next, hence each row
is rewritten a few times in its life and a relation keeps at most a few dozen files. Deletes
nothing: files that were replaced stay for readers of older generations (see collect.py).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb

from warehouse import disk, manifest, relations
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns

MERGED_AT = 16  # files of one level
LARGEST = 512 * 1024 * 1024  # bytes; files of this size are not merged further


def mergeable(files: tuple[TableFile, ...]) -> tuple[TableFile, ...]:
    """The files to merge next: all of the lowest level that has too many; none: nothing to do."""
    small = [file for file in files if file.bytes < LARGEST]
    for level in sorted({file.level for file in small}):
        peers = tuple(file for file in small if file.level == level)
        if len(peers) >= MERGED_AT:
            return peers
    return ()


def compact(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    declared: dict[str, Columns],
    *,
    written: list[Path],
) -> Manifest:
    """`before` with every relation's small files merged; to be committed by the caller.

    Adds the files it writes to `written`, for the caller to remove should the commit fail.
    """
    after = before
    for relation, columns in declared.items():
        while merged := mergeable(after.files.get(relation, ())):
            after = _merge(
                con, data, after, relation, columns=columns, merged=merged, written=written
            )
    return after


def _merge(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    relation: str,
    *,
    columns: Columns,
    merged: tuple[TableFile, ...],
    written: list[Path],
) -> Manifest:
    level = merged[0].level + 1
    name = f"tables/{relation}/{before.generation:08d}-merged-{level}.parquet"
    path = data / name
    written.append(path)
    only = dataclasses.replace(before, files={relation: merged})
    con.execute(
        relations.script("landing/merge.sql").format(
            rows=relations.select_files(only, relation, columns, relations.quoted(str(data))),
            path=relations.quoted(str(path)),
            row_group=relations.row_group(relation),
        )
    )
    disk.fsync(path)
    disk.fsync(path.parent)
    after = manifest.with_layout(before, relation, tuple(columns))
    file = TableFile(
        path=name,
        rows=sum(file.rows for file in merged),
        bytes=path.stat().st_size,
        layout=after.layouts[relation].index(tuple(columns)),
        level=level,
    )
    return manifest.with_file(after, relation, file, instead_of=merged)
