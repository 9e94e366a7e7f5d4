"""Builds the immutable parts of the index: from recent files, and from several segments one.

Works through the words in slices, so that memory stays bounded whatever the size. Writes one
file; commits nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse import disk, quiet, relations
from warehouse.index import numbers
from warehouse.manifest import TableFile
from warehouse.relations import quoted, script

MEMORY = "1GB"
_ROWS = 1_500_000  # words in articles of one slice of recent files
_LISTS = 60_000  # lists of one slice of segments
# v1.2.0: every client can read it. A look-up reads one row group, and what is known of each: with
# 4,096 rows the latter took most of the time, with 122,880 the former.
_ATTACH = "ATTACH {} AS segment (STORAGE_VERSION 'v1.2.0', ROW_GROUP_SIZE 16384)"

Dead = str  # SELECT of the numbers of articles that have another version by now


def from_recent(data: Path, files: Sequence[TableFile], path: Path, dead: Dead) -> TableFile:
    """The segment `path` of the words in these files of `recent`."""
    rows = f"read_parquet({_paths(data, files)})"
    counts = f"SELECT r.term, count(*) AS n FROM {rows} r GROUP BY r.term"
    return _build(data, path, f"FROM {rows}", counts, _ROWS, "slice_of_recent.sql", dead)


def merged(data: Path, files: Sequence[TableFile], path: Path, dead: Dead) -> TableFile:
    """The segment `path` that holds what these segments hold."""
    rows = f"read_duckdb({_paths(data, files)}, table_name := 'postings')"
    counts = f"SELECT p.term, count(*) AS n FROM {rows} p GROUP BY p.term"
    return _build(data, path, f"FROM {rows}", counts, _LISTS, "slice_of_segments.sql", dead)


def _paths(data: Path, files: Sequence[TableFile]) -> str:
    return "[" + ", ".join(quoted(str(data / file.path)) for file in files) + "]"


def _build(  # noqa: PLR0917 - private; two callers
    data: Path, path: Path, rows: str, counts: str, slice_rows: int, filler: str, dead: Dead
) -> TableFile:
    new = path.with_name(path.name + ".new")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(new)
    try:
        with quiet.connect(
            config={"threads": 1, "memory_limit": MEMORY, "temp_directory": str(path.parent)}
        ) as con:
            numbers.ready(con)
            con.execute(_ATTACH.format(quoted(str(new))))
            con.execute(script("index/segment.sql").format(dead=dead))
            cuts = con.execute(script("index/cuts.sql").format(counts=counts, rows=slice_rows))
            ends = [cut for (cut,) in cuts.fetchall()]
            _in_slices(con, script(f"index/{filler}").format(rows=rows), ends)
            con.execute(script("index/lexicon.sql"))
            (n,) = con.execute("SELECT count(*) FROM segment.postings").fetchall()[0]
            con.execute("DETACH segment")
        disk.fsync(new)
        disk.replace(new, path)
    finally:
        _remove(new)
    return TableFile(
        path=str(path.relative_to(data)),
        rows=n,
        bytes=path.stat().st_size,
        digest=disk.digest(path),
        layout=0,
    )


def _in_slices(con: duckdb.DuckDBPyConnection, fill: str, cuts: list[str]) -> None:
    # At once: after each commit the last rows are written anew, and where they were stays in the
    # file (a third of a segment of 20,000 articles).
    low = ""
    con.execute("BEGIN")
    for high in cuts:
        con.execute(fill, {"lo": low, "hi": high})
        low = high
    con.execute("COMMIT")


def _remove(new: Path) -> None:
    for path in (new, new.with_name(new.name + ".wal")):
        path.unlink(missing_ok=True)


COLUMNS: relations.Columns = {
    "term": "VARCHAR",
    "m1": "SMALLINT",
    "m2": "SMALLINT",
    "doc": "INTEGER[]",
    "imp": "UTINYINT[]",
    "pos": "USMALLINT[][]",
}
