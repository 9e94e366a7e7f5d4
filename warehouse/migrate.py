"""The numbered migrations: which there are and which a warehouse lacks.

Files are immutable, so adding a column changes no file: those written before give NULL for it
(see relations.py). A migration is a script under sql/migrations/ that turns the tables of the
version before into its own; applied in order on an empty database they give tables.sql.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from warehouse.manifest import Manifest

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    version: int
    name: str
    file: str


@cache
def migrations() -> tuple[Migration, ...]:
    """All migrations this program knows, in order."""
    folder = resources.files("warehouse") / "sql" / "migrations"
    found = (_NAME.fullmatch(file.name) for file in folder.iterdir())
    return tuple(
        sorted(
            (
                Migration(version=int(m[1]), name=m[2], file=f"migrations/{m[0]}")
                for m in found
                if m
            ),
            key=lambda migration: migration.version,
        )
    )


def newest() -> int:
    return migrations()[-1].version


def missing(manifest: Manifest) -> tuple[Migration, ...]:
    """The migrations that this warehouse lacks, in order."""
    return tuple(m for m in migrations() if m.version > manifest.schema)


def records(applied: tuple[Migration, ...], now: datetime) -> list[dict[str, Any]]:
    """Rows of schema_migrations for migrations applied at `now`."""
    return [{"version": m.version, "name": m.name, "applied_at": now} for m in applied]
