"""state.sqlite: what the next crawl must know of every address, feed and source.

Holds nothing that has not landed: it is a replay of outcomes and fetches, so it can be deleted at
any time and comes back. Decides nothing (see visits.py).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from warehouse import disk, manifest, migrate, quiet, relations, tombstones, visits
from warehouse.errors import BrokenRun
from warehouse.landed import LandedRows
from warehouse.records import Outcome, Purpose, Source, isoformat
from warehouse.visits import Answer, LandedFate, UrlState

Row = dict[str, Any]

_REMEMBERED = timedelta(days=60)  # fates of addresses that we do not hold, or of other sources
_HOPS = 10  # redirects followed from the address that was asked
_FIELDS = tuple(field.name for field in fields(UrlState))
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM urls WHERE {{}} = ?"
_SAVE = (
    f"INSERT OR REPLACE INTO urls ({', '.join(_FIELDS)}) VALUES ({', '.join('?' for _ in _FIELDS)})"
)
_TIMES = ("fetched_at", "published_at", "next_visit_at", "decided_at")


class State:
    """The file `path`, made when it is missing; lies in the data directory that it tells of."""

    def __init__(self, path: Path):
        self._path = path
        self._data = path.parent

    def absorb(self, folder: Path) -> int:
        """Takes in everything that has landed since the last time, `folder`'s run included.

        Idempotent. Returns the number of fates; raises BrokenRun if that run has not landed.
        """
        current = manifest.read(self._data, schema=migrate.newest())
        if not manifest.has_landed(self._data, current, folder.name):
            raise BrokenRun("has not landed", where=folder, try_="`slugline run` lands it")
        return self.catch_up()

    def catch_up(self) -> int:
        """Takes in everything that has landed since the last time; returns the number of fates."""
        current = manifest.read(self._data, schema=migrate.newest())
        with self._open() as db, disk.room_for(self._data), db:
            (after,) = db.execute("SELECT coalesce(max(generation), 0) FROM absorbed").fetchone()
            if after >= current.generation:
                return 0
            n_fates = 0
            for fates, fetches in _landed_since(self._data, current, after):
                n_fates += len(fates)
                _replay(db, fates, fetches)
            db.execute("DELETE FROM absorbed")
            db.execute("INSERT INTO absorbed VALUES (?)", [current.generation])
        return n_fates

    def export_known(self, to: Path, sources: Iterable[str], now: datetime) -> None:
        """Writes known.sqlite for a crawl of `sources`; replaces the file `to`.

        All articles of these sources that we hold, and what became of any address in the last 60
        days: one page is often named by several sources, which are not always asked together.
        """
        names, since = json.dumps(sorted(sources)), isoformat(now - _REMEMBERED)
        with self._open():
            pass  # made where it is missing, so that there is something to attach
        to.unlink(missing_ok=True)
        with disk.room_for(self._data), closing(sqlite3.connect(to)) as db:
            db.execute("ATTACH ? AS state", [str(self._path)])
            db.executescript(relations.script("state/known_schema.sql"))
            with db:
                db.execute(relations.script("state/known.sql"), (names, since))
                db.execute(relations.script("state/known_feeds.sql"), (names,))
                db.executemany("INSERT INTO erased VALUES (?)", self._erased())

    def _erased(self) -> list[tuple[str]]:
        """The digests of what must not even be asked for."""
        return [(digest,) for digest in tombstones.known(self._data).digests]

    def due(
        self, sources: Iterable[Source], *, every_minutes: float, now: datetime
    ) -> list[Source]:
        """The sources whose feeds are to be asked now."""
        return visits.due(sources, self.checked(), every_minutes=every_minutes, now=now)

    def checked(self) -> dict[str, datetime]:
        """When each source was last asked for news."""
        with self._open() as db:
            rows = db.execute("SELECT source, max(checked_at) FROM feeds GROUP BY source")
            return {source: datetime.fromisoformat(at) for source, at in rows if at}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._data.mkdir(parents=True, exist_ok=True)
        with (
            disk.room_for(self._data),
            closing(sqlite3.connect(self._path, timeout=30)) as db,
        ):
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(relations.script("state/schema.sql"))
            yield db


def _landed_since(
    data: Path, current: manifest.Manifest, after: int
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Fates and fetches of each generation after `after`, in order."""
    with quiet.connect(config={"threads": 1}) as con:
        landed = LandedRows(con, data, current, relations.declared())
        fates = _by_generation(landed.since("fates_since.sql", after))
        fetches = _by_generation(landed.since("fetches_since.sql", after))
    for generation in sorted(fates.keys() | fetches.keys()):
        yield fates.get(generation, []), fetches.get(generation, [])


def _by_generation(rows: list[Row]) -> dict[int, list[Row]]:
    key = itemgetter("generation")
    return {generation: list(those) for generation, those in groupby(rows, key=key)}


def _replay(db: sqlite3.Connection, fates: list[Row], fetches: list[Row]) -> None:
    """One landing: first what became of addresses, then what they answered."""
    for row in fates:
        fate = _fate(row)
        _save(db, visits.after_fate(_state_of(db, fate.key), fate))
    pages = {row["url"]: row for row in fetches if row["purpose"] == Purpose.ARTICLE}
    for url in pages:
        for old in _states(db, "url", url):
            _save(db, visits.after_answer(old, _answer(url, pages)))
    lists = {row["url"]: row for row in fetches if row["purpose"] != Purpose.ARTICLE}
    for url, row in lists.items():
        _save_feed(db, url, row["source"], _answer(url, lists))


def _answer(url: str, fetches: Mapping[str, Row]) -> Answer:
    """What `url` answered in the end."""
    row = fetches[url]
    for _ in range(_HOPS):
        if row["location"] not in fetches or row["location"] == row["url"]:
            break
        row = fetches[row["location"]]
    return Answer(
        fetched_at=row["fetched_at"].replace(tzinfo=UTC),
        status=row["status"],
        digest=row["digest"],
        etag=row["etag"],
        last_modified=row["last_modified"],
    )


def _fate(row: Row) -> LandedFate:
    return LandedFate(
        url=row["url"],
        key=row["key"],
        source=row["source"],
        outcome=Outcome(row["outcome"]),
        article_id=row["article_id"],
        decided_at=row["decided_at"].replace(tzinfo=UTC),
        published_at=_aware(row["published_at"]),
        retry_at=_aware(row["retry_at"]),
    )


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None


def _state_of(db: sqlite3.Connection, key: str) -> UrlState | None:
    found = _states(db, "key", key)
    return found[0] if found else None


def _states(db: sqlite3.Connection, column: str, value: str) -> list[UrlState]:
    return [_state(row) for row in db.execute(_SELECT.format(column), [value]).fetchall()]


def _state(row: tuple[Any, ...]) -> UrlState:
    values = dict(zip(_FIELDS, row, strict=True))
    times = {name: datetime.fromisoformat(values[name]) for name in _TIMES if values[name]}
    return UrlState(**(values | times))


def _save(db: sqlite3.Connection, state: UrlState) -> None:
    values = (getattr(state, name) for name in _FIELDS)
    db.execute(_SAVE, [isoformat(v) if isinstance(v, datetime) else v for v in values])


def _save_feed(db: sqlite3.Connection, url: str, source: str, answer: Answer) -> None:
    """A feed that fails, or has nothing new, keeps the validators of its last full answer."""
    kept = answer.failed or answer.status == 304
    db.execute(
        relations.script("state/save_feed.sql"),
        {
            "url": url,
            "source": source,
            "etag": answer.etag,
            "last_modified": answer.last_modified,
            "digest": answer.digest,
            "checked_at": isoformat(answer.fetched_at),
            "failed": answer.failed,
            "kept": kept,
        },
    )
