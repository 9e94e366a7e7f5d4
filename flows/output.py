"""Rows to stdout as a table for eyes, or as JSON, JSON lines or CSV for machines; talk to stderr.

Rows stream except into tables, which need their widths. Text from the web never reaches a
terminal with its control characters.
"""

from __future__ import annotations

import csv
import json
import math
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import Any, TextIO

from warehouse.errors import BadInput
from warehouse.records import isoformat, to_json


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


def default_format(stream: TextIO) -> Format:
    """A table on a terminal, JSON lines into a pipe or file."""
    return Format.TABLE if stream.isatty() else Format.NDJSON


def write(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    form: Format,
    stream: TextIO,
    *,
    title: str | None = None,
) -> int:
    """Write the rows and return how many there were."""
    counted = _Counted(rows)
    if form is Format.TABLE:
        _table(columns, counted, stream, title)
    elif form is Format.CSV:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_field(value) for value in row] for row in counted)
    elif form is Format.NDJSON:
        stream.writelines(line(dict(zip(columns, row, strict=True))) + "\n" for row in counted)
    else:
        _json_array(columns, counted, stream)
    stream.flush()
    return counted.n


class _Counted:
    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = rows
        self.n = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for row in self._rows:
            self.n += 1
            yield row


def line(value: Any) -> str:
    """One JSON line (without its end); keys keep their order, text stays readable."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """What the warehouse gives, as JSON values; its times are UTC without saying so."""
    if isinstance(value, datetime):
        return isoformat(value) if value.tzinfo else value.isoformat() + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124
    converted = to_json(value)
    return str(value) if converted is value else plain(converted)


def _json_array(columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO) -> None:
    before = "[\n  "
    for row in rows:
        stream.write(before + line(dict(zip(columns, row, strict=True))))
        before = ",\n  "
    stream.write("[]\n" if before[0] == "[" else "\n]\n")


def _field(value: Any) -> Any:
    """A CSV field: lists and structures as JSON, nothing as nothing."""
    value = plain(value)
    return line(value) if isinstance(value, list | dict) else value


# --- tables ----------------------------------------------------------------------------------


def _table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], stream: TextIO, title: str | None
) -> None:
    from rich import box  # noqa: PLC0415  rich takes 60 ms that pipes need not pay
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    held = [list(row) for row in rows]
    target = console(stream, Console)
    if len(columns) * _NARROWEST > target.width:
        _stacked(columns, held, stream)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = title
    for index, column in enumerate(columns):
        numeric = any(_is_number(row[index]) for row in held)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in held:
        table.add_row(*(Text(cell(value)) for value in row))
    target.print(table)


_NARROWEST = 8  # characters of a column that can still be read
_LONGEST = 200  # characters of a value where each has a line of its own


def _stacked(columns: Sequence[str], rows: Sequence[Sequence[Any]], stream: TextIO) -> None:
    """A line for each value, a blank one after each row: for too many columns to stand abreast."""
    wide = max(map(len, columns))
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            text = " ".join(cell(value).split())
            short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
            stream.write(f"{column:<{wide}}  {short}".rstrip() + "\n")
        stream.write("\n")


def console(stream: TextIO, kind: type[Any]) -> Any:
    """A rich console: as wide as the terminal, or 150 columns where there is none."""
    width = None if stream.isatty() else int(os.environ.get("COLUMNS") or 150)
    return kind(file=stream, width=width, highlight=False, soft_wrap=False)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def cell(value: Any) -> str:
    """A value as a person likes to read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:.4g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dict):
        return _reason(value) if "term" in value else line(value)
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    return printable(str(value))


def _reason(value: dict[str, Any]) -> str:
    """One reason of a coverage: what, how often, how much it gave."""
    term, count = printable(str(value["term"])), value.get("count") or 0
    times = f" ×{count}" if count > 1 and not term.startswith(f"{count} ") else ""
    return f"{term}{times} {value.get('gave') or 0:+.2f}"


_CONTROL = ("Cc", "Cs")


def printable(text: str) -> str:
    """Without control characters (a page could move the cursor or rename the window)."""
    return "".join(
        c if unicodedata.category(c) not in {"Cc", "Cs"} or c == "\n" else " " for c in text
    )


def with_bars(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], bucket: str
) -> tuple[list[str], Iterator[list[Any]]]:
    """A timeline for eyes: each count also as a bar, times only as fine as the bucket."""
    held = [dict(zip(columns, row, strict=True)) for row in rows]
    most = max((row["articles"] for row in held), default=1)
    form = {"hour": "%Y-%m-%d %H:00", "month": "%Y-%m", "year": "%Y"}.get(bucket, "%Y-%m-%d")

    def drawn() -> Iterator[list[Any]]:
        for row in held:
            when = row["bucket"].strftime(form) if row["bucket"] else "undated"
            bar = "█" * math.ceil(30 * row["articles"] / max(most, 1))
            yield [when, row["articles"], bar, row["originals"], row["sources"]]

    return [bucket, "articles", "", "originals", "sources"], drawn()


# --- lines of JSON in ------------------------------------------------------------------------


def lines(stream: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any] | BadInput]]:
    """Each line that is not blank, with its number from 1: an object, or what is wrong with it."""
    for number, raw in enumerate(stream, 1):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError:
            yield number, BadInput("the line is not UTF-8")
        except (json.JSONDecodeError, RecursionError) as wrong:
            yield number, BadInput(f"the line is not JSON: {wrong}")
        else:
            ok = isinstance(value, dict)
            yield number, value if ok else BadInput("the line is not a JSON object")


def say(*words: object) -> None:
    """Talk to the person, never data: one line on stderr."""
    sys.stderr.write(printable(" ".join(str(word) for word in words)) + "\n")
    sys.stderr.flush()


def peek(rows: Iterator[Sequence[Any]]) -> tuple[bool, Iterator[Sequence[Any]]]:
    """Whether there are any rows, and all of them again."""
    for first in rows:
        return True, chain([first], rows)
    return False, iter(())
