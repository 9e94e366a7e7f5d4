"""Removes files that no reader can need any more, and never one that somebody still may.

Parquet files that a commit replaced stay for `keep_days`, because a session opened before it
still reads them; a published file goes a day after another took its place; table files that no
commit ever named are what a killed landing left, and go after an hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from warehouse import disk, manifest
from warehouse.manifest import Manifest
from warehouse.records import isoformat

KEEP_DAYS = 8.0
_EVERY = timedelta(hours=1)
_ORPHAN_AFTER = timedelta(hours=1)
# A session keeps the published file that it opened even when its name is gone, so these need not
# stay as long as the Parquet files, which are opened anew for every query.
_PUBLISHED_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was removed."""

    files: int = 0
    bytes: int = 0


def remember(data: Path, needed: set[str], after: Manifest, now: datetime) -> None:
    """Notes which of the files needed so far the coming commit does not name any more.

    Does no harm if the commit never comes.
    """
    gone = sorted(needed - manifest.named_files(after))
    if not gone:
        return
    folder = data / "replaced"
    folder.mkdir(exist_ok=True)
    note = {"at": isoformat(now), "files": gone}
    disk.write_whole(folder / f"{after.generation:08d}.json", json.dumps(note))


def collect(data: Path, current: Manifest, *, now: datetime, keep_days: float = KEEP_DAYS) -> int:
    """Removes what is due, at most once an hour; returns the number of files. Needs the lock."""
    mark = data / "tables" / ".collected"
    if mark.exists() and now - datetime.fromisoformat(mark.read_text("utf-8")) < _EVERY:
        return 0
    return collect_now(data, current, now=now, keep_days=keep_days).files


def collect_now(data: Path, current: Manifest, *, now: datetime, keep_days: float) -> Collected:
    """Removes what is due, however long ago the last time was. Needs the lock."""
    keep = timedelta(days=keep_days)
    due = [*_replaced(data, current, now - keep), *_orphans(data, current, now)]
    due += _generations(data, current, now - min(keep, _PUBLISHED_AFTER))
    due += _half_made(data, now)
    n_bytes = sum(path.stat().st_size for path in due if path.exists())
    for path in due:
        path.unlink(missing_ok=True)
    mark = data / "tables" / ".collected"
    mark.parent.mkdir(parents=True, exist_ok=True)
    disk.write_whole(mark, isoformat(now))
    return Collected(files=len(due), bytes=n_bytes)


def replaced_files(data: Path) -> set[str]:
    """The files that a commit replaced and that are kept for readers of older generations."""
    return {file for _, _, files in _notes(data) for file in files}


def _replaced(data: Path, current: Manifest, before: datetime) -> Iterator[Path]:
    named = manifest.named_files(current)
    for note, at, files in _notes(data):
        if at < before:
            yield from (data / file for file in files if file not in named)
            yield note


def _orphans(data: Path, current: Manifest, now: datetime) -> Iterator[Path]:
    known = manifest.named_files(current)
    known |= replaced_files(data)
    for path in (data / "tables").glob("*/*"):
        if str(path.relative_to(data)) not in known and _modified(path) < now - _ORPHAN_AFTER:
            yield path


def _generations(data: Path, current: Manifest, before: datetime) -> Iterator[Path]:
    """Published files that were no longer the newest before `before`."""
    files = sorted((data / "pub").glob("news-*.db"))
    for file, next_one in pairwise(files):
        if _modified(next_one) < before:
            yield file
    empty = sorted((data / "pub").glob("empty-*.db"))
    yield from (
        file for file in empty if current.surface not in file.name and _modified(file) < before
    )


def _half_made(data: Path, now: datetime) -> Iterator[Path]:
    """Published files whose maker was killed before they had their name."""
    for path in (data / "pub").glob("*.new*"):
        if _modified(path) < now - _ORPHAN_AFTER:
            yield path


def _notes(data: Path) -> Iterator[tuple[Path, datetime, list[str]]]:
    for note in sorted((data / "replaced").glob("*.json")):
        content = json.loads(note.read_text(encoding="utf-8"))
        yield note, datetime.fromisoformat(content["at"]), content["files"]


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
