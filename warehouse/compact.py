"""Merges small files, so that a year of short runs stays a handful of files for a reader.

Once a batch has landed and can be read, sixteen files of one level (four of `recent`) become one
of the next, hence each row is rewritten a few times in its life and a relation keeps at most a few
dozen files. The nightly pass (tidy.py) makes a handful of them. Deletes nothing: files that were
replaced stay for readers of older generations (see collect.py).
"""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import duckdb

from warehouse import manifest, pack, relations
from warehouse.index import care
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns

MERGED_AT = 16  # files of one level
_EARLIER = {"recent": 4}  # where each further file costs every query
_MOST_ROWS = {"recent": care.RECENT_ROWS}  # in a file that is merged further
LARGEST = 512 * 1024 * 1024  # bytes; files of this size are not merged further
FEW = 4  # files; fewer are not worth a merge of the nightly pass


def mergeable(files: tuple[TableFile, ...], at: int = MERGED_AT) -> tuple[TableFile, ...]:
    """The files to merge next: all of the lowest level that has too many; none: nothing to do."""
    small = [file for file in files if file.bytes < LARGEST]
    for level in sorted({file.level for file in small}):
        peers = tuple(file for file in small if file.level == level)
        if len(peers) >= at:
            return _bounded(peers)
    return ()


def _bounded(peers: tuple[TableFile, ...]) -> tuple[TableFile, ...]:
    """As many of them as are merged at once: two at least, since a landing may wait for it."""
    total, chosen = 0, 0
    for file in peers:
        total += file.bytes
        if chosen >= 2 and total > 2 * LARGEST:
            break
        chosen += 1
    return peers[:chosen]


def tail(files: tuple[TableFile, ...]) -> tuple[TableFile, ...]:
    """The small files that the nightly pass merges next, in their order; none: all is tidy.

    After it each file is larger than all smaller ones together, so their number grows with the
    logarithm of the rows, and a row is rewritten as seldom.
    """
    small = sorted((f for f in files if f.bytes < LARGEST), key=lambda f: (f.bytes, f.path))
    total, chosen = 0, 0
    for number, file in enumerate(small):
        if total + file.bytes > 2 * LARGEST:
            break
        if file.bytes <= total:
            chosen = number + 1
        total += file.bytes
    if chosen < FEW:
        return ()
    paths = {file.path for file in small[:chosen]}
    return tuple(file for file in files if file.path in paths)


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
        while merged := mergeable(_small(after, relation), _EARLIER.get(relation, MERGED_AT)):
            level = merged[0].level + 1
            path = path_of(data, before, relation, merged, f"merged-{level}")
            written.append(path)
            merge(con, data, after, relation, columns=columns, merged=merged, path=path)
            after = instead(data, after, relation, columns, merged=merged, path=path)
    return care.at_landing(data, after, declared, written)


def path_of(  # noqa: PLR0917 - two callers
    data: Path,
    before: Manifest,
    relation: str,
    merged: tuple[TableFile, ...],
    told: str,
    many: int = pack.MANY,
) -> Path:
    """Where these files are merged to; `many` as in pack.suffix."""
    suffix = pack.suffix(relation, sum(file.rows for file in merged), many)
    return data / f"tables/{relation}/{before.generation:08d}-{told}{suffix}"


def _small(current: Manifest, relation: str) -> tuple[TableFile, ...]:
    most = _MOST_ROWS.get(relation, math.inf)
    return tuple(file for file in current.files.get(relation, ()) if file.rows < most)


def merge(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    relation: str,
    *,
    columns: Columns,
    merged: tuple[TableFile, ...],
    path: Path,
) -> None:
    """Writes `path` with the rows of the files `merged`."""
    only = dataclasses.replace(before, files={relation: merged})
    rows = relations.script("landing/merge.sql").format(
        rows=relations.select_files(only, relation, columns, relations.quoted(str(data))),
        order=f"ORDER BY {relations.SORTED[relation]}" if relation in relations.SORTED else "",
    )
    pack.pack(con, rows, path, relation, closely=True)


def instead(
    data: Path,
    before: Manifest,
    relation: str,
    columns: Columns,
    *,
    merged: tuple[TableFile, ...],
    path: Path,
) -> Manifest:
    """`before` with the file `path` in the place of those that were merged into it."""
    return manifest.with_written(
        before,
        relation,
        data,
        path,
        rows=sum(file.rows for file in merged),
        columns=columns,
        level=max(file.level for file in merged) + 1,
        instead_of=merged,
    )
