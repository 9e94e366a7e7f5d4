"""Gives each version of an article its number, and writes what the index keeps of it.

What landed before there were numbers, of articles or of entities, gets them here, too.

Part of the commit that lands the articles. Writes files and names them in the manifest; commits
nothing itself.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb

from warehouse import manifest, pack, relations
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns, quoted, script

_AT_ONCE = 4_000  # articles whose words are sorted at once: some 400 MB of memory

Written = list[Path]
Row = dict[str, Any]


def number(before: Manifest, rows: list[Row]) -> Manifest:
    """Sets `doc` in rows of articles that are about to be written."""
    for doc, row in enumerate(rows, start=before.next_doc):
        row["doc"] = doc
    return dataclasses.replace(before, next_doc=before.next_doc + len(rows))


class Indexer:
    """Writes the index's share of one commit. `name` is part of the files' names."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: Path,
        declared: dict[str, Columns],
        name: str,
        written: Written,
    ):
        self._con, self._data, self._declared = con, data, declared
        self._name, self._written = name, written
        ready(con)

    def add(self, before: Manifest, file: TableFile) -> Manifest:
        """`before` with docs and recent of the articles in `file`, all of which have numbers."""
        articles = f"read_parquet({quoted(str(self._data / file.path))})"
        first, last = self._con.execute(f"SELECT min(doc), max(doc) FROM {articles}").fetchall()[0]
        after = self._write(before, "docs", self._name, articles=articles)
        for number_, start in enumerate(range(first, last + 1, _AT_ONCE)):
            after = self._write(
                after, "recent", f"{self._name}-{number_}" if number_ else self._name,
                articles=articles, first=start, stop=start + _AT_ONCE,
            )  # fmt: skip
        return after

    def up_to_date(self, before: Manifest) -> Manifest:
        """`before` with all that is_behind() misses."""
        return self._with_entities(self._addressed(self._renumbered(before)))

    def _with_entities(self, before: Manifest) -> Manifest:
        behind = _without_entities(before)
        if not behind:
            return before
        name = f"{self._name}-entities"
        pairs = self._select(before, "article_entities")
        after = self._write(before, "entity_numbers", name, pairs=pairs, first=before.next_entity)
        new = after.files["entity_numbers"][-1].rows
        after = dataclasses.replace(after, next_entity=after.next_entity + new)
        given = self._select(after, "entity_numbers")
        for i, file in enumerate(behind):
            only = dataclasses.replace(after, files={"readings": (file,)})
            rows = self._select(only, "readings")
            bounds = f"SELECT min(r.reading), max(r.reading) FROM ({rows}) r"
            first, last = self._con.execute(bounds).fetchall()[0]
            after = self._write(
                after, "readings", f"{name}-{i}", script_="readings_with_entities", rows=rows,
                pairs=pairs, numbers=given, first=first, last=last, instead_of=(file,),
                suffix=pack.suffix("readings", file.rows),
            )  # fmt: skip
        return after

    def _select(self, of: Manifest, relation: str) -> str:
        """A SELECT of all rows that the files of `of` have of the relation."""
        columns = self._declared[relation]
        return relations.select_files(of, relation, columns, quoted(str(self._data)))

    def _addressed(self, before: Manifest) -> Manifest:
        after = before
        articles = self._select(before, "articles")
        for i, file in enumerate(_without_urls(before)):
            only = dataclasses.replace(after, files={"docs": (file,)})
            rows = self._select(only, "docs")
            after = self._write(
                after, "docs", f"{self._name}-addressed-{i}", script_="docs_with_urls",
                rows=rows, articles=articles, instead_of=(file,),
            )  # fmt: skip
        return after

    def _renumbered(self, before: Manifest) -> Manifest:
        after = before
        for i, file in enumerate(_without(before, "articles", "doc")):
            only = dataclasses.replace(after, files={"articles": (file,)})
            rows = self._select(only, "articles")
            name = f"{self._name}-numbered-{i}"
            after = self._write(
                after, "articles", name, script_="numbered", rows=rows, first=after.next_doc,
                instead_of=(file,),
            )  # fmt: skip
            new = after.files["articles"][-1]
            after = dataclasses.replace(after, next_doc=after.next_doc + file.rows)
            after = Indexer(self._con, self._data, self._declared, name, self._written).add(
                after, new
            )
        return after

    def _write(
        self,
        before: Manifest,
        relation: str,
        name: str,
        *,
        script_: str = "",
        suffix: str = ".parquet",
        instead_of: tuple[TableFile, ...] = (),
        **parts: Any,
    ) -> Manifest:
        path = self._data / f"tables/{relation}/{name}{suffix}"
        self._written.append(path)
        select = script(f"index/{script_ or relation}.sql").format(**parts)
        rows = pack.pack(self._con, select, path, relation)
        return manifest.with_written(
            before, relation, self._data, path, rows=rows, columns=self._declared[relation],
            instead_of=instead_of,
        )  # fmt: skip


def is_behind(current: Manifest) -> bool:
    """Whether articles have landed that lack in the index what those of today have."""
    return lacks_numbers(current) or bool(_without_urls(current) or _without_entities(current))


def lacks_numbers(current: Manifest) -> bool:
    """Whether articles have landed that have no number yet."""
    return bool(_without(current, "articles", "doc"))


def _without_urls(current: Manifest) -> tuple[TableFile, ...]:
    return _without(current, "docs", "url")


def _without_entities(current: Manifest) -> tuple[TableFile, ...]:
    return _without(current, "readings", "entity_nos")


def _without(current: Manifest, relation: str, column: str) -> tuple[TableFile, ...]:
    layouts = current.layouts.get(relation, ())
    files = current.files.get(relation, ())
    return tuple(file for file in files if column not in layouts[file.layout])


def ready(con: duckdb.DuckDBPyConnection) -> None:
    """Lets `con` cut texts into words as queries are cut."""
    for name in _macros():
        con.execute(script(f"macros/{name}"))


@cache
def _macros() -> tuple[str, ...]:
    """The macros of words: those before the search language."""
    folder = resources.files("warehouse") / "sql" / "macros"
    return tuple(sorted(file.name for file in folder.iterdir() if file.name < "20_"))
