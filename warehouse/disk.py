"""What the data directory asks of the file system: one writer, whole files, a clear word when full.

Knows nothing of tables; every rename here is followed by an fsync of the folder it happened in.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import DiskFull, WarehouseError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def fsync(path: Path) -> None:
    """Everything written to the file or folder `path` is on the disk when this returns."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def digest(path: Path) -> str:
    """SHA-256 of the file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace(new: Path, path: Path) -> None:
    """`path` becomes `new`, whole or not at all, and stays so after a power cut."""
    new.replace(path)
    fsync(path.parent)


def write_whole(path: Path, content: str) -> None:
    """`path` holds `content` or what it held before, never a part."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace(new, path)


def remove(paths: Iterable[Path]) -> None:
    """None of these files is there any more."""
    for path in paths:
        path.unlink(missing_ok=True)


def point(link: Path, target: Path) -> None:
    """The symlink `link` leads to `target` (relative, so the folder can move)."""
    new = link.with_name(link.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(target.relative_to(link.parent))
    replace(new, link)


@contextmanager
def lock(data: Path, name: str = "land.lock") -> Iterator[None]:
    """Only one process lands at a time; the kernel frees the lock when its holder dies.

    Waits for it, and so does whoever wants another lock file of that `name`.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / name).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def only_one(data: Path, name: str) -> Iterator[bool]:
    """Whether no other process is in here; `name` is the lock file's, under `data`."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / name).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def room_for(data: Path) -> Iterator[None]:
    """Turns a full disk or a folder that may not be written into an error for people."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _full(data) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise WarehouseError(
                "may not be written", where=error.filename or data, try_="check who owns it"
            ) from error
        raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise _full(data) from error
        raise
    except duckdb.Error as error:
        if any(os.strerror(number) in str(error) for number in _FULL):
            raise _full(data) from error
        raise


def _full(data: Path) -> DiskFull:
    return DiskFull(
        "no space left on the disk; nothing that had landed is lost",
        where=data,
        try_="make room and run the same command again",
    )
