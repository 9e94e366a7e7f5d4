"""Erases an article, a source or somebody everywhere: tables, index, state, run folders.

What is to go is written down first (erasing/), and that note is removed last: an erasure that was
interrupted is finished by the next one, or by `slugline maintain`. Nothing else knows both the
tables and the run folders.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows import folders
from warehouse.errors import Unknown
from warehouse.records import now_utc

if TYPE_CHECKING:
    from warehouse.erase import Erased
    from warehouse.gone import Gone
    from warehouse.handed import Handed
    from warehouse.tombstones import Refused

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants erased: one of these."""

    url: str | None = None
    source: str | None = None
    entity: str | None = None

    @property
    def told(self) -> str:
        return self.url or self.source or self.entity or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What went, and where copies of it may still be."""

    articles: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    lines: int = 0  # in run folders and state
    files: int = 0  # of older generations
    busy: tuple[str, ...] = ()  # run folders that are being crawled: landing them goes on with it
    handed: tuple[Handed, ...] = ()


def preview(data: Path, wanted: Wanted) -> Gone:
    """What would go. Raises Unknown where there is nothing of it."""
    from crawlers import urls  # noqa: PLC0415
    from warehouse import gone as what  # noqa: PLC0415

    url = wanted.url
    addresses = {url, urls.clean(url) or url, urls.key(url)} if url else set()
    gone = what.resolve(data, addresses=addresses, source=wanted.source, entity=wanted.entity)
    if wanted.entity and not gone.articles and not gone.entities:
        raise Unknown(
            f"nobody and nothing called {wanted.entity!r} has been named so far",
            try_="slugline entity tells who is known by which names",
        )
    if wanted.source and not gone.articles and not what.knows_source(data, wanted.source):
        raise Unknown(
            f"nothing has come from a source {wanted.source!r}",
            try_="slugline source list tells which there are",
        )
    return gone


def erase(
    data: Path,
    wanted: Wanted,
    *,
    clock: Callable[[], datetime] = now_utc,
    on_step: OnStep = lambda _: None,
) -> Report:
    """Erases it, and what an interrupted erasure left. Raises Unknown, NewerWarehouse, DiskFull."""
    from warehouse import disk  # noqa: PLC0415  DuckDB takes 0.1 s to import

    with disk.lock(data, "maintain.lock"):
        gone = preview(data, wanted)
        _write_down(data, gone)
        on_step("written down")
        return _finish(data, clock(), on_step)


def finish(data: Path, *, now: datetime) -> Report | None:
    """Goes on with what an interrupted erasure left; None: nothing. Needs maintain.lock."""
    return _finish(data, now, lambda _: None) if unfinished(data) else None


def unfinished(data: Path) -> list[Path]:
    return sorted((data / "erasing").glob("*.json"))


def _write_down(data: Path, gone: Gone) -> None:
    from warehouse import disk  # noqa: PLC0415

    folder = data / "erasing"
    folder.mkdir(exist_ok=True)
    number = len(unfinished(data)) + 1
    with disk.room_for(data):
        disk.write_whole(folder / f"{number:04d}.json", json.dumps(asdict(gone)))


def _finish(data: Path, now: datetime, on_step: OnStep) -> Report:
    from warehouse import beside, handed, tombstones  # noqa: PLC0415

    report = Report()
    for note in unfinished(data):
        report = _add(report, _from_tables(data, _read(note), now, on_step))
    refused = tombstones.known(data)
    lines = beside.forget(data, refused)
    on_step("state")
    scrubbed, busy = _from_folders(data, refused)
    on_step("folders")
    for note in unfinished(data):
        note.unlink()
    with suppress(FileNotFoundError):
        (data / "erasing").rmdir()
    return replace(report, lines=lines + scrubbed, busy=tuple(busy), handed=tuple(handed.out(data)))


def _read(note: Path) -> Gone:
    from warehouse.gone import Gone  # noqa: PLC0415

    return Gone(**{k: tuple(v) for k, v in json.loads(note.read_text("utf-8")).items()})


def _from_tables(data: Path, gone: Gone, now: datetime, on_step: OnStep) -> tuple[Gone, Erased]:
    """Worked out anew, since something may have landed before the tombstones did."""
    from warehouse import erase as tables  # noqa: PLC0415
    from warehouse.gone import resolved_again  # noqa: PLC0415

    whole = resolved_again(data, gone)
    return whole, tables.erase(data, whole, now=now, on_step=on_step)


def _add(report: Report, done: tuple[Gone, Erased]) -> Report:
    gone, erased = done
    rows = dict(report.rows)
    for name, n in erased.rows.items():
        rows[name] = rows.get(name, 0) + n
    return replace(
        report,
        articles=report.articles + len(gone.articles),
        rows=rows,
        files=report.files + erased.files,
    )


# --- run folders -----------------------------------------------------------------------------


def _from_folders(data: Path, refused: Refused) -> tuple[int, list[str]]:
    """Lines and bodies that went, and the folders that somebody crawls just now."""
    n, busy = 0, []
    with folders.crawl_lock(data) as mine:
        for folder in _folders(data):
            if mine or folders.is_crawled(folder):
                n += _scrub(folder, refused)
            else:
                busy.append(folder.name)
    return n, busy


def _folders(data: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folders.runs(data).glob("*")) if path.is_dir())


def _scrub(folder: Path, refused: Refused) -> int:
    from crawlers.scrub import scrub  # noqa: PLC0415
    from warehouse import beside, disk  # noqa: PLC0415

    with disk.room_for(folder):
        known = folder / "known.sqlite"
        return scrub(folder, refused) + (beside.forget_in(known, refused) if known.exists() else 0)


def after_landing(data: Path, folder: Path) -> int:
    """Takes out of a folder that has landed what was erased before, and was crawled again."""
    from warehouse import tombstones  # noqa: PLC0415

    refused = tombstones.known(data)
    return _scrub(folder, refused) if refused else 0
