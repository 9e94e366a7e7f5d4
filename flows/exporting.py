"""Writes what people take along: Parquet by month, CSV, JSON lines, FollowTheMoney entities.

A file or folder has its name only once it is whole.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from flows import ftm, output
from warehouse.errors import BadInput

if TYPE_CHECKING:
    from warehouse.export import Chosen


class Form(StrEnum):
    """How it is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    FTM = "ftm"


_ENDINGS = {
    ".ftm.json": Form.FTM,
    ".ftm.jsonl": Form.FTM,
    ".csv": Form.CSV,
    ".jsonl": Form.JSONL,
    ".ndjson": Form.JSONL,
}


def form_of(to: str) -> Form:
    """What the name of the file says; a folder of Parquet, where it says nothing."""
    if to == "-":
        return Form.JSONL
    name = Path(to).name.lower().removesuffix(".gz")
    return next((form for end, form in _ENDINGS.items() if name.endswith(end)), Form.PARQUET)


def export(
    data: Path, to: str, form: Form, tables: Sequence[str], chosen: Chosen
) -> dict[str, int]:
    """Write it; how many rows of each table, or entities of each schema. Raises BadInput."""
    from warehouse import answers  # noqa: PLC0415  DuckDB takes 0.1 s to import

    _check(to, form, tables)
    with answers.open_reader(data) as con:
        if form is Form.PARQUET:
            return _parquet(con, Path(to), tables, chosen)
        with _written(to) as stream:
            if form is Form.FTM:
                return _entities(con, chosen, stream)
            return {tables[0]: _rows(con, tables[0], chosen, form, stream)}


def _check(to: str, form: Form, tables: Sequence[str]) -> None:
    from flows.tomlfile import nearest  # noqa: PLC0415
    from warehouse import export  # noqa: PLC0415

    there = export.tables()
    for table in tables:
        if table not in there:
            near = nearest(table, there)
            advice = f"did you mean {near!r}?" if near else f"one of: {', '.join(there)}"
            raise BadInput(f"there is no table {table!r}", try_=advice)
    if form is Form.PARQUET and to == "-":
        raise BadInput("Parquet needs a folder to go to", try_="slugline export FOLDER")
    if form is not Form.PARQUET and len(tables) > 1:
        raise BadInput(f"{form} holds one table", try_="export each into a file of its own")
    if to != "-" and Path(to).exists():
        raise BadInput("is there already", where=to, try_="name another, or remove it first")


def _parquet(con: Any, to: Path, tables: Sequence[str], chosen: Chosen) -> dict[str, int]:
    from warehouse import export  # noqa: PLC0415

    new = _beside(to)
    new.mkdir(parents=True)
    try:
        counts = {}
        for table in tables:
            (new / table).mkdir()
            counts[table] = export.parquet(con, table, chosen, new / table)
        new.rename(to)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return counts


def _rows(con: Any, table: str, chosen: Chosen, form: Form, stream: TextIO) -> int:
    from warehouse import export  # noqa: PLC0415

    columns, rows = export.rows(con, table, chosen)
    how = output.Format.CSV if form is Form.CSV else output.Format.NDJSON
    return output.write(columns, rows, how, stream)


def _entities(con: Any, chosen: Chosen, stream: TextIO) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entity in _all_entities(con, chosen):
        stream.write(output.line(entity) + "\n")
        counts[entity["schema"]] = counts.get(entity["schema"], 0) + 1
    return counts


def _all_entities(con: Any, chosen: Chosen) -> Iterator[ftm.Entity]:
    for row in _named_rows(con, "names", chosen):
        yield ftm.person_or_organisation(row)
    for row in _named_rows(con, "articles", chosen):
        yield from ftm.article(row)


def _named_rows(con: Any, part: str, chosen: Chosen) -> Iterable[ftm.Row]:
    from warehouse import export  # noqa: PLC0415

    columns, rows = export.entities(con, part, chosen)
    return (dict(zip(columns, row, strict=True)) for row in rows)


@contextmanager
def _written(to: str) -> Iterator[TextIO]:
    """A stream to write to, of a file that gets its name at the end; or standard output."""
    if to == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    new = _beside(Path(to))
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        with new.open("xb") as raw:
            whole = gzip.GzipFile(to, "wb", 6, raw, mtime=0) if to.endswith(".gz") else raw
            with io.TextIOWrapper(whole, "utf-8", newline="") as stream:
                yield stream
                stream.flush()
                whole.close() if whole is not raw else os.fsync(raw.fileno())
        new.rename(to)
    finally:
        new.unlink(missing_ok=True)


def _beside(to: Path) -> Path:
    return to.with_name(f".{to.name}.{os.getpid()}.part")
