"""Whether the last 24 hours brought each watch and source as many articles as it expects.

Decides in `judged`, from numbers; asks the warehouse in `judge`. What a watch or source expects
is in its file (flows.expect); what is wrong with a source is told by flows.health.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import watches
from flows.questions import Row, desk
from flows.watches import WatchFile
from warehouse.records import Source

# Left alone for longer, a watch is not judged: feeds forget, and what they kept comes at once.
_MAY_REST = timedelta(hours=3)

Expected = dict[tuple[str, str], tuple[float, float]]  # ("watch" or "source", its name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line for people about each that is out of bounds, and about each that cannot be told."""

    out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def breaches(
    data: Path, files: Sequence[WatchFile], sources: Sequence[Source], now: datetime
) -> list[str]:
    """What was out of bounds in the last 24 hours, one line each."""
    return list(judge(data, files, sources, now).out)


def judge(
    data: Path, files: Sequence[WatchFile], sources: Sequence[Source], now: datetime
) -> Judged:
    """The watches of `files` that expect something, and such sources as they use."""
    wanted = expected(files, sources)
    if not wanted:
        return Judged()
    with desk(data) as open_desk:
        rows = open_desk.rows(
            "bounds",
            watches=[name for kind, name in wanted if kind == "watch"],
            sources=[name for kind, name in wanted if kind == "source"],
            now=now.astimezone(UTC).replace(tzinfo=None),
        )
    return judged(wanted, rows)


def expected(files: Iterable[WatchFile], sources: Sequence[Source]) -> Expected:
    """What is expected of whom; nothing of what is paused or of a source that nobody uses."""
    active = [file.watch for file in files if not file.watch.paused]
    used = {s.source: s for watch in active for s in watches.sources_of(watch, sources)}
    of_watches = {("watch", w.watch): w.expect for w in active if w.expect}
    of_sources = {
        ("source", s.source): s.expect for s in used.values() if s.expect and not s.paused
    }
    return of_watches | of_sources


def judged(wanted: Expected, rows: Iterable[Row]) -> Judged:
    """What the rows of bounds.sql say; nothing of what is new and has not run for a day."""
    out, unknown = [], []
    for row in rows:
        low, high = wanted[row["kind"], row["name"]]
        if not row["crawled_before"]:
            continue
        if _was_left_alone(row):
            unknown.append(_cannot_tell(row))
        elif not low <= row["n"] <= high:
            out.append(_breach(row, low, high))
    return Judged(out=tuple(out), unknown=tuple(unknown))


def _was_left_alone(row: Row) -> bool:
    """For much longer than is usual for it, as when the machine slept."""
    alone: timedelta = row["alone_until"] - row["alone_since"]
    return alone > max(_MAY_REST, timedelta(seconds=2 * row["usual_seconds"]))


def _cannot_tell(row: Row) -> str:
    since, until = row["alone_since"], row["alone_until"]
    return (
        f"{row['kind']} {row['name']}: whether the last 24 hours were as expected cannot be told,"
        f" nothing was crawled for it from {since:%d %b %H:%M} to {until:%d %b %H:%M} UTC"
    )


def _breach(row: Row, low: float, high: float) -> str:
    what = "related articles" if row["kind"] == "watch" else "new articles"
    advice = "slugline doctor says which sources are silent"
    if row["n"] > high:
        advice = (
            f"see slugline coverage {row['name']}" if row["kind"] == "watch" else "see its feeds"
        )
    return (
        f"{row['kind']} {row['name']}: {row['n']} {what} in the last 24 hours,"
        f" expected {low:g} to {high:g} ({advice})"
    )
