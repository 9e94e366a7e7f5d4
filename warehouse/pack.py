"""Writes rows into one immutable file.

Parquet, mostly. But of Parquet DuckDB reads a row together with some thousand beside it, which for
twenty texts takes longer than all the rest of a search. So large files of relations whose rows are
fetched by number are DuckDB files with an index on it: each row is fetched alone.

Texts that repeat themselves, as real ones do, take a third less room with Zstandard. It packs 2,048
rows at once, and all of these are unpacked for one: so seven empty rows stand beside each article.

Opens nothing; the connection is the caller's. Commits nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse import disk
from warehouse.relations import KEYS, is_packed, quoted, row_group, script

MANY = 20_000  # rows of a file; with fewer, opening a DuckDB file takes longer than it saves
# v1.5.0: any client that knows read_duckdb reads it, and texts are compressed one by one.
_ATTACH = "ATTACH {} AS packed (STORAGE_VERSION 'v1.5.0', ROW_GROUP_SIZE {})"
# Relations whose rows are fetched by number, and how many of these are compressed at once: some
# fifty megabytes of texts.
_ROW_GROUP = {"articles": 16_384, "docs": 61_440, "readings": 61_440}
_NUMBER = {"articles": "doc", "docs": "doc", "readings": "reading"}
_SLICE = 32_768  # articles that are sorted at once: some hundred megabytes of texts
_ROWS_EACH = 8  # of an article whose text is Zstandard, see above; sixteen take a tenth more room
_SAMPLE = 2_048  # texts that are packed both ways to see which takes less room
_WORTH = 0.9  # of the room that texts take one by one; else they are read more quickly so
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
    ((threads,),) = con.execute("SELECT current_setting('threads')").fetchall()
    con.execute("SET threads = 1")  # several write some of it twice, and keep the room
    try:
        each = _ROWS_EACH if relation == "articles" and _repeats(con, rows, path) else 1
        with _attached(con, path, each * _ROW_GROUP[relation]):
            made = f"pack/{relation}{'_zstd' if each > 1 else ''}.sql"
            con.execute(script(made).format(rows=rows))
            if relation == "articles":
                _in_slices(con, rows, each)
            con.execute(f"CREATE INDEX by_number ON packed.{relation} ({_NUMBER[relation]})")
            counted = f"SELECT count({KEYS[relation]}) FROM packed.{relation}"  # no empty rows
            ((n,),) = con.execute(counted).fetchall()
    finally:
        con.execute(f"SET threads = {threads}")
    return int(n)


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, path: Path, row_group: int) -> Iterator[None]:
    """A new DuckDB file as `packed`."""
    _remove(path)  # of a landing that was killed
    con.execute(_ATTACH.format(quoted(str(path)), row_group))
    try:
        yield
    finally:
        con.execute("DETACH packed")


def _remove(path: Path) -> None:
    for half in (path, path.with_name(f"{path.name}.wal")):
        half.unlink(missing_ok=True)


def _repeats(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> bool:
    """Whether Zstandard makes these texts so much smaller that it is worth its time."""
    trial = path.with_name(f"{path.name}.trial")
    sizes = []
    try:
        for form in ("zstd", "dict_fsst"):
            with _attached(con, trial, _SAMPLE):
                con.execute(script("pack/trial.sql").format(rows=rows, form=form, n=_SAMPLE))
            sizes.append(trial.stat().st_size)
    finally:
        _remove(trial)
    return sizes[0] < _WORTH * sizes[1]


def _in_slices(con: duckdb.DuckDBPyConnection, rows: str, each: int) -> None:
    """Fills the table of articles, the newest first; texts sorted all at once take too much."""
    fill = script(f"pack/articles{'_zstd' if each > 1 else ''}_slice.sql")
    ((first, last),) = con.execute(f"SELECT min(r.doc), max(r.doc) FROM ({rows}) r").fetchall()
    con.execute("BEGIN")
    try:
        for stop in range(last + 1, first, -_SLICE) if last is not None else ():
            which = f"r.doc >= {stop - _SLICE} AND r.doc < {stop}"
            con.execute(fill.format(rows=rows, which=which, each=each))
        con.execute(fill.format(rows=rows, which="r.doc IS NULL", each=each))
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
