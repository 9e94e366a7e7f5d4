"""What the warehouse and its state know of watches, sources and feeds, as a run needs it.

The one place of flows that talks to warehouse.state and lands the watches' own rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.output import plain
from flows.questions import Row, desk
from flows.watches import WatchFile
from warehouse.records import Profile, Source, Watch, to_json

_STATE = "state.sqlite"


def profiles(files: Iterable[WatchFile]) -> list[Profile]:
    """What relevance works with: of every watch that is not paused."""
    from warehouse.understand import profile  # noqa: PLC0415  loads the tagger's libraries

    return [profile.of_watch(file.watch, file.seed_text) for file in files if not file.watch.paused]


def land(
    data: Path,
    files: Sequence[WatchFile],
    made: Sequence[Profile],
    sources: Sequence[Source],
    *,
    now: datetime,
) -> None:
    """Land what changed of the watches, their profiles and the sources."""
    from warehouse import landing  # noqa: PLC0415

    versions = {profile.watch: profile.profile_version for profile in made}
    at = now.astimezone(UTC).replace(tzinfo=None)
    wanted: dict[str, list[Row]] = {
        "watches": [_watch_row(file.watch, versions.get(file.watch.watch)) for file in files],
        "profiles": [_profile_row(profile) for profile in made],
        "sources": [_source_row(source) for source in sources],
    }
    keys = {"watches": "watch", "profiles": "watch", "sources": "source"}
    with desk(data) as open_desk:
        changed = {
            relation: _changed(rows, open_desk.rows(f"all_{relation}"), keys[relation])
            for relation, rows in wanted.items()
        }
    rows = {relation: [row | {"landed_at": at} for row in some]
            for relation, some in changed.items() if some}  # fmt: skip
    if rows:
        landing.land_rows(
            data,
            f"registry-{_digest(rows)}",
            rows,
            supersede={r: [row[keys[r]] for row in some] for r, some in rows.items()},
            now=now,
        )


def _changed(wanted: list[Row], there: list[Row], key: str) -> list[Row]:
    known = {row[key]: row for row in there}
    return [
        row
        for row in wanted
        if row[key] not in known
        or any(_same(value) != _same(known[row[key]].get(name)) for name, value in row.items())
    ]


def _same(value: Any) -> str:
    """Comparable, whether it comes from a record or from the warehouse."""
    return json.dumps(plain(value) or None, sort_keys=True)


def _digest(rows: dict[str, list[Row]]) -> str:
    text = json.dumps(plain(rows), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def _watch_row(watch: Watch, version: str | None) -> Row:
    return _expected(watch.expect) | {
        "watch": watch.watch,
        "title": watch.title,
        "language": watch.language,
        "must": list(watch.must),
        "not": list(watch.not_),
        "sources": list(watch.sources),
        "groups": list(watch.groups),
        "since": _utc(watch.since),
        "until": _utc(watch.until),
        "paused": watch.paused,
        "profile_version": version,
        "created_at": _utc(watch.created_at),
    }


def _profile_row(profile: Profile) -> Row:
    terms = [
        {"text": t.text, "kind": t.kind, "weight": t.weight, "spellings": list(t.spellings)}
        for t in profile.terms
    ]
    return {
        "watch": profile.watch,
        "profile_version": profile.profile_version,
        "title": profile.title,
        "language": profile.language,
        "terms": terms,
        "seed_text": profile.seed_text,
        "seed_published_at": _utc(profile.seed_published_at),
    }


def _source_row(source: Source) -> Row:
    whole = to_json(source)
    return (
        {name: whole.get(name) for name in ("source", "title", "home", "language", "country")}
        | {"groups": list(source.groups), "paused": source.paused}
        | _expected(source.expect)
    )


def _expected(expect: tuple[float, float] | None) -> Row:
    low, high = expect or (None, None)
    return {"expect_low": low, "expect_high": high}


# --- state -----------------------------------------------------------------------------------


def due(data: Path, used: Sequence[Source], *, every_minutes: float, now: datetime) -> list[Source]:
    """Those of the sources that are to be asked now."""
    from warehouse.state import State  # noqa: PLC0415

    return State(data / _STATE).due(used, every_minutes=every_minutes, now=now)


def export_known(data: Path, to: Path, names: Sequence[str], now: datetime) -> None:
    """What a crawl of these sources needs to know of their addresses and feeds."""
    from warehouse.state import State  # noqa: PLC0415

    State(data / _STATE).export_known(to, names, now)


def absorb(data: Path, folder: Path) -> None:
    """Take in what a landed run folder says of addresses and feeds."""
    from warehouse.state import State  # noqa: PLC0415

    State(data / _STATE).absorb(folder)


def complaints(data: Path, runs: Sequence[str]) -> list[str]:
    """Feeds, sitemaps and pages of these runs that gave no news, one line each."""
    if not runs:
        return []
    with desk(data) as open_desk:
        return [
            f"{row['source']}: {row['url']} {row['error'] or 'answered ' + str(row['status'])}"
            for row in open_desk.rows("complaints", runs=list(runs))
        ]
