"""The nightly care of a data directory: tidy → forget → retain → verify, each step one call.

Plain functions that know nothing of Prefect. Crawls, landings and readers go on meanwhile: the
landing lock is held for the commit of one merge at a time, and run folders that have landed
vanish by a rename. Two of these never work at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flows import erasing, folders, sources, watches
from flows.config import Settings
from flows.pipeline import Do, at_once
from flows.progress import Event, OnEvent, silent
from warehouse.errors import WarehouseError
from warehouse.records import now_utc

if TYPE_CHECKING:
    from warehouse.flaws import Finding
    from warehouse.retain import Kept
    from warehouse.tidy import Tidied


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepReport:
    """What a night's care did and found."""

    status: str  # "done", "skipped": another one is at it
    note: str = ""
    merged: int = 0  # table files that are now part of another one
    left: int = 0  # small files that are left for the next night
    removed: int = 0  # files that no reader can need any more
    removed_bytes: int = 0
    folders: int = 0  # run folders that were deleted
    expired: int = 0  # articles that were kept long enough
    findings: tuple[Finding, ...] = ()

    @property
    def broken(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.broken)


def run(
    settings: Settings,
    *,
    on_event: OnEvent = silent,
    do: Do = at_once,
    contents: bool = True,
    clock: Callable[[], datetime] = now_utc,
) -> UpkeepReport:
    """One night's care. `contents`: read all files to verify them, not only their sizes.

    What is broken is in the report; raises NewerWarehouse and DiskFull.
    """
    from warehouse import disk  # noqa: PLC0415  DuckDB takes 0.1 s to import

    with disk.only_one(settings.data, "maintain.lock") as mine:
        if not mine:
            return UpkeepReport(status="skipped", note="another maintain is at work")
        erasing.finish(settings.data, now=clock())  # what an interrupted erasure left
        tidied = do("tidy", lambda: tidy(settings, on_event, clock()))
        gone = do("forget", lambda: forget(settings, clock()))
        kept = kept_of(settings)
        expired = do("retain", lambda: retain(settings, kept, clock())) if kept else 0
        findings = do("verify", lambda: verify(settings, on_event, clock(), contents=contents))
    return UpkeepReport(
        status="done",
        merged=tidied.merged,
        left=tidied.left,
        removed=tidied.collected.files,
        removed_bytes=tidied.collected.bytes,
        folders=gone,
        expired=expired,
        findings=tuple(findings),
    )


def tidy(settings: Settings, on_event: OnEvent, now: datetime) -> Tidied:
    """Look for new names in old articles, merge small files and remove those that are due.

    The rest of a backlog of files has to wait.
    """
    from warehouse import learned  # noqa: PLC0415
    from warehouse import tidy as tables  # noqa: PLC0415

    if found := learned.look_for_names(settings.data, now=now):
        on_event(Event(step="tidy", text=f"names learned since were found {found} times"))

    def on_merge(relation: str, files: int) -> None:
        on_event(Event(step="tidy", text=f"{relation}: {files} files are one now"))

    return tables.tidy(settings.data, now=now, keep_days=settings.keep_days, on_merge=on_merge)


def forget(settings: Settings, now: datetime) -> int:
    """Delete run folders and bodies that are old enough; the number of folders."""
    return folders.forget(
        settings.data,
        before=now - timedelta(days=settings.keep_days),
        warc_before=now - timedelta(days=settings.keep_warc_days),
    )


def kept_of(settings: Settings) -> Kept:
    """How long articles are kept: by the settings, sources.toml and the watches."""
    from warehouse.retain import Kept  # noqa: PLC0415

    files = watches.read_all(settings.seeds)
    listed = sources.read(settings.seeds)
    return Kept(
        days=settings.keep_articles_days,
        sources={s.source: s.keep_articles_days for s in listed
                 if s.keep_articles_days is not None},
        watches={f.watch.watch: f.watch.keep_articles_days for f in files
                 if f.watch.keep_articles_days is not None},
    )  # fmt: skip


def retain(settings: Settings, kept: Kept, now: datetime) -> int:
    """Take out articles that were kept long enough; how many."""
    from warehouse import retain as articles  # noqa: PLC0415

    n, _ = articles.retain(settings.data, kept, now=now)
    return n


def verify(
    settings: Settings, on_event: OnEvent, now: datetime, *, contents: bool
) -> list[Finding]:
    """What is wrong with the data directory."""
    from warehouse import integrity  # noqa: PLC0415

    def on_progress(done: int, total: int) -> None:
        on_event(Event(step="verify", text=f"{done} of {total} files", done=done, total=total))

    return integrity.check(settings.data, now=now, contents=contents, on_progress=on_progress)


def complaint(settings: Settings, report: UpkeepReport) -> WarehouseError | None:
    """The error that a broken data directory is, once its findings have been told."""
    if not report.broken:
        return None
    n = len(report.broken)
    what = f"{n} thing{'s' if n > 1 else ''} in it {'are' if n > 1 else 'is'} broken"
    return WarehouseError(what, where=settings.data, try_="each line says how to mend it")


def in_words(report: UpkeepReport) -> str:
    """One line for people."""
    if report.status == "skipped":
        return f"skipped: {report.note}"
    parts = [
        f"{report.merged} files merged",
        f"{report.removed} removed ({report.removed_bytes / 1e6:.1f} MB)",
        f"{report.folders} run folders deleted",
        f"{len(report.findings)} findings",
    ]
    if report.expired:
        parts.append(f"{report.expired} articles kept long enough")
    if report.left:
        parts.append(f"{report.left} files left to merge")
    return ", ".join(parts)
