"""A working folder: the files that a person edits, written once and never over what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows import shipped
from warehouse.errors import BadInput

_FILES = ("seeds/sources.toml", "seeds/settings.toml", "seeds/_template", "prefect.yaml")
_IGNORED = "# What Slugline makes by itself.\n/data/\n"


@dataclass(frozen=True, slots=True)
class Placed:
    """One file of the folder."""

    file: str  # within the folder
    made: bool  # False: it was there already and is as it was


def start(folder: Path, *, dry_run: bool = False) -> list[Placed]:
    """Make `folder` one to work in; raises BadInput where it is no folder."""
    if folder.exists() and not folder.is_dir():
        raise BadInput("is not a folder", where=folder, try_="name another")
    placed = []
    for name, text in _contents():
        new = not (folder / name).exists()
        if new and not dry_run:
            new = _write(folder / name, text)
        placed.append(Placed(name, new))
    return placed


def _contents() -> Iterator[tuple[str, bytes]]:
    for name in _FILES:
        found = shipped.path(name)
        files = sorted(found.iterdir()) if found.is_dir() else [found]
        for file in files:
            inside = f"{name}/{file.name}" if found.is_dir() else name
            yield inside, file.read_bytes()
    yield ".gitignore", _IGNORED.encode()


def _write(path: Path, text: bytes) -> bool:
    """Whether it was written: not where somebody made such a file in the meantime."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError), path.open("xb") as file:
        file.write(text)
        return True
    return False
