"""A copy of a data directory that is a data directory itself, and the way back from it.

Made while landings go on: table files never change, so copying those that one manifest names is
copying one generation. A backup into a folder that holds an earlier one copies only what is new,
and until its manifest is replaced the earlier one stays whole. Everything is compared with the
digests of when it was written, and then opened.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from warehouse import disk, handed, integrity, manifest, migrate, publish
from warehouse.errors import BadInput, WarehouseError
from warehouse.manifest import Manifest
from warehouse.records import isoformat

NOTE = "BACKUP.json"
_BESIDE = "beside"  # folder of what is no table, each file named by its digest
_ANEW = "back up anew"
_PARTIAL = ".restoring"  # end of the name of a folder that is being restored
_TRIES = 5  # generations that an erasure may take away while they are copied

OnFile = Callable[[int, int], None]  # files done, all
OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds, as its note says."""

    made_at: str
    data: str  # the directory it was made of
    generation: int
    files: int
    bytes: int
    manifest: str  # under `beside`
    beside: dict[str, str]  # where a file of the data directory is, by its path there


def back_up(
    data: Path,
    to: Path,
    *,
    now: datetime,
    on_file: OnFile = lambda _done, _all: None,
    on_step: OnStep = lambda _: None,
) -> Backup:
    """Makes or renews the backup in `to`. Raises BadInput, WarehouseError, DiskFull."""
    if not manifest.path(data).exists():
        raise BadInput("holds nothing to back up", where=data, try_="--data names the directory")
    _check_place(data, to)
    to.mkdir(parents=True, exist_ok=True)
    with disk.room_for(to), disk.lock(to):
        beside = _beside(data, to)
        on_step("beside")
        current = _tables(data, to, on_file)
        on_step("copied")
        made = _note(data, to, current, beside, now)  # this is the commit
        on_step("noted")
        _show(to, current)
        _drop(to, manifest.named_files(current), made)
    _take_template(data, to)
    publish.publish(to)
    _verify(to, now)
    handed.note(data, "backup", to, generation=current.generation, now=now)
    return made


def _show(to: Path, current: Manifest) -> None:
    """Makes `to` a data directory that can be asked; a published file keeps its name for good."""
    previous, shown = _manifest(to), publish.renewed(to, current)
    generation = max(previous.generation + 1, shown.generation)
    manifest.write(to, dataclasses.replace(shown, generation=generation))


def _check_place(data: Path, to: Path) -> None:
    if to.resolve() == data.resolve() or data.resolve() in to.resolve().parents:
        raise BadInput("lies in the data directory", where=to, try_="choose a folder outside it")
    if to.exists() and any(to.iterdir()) and not (to / NOTE).exists() and not _is_begun(to):
        raise BadInput("is not empty and no backup", where=to, try_="choose another folder")


def _is_begun(to: Path) -> bool:
    """Whether a backup was killed here before it had its note."""
    return {path.name for path in to.iterdir()} <= {"land.lock", "tables", _BESIDE, NOTE + ".new"}


def _manifest(data: Path) -> Manifest:
    return manifest.read(data, schema=migrate.newest())


# --- what is copied --------------------------------------------------------------------------


def _tables(data: Path, to: Path, on_file: OnFile) -> Manifest:
    """Copies the files of one generation; of a newer one, where an erasure took some away."""
    for _ in range(_TRIES):
        current = _manifest(data)
        try:
            for done, (name, digest) in enumerate(_named(current), start=1):
                _copy_checked(data / name, to / name, digest)
                on_file(done, len(manifest.named_files(current)))
        except FileNotFoundError:
            if _manifest(data).generation == current.generation:
                raise
            continue
        return current
    raise WarehouseError("is erased from all the time", where=data, try_="try again later")


def _named(current: Manifest) -> Iterator[tuple[str, str | None]]:
    for files in current.files.values():
        yield from ((file.path, file.digest) for file in files)
    if current.older_batches:
        yield current.older_batches, None


def _copy_checked(path: Path, to: Path, digest: str | None) -> None:
    """Copies a file that never changes, once; raises WarehouseError where it is damaged."""
    if to.exists() and (digest is None or disk.digest(to) == digest):
        if to.stat().st_size == path.stat().st_size:
            return
        to.unlink()
    found = _copy(path, to)
    if digest is not None and found != digest:
        to.unlink()
        what = "its content is not what was written: damaged or another file"
        raise WarehouseError(what, where=path, try_="restore it from an earlier backup")


def _copy(path: Path, to: Path) -> str:
    """Copies a file, whole or not at all; returns the digest of what was read."""
    to.parent.mkdir(parents=True, exist_ok=True)
    new = to.with_name(to.name + ".new")
    digest = hashlib.sha256()
    with path.open("rb") as source, new.open("wb") as target:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != disk.digest(new):
        new.unlink()
        raise WarehouseError("was not written as it was read", where=to, try_="check the disk")
    disk.replace(new, to)
    return digest.hexdigest()


def _beside(data: Path, to: Path) -> dict[str, str]:
    """Copies state, backfills, and run folders that have not landed; before the tables.

    So the state is never ahead of the tables, and a run that lands meanwhile is only there twice.
    They change in place, so each copy is named by its digest and never replaced.
    """
    found = {}
    databases = [data / "state.sqlite", *sorted((data / "backfills").glob("*.sqlite"))]
    for path in databases:
        if path.exists():
            found[str(path.relative_to(data))] = _kept(to, _copy_sqlite(path, to / _BESIDE / "new"))
    for done in sorted((data / "runs").glob("*/DONE")):
        if not (done.parent / "LANDED").exists():
            for path in sorted(done.parent.iterdir()):
                _copy(path, to / _BESIDE / "new")
                found[str(path.relative_to(data))] = _kept(to, to / _BESIDE / "new")
    return found


def _kept(to: Path, new: Path) -> str:
    """Names a copied file by its digest; returns the name, relative to the backup."""
    name = f"{_BESIDE}/{disk.digest(new)}"
    disk.replace(new, to / name)
    return name


def _copy_sqlite(path: Path, to: Path) -> Path:
    """A consistent copy, whoever writes there just now."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    disk.fsync(to)
    return to


def _take_template(data: Path, to: Path) -> None:
    """What a published file is made from (see publish.py): slow to make, and always the same."""
    (to / "pub").mkdir(exist_ok=True)
    for path in (data / "pub").glob("empty-*.db"):
        if not (to / "pub" / path.name).exists():
            _copy(path, to / "pub" / path.name)


# --- what is said and verified ---------------------------------------------------------------


def _note(data: Path, to: Path, current: Manifest, beside: dict[str, str], now: datetime) -> Backup:
    new = to / _BESIDE / "new"
    new.parent.mkdir(exist_ok=True)
    disk.write_whole(new, manifest.as_text(current))
    listed = _kept(to, new)
    names = manifest.named_files(current) | set(beside.values()) | {listed}
    made = Backup(
        made_at=isoformat(now),
        data=str(data.resolve()),
        generation=current.generation,
        files=len(names),
        bytes=sum((to / name).stat().st_size for name in names),
        manifest=listed,
        beside=beside,
    )
    disk.write_whole(to / NOTE, json.dumps(asdict(made), indent=1))
    return made


def _drop(to: Path, named: set[str], made: Backup) -> None:
    """Removes what an earlier backup in this folder needed, and this one does not."""
    keep = named | set(made.beside.values()) | {made.manifest}
    for path in [*(to / "tables").glob("*/*"), *(to / _BESIDE).iterdir()]:
        if path.is_file() and str(path.relative_to(to)) not in keep:
            path.unlink()
    shutil.rmtree(to / "replaced", ignore_errors=True)


def read(place: Path) -> Backup:
    """The note of a backup; raises BadInput where there is none."""
    try:
        return Backup(**json.loads((place / NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as wrong:
        what = "is no backup that was completed"
        raise BadInput(what, where=place, try_="slugline backup makes one") from wrong


def _verify(place: Path, now: datetime) -> None:
    """Reads every file, opens it and asks it; raises WarehouseError with the first flaw."""
    made = read(place)
    for name in (made.manifest, *made.beside.values()):
        if not (place / name).is_file() or disk.digest(place / name) != Path(name).name:
            raise WarehouseError("is not what was backed up", where=place / name, try_=_ANEW)
    broken = [it for it in integrity.check(place, now=now) if it.broken]
    if broken:
        first = broken[0]
        more = f" and {len(broken) - 1} more flaws" if len(broken) > 1 else ""
        raise WarehouseError(f"{first.what}{more}", where=place / first.where, try_=_ANEW)


# --- the way back ----------------------------------------------------------------------------


def restore(
    place: Path,
    data: Path,
    *,
    now: datetime,
    on_file: OnFile = lambda _done, _all: None,
    on_step: OnStep = lambda _: None,
) -> Backup:
    """Makes `data`, which must not be there, from a backup. Raises BadInput, WarehouseError."""
    made = read(place)
    if data.exists() and any(data.iterdir()):
        raise BadInput("is there already", where=data, try_="move it away, or name another --data")
    beside = data.with_name(data.name + _PARTIAL)
    shutil.rmtree(beside, ignore_errors=True)  # of a restore that was killed
    beside.mkdir(parents=True)
    try:
        _fill(place, beside, made, on_file)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    if data.exists():
        data.rmdir()
    beside.rename(data)
    disk.fsync(data.parent)
    on_step("renamed")
    publish.publish(data)
    broken = [it for it in integrity.check(data, now=now) if it.broken]
    if broken:
        raise WarehouseError(broken[0].what, where=data / broken[0].where, try_=broken[0].try_)
    return made


def _fill(place: Path, beside: Path, made: Backup, on_file: OnFile) -> None:
    with disk.room_for(beside):
        for name, kept in {**made.beside, "manifest.json": made.manifest}.items():
            _copy_checked(place / kept, beside / name, Path(kept).name)
        for done, (name, digest) in enumerate(_named(_manifest(beside)), start=1):
            _copy_checked(place / name, beside / name, digest)
            on_file(done, made.files)
        _take_template(place, beside)
