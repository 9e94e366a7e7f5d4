"""Writes and reads the run folder: JSON lines in parts, then stats.json, and last DONE.

A line is in the file, whole, before its `write` returns, so a process that is killed loses
nothing it had said; a part that still ends in `.part` is being written or was left by a kill.
What the lines mean, and in which order they may be written, is the crawl's business.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from warehouse.errors import BrokenRun
from warehouse.records import Article, CrawlRequest, Fate, Fetch, Lead, from_json, to_json

_T = TypeVar("_T")
_MAX_PART_BYTES = 64_000_000
KINDS: dict[str, type[Any]] = {
    "leads": Lead,
    "fetches": Fetch,
    "outcomes": Fate,
    "articles": Article,
}


class Lines:
    """One kind of record of a run: `leads-00001.jsonl.part`, renamed when it is complete."""

    def __init__(self, folder: Path, name: str):
        self._folder, self._name = folder, name
        self._number = max((int(p.name[-11:-6]) for p in _parts(folder, name)), default=0)
        self._fd: int | None = None
        self._bytes = 0

    def write(self, record: object) -> None:
        """Append one line; it survives the death of this process (not of the machine)."""
        if self._fd is None:
            self._open_next()
        line = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
        self._append(line.encode("utf-8", "replace") + b"\n")
        if self._bytes > _MAX_PART_BYTES:
            self.close()

    def _append(self, data: bytes) -> None:
        assert self._fd is not None
        self._bytes += len(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def _open_next(self) -> None:
        self._number += 1
        self._path = self._folder / f"{self._name}-{self._number:05}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._fd = os.open(self._path.with_suffix(".jsonl.part"), flags, 0o644)
        self._bytes = 0

    def close(self) -> None:
        """Complete the part: on disk, and under its final name."""
        if self._fd is None:
            return
        os.fsync(self._fd)
        os.close(self._fd)
        self._fd = None
        self._path.with_suffix(".jsonl.part").rename(self._path)


def _parts(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}-[0-9][0-9][0-9][0-9][0-9].jsonl"))


def read_lines(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The lines of all complete parts, in the order they were written."""
    for path in _parts(folder, name):
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield json.loads(line)
                except ValueError as e:
                    raise BrokenRun(f"not JSON: {e}", where=f"{path}:{number}") from e


def read_records(folder: Path, name: str, cls: type[_T]) -> Iterator[_T]:
    """The records of all complete parts, in the order they were written."""
    return (from_json(cls, line) for line in read_lines(folder, name))


def mend(folder: Path) -> None:
    """Complete the parts a killed crawl left: a torn last line goes, all others stay."""
    for part in sorted(folder.glob("*.jsonl.part")):
        data = part.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole == 0:
            part.unlink()
            continue
        if whole < len(data):
            os.truncate(part, whole)
        part.rename(part.with_suffix(""))


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is there in full or not at all, also after a power cut."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_request(folder: Path) -> CrawlRequest:
    """What the crawl of this folder was asked for; raises BrokenRun."""
    path = folder / "request.json"
    try:
        return from_json(CrawlRequest, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as e:
        raise BrokenRun(f"no usable request: {e}", where=path) from e


def is_done(folder: Path) -> bool:
    """Whether the crawl of this folder is complete."""
    return (folder / "DONE").exists()
