"""The questions the command line asks of the warehouse, each by its SQL file's name.

The SQL itself lives in warehouse/sql/queries; this module binds values and gives rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from warehouse.errors import BadQuery, BadSql, Unknown, WarehouseError

Row = dict[str, Any]


def text_of(name: str) -> str:
    """The SQL of `warehouse/sql/queries/<name>.sql`."""
    return (resources.files("warehouse") / "sql" / "queries" / f"{name}.sql").read_text("utf-8")


_BAD_QUERY = re.compile(r"slugline: bad query at (\d+): (.+)")  # as the search macro says it


def _bad_query(message: str, values: dict[str, Any]) -> BadQuery | None:
    """The error that points at the place, where the search macro complained of a query."""
    found = _BAD_QUERY.search(message)
    query = values["query"] if "query" in values else values.get("about")
    if not found or not isinstance(query, str):
        return None
    return BadQuery(found[2], query=query, position=int(found[1]))


def _bad_files(wrong: BadSql) -> WarehouseError | None:
    """The error of a question of ours that found no file to read: the person asked rightly."""
    if not wrong.what.startswith("IO Error: "):
        return None
    what = f"the tables cannot be read: {wrong.what.removeprefix('IO Error: ')}"
    return WarehouseError(what, try_="restore them from a backup")


_NAMED = 12  # of what there is, where nothing has a similar name


class Desk:
    """An open reader of one generation of the warehouse."""

    def __init__(self, con: Any) -> None:
        self._con = con

    def ask(self, question: str, /, **values: Any) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Columns and rows of a question."""
        from warehouse import answers  # noqa: PLC0415  DuckDB takes 0.1 s to import

        try:
            return answers.rows(self._con, text_of(question), values)
        except BadSql as wrong:
            raise _bad_query(str(wrong), values) or _bad_files(wrong) or wrong from wrong

    def rows(self, question: str, /, **values: Any) -> list[Row]:
        """The rows as dictionaries, all at once."""
        columns, rows = self.ask(question, **values)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def known_watch(self, watch: str) -> str:
        """`watch` if the warehouse has heard of it; raises Unknown with the nearest name."""
        return self._known("watch", watch)

    def known_source(self, source: str) -> str:
        """`source` if it is one, or an article has come from it; raises Unknown like the other."""
        return self._known("source", source)

    def _known(self, kind: str, name: str) -> str:
        there = [row[kind] for row in self.rows(f"{kind}_names")]
        if name in there:
            return name
        from flows.tomlfile import nearest  # noqa: PLC0415

        near = nearest(name, there)
        more = ", …" if len(there) > _NAMED else ""
        names = ", ".join(there[:_NAMED]) + more
        advice = f"did you mean {near!r}?" if near else f"there are: {names or 'none'}"
        raise Unknown(f"no {kind} {name!r} in the warehouse", try_=advice)

    def known_entity(self, name: str) -> None:
        """Raises Unknown with the nearest name where nobody and nothing is called `name`."""
        found = self.rows("nearest_entity", name=name)
        if found and not found[0]["known"]:
            near = found[0]["entity"]
            raise Unknown(
                f"nobody and nothing called {name!r} has been named so far",
                try_=f"did you mean {near!r}?" if near else "try: slugline search",
            )

    def article_id(self, url_or_id: str) -> str:
        """Of the article at this address, or with this id; raises Unknown."""
        from crawlers.urls import key  # noqa: PLC0415

        there = self.rows("article_id", wanted=url_or_id, key=key(url_or_id))
        if not there:
            advice = "slugline fate says what became of an address"
            raise Unknown(f"no article {url_or_id!r}", try_=advice)
        return str(there[0]["article_id"])


@contextmanager
def desk(data: Path) -> Iterator[Desk]:
    """Open the newest generation for reading; an empty one where nothing has landed."""
    from warehouse import answers  # noqa: PLC0415

    con = answers.open_reader(data)
    try:
        yield Desk(con)
    finally:
        con.close()
