"""The nightly pass over the table files: merges small ones, removes those nobody needs any more.

Bounded, and never in anybody's way: files are merged beside the landings, since they never
change, and the lock is held only for the commit of each merge. A merge whose files a landing has
merged meanwhile is dropped. Killed at any point it leaves a file that collect.py removes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from warehouse import (
    collect,
    commit,
    compact,
    disk,
    manifest,
    migrate,
    pack,
    publish,
    quiet,
    relations,
)
from warehouse.collect import Collected
from warehouse.index import care, segments
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns

MOST_BYTES = 4 * 1024**3  # merged in one night; a larger backlog takes several

# How these are put together is decided in index/care.py.
_OF_THE_INDEX = {"recent": care.ripe, "postings": care.crowded}

OnMerge = Callable[[str, int], None]  # relation, files merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What the pass did."""

    merged: int = 0  # files that are now part of another one
    bytes: int = 0  # of those
    left: int = 0  # files still to merge, for the next night
    collected: Collected = field(default_factory=Collected)


def tidy(
    data: Path,
    *,
    now: datetime,
    keep_days: float,
    most_bytes: int = MOST_BYTES,
    many: int = pack.MANY,
    on_merge: OnMerge = lambda _relation, _files: None,
    on_step: publish.OnStep = lambda _: None,
) -> Tidied:
    """Merges what compact.tail says, then collects; raises NewerWarehouse, DiskFull.

    `many`: the rows from which on a file is one that rows are fetched from (see pack.py).
    """
    publish.publish(data)  # what is merged has today's columns: none of them may be missing
    merged = n_bytes = left = 0
    for relation, columns in relations.declared().items():
        if relation in _OF_THE_INDEX:
            continue
        while files := compact.tail(_current(data).files.get(relation, ())):
            size = sum(file.bytes for file in files)
            if n_bytes + size > most_bytes:
                left += len(files)
                break
            if not _merge(data, relation, columns, files, now, many, on_step):
                break  # a landing has merged them meanwhile, and will again
            merged, n_bytes = merged + len(files), n_bytes + size
            on_merge(relation, len(files))
    for relation, due in _OF_THE_INDEX.items():
        while files := due(_current(data).files.get(relation, ())):
            size = sum(file.bytes for file in files)
            if n_bytes + size > most_bytes:
                left += len(files)
                break
            if not _to_segment(data, relation, files, now, on_step):
                break
            merged, n_bytes = merged + len(files), n_bytes + size
            on_merge(relation, len(files))
    return Tidied(merged=merged, bytes=n_bytes, left=left, collected=_collect(data, now, keep_days))


def _current(data: Path) -> Manifest:
    return manifest.read(data, schema=migrate.newest())


def _merge(  # noqa: PLR0917 - private, called once
    data: Path,
    relation: str,
    columns: Columns,
    files: tuple[TableFile, ...],
    now: datetime,
    many: int,
    on_step: publish.OnStep,
) -> bool:
    """Merges these files and commits it; False when they were not all there any more."""
    before = _current(data)
    path = compact.path_of(data, before, relation, files, "tidied", many)
    done = False
    try:
        bounds = {"threads": 1, "memory_limit": segments.MEMORY, "temp_directory": str(path.parent)}
        with disk.room_for(data), quiet.connect(config=bounds) as con:
            compact.merge(con, data, before, relation, columns=columns, merged=files, path=path)
            on_step("merged")
            with disk.lock(data):
                changed = partial(
                    compact.instead,
                    data,
                    relation=relation,
                    columns=columns,
                    merged=files,
                    path=path,
                )
                done = _commit(data, relation, files, changed, now, on_step)
    finally:
        if not done and str(path.relative_to(data)) not in manifest.named_files(_current(data)):
            path.unlink(missing_ok=True)
    return done


def _commit(  # noqa: PLR0917 - private; two callers
    data: Path,
    relation: str,
    files: tuple[TableFile, ...],
    changed: Callable[[Manifest], Manifest],
    now: datetime,
    on_step: publish.OnStep,
) -> bool:
    """Commits what `changed` makes of the newest manifest; False when it lacks some of `files`."""
    before = _current(data)
    if not set(files) <= set(before.files.get(relation, ())):
        return False
    after = changed(before)
    after = publish.renewed(data, dataclasses.replace(after, generation=before.generation + 1))
    collect.remember(data, manifest.named_files(before), after, now)
    commit.replace(data, after, on_step)
    with quiet.connect(config={"threads": 1}) as con:
        publish.build(con, data, after, relations.declared(), on_step=on_step)
    return True


def _to_segment(
    data: Path, relation: str, files: tuple[TableFile, ...], now: datetime, on_step: publish.OnStep
) -> bool:
    """Makes a segment of these files and commits it; False when some were gone by then."""
    segment = None
    done = False
    try:
        with disk.room_for(data):
            segment = care.put_together(data, _current(data), relations.declared(), relation, files)
            on_step("merged")
            with disk.lock(data):
                changed = partial(care.instead, relation=relation, files=files, segment=segment)
                done = _commit(data, relation, files, changed, now, on_step)
    finally:
        named = manifest.named_files(_current(data))
        if segment is not None and not done and segment.path not in named:
            (data / segment.path).unlink(missing_ok=True)
    return done


def _collect(data: Path, now: datetime, keep_days: float) -> Collected:
    with disk.lock(data), disk.room_for(data):
        return collect.collect_now(data, _current(data), now=now, keep_days=keep_days)
