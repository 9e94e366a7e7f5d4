"""Writes rows into one immutable file.

Parquet, mostly. But of Parquet DuckDB reads a row together with some thousand beside it, which for
twenty texts takes longer than all the rest of a search. So large files of relations whose rows are
fetched by number are DuckDB files with an index on it: each row is fetched alone.

Opens nothing; the connection is the caller's. Commits nothing.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse import disk
from warehouse.relations import is_packed, quoted, row_group, script

MANY = 20_000  # rows of a file; with fewer, opening a DuckDB file takes longer than it saves
# v1.5.0: any client that knows read_duckdb reads it, and texts are compressed one by one.
_ATTACH = "ATTACH {} AS packed (STORAGE_VERSION 'v1.5.0', ROW_GROUP_SIZE {})"
# Relations whose rows are fetched by number, and how many of these are compressed at once: some
# fifty megabytes of texts.
_ROW_GROUP = {"articles": 16_384, "docs": 61_440, "readings": 61_440}
_NUMBER = {"articles": "doc", "docs": "doc", "readings": "reading"}
_SLICE = 32_768  # articles that are sorted at once: some hundred megabytes of texts
_LEVEL, _CLOSELY = 3, 6  # of zstd; the latter takes twice as long


def suffix(relation: str, rows: int, many: int = MANY) -> str:
    """How the name of a file ends that so many rows of the relation are written to."""
    return ".db" if relation in _ROW_GROUP and rows >= many else ".parquet"


def pack(
    con: duckdb.DuckDBPyConnection, rows: str, path: Path, relation: str, *, closely: bool = False
) -> int:
    """Writes `path` with what the SELECT `rows` gives, in its order; returns how many rows.

    The form goes by the name of the file, see suffix(). `closely`: Parquet takes less room and
    more time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_packed(path.name):
        n = _database(con, rows, path, relation)
    else:
        n = _parquet(con, rows, path, relation, level=_CLOSELY if closely else _LEVEL)
    disk.fsync(path)
    disk.fsync(path.parent)
    return n


def _parquet(
    con: duckdb.DuckDBPyConnection, rows: str, path: Path, relation: str, *, level: int
) -> int:
    sql = script("pack/parquet.sql").format(
        rows=rows, path=quoted(str(path)), level=level, row_group=row_group(relation)
    )
    return int(con.execute(sql).fetchall()[0][0])


def _database(con: duckdb.DuckDBPyConnection, rows: str, path: Path, relation: str) -> int:
    for half in (path, path.with_name(f"{path.name}.wal")):
        half.unlink(missing_ok=True)  # of a landing that was killed
    ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
    con.execute("SET threads = 1")  # several write some of it twice, and keep the room
    con.execute(_ATTACH.format(quoted(str(path)), _ROW_GROUP[relation]))
    try:
        con.execute(script(f"pack/{relation}.sql").format(rows=rows))
        if relation == "articles":
            _in_slices(con, rows)
        con.execute(f"CREATE INDEX by_number ON packed.{relation} ({_NUMBER[relation]})")
        ((n,),) = con.execute(f"SELECT count(*) FROM packed.{relation}").fetchall()
    finally:
        con.execute("DETACH packed")
        con.execute(f"SET threads = {threads}")
    return int(n)


def _in_slices(con: duckdb.DuckDBPyConnection, rows: str) -> None:
    """Fills the table of articles, the newest first; texts sorted all at once take too much."""
    fill = script("pack/articles_slice.sql")
    ((first, last),) = con.execute(f"SELECT min(r.doc), max(r.doc) FROM ({rows}) r").fetchall()
    con.execute("BEGIN")
    try:
        for stop in range(last + 1, first, -_SLICE) if last is not None else ():
            which = f"r.doc >= {stop - _SLICE} AND r.doc < {stop}"
            con.execute(fill.format(rows=rows, which=which))
        con.execute(fill.format(rows=rows, which="r.doc IS NULL"))
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
