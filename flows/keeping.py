"""Copies of a data directory: backups, the way back, snapshots. One call each, and one line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows import progress
from flows.config import Settings
from flows.progress import Event
from warehouse.records import now_utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.progress import OnEvent
    from warehouse.backup import Backup


def back_up(settings: Settings, folder: Path) -> str:
    """Raises BadInput, WarehouseError, DiskFull, as the others here do."""
    from warehouse import backup  # noqa: PLC0415  DuckDB takes 0.1 s to import

    with progress.shown() as on_event:
        made = backup.back_up(settings.data, folder, now=now_utc(), on_file=_of(on_event, "backup"))
    return f"{folder}: {_in_words(made)}, verified"


def restore(settings: Settings, folder: Path) -> str:
    from warehouse import backup  # noqa: PLC0415

    with progress.shown() as on_event:
        made = backup.restore(
            folder, settings.data, now=now_utc(), on_file=_of(on_event, "restore")
        )
    return f"{settings.data}: {_in_words(made)} of {made.made_at[:16]}, verified"


def snapshot(settings: Settings, file: Path) -> str:
    from warehouse import snapshot as one_file  # noqa: PLC0415

    with progress.shown() as on_event:

        def on_table(name: str, rows: int) -> None:
            on_event(Event(step="snapshot", text=f"{name}: {rows:,} rows"))

        made = one_file.snapshot(settings.data, file, now=now_utc(), on_table=on_table)
    articles = made.rows.get("articles", 0)
    return f"{file}: {articles:,} articles, generation {made.generation}, {made.bytes / 1e6:.1f} MB"


def _of(on_event: OnEvent, step: str) -> Callable[[int, int], None]:
    def on_file(done: int, total: int) -> None:
        on_event(Event(step=step, text=f"{done} of {total} files", done=done, total=total))

    return on_file


def _in_words(made: Backup) -> str:
    return f"generation {made.generation}, {made.files:,} files, {made.bytes / 1e6:.1f} MB"
