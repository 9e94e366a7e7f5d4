"""Takes articles out of every table file and out of the index, for good, in one commit.

Only files that hold some of the rows are written anew, beside the old ones; replacing the
manifest is the commit; then everything that an older generation needed is removed at once, since
it may hold what is to go. Done twice it does the same as once, so an interrupted erasure is
simply done again. What lies beside the tables (run folders, state) is not known here.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import collect, commit, disk, manifest, migrate, publish, relations, tombstones
from warehouse.landed import LandedRows, as_text
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns, quoted, script
from warehouse.tombstones import Kind

LEDGER = frozenset({"outcomes", "fetches", "run_counts", "runs", "batches", "feeds"})
# Its files hold no rows of their own: the index takes an article out of them all at once.
INDEX = frozenset({"docs", "dead_docs", "recent", "postings", "lexicon"})
_MEMORY = "1GB"
ERASED = "(erased)"  # what run_counts says instead of a source, so that the sums stay right


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done."""

    rows: dict[str, int] = field(default_factory=dict)  # taken out, by relation
    files: int = 0  # removed from the disk
    generation: int = 0


# --- what goes -------------------------------------------------------------------------------


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
    names = {" ".join(tombstones.words(entity))} if not found else set()
    for _, name, spellings in found:
        full = " ".join(tombstones.words(name))
        names.add(full)
        told = (" ".join(tombstones.words(it)) for it in spellings or ())
        names |= {it for it in told if len(it.split()) > 1}
    return dataclasses.replace(
        gone,
        entities=tuple(sorted(row[0] for row in found)),
        names=tuple(sorted(name for name in names if name)),
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
        for name in ("articles", "addresses", "entities", "names"):
            _table(self._con, f"gone_{name}", getattr(gone, name))

    def rows(self, asked: str, /, **values: Any) -> list[tuple[Any, ...]]:
        sql = script(f"erase/{asked}").format(**self._views)
        return self._con.execute(sql, values or None).fetchall()

    def column(self, asked: str, /, **values: Any) -> set[Any]:
        return {row[0] for row in self.rows(asked, **values)}


@contextmanager
def _tables(data: Path) -> Iterator[_Asking]:
    current = manifest.read(data, schema=migrate.newest())
    with _connected() as con:
        yield _Asking(con, data, current)


@contextmanager
def _connected() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1, "memory_limit": _MEMORY}) as con:
        yield con


def _table(con: duckdb.DuckDBPyConnection, name: str, values: Iterable[Any]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} (value VARCHAR)")
    # As one string: DuckDB's Python tries to import pandas and others for each item of a list.
    sql = f"INSERT INTO {name} SELECT unnest(from_json($told, '[\"VARCHAR\"]'))"
    con.execute(sql, {"told": as_text([str(value) for value in values])})


# --- taking it out ---------------------------------------------------------------------------


def erase(
    data: Path,
    gone: Gone,
    *,
    now: datetime,
    ledger: bool = True,
    refuse: bool = True,
    at_once: bool = True,
    on_step: publish.OnStep = lambda _: None,
) -> Erased:
    """Takes `gone` out in one commit. Raises NewerWarehouse, DiskFull, as landing does.

    `ledger`: also what became of addresses, run by run; `refuse`: it must not come back;
    `at_once`: readers of older generations fail from now on, else those keep it for some days.
    """
    with disk.lock(data), disk.room_for(data):
        before = manifest.read(data, schema=migrate.newest())
        if not before.generation:
            return Erased()
        with _connected() as con:
            work = _Work(con, data, before, now)
            after, counts = work.rewritten(gone, ledger=ledger, refuse=refuse)
            if after != before:
                work.commit(after, on_step)
            if not publish.is_published(data, after):
                publish.build(con, data, after, relations.declared(), on_step=on_step)
        files = _sweep(data, after) if at_once else 0
        on_step("swept")
    return Erased(rows=dict(counts), files=files, generation=after.generation)


class _Work:
    """Writes the files of one erasure, and takes them back if it must."""

    def __init__(self, con: duckdb.DuckDBPyConnection, data: Path, before: Manifest, now: datetime):
        self._con, self._data, self._before, self._now = con, data, before, now
        self._declared = relations.declared()
        self.written: list[Path] = []

    def rewritten(self, gone: Gone, *, ledger: bool, refuse: bool) -> tuple[Manifest, Counter[str]]:
        for name in ("articles", "addresses", "sources", "spellings", "readings"):
            _table(self._con, f"gone_{name}", getattr(gone, name))
        for name in ("addresses", "sources"):
            told = f"(SELECT coalesce(list(g.value), []) FROM gone_{name} g)"
            self._con.execute(f"SET VARIABLE gone_{name} = {told}")
        _table(self._con, "gone_names_of_entities", (*gone.entities, *gone.orphans))
        counts: Counter[str] = Counter()
        try:
            after = self._without_rows(self._before, counts, ledger=ledger)
            after = self._without_words(after, gone)
            if refuse:
                after = self._with_tombstones(after, gone)
            return self._as_generation(after), counts
        except BaseException:
            self.withdraw()
            raise

    def withdraw(self) -> None:
        for path in self.written:
            path.unlink(missing_ok=True)

    def commit(self, after: Manifest, on_step: publish.OnStep) -> None:
        on_step("before commit")
        collect.remember(self._data, manifest.named_files(self._before), after, self._now)
        manifest.write(self._data, after)
        on_step("after commit")

    def _without_rows(self, current: Manifest, counts: Counter[str], *, ledger: bool) -> Manifest:
        for relation, columns in self._declared.items():
            if relation in INDEX or (relation in LEDGER and not ledger):
                continue
            rule = _rule(relation, columns)
            for file in current.files.get(relation, ()) if rule.gone else ():
                lost, others = self._hits(current, relation, file, rule)
                if lost or others:
                    counts[relation] += lost
                    current = self._without(current, relation, file, rule)
        return current

    def _hits(
        self, current: Manifest, relation: str, file: TableFile, rule: _Rule
    ) -> tuple[int, int]:
        """How many rows of a file go, and how many are written in another form."""
        sql = script("erase/hits.sql").format(
            rows=self._rows(current, relation, file), gone=rule.gone, changed=rule.changed
        )
        ((lost, others),) = self._con.execute(sql).fetchall()
        return int(lost), int(others)

    def _rows(self, current: Manifest, relation: str, file: TableFile) -> str:
        only = dataclasses.replace(current, files={relation: (file,)})
        root = quoted(str(self._data))
        return relations.select_files(only, relation, self._declared[relation], root)

    def _without(self, current: Manifest, relation: str, file: TableFile, rule: _Rule) -> Manifest:
        """`current` with the file written anew; without it where nothing is left."""
        name = Path(file.path).name.partition("-")[2]
        path = self._data / f"tables/{relation}/{self._generation():08d}-{name}"
        self.written.append(path)
        self._con.execute(
            script("erase/rewrite.sql").format(
                columns=", ".join(rule.columns),
                rows=self._rows(current, relation, file),
                gone=rule.gone,
                to=quoted(str(path)),
                row_group=relations.row_group(relation),
            )
        )
        ((left,),) = self._con.execute(
            script("integrity/parquet.sql"), {"path": str(path)}
        ).fetchall()
        kept = tuple(f for f in current.files[relation] if f != file)
        rest = dataclasses.replace(current, files=current.files | {relation: kept})
        if not left:
            path.unlink()
            return rest
        disk.fsync(path)
        disk.fsync(path.parent)
        columns = tuple(self._declared[relation])
        after = manifest.with_layout(rest, relation, columns)
        written = dataclasses.replace(
            file,
            path=str(path.relative_to(self._data)),
            rows=left,
            bytes=path.stat().st_size,
            digest=disk.digest(path),
            layout=after.layouts[relation].index(columns),
        )
        return manifest.with_file(after, relation, written)

    def _generation(self) -> int:
        return self._before.generation + 1

    def _without_words(self, current: Manifest, gone: Gone) -> Manifest:
        """The index without these articles."""
        if not gone.docs or not any(current.files.get(name) for name in INDEX):
            return current
        from warehouse.index.forget import forget  # noqa: PLC0415

        return forget(self._con, self._data, current, set(gone.docs), written=self.written)

    def _with_tombstones(self, current: Manifest, gone: Gone) -> Manifest:
        """`current` with the rows that keep it from coming back."""
        landed = LandedRows(self._con, self._data, current, self._declared)
        rows = tombstones.rows(gone.told(), tombstones.of(landed), self._now)
        batch = f"erased-{self._now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
        writer = commit.Writer(self._con, self._data, self._declared, batch, self._generation())
        writer.written = self.written
        return writer.add(current, "tombstones", rows)

    def _as_generation(self, after: Manifest) -> Manifest:
        if after == self._before:
            return publish.renewed(self._data, after)
        superseded = self._superseded(after)
        renewed = publish.renewed(self._data, after)
        return dataclasses.replace(renewed, generation=self._generation(), superseded=superseded)

    def _superseded(self, after: Manifest) -> dict[str, int]:
        rows = relations.select_files(
            after, "superseded", self._declared["superseded"], quoted(str(self._data))
        )
        sql = script("erase/superseded.sql").format(superseded=f"({rows})")
        return {str(name): int(n) for name, n in self._con.execute(sql).fetchall()}


# --- which rows, and what becomes of the others --------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """SQL about the rows `r` of a relation."""

    gone: str  # they go; empty: never
    changed: str  # they stay, in another form
    columns: tuple[str, ...]


_IS_GONE = {
    **dict.fromkeys(tombstones.ARTICLES, "articles"),
    **dict.fromkeys(tombstones.ADDRESSES, "addresses"),
    "source": "sources",
    "entity_id": "names_of_entities",
    "reading": "readings",
}


def _rule(relation: str, columns: Columns) -> _Rule:
    """By the names of its columns, so that a relation that is added later is erased from too."""
    if relation == "run_counts":
        told = f"CASE WHEN {_among('source')} THEN '{ERASED}' ELSE r.source END AS source"
        return _written_as(columns, {"source": told}, {"source": _among("source")})
    if relation == "tombstones":
        return _Rule(gone="", changed="false", columns=())
    others, when = {}, {}
    if "sources" in columns:
        left = "list_filter(r.sources, s -> NOT list_contains(getvariable('gone_sources'), s))"
        others["sources"] = f"{left} AS sources"
        when["sources"] = "list_has_any(r.sources, getvariable('gone_sources'))"
    if "links" in columns:
        named = "list_contains(getvariable('gone_addresses'), l.url)"
        others["links"] = f"list_filter(r.links, l -> NOT {named}) AS links"
        when["links"] = f"len(list_filter(r.links, l -> {named})) > 0"
    conditions = [_among(name) for name in columns if name in _IS_GONE]
    if relation == "superseded":
        conditions = [_SUPERSEDED]
    if relation == "aliases":
        conditions.append(f"r.entity_id || '/' || r.alias IN {_SELECT.format('spellings')}")
    return _written_as(columns, others, when, " OR ".join(conditions) or "false")


_SELECT = "(SELECT g.value FROM gone_{} g)"
_SUPERSEDED = " OR ".join(
    f"{key} IN {_SELECT.format(which)}"
    for key, which in (
        ("r.key", "articles"),
        ("split_part(r.key, '/', 2)", "articles"),
        ("r.key", "names_of_entities"),
        ("r.key", "sources"),
    )
)


def _among(column: str) -> str:
    return f"r.{column}::VARCHAR IN {_SELECT.format(_IS_GONE[column])}"


def _written_as(
    columns: Columns, others: dict[str, str], when: dict[str, str], gone: str = "false"
) -> _Rule:
    return _Rule(
        gone=gone,
        changed=" OR ".join(when.values()) or "false",
        columns=tuple(others.get(name, f'r."{name}"') for name in columns),
    )


# --- what is left on the disk ----------------------------------------------------------------


def _sweep(data: Path, current: Manifest) -> int:
    """Removes every file that this generation does not need; readers of older ones fail."""
    named = manifest.named_files(current)
    keep = publish.published_file(data, current.generation)
    unnamed = [
        path
        for path in (data / "tables").glob("*/*")
        if path.is_file() and str(path.relative_to(data)) not in named
    ]
    older = [path for path in (data / "pub").glob("news-*") if path != keep]
    half = list((data / "pub").glob("*.new*"))
    for path in (*unnamed, *older, *half, *(data / "replaced").glob("*.json")):
        path.unlink(missing_ok=True)
    return len(unnamed) + len(older)
