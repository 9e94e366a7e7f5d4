"""Works out all that goes with an address, a source, somebody or some articles. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse import manifest, migrate, quiet, relations, tombstones
from warehouse.landed import as_text
from warehouse.manifest import Manifest
from warehouse.relations import quoted, script
from warehouse.tombstones import Kind

_MEMORY = "1GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What an erasure takes out, worked out from what was asked."""

    articles: tuple[str, ...] = ()  # ids
    addresses: tuple[str, ...] = ()  # as found, and as keys
    sources: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()  # ids that are refused from now on
    orphans: tuple[str, ...] = ()  # ids of entities that nothing else names
    spellings: tuple[str, ...] = ()  # entity_id/alias that nothing else has
    names: tuple[str, ...] = ()  # folded words
    spelled: tuple[str, ...] = ()  # the same names as they are written
    readings: tuple[int, ...] = ()
    docs: tuple[int, ...] = ()

    def told(self) -> Iterator[tuple[Kind, str]]:
        """What the tombstones are for."""
        for kind, values in (
            (Kind.ADDRESS, self.addresses),
            (Kind.ARTICLE, self.articles),
            (Kind.SOURCE, self.sources),
            (Kind.ENTITY, self.entities),
            (Kind.NAME, self.names),
        ):
            yield from ((kind, value) for value in values)


def resolve(
    data: Path,
    *,
    addresses: Iterable[str] = (),
    source: str | None = None,
    entity: str | None = None,
    articles: Iterable[str] = (),
) -> Gone:
    """All that goes with an address, a source, an entity or some articles."""
    with _tables(data) as ask:
        gone = Gone(
            addresses=tuple(sorted({it for it in addresses if it})),
            sources=(source,) if source else (),
            articles=tuple(sorted(set(articles))),
        )
        if entity:
            gone = _called(ask, entity, gone)
        ask.tell(gone)
        found = set(gone.articles)
        if gone.addresses:
            found |= ask.column("of_addresses.sql")
        if source:
            found |= ask.column("of_source.sql", source=source)
        if gone.entities or gone.names:
            found |= ask.column("of_entities.sql")
        gone = dataclasses.replace(gone, articles=tuple(sorted(found)))
        ask.tell(gone)
        more = set() if source else ask.column("addresses.sql")
        return dataclasses.replace(
            gone,
            addresses=tuple(sorted({*gone.addresses, *more})),
            orphans=tuple(sorted(ask.column("orphans.sql"))),
            spellings=tuple(sorted(ask.column("spellings.sql"))),
            readings=tuple(sorted(ask.column("readings.sql"))),
            docs=tuple(sorted(ask.column("docs.sql"))),
        )


def knows_source(data: Path, source: str) -> bool:
    """Whether anything has ever come from `source`, or it is one."""
    with _tables(data) as ask:
        return bool(ask.rows("knows_source.sql", source=source))


def only_articles(gone: Gone) -> Gone:
    """`gone` without addresses: what else tells of them stays."""
    return dataclasses.replace(gone, addresses=())


def resolved_again(data: Path, gone: Gone) -> Gone:
    """`gone` with what has landed of it since it was worked out."""
    now = resolve(
        data,
        addresses=gone.addresses,
        articles=gone.articles,
        source=gone.sources[0] if gone.sources else None,
    )
    fields = {
        f.name: (getattr(gone, f.name), getattr(now, f.name)) for f in dataclasses.fields(Gone)
    }
    return Gone(**{name: tuple(sorted({*a, *b})) for name, (a, b) in fields.items()})


def _called(ask: _Asking, entity: str, gone: Gone) -> Gone:
    """The entities of this name; their full names are refused, a lone surname is nobody's own."""
    found = ask.rows("entities_called.sql", name=entity)
    spelled = {entity} if not found else set()
    for _, name, spellings in found:
        spelled |= {name, *(it for it in spellings or () if len(tombstones.words(it)) > 1)}
    names = {" ".join(tombstones.words(it)) for it in spelled}
    return dataclasses.replace(
        gone,
        entities=tuple(sorted(row[0] for row in found)),
        names=tuple(sorted(name for name in names if name)),
        spelled=tuple(sorted(spelled)),
    )


class _Asking:
    """Asks the files of one generation, superseded rows included."""

    def __init__(self, con: duckdb.DuckDBPyConnection, data: Path, current: Manifest):
        self._con = con
        root, declared = quoted(str(data.resolve())), relations.declared()
        self._views = {
            name: f"({relations.select_files(current, name, columns, root)})"
            for name, columns in declared.items()
        }

    def tell(self, gone: Gone) -> None:
        """Temporary tables of what goes, which the scripts read."""
        for name in ("articles", "addresses", "entities", "names", "spelled"):
            table(self._con, f"gone_{name}", getattr(gone, name))

    def rows(self, asked: str, /, **values: Any) -> list[tuple[Any, ...]]:
        sql = script(f"erase/{asked}").format(**self._views)
        return self._con.execute(sql, values or None).fetchall()

    def column(self, asked: str, /, **values: Any) -> set[Any]:
        return {row[0] for row in self.rows(asked, **values)}


@contextmanager
def _tables(data: Path) -> Iterator[_Asking]:
    current = manifest.read(data, schema=migrate.newest())
    with connected() as con:
        yield _Asking(con, data, current)


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    with quiet.connect(config={"threads": 1, "memory_limit": _MEMORY}) as con:
        yield con


def table(con: duckdb.DuckDBPyConnection, name: str, values: Iterable[Any]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (value VARCHAR)")
    # As one string: DuckDB's Python tries to import pandas and others for each item of a list.
    sql = f"INSERT INTO {name} SELECT unnest(from_json($told, '[\"VARCHAR\"]'))"
    con.execute(sql, {"told": as_text([str(value) for value in values])})
