"""Examines a whole set-up, one finding after the other: `slugline doctor`.

Changes nothing. What is looked at in the installation, on Prefect's server and in the sources is
in flows.installed, flows.scheduler and the macro source_health; what `--deep` reads is
decided in warehouse.integrity.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows import bounds, folders, installed, scheduler, sources, watches
from flows.config import Settings
from flows.diagnosis import Finding, fail, ok, warn
from flows.questions import Row, desk
from flows.watches import WatchFile
from warehouse.errors import SluglineError
from warehouse.records import Source

_LITTLE, _TOO_LITTLE = 2_000, 200  # MB of free disk
_LATE = timedelta(hours=2)  # without a run, where a server is there to start them
_BAD = ("failing", "silent", "blocked", "quiet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is examined, from where, and when."""

    settings: Settings
    here: Path  # the project's folder
    environment: Mapping[str, str]
    now: datetime
    most_sources: int = 10  # of each, the worst first
    deep: bool = False  # read every file

    @property
    def data(self) -> Path:
        return self.settings.data


def examine(
    settings: Callable[[], Settings],
    *,
    here: Path,
    environment: Mapping[str, str],
    now: datetime,
    most_sources: int = 10,
    deep: bool = False,
) -> Iterator[Finding]:
    """All findings, in the order in which one thing needs the other."""
    yield from installed.installed()
    try:
        found = settings()
    except SluglineError as wrong:
        yield _cannot("settings", wrong)
        return
    place = Place(
        settings=found,
        here=here,
        environment=environment,
        now=now,
        most_sources=most_sources,
        deep=deep,
    )
    yield _settings(place)
    yield from _data(place)
    server = list(scheduler.scheduler(found, here, environment))
    yield from server
    yield from _watching(place, scheduled=any(one.what == "deployment" for one in server))


def _cannot(what: str, wrong: SluglineError | OSError) -> Finding:
    if isinstance(wrong, OSError):
        return fail(what, str(wrong), "check who owns it")
    where = f"{wrong.where}: " if wrong.where else ""
    return fail(what, f"{where}{wrong.what}", wrong.try_ or "mend it")


def _settings(place: Place) -> Finding:
    file = place.settings.seeds / "settings.toml"
    told = str(file) if file.is_file() else f"there is no {file}: all is as it comes"
    if place.settings.contact is None:
        advice = 'contact = "you@example.org" in settings.toml'
        return warn("settings", f"{told}; webmasters cannot write to you", advice)
    return ok("settings", told)


# --- the data directory ----------------------------------------------------------------------


def _data(place: Place) -> Iterator[Finding]:
    if not place.data.exists():
        yield ok("data", f"{place.data} is not there yet", "slugline run makes it")
        return
    if not os.access(place.data, os.W_OK | os.X_OK):
        yield fail("data", f"{place.data} may not be written", "check who owns it")
        return
    yield _room(place.data)
    yield _schema(place.data)
    yield _lock(place.data)
    yield _run_folders(place)
    if place.deep:
        yield from _deep(place)


def _deep(place: Place) -> Iterator[Finding]:
    """Every file read, and compared with what was written."""
    from warehouse import integrity  # noqa: PLC0415  DuckDB takes 0.1 s to import

    files = 0

    def on_progress(_done: int, total: int) -> None:
        nonlocal files
        files = total

    flaws = integrity.check(place.data, now=place.now, on_progress=on_progress)
    for flaw in flaws:
        tell = fail if flaw.broken else warn
        yield tell(flaw.where, flaw.what, flaw.try_)
    if not flaws:
        yield ok("every file", f"{files} table files are what was written, and answer")


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(data).free // 1_000_000
    told = f"{data.resolve()}, {free / 1000:,.1f} GB free"
    if free < _TOO_LITTLE:
        return fail("data", told, "make room")
    return warn("data", told, "make room") if free < _LITTLE else ok("data", told)


def _schema(data: Path) -> Finding:
    from warehouse import manifest, migrate  # noqa: PLC0415  DuckDB takes 0.1 s to import

    newest = migrate.newest()
    try:
        found = manifest.read(data, schema=newest)
    except SluglineError as wrong:
        return _cannot("tables", wrong)
    if found.generation == 0:
        return ok("tables", "nothing has landed yet")
    told = f"generation {found.generation}, schema {found.schema}"
    if found.root != str(data.resolve()):
        return warn("tables", f"{told}; they were moved here from {found.root}", "slugline publish")
    if found.schema < newest:
        return ok("tables", f"{told}; the next landing brings it to {newest}")
    return ok("tables", told)


def _lock(data: Path) -> Finding:
    if not _is_held(data / "crawl.lock"):
        return ok("crawling", "nobody")
    return ok("crawling", folders.holder(data))


def _is_held(lock: Path) -> bool:
    """Seen without taking it where the system tells: a run that begins just now must not skip."""
    if not lock.exists():
        return False
    told = Path("/proc/locks")
    if told.is_file():
        number = f":{lock.stat().st_ino} "
        lines = told.read_text().splitlines()
        return any("FLOCK" in line and number in line and "->" not in line for line in lines)
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _run_folders(place: Place) -> Finding:
    unlanded = folders.unlanded(place.data)
    broken = [folder.name for folder in unlanded if not _is_whole(folder)]
    if broken:
        told = f"{len(broken)} cannot be read: {', '.join(broken[:3])}"
        return fail("runs", told, f"move them out of {folders.runs(place.data)}")
    if not unlanded:
        return ok("runs", "all have landed")
    told = f"{len(unlanded)} not landed yet, {unlanded[0].name} the oldest"
    old = place.now.timestamp() - unlanded[0].stat().st_mtime > _LATE.total_seconds()
    if old:
        return warn("runs", told, f"slugline run; see {unlanded[0] / 'crawl.log'}")
    return ok("runs", told)


def _is_whole(folder: Path) -> bool:
    """Whether its small files are JSON; `slugline run` reads the others."""
    names = ["request.json", *(["stats.json"] if folders.is_crawled(folder) else [])]
    try:
        return all(isinstance(json.loads((folder / name).read_text()), dict) for name in names)
    except (OSError, ValueError):
        return False


# --- watches and sources ---------------------------------------------------------------------


def _watching(place: Place, *, scheduled: bool) -> Iterator[Finding]:
    try:
        files = watches.read_all(place.settings.seeds)
        listed = sources.read(place.settings.seeds)
    except (SluglineError, OSError) as wrong:
        yield _cannot("watches", wrong)
        return
    yield from _watches(files, listed)
    if not (place.data / "manifest.json").exists():
        return  # nothing has landed, and asking would make the tables
    try:
        yield _last_run(place, scheduled=scheduled)
        yield from _bounds(place, files, listed)
        yield from _sources(place, files, listed)
    except SluglineError as wrong:
        yield _cannot("tables", wrong)


def _watches(files: Sequence[WatchFile], listed: Sequence[Source]) -> Iterator[Finding]:
    if not files:
        yield warn("watches", "there are none", "slugline watch add FILE")
        return
    paused = sum(file.watch.paused for file in files)
    yield ok("watches", f"{len(files)}, {paused} of them paused")
    for file in files:
        wrong = watches.unknown_sources(file.watch, listed)
        if wrong:
            yield fail(f"watch {file.watch.watch}", "; ".join(wrong), f"mend {file.path}")
        elif not watches.sources_of(file.watch, listed):
            advice = f"name sources or groups in {file.path}"
            yield warn(f"watch {file.watch.watch}", "it names no sources", advice)


def _last_run(place: Place, *, scheduled: bool) -> Finding:
    now = _naive(place.now)
    with desk(place.data) as open_desk:
        (row,) = open_desk.rows("last_run", now=now)
    began: datetime | None = row["started_at"]
    if began is None:
        return ok("last run", "there was none yet", "slugline run")
    told = f"began {began:%Y-%m-%d %H:%M} UTC, {_ago(now - began)} ago"
    if row["missed"]:
        advice = "was the machine asleep? slugline sql 'FROM missed_slots'"
        return warn("last run", f"{told}; {row['missed']} slots of 24 hours were missed", advice)
    if scheduled and now - began > max(_LATE, 2 * _interval(place)):
        return warn("last run", told, "look at the runs in Prefect, and whether a worker runs")
    return ok("last run", told)


def _interval(place: Place) -> timedelta:
    return timedelta(minutes=place.settings.schedule_minutes)


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _bounds(
    place: Place, files: Sequence[WatchFile], listed: Sequence[Source]
) -> Iterator[Finding]:
    judged = bounds.judge(place.data, files, listed, place.now)
    for line in (*judged.out, *judged.unknown):
        told, _, advice = line.partition(" (")
        yield warn("bounds", told, advice.removesuffix(")") or "see whether the monitor runs")


def _sources(
    place: Place, files: Sequence[WatchFile], listed: Sequence[Source]
) -> Iterator[Finding]:
    active = [file.watch for file in files if not file.watch.paused]
    used = {s.source for watch in active for s in watches.sources_of(watch, listed)}
    with desk(place.data) as open_desk:
        rows = open_desk.rows("source_health", now=_naive(place.now), sources=sorted(used))
    bad = [row for row in rows if _is_bad(row)]
    for row in bad[: place.most_sources]:
        what = f"{row['verdict']}: {row['why']}"
        yield warn(f"source {row['source']}", what, row["advice"])
    if len(bad) > place.most_sources:
        advice = "slugline sql 'FROM source_health()'"
        yield warn("sources", f"{len(bad) - place.most_sources} more are not well", advice)
    counts = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{n} {verdict}" for verdict, n in counts.most_common())
    rest = len(listed) - len(used)
    yield ok("sources", f"{told or 'none yet'}; {rest} in no watch that runs")


def _is_bad(row: Row) -> bool:
    """What nobody has asked yet is not ill; what was asked once and now is not, is."""
    return row["verdict"] in _BAD or (row["verdict"] == "unknown" and not row["unused"])


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
