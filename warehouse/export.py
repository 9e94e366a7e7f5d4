"""Chooses what people take along from the warehouse: rows of a table, and Parquet by month.

Reads a published generation; writes Parquet files, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import answers, guard
from warehouse.relations import declared, quoted, row_group, script

# A key inside of the index, and names of landings: they mean nothing elsewhere.
_OURS = frozenset({"doc", "batch"})
_ABOUT_ARTICLES = (
    "articles", "found_in", "revisions", "citations", "understood", "mentions", "keywords",
    "quotes", "coverage", "copies",
)  # fmt: skip
_OTHERS = (
    "watches", "profiles", "sources", "feeds", "runs", "run_counts", "outcomes", "fetches",
    "entities", "aliases", "missed_slots",
)  # fmt: skip
_MEMORY = "1GB"
_FLUSH_ROWS = 10_000  # of a thread, before they go to the months' files; texts are long
_OPEN_FILES = 24  # months that are written at a time, each with a row group in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which articles; None asks for all."""

    since: datetime | None = None  # UTC without saying so, as the tables hold it
    until: datetime | None = None
    source: str | None = None
    language: str | None = None
    query: str | None = None
    watch: str | None = None  # related ones only
    tier: str | None = None

    def conditions(self) -> list[str]:
        """Of the articles `a`, for the parameters that are set."""
        return [text for name, text in _CONDITIONS.items() if getattr(self, name) is not None]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


_CONDITIONS = {
    "since": "a.published_at >= $since",
    "until": "a.published_at <= $until",
    "source": "a.source = $source",
    "language": "a.language = $language",
    "query": "a.article_id IN (SELECT m.article_id FROM matching($query) AS m)",
    "watch": "a.article_id IN (SELECT c.article_id FROM coverage AS c"
    " WHERE c.watch = $watch AND c.tier <> 'off')",
    "tier": "a.article_id IN (SELECT c.article_id FROM coverage AS c"
    " WHERE c.watch = $watch AND c.tier = $tier)",
}


def tables() -> list[str]:
    """What can be taken along."""
    return [name for name in declared() if name in _ABOUT_ARTICLES or name in _OTHERS]


def rows(
    con: duckdb.DuckDBPyConnection, table: str, chosen: Chosen
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Columns and rows of a table, those of the chosen articles only where it tells of articles."""
    return answers.rows(con, _select(table, chosen), chosen.values())


def entities(
    con: duckdb.DuckDBPyConnection, part: str, chosen: Chosen
) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """What one kind of FollowTheMoney entities is made of: "names" or "articles"."""
    condition = " AND ".join(chosen.conditions()) or "true"
    sql = script(f"queries/export_{part}.sql").replace("/* chosen */ true", condition)
    return answers.rows(con, sql, chosen.values())


def parquet(con: duckdb.DuckDBPyConnection, table: str, chosen: Chosen, folder: Path) -> int:
    """Write a table into `folder`, a folder for each month of publication; how many rows.

    Tables that tell of no articles become one file.
    """
    con.execute(f"SET memory_limit = '{_MEMORY}'; SET threads = 2")
    con.execute(f"SET preserve_insertion_order = false; SET temp_directory = {quoted(f'{folder}')}")
    con.execute(f"SET partitioned_write_flush_threshold = {_FLUSH_ROWS}")
    con.execute(f"SET partitioned_write_max_open_files = {_OPEN_FILES}")
    form = "FORMAT parquet, COMPRESSION zstd"
    if table in _OTHERS:
        return _copied(con, _select(table, chosen), chosen, folder / f"{table}.parquet", form)
    form += ", PARTITION_BY (month)"
    if table == "articles":
        form += f", ROW_GROUP_SIZE {row_group(table)}"
    return _copied(con, _select(table, chosen, by_month=True), chosen, folder, form)


def _copied(
    con: duckdb.DuckDBPyConnection, select: str, chosen: Chosen, to: Path, form: str
) -> int:
    with guard.translated():
        found = con.execute(f"COPY ({select}) TO {quoted(str(to))} ({form})", chosen.values())
        ((n,),) = found.fetchall()
    return int(n)


def _select(table: str, chosen: Chosen, *, by_month: bool = False) -> str:
    of = "a" if table == "articles" else "t"
    columns = ", ".join(f'{of}."{name}"' for name in declared()[table] if name not in _OURS)
    if table in _OTHERS:
        return f"SELECT {columns} FROM {table} AS t"
    if by_month:
        columns += ", coalesce(strftime(a.published_at, '%Y-%m'), 'undated') AS month"
    there = "articles AS a"
    if table != "articles":
        there = f"{table} AS t JOIN {there} ON a.article_id = t.article_id"
    where = " AND ".join(chosen.conditions()) or "true"
    return f"SELECT {columns} FROM {there} WHERE {where}"
