"""What was handed out: the backups and snapshots that were made of a data directory.

Nobody can erase from a file that was given away, but one can say which there are.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from warehouse.records import isoformat

_LIST = "handed_out.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One copy of the data."""

    kind: str  # "backup", "snapshot"
    path: str  # where it was written; it may have been moved since
    made_at: str
    generation: int

    @property
    def is_there(self) -> bool:
        return Path(self.path).exists()


def note(data: Path, kind: str, path: Path, *, generation: int, now: datetime) -> None:
    """Writes down that a copy was made."""
    made = Handed(
        kind=kind, path=str(path.resolve()), made_at=isoformat(now), generation=generation
    )
    with (data / _LIST).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def out(data: Path) -> list[Handed]:
    """All copies that were made, the newest of each path, oldest first."""
    path = data / _LIST
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines()
    made = [Handed(**json.loads(line)) for line in lines if line.endswith("}")]
    return list({(it.kind, it.path): it for it in made}.values())
