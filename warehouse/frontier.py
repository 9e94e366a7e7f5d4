"""What one backfill still has to do: listings to read, leads to decide; a file that survives kills.

Each slice is taken in by one transaction, by the name of its run, so that doing it twice does
nothing. Which of it comes next is said here; what is made of it is flows/history.py's business.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

from warehouse import disk
from warehouse.records import Lead, LeadKind, Outcome, from_json, isoformat, to_json

WAITING, READ, FAILED = "waiting", "read", "failed"
_COLUMNS = "url, source, kind, found_on, depth, newest, pattern, page"


Further = Callable[[list[Lead]], Iterable["Place"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sitemap or a page of an archive that a backfill looks into."""

    url: str
    source: str
    kind: LeadKind
    found_on: str | None = None
    depth: int = 0
    newest: datetime | None = None  # the end of the days it is about; None: unknown
    pattern: str | None = None  # in the source's archives
    page: int | None = None  # where the pattern counts pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one slice brought."""

    run: str
    places: tuple[Place, ...]  # found, and perhaps not read
    states: Mapping[tuple[str, str], tuple[str, str | None]]  # (url, source) → state, error
    leads: tuple[tuple[Lead, datetime | None], ...]  # with when they were published, if known
    outcomes: Mapping[str, str]  # by URL; those without one wait on


class Frontier:
    """The file `path`, made where it is missing."""

    def __init__(self, path: Path):
        self._path = path

    def begin(self, facts: Mapping[str, str], places: Iterable[Place]) -> None:
        """Note what it is for and where to begin; what is there already stays as it is."""
        with self._open() as db:
            for fact in facts.items():
                db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", fact)
            _add_places(db, places)

    def facts(self) -> dict[str, str]:
        with self._open() as db:
            return dict(db.execute("SELECT name, value FROM facts"))

    def finish(self, at: datetime) -> None:
        """Note that nothing is left to do."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('finished_at', ?)", [isoformat(at)])

    def next_places(self, source: str, most: int) -> list[Place]:
        with self._open() as db:
            values = {"source": source, "most": most}
            return [_place(row) for row in db.execute(_script("next_listings"), values)]

    def next_leads(self, source: str, most: int) -> list[Lead]:
        with self._open() as db:
            rows = db.execute(_script("next_leads"), {"source": source, "most": most})
            return [from_json(Lead, json.loads(record)) for (record,) in rows]

    def waiting(self) -> int:
        """How many leads and listings are still to be decided and read."""
        with self._open() as db:
            (leads,) = db.execute("SELECT count(*) FROM leads WHERE outcome IS NULL").fetchone()
            (places,) = db.execute(
                "SELECT count(*) FROM listings WHERE state = 'waiting'"
            ).fetchone()
            return int(leads + places)

    def done(self) -> int:
        """How many leads were decided and listings tried; each slice that does any adds to it."""
        with self._open() as db:
            (leads,) = db.execute("SELECT count(outcome) FROM leads").fetchone()
            (tries,) = db.execute("SELECT coalesce(sum(tries), 0) FROM listings").fetchone()
            return int(leads + tries)

    def counts(self) -> dict[str, dict[str, int]]:
        """By source: how many leads have each outcome; "" counts those that wait."""
        found: dict[str, dict[str, int]] = {}
        with self._open() as db:
            rows = db.execute(
                "SELECT source, coalesce(outcome, ''), count(*) FROM leads GROUP BY 1, 2 ORDER BY 1"
            )
            for source, outcome, n in rows:
                found.setdefault(source, {})[outcome] = n
        return found

    def places(self) -> list[tuple[Place, str, str | None]]:
        """All listings with their state and what was wrong with them."""
        with self._open() as db:
            rows = db.execute(f"SELECT {_COLUMNS}, state, error FROM listings ORDER BY rowid")
            return [(_place(row[:-2]), row[-2], row[-1]) for row in rows]

    # --- slices --------------------------------------------------------------------------------

    def give(self, run: str) -> None:
        """Note a slice before it begins."""
        with self._open() as db:
            db.execute("INSERT OR IGNORE INTO slices (run) VALUES (?)", [run])

    def given(self) -> list[str]:
        """Runs whose slices are not taken in yet, oldest first."""
        with self._open() as db:
            return [
                run for (run,) in db.execute("SELECT run FROM slices WHERE taken = 0 ORDER BY 1")
            ]

    def runs(self) -> list[str]:
        with self._open() as db:
            return [run for (run,) in db.execute("SELECT run FROM slices ORDER BY 1")]

    def forget(self, run: str) -> None:
        """A slice that never began, or whose folder is gone."""
        with self._open() as db:
            db.execute("DELETE FROM slices WHERE run = ? AND taken = 0", [run])

    def take(self, taken: Taken, further: Further = lambda _new: ()) -> None:
        """Take a slice in; `further` says from the new leads which places come of them."""
        with self._open() as db:
            there = {url for (url,) in db.execute("SELECT url FROM leads")}
            new = [lead for lead, _ in taken.leads if lead.url not in there]
            _add_places(db, [*taken.places, *further(new)])
            for (url, source), (state, error) in taken.states.items():
                db.execute(
                    "UPDATE listings SET state = ?, error = ?, tries = tries + 1"
                    " WHERE url = ? AND source = ?",
                    [state, error, url, source],
                )
            for lead, newest in taken.leads:
                db.execute(
                    "INSERT OR IGNORE INTO leads (url, source, record, newest) VALUES (?, ?, ?, ?)",
                    [lead.url, lead.source, json.dumps(to_json(lead)), _text(newest)],
                )
            for url, outcome in taken.outcomes.items():
                db.execute(
                    "UPDATE leads SET outcome = ?, run = ? WHERE url = ? AND outcome IS NULL",
                    [outcome, taken.run, url],
                )
            db.execute("INSERT OR REPLACE INTO slices VALUES (?, 1)", [taken.run])

    def tries(self, url: str, source: str) -> int:
        with self._open() as db:
            row = db.execute(
                "SELECT tries FROM listings WHERE url = ? AND source = ?", [url, source]
            ).fetchone()
            return int(row[0]) if row else 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with (
            disk.room_for(self._path.parent),
            closing(sqlite3.connect(self._path, timeout=30)) as db,
        ):
            db.executescript(_script("schema"))
            with db:
                yield db


def _script(name: str) -> str:
    path = resources.files("warehouse") / "sql" / "frontier" / f"{name}.sql"
    return path.read_text("utf-8")


def _add_places(db: sqlite3.Connection, places: Iterable[Place]) -> None:
    for place in places:
        values = to_json(place)
        db.execute(
            f"INSERT OR IGNORE INTO listings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [values.get(name.strip()) for name in _COLUMNS.split(",")],
        )


def _place(row: tuple[object, ...]) -> Place:
    names = [name.strip() for name in _COLUMNS.split(",")]
    pairs = zip(names, row, strict=True)
    return from_json(Place, {name: value for name, value in pairs if value is not None})


def _text(at: datetime | None) -> str | None:
    return isoformat(at) if at else None


def settled(outcome: str) -> bool:
    """Whether an outcome of a slice decides a lead; what it had no room for waits on."""
    return outcome != Outcome.BUDGET
