"""Lands one batch of rows in one commit: write Parquet, replace the manifest, publish.

Knows files and relations, nothing of articles. A batch whose name has landed is never landed
again; a process killed at any point leaves either the whole batch or nothing of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb

from warehouse import (
    collect,
    compact,
    disk,
    manifest,
    migrate,
    pack,
    publish,
    quiet,
    relations,
    tombstones,
)
from warehouse.index import numbers
from warehouse.landed import LandedRows, as_text
from warehouse.manifest import Manifest
from warehouse.records import to_json
from warehouse.relations import Columns

Row = dict[str, Any]
Rows = dict[str, list[Row]]

# Large relations that know an article only where `understood` does: what was never read needs not
# be looked for among millions of names.
_OF_A_READING = frozenset({"mentions", "keywords", "quotes", "readings"})
_LINE_LIMIT = 256 * 1024 * 1024  # bytes of one row as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to land: rows by relation, and the keys whose earlier rows they supersede."""

    rows: Rows
    supersede: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What became of a batch. `rows` is None where it had landed before."""

    generation: int
    rows: Rows | None


Make = Callable[[LandedRows], Batch]


def commit(
    data: Path,
    batch: str,
    make: Make,
    *,
    now: datetime,
    keep_days: float,
    on_step: publish.OnStep = lambda _: None,
    tried: bool = False,
) -> Committed:
    """Lands what `make` returns, under the lock, unless `batch` has landed.

    `make` is given what has landed so far, to decide by. Small files are merged only after the
    batch can be read, in a generation of its own. Raises NewerWarehouse and DiskFull; after
    either the warehouse is as it was, or the batch is there and only publishing or merging is
    left to the next landing. A migration is `tried` on a copy before.
    """
    with disk.lock(data), disk.room_for(data):
        before = manifest.read(data, schema=migrate.newest())
        again = manifest.has_landed(data, before, batch)
        if before.generation and migrate.missing(before) and not (again or tried):
            from warehouse import trial  # noqa: PLC0415 - seldom, and it imports much

            trial.run(data, before, commit, now=now)
        with quiet.connect(config={"threads": 1}) as con:
            declared = relations.declared()
            rows: Rows | None = None
            after = publish.renewed(data, before)
            if not again:
                after, rows = _write(
                    con, data, before, declared, batch=batch, make=make, now=now, on_step=on_step
                )
            if after != before:
                replace(data, after, on_step)
            if not publish.is_published(data, after):
                publish.build(con, data, after, declared, on_step=on_step)
            merged = _merge(con, data, after, declared, now=now, on_step=on_step)
        collect.collect(data, merged, now=now, keep_days=keep_days)
    return Committed(generation=after.generation, rows=rows)


def replace(data: Path, after: Manifest, on_step: publish.OnStep) -> None:
    """The commit: from now on `after` is what there is. Needs the lock."""
    on_step("before commit")
    manifest.write(data, after)
    on_step("after commit")


def _merge(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    declared: dict[str, Columns],
    *,
    now: datetime,
    on_step: publish.OnStep,
) -> Manifest:
    """Merges small files where there are too many, and publishes it; what there is then."""
    written: list[Path] = []
    ahead = dataclasses.replace(before, generation=before.generation + 1)
    try:
        after = compact.compact(con, data, ahead, declared, written=written)
        if after == ahead:
            return before
        on_step("merged")
        collect.remember(data, manifest.named_files(before), after, now)
    except BaseException:
        disk.remove(written)
        raise
    replace(data, after, on_step)
    publish.build(con, data, after, declared, on_step=on_step)
    return after


def _write(
    con: duckdb.DuckDBPyConnection,
    data: Path,
    before: Manifest,
    declared: dict[str, Columns],
    *,
    batch: str,
    make: Make,
    now: datetime,
    on_step: publish.OnStep,
) -> tuple[Manifest, Rows]:
    """The manifest with the batch in it, its files written; none of them stay if it fails."""
    generation = before.generation + 1
    writer = Writer(con, data, declared, batch, generation)
    name = file_name(generation, batch).removesuffix(".parquet")
    after = dataclasses.replace(
        publish.renewed(data, before), generation=generation, schema=migrate.newest()
    )
    try:
        if numbers.is_behind(before):
            after = numbers.Indexer(con, data, declared, name, writer.written).up_to_date(after)
        landed = LandedRows(con, data, after, declared)
        given = make(landed)
        made = dataclasses.replace(given, rows=tombstones.spared(tombstones.of(landed), given.rows))
        superseded = _superseded(landed, made.supersede, batch)
        after = numbers.number(after, made.rows.get("articles", []))
        after = dataclasses.replace(
            after,
            superseded=_counted(before.superseded, superseded),
            next_entity=after.next_entity + len(given.rows.get("entity_numbers", [])),
        )
        landing = {
            "generation": generation,
            "landed_at": now,
            "n_rows": sum(len(rows) for rows in made.rows.values()),
        }
        own = {
            "batches": [landing],
            "schema_migrations": migrate.records(migrate.missing(before), now),
            "superseded": superseded,
        }
        for relation, rows in (_merged_snapshots(landed, made.rows) | own).items():
            after = writer.add(after, relation, rows)
        if made.rows.get("articles"):
            indexer = numbers.Indexer(con, data, declared, name, writer.written)
            after = indexer.add(after, after.files["articles"][-1])
        after = manifest.with_batch(data, after, batch)
        on_step("written")
        collect.remember(data, manifest.named_files(before), after, now)
    except BaseException:
        disk.remove(writer.written)
        raise
    return after, made.rows


def _superseded(landed: LandedRows, supersede: dict[str, list[str]], batch: str) -> list[Row]:
    found = {
        relation: landed.batches_of(relation, keys)
        for relation, keys in supersede.items()
        if "understood" not in supersede or relation not in _OF_A_READING
    }
    read = {key for key, _ in found.get("understood", ())}
    for relation in supersede.keys() - found.keys():
        found[relation] = landed.batches_of(relation, read.intersection(supersede[relation]))
    return [
        {"relation": relation, "key": key, "batch": earlier, "by_batch": batch}
        for relation, those in found.items()
        for key, earlier in those
    ]


def _counted(counts: dict[str, int], superseded: list[Row]) -> dict[str, int]:
    more = dict(counts)
    for row in superseded:
        more[row["relation"]] = more.get(row["relation"], 0) + 1
    return more


def _merged_snapshots(landed: LandedRows, rows: Rows) -> Rows:
    """Snapshot relations with the rows of before that the batch does not replace."""
    merged = dict(rows)
    for relation in relations.SNAPSHOTS & rows.keys():
        key = relations.KEYS[relation]
        new = {row[key] for row in rows[relation]}
        merged[relation] = [r for r in landed.all_rows(relation) if r[key] not in new]
        merged[relation] += rows[relation]
    return merged


class Writer:
    """Writes the rows of one batch as Parquet files."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: Path,
        declared: dict[str, Columns],
        batch: str,
        generation: int,
    ):
        self._con = con
        self._data = data
        self._declared = declared
        self._batch = batch
        self._generation = generation
        self.written: list[Path] = []

    def add(self, before: Manifest, relation: str, rows: Sequence[Row]) -> Manifest:
        if not rows:
            return before
        path = self._data / f"tables/{relation}/{file_name(self._generation, self._batch)}"
        self._copy(path, relation, rows)
        return manifest.with_written(
            before, relation, self._data, path, rows=len(rows), columns=self._declared[relation],
            instead_of=before.files.get(relation, ()) if relation in relations.SNAPSHOTS else (),
        )  # fmt: skip

    def _copy(self, path: Path, relation: str, rows: Sequence[Row]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        spool = path.with_suffix(".jsonl")
        self.written += [spool, path]
        columns = self._declared[relation]
        with spool.open("w", encoding="utf-8") as file:
            for row in rows:
                stamped = row if relation in relations.SNAPSHOTS else self._stamped(row)
                file.write(as_text(stamped, _plain) + "\n")
        unknown = set().union(*(row.keys() for row in rows)) - columns.keys()
        if unknown:
            raise ValueError(f"{relation} has no column {', '.join(sorted(unknown))}")
        pack.pack(self._con, _spooled_sql(spool, columns), path, relation)
        spool.unlink()

    def _stamped(self, row: Row) -> Row:
        return {"batch": self._batch} | row


def file_name(generation: int, batch: str) -> str:
    """Name of a table file: unique by its generation, and telling its batch to people."""
    told = "".join(c if c.isalnum() or c in "-." else "-" for c in batch)[:60]
    return f"{generation:08d}-{told}.parquet"


def _spooled_sql(spool: Path, columns: Columns) -> str:
    """A SELECT of the rows in a spool file."""
    types = ", ".join(f'"{name}": {relations.quoted(type_)}' for name, type_ in columns.items())
    chosen = ", ".join(
        f'coalesce("{name}", []) AS "{name}"' if type_.endswith("[]") else f'"{name}"'
        for name, type_ in columns.items()
    )
    return relations.script("landing/spooled_rows.sql").format(
        chosen=chosen, spool=relations.quoted(str(spool)), types=types, limit=_LINE_LIMIT
    )


def _plain(value: Any) -> Any:
    """What json cannot write by itself: times (UTC), records, names of closed lists."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
    if isinstance(value, Enum):
        return value.value
    return to_json(value)
