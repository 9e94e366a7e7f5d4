"""Takes articles out of every table file and out of the index, for good, in one commit.

Only files that hold some of the rows are written anew, beside the old ones; replacing the
manifest is the commit; then everything that an older generation needed is removed at once, since
it may hold what is to go. Done twice it does the same as once, so an interrupted erasure is
simply done again. What lies beside the tables (run folders, state) is not known here.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import (
    collect,
    commit,
    disk,
    manifest,
    migrate,
    pack,
    publish,
    relations,
    tombstones,
)
from warehouse.gone import Gone, connected, table
from warehouse.landed import LandedRows
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import quoted, script
from warehouse.rules import Rule
from warehouse.rules import rule as rule_of

LEDGER = frozenset({"outcomes", "fetches", "run_counts", "runs", "batches", "feeds"})
# The index takes an article out of all of these at once.
INDEX = frozenset({"docs", "recent", "postings"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done."""

    rows: dict[str, int] = field(default_factory=dict)  # taken out, by relation
    files: int = 0  # removed from the disk
    generation: int = 0


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
        with connected() as con:
            work = _Work(con, data, before, now, on_step)
            after, counts = work.rewritten(gone, ledger=ledger, refuse=refuse)
            if after != before:
                work.commit(after)
            if not publish.is_published(data, after):
                publish.build(con, data, after, relations.declared(), on_step=on_step)
        files = _sweep(data, after) if at_once else 0
        on_step("swept")
    return Erased(rows=dict(counts), files=files, generation=after.generation)


class _Work:
    """Writes the files of one erasure, and takes them back if it must."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: Path,
        before: Manifest,
        now: datetime,
        on_step: publish.OnStep,
    ):
        self._con, self._data, self._before, self._now = con, data, before, now
        self._on_step = on_step
        self._declared = relations.declared()
        self.written: list[Path] = []

    def rewritten(self, gone: Gone, *, ledger: bool, refuse: bool) -> tuple[Manifest, Counter[str]]:
        for name in ("articles", "addresses", "sources", "spellings", "readings"):
            table(self._con, f"gone_{name}", getattr(gone, name))
        for name in ("addresses", "sources"):
            told = f"(SELECT coalesce(list(g.value), []) FROM gone_{name} g)"
            self._con.execute(f"SET VARIABLE gone_{name} = {told}")
        table(self._con, "gone_names_of_entities", (*gone.entities, *gone.orphans))
        counts: Counter[str] = Counter()
        try:
            after = self._without_rows(self._before, counts, ledger=ledger)
            after = self._without_words(after, gone)
            if refuse:
                after = self._with_tombstones(after, gone)
            return self._as_generation(after), counts
        except BaseException:
            disk.remove(self.written)
            raise

    def commit(self, after: Manifest) -> None:
        collect.remember(self._data, manifest.named_files(self._before), after, self._now)
        commit.replace(self._data, after, self._on_step)

    def _without_rows(self, current: Manifest, counts: Counter[str], *, ledger: bool) -> Manifest:
        for relation, columns in self._declared.items():
            if relation in INDEX or (relation in LEDGER and not ledger):
                continue
            rule = rule_of(relation, columns)
            for file in current.files.get(relation, ()) if rule.gone else ():
                lost, others = self._hits(current, relation, file, rule)
                if lost or others:
                    counts[relation] += lost
                    current = self._without(current, relation, file, rule)
        return current

    def _hits(
        self, current: Manifest, relation: str, file: TableFile, rule: Rule
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

    def _without(self, current: Manifest, relation: str, file: TableFile, rule: Rule) -> Manifest:
        """`current` with the file written anew; without it where nothing is left."""
        self._on_step(f"writing {file.path} anew")
        name = Path(file.path).name.partition("-")[2]
        path = self._data / f"tables/{relation}/{self._generation():08d}-{name}"
        self.written.append(path)
        others = script("erase/others.sql").format(
            columns=", ".join(rule.columns),
            rows=self._rows(current, relation, file),
            gone=rule.gone,
        )
        left = pack.pack(self._con, others, path, relation)
        if not left:
            path.unlink()
            return manifest.without_file(current, relation, file)
        return manifest.with_written(
            current, relation, self._data, path, rows=left, columns=self._declared[relation],
            level=file.level, instead_of=(file,),
        )  # fmt: skip

    def _generation(self) -> int:
        return self._before.generation + 1

    def _without_words(self, current: Manifest, gone: Gone) -> Manifest:
        """The index without these articles."""
        if not gone.docs or not any(current.files.get(name) for name in INDEX):
            return current
        from warehouse.index.forget import forget  # noqa: PLC0415

        return forget(
            self._con, self._data, current, set(gone.docs),
            written=self.written, on_step=self._on_step,
        )  # fmt: skip

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
