"""Tries a migration on a copy first: nothing of the data directory changes unless it goes well.

The copy is made of hard links, so it costs no room for what is there already; all that the
migration writes lies in a folder of its own, and goes with it.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse import collect, integrity, manifest, migrate
from warehouse.errors import DiskFull, WarehouseError
from warehouse.landed import LandedRows
from warehouse.manifest import Manifest

_FOLDER = "trial"

Commit = Callable[..., object]


def run(data: Path, before: Manifest, commit: Commit, *, now: datetime) -> None:
    """Carries the migration out on a copy and verifies it; raises WarehouseError where it fails."""
    copy = data / _FOLDER
    shutil.rmtree(copy, ignore_errors=True)  # of a trial that was killed
    try:
        _link(data, copy, before)
        commit(copy, "trial", _nothing, now=now, keep_days=collect.KEEP_DAYS, tried=True)
        broken = [it for it in integrity.check(copy, now=now) if it.broken]
        if broken:
            raise _failed(data, str(broken[0]))
    except DiskFull:
        raise
    except (duckdb.Error, WarehouseError) as error:
        raise _failed(data, str(error).partition("\n")[0]) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _failed(data: Path, why: str) -> WarehouseError:
    what = f"cannot be brought to schema {migrate.newest()}: tried on a copy, {why}"
    return WarehouseError(
        what, where=data, try_="nothing was changed; slugline doctor --deep, or go on with the old"
    )


def _nothing(_landed: LandedRows) -> object:
    from warehouse.commit import Batch  # noqa: PLC0415 - it imports this

    return Batch(rows={})


def _link(data: Path, copy: Path, before: Manifest) -> None:
    for name in manifest.named_files(before):
        _link_one(data / name, copy / name)
    (copy / "pub").mkdir(parents=True, exist_ok=True)
    for path in (data / "pub").glob("empty-*.db"):
        _link_one(path, copy / "pub" / path.name)
    manifest.write(copy, dataclasses.replace(before, root=str(copy.resolve())))


def _link_one(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, to)
    except OSError:  # a file system without links, or a file that is not there
        if path.exists():
            shutil.copyfile(path, to)
