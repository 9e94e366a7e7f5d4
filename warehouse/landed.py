"""What has landed so far, as landing needs to know it to decide about the next batch.

Reads the files that the manifest names; decides and writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse import manifest, migrate, quiet, relations
from warehouse.index.numbers import lacks_numbers
from warehouse.manifest import Manifest
from warehouse.relations import Columns, quoted

Row = dict[str, Any]


def as_text(value: Any, default: Callable[[Any], Any] | None = None) -> str:
    """`value` as JSON in one line; half a surrogate pair, as broken pages have, becomes "?"."""
    text = json.dumps(value, ensure_ascii=False, default=default, separators=(",", ":"))
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


@contextmanager
def open_tables(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view of the current rows of each relation; writes nothing anywhere."""
    current = manifest.read(data, schema=migrate.newest())
    declared = relations.declared()
    with quiet.connect() as con:
        root = quoted(str(data.resolve()))
        for name in declared:
            select = relations.select_current(current, name, declared, root)
            con.execute(f"CREATE TEMP VIEW {name} AS {select}")
        yield con


class LandedRows:
    """Look-ups in the warehouse as it was before the batch."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: Path,
        current: Manifest,
        declared: dict[str, Columns],
    ):
        self._con = con
        self._root = quoted(str(data.resolve()))
        self._manifest = current
        self._declared = declared

    def has(self, relation: str) -> bool:
        return bool(self._manifest.files.get(relation))

    def current(self, relation: str) -> str:
        """A SELECT of the current rows of `relation`."""
        return relations.select_current(self._manifest, relation, self._declared, self._root)

    def query(self, script: str, relation: str, wanted: Iterable[str]) -> list[Row]:
        """Rows of sql/landing/<script>, which reads {rows} of `relation` for the keys $wanted."""
        return self._asked(script, relation, f"({self.current(relation)})", wanted)

    def articles(self, script: str, wanted: Iterable[str]) -> list[Row]:
        """Rows of sql/landing/<script>, which reads {rows} of articles by the ids $wanted.

        By their numbers in the index: the articles of some ids stand anywhere among the texts,
        but a number is looked for in a few of them only.
        """
        ids = sorted(set(wanted))
        rows = self.current("articles")
        if not lacks_numbers(self._manifest):
            numbers = ", ".join(
                str(row["doc"]) for row in self.query("docs_of_ids.sql", "docs", ids)
            )
            if not numbers:
                return []
            rows = f"SELECT a.* FROM ({rows}) a WHERE a.doc IN ({numbers})"
        return self._asked(script, "articles", f"({rows})", ids)

    def _asked(self, script: str, relation: str, rows: str, wanted: Iterable[str]) -> list[Row]:
        keys = sorted(set(wanted))
        if not keys or not self.has(relation):
            return []
        sql = relations.script(f"landing/{script}").format(
            rows=rows, key=relations.KEYS.get(relation, "")
        )
        # As one string: DuckDB's Python tries to import pandas and others for each item of a list.
        return self._rows(sql, {"wanted": as_text(keys)})

    def batches_of(self, relation: str, keys: Iterable[str]) -> list[tuple[str, str]]:
        """(key, batch) of the current rows that bear one of `keys`."""
        script = "batches_of_keys.sql"
        found = (
            self.articles(script, keys)
            if relation == "articles"
            else self.query(script, relation, keys)
        )
        return [(row["key"], row["batch"]) for row in found]

    def since(self, script: str, after: int) -> list[Row]:
        """Rows of sql/landing/<script>, which joins all rows ever landed with their batches."""
        names = ("outcomes", "fetches", "batches")
        selects = {name: f"({self.current(name)})" for name in names}
        sql = relations.script(f"landing/{script}").format(**selects)
        return self._rows(sql, {"after": after})

    @property
    def next_entity(self) -> int:
        """The number that the next entity bears; none was ever given twice."""
        return self._manifest.next_entity

    def last_reading(self) -> int:
        """The highest number that a reading ever bore; 0: none did."""
        if not self.has("readings"):
            return 0
        every = relations.select_files(
            self._manifest, "readings", self._declared["readings"], self._root
        )
        sql = relations.script("landing/last_reading.sql").format(rows=f"({every})")
        return int(self._rows(sql)[0]["last"])

    def words_of(self, names: Iterable[str]) -> dict[str, str]:
        """Each of `names` as folded words: the form in which names are looked up."""
        distinct = sorted(set(names))
        if not distinct:
            return {}
        self._con.execute(relations.script("macros/10_words.sql"))
        sql = relations.script("landing/words_of.sql")
        return {row["name"]: row["words"] for row in self._rows(sql, {"names": as_text(distinct)})}

    def names_missed(
        self, texts: list[Row], new: list[Row], loose: list[Row], named: list[Row]
    ) -> list[Row]:
        """Known names that stand in `texts` unrecognised; see sql/landing/names_missed.sql."""
        self._con.execute(relations.script("macros/10_words.sql"))
        sql = relations.script("landing/names_missed.sql").format(
            names=f"({self.current('aliases')})"
        )
        given = {"texts": texts, "new": new, "loose": loose, "named": named}
        return self._rows(sql, {name: as_text(rows) for name, rows in given.items()})

    def all_rows(self, relation: str) -> list[Row]:
        return self._rows(self.current(relation)) if self.has(relation) else []

    def _rows(self, sql: str, params: dict[str, Any] | None = None) -> list[Row]:
        cursor = self._con.execute(sql, params) if params else self._con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
