"""Takes articles out of the index for good, as erasure must: their words are in none of its files.

Rewrites only the files that know one of them. Commits nothing itself: the caller names what comes
back in the manifest, and removes what was replaced.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from warehouse import manifest, pack, publish, relations
from warehouse.index import care, segments
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import quoted, script

_BY_ARTICLE = ("docs", "recent")


def forget(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    docs: Collection[int],
    *,
    written: list[Path],
    on_step: publish.OnStep = lambda _: None,
) -> Manifest:
    """`before` with index files that hold nothing of `docs`, numbers as in articles.doc.

    Adds the files it writes to `written`, for the caller to remove should the commit fail.
    """
    if not docs:
        return before
    after = before
    gone = f"SELECT unnest([{', '.join(str(int(doc)) for doc in sorted(docs))}]) AS doc"
    for relation in _BY_ARTICLE:
        for file in before.files.get(relation, ()):
            if _holds(con, relations.scan(relation, (file,), _root(data)), "r.doc", gone):
                after = _without(con, data, after, relation, file, gone, written)
    return _from_segments(con, data, after, gone, written, on_step)


def _holds(con: duckdb.DuckDBPyConnection, rows: str, doc: str, gone: str) -> bool:
    sql = script("index/holds.sql").format(rows=rows, doc=doc, gone=gone)
    return bool(con.execute(sql).fetchall()[0][0])


def _without(  # noqa: PLR0917 - private, called once
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    relation: str,
    file: TableFile,
    gone: str,
    written: list[Path],
) -> Manifest:
    """`before` with a file of the index that lacks the rows of `gone`."""
    name = f"{before.generation:08d}-without-{len(written)}{Path(file.path).suffix}"
    path = data / f"tables/{relation}/{name}"
    written.append(path)
    others = script("index/without.sql").format(
        rows=relations.scan(relation, (file,), _root(data)),
        gone=gone,
        order=relations.SORTED[relation],
    )
    rows = pack.pack(con, others, path, relation)
    if not rows:
        path.unlink()
        return manifest.without_file(before, relation, file)
    return manifest.with_written(
        before, relation, data, path, rows=rows, columns=before.layouts[relation][file.layout],
        level=file.level, instead_of=(file,),
    )  # fmt: skip


def _from_segments(  # noqa: PLR0917 - private, called once
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    gone: str,
    written: list[Path],
    on_step: publish.OnStep,
) -> Manifest:
    after = before
    for file in before.files.get("postings", ()):
        rows = relations.scan("postings", (file,), _root(data))
        if not _holds(con, rows, "unnest(r.doc)", gone):
            continue
        on_step(f"writing {file.path} anew")
        path = data / f"tables/postings/{before.generation:08d}-without-{len(written)}.db"
        written.append(path)
        segment = segments.merged(data, (file,), path, gone)
        if segment.rows:
            after = care.instead(after, "postings", (file,), segment)
        else:
            path.unlink()
            after = manifest.without_file(after, "postings", file)
    return after


def _root(data: Path) -> str:
    return quoted(str(data))
