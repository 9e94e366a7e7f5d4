"""One run: plan → crawl → land → understand → check → tell, each step one call.

Plain functions that know nothing of Prefect or of terminals; the command line and the flows
call them, and hand down settings, clock and who wants to hear of progress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from flows import bounds, brief, erasing, folders, registry, sources, watches
from flows.brief import Brief
from flows.config import Settings
from flows.progress import Event, OnEvent, silent
from flows.watches import WatchFile
from warehouse.errors import BadInput, SluglineError
from warehouse.records import CrawlRequest, Source, WatchTerms, now_utc

if TYPE_CHECKING:
    from crawlers.run import CrawlEvent

TIERS = brief.TIERS
_T = TypeVar("_T")
_TO_LAND = 120.0  # seconds a backfill may need to land its slice before it lets go


class Do(Protocol):
    """Carries out one step of a run; a flow's makes a Prefect task of it."""

    def __call__(self, step: str, work: Callable[[], _T], /) -> _T: ...


def at_once(_step: str, work: Callable[[], _T], /) -> _T:
    """For callers who have nothing to add."""
    return work()


def go_on() -> None:
    """For callers who never stop a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will do. `request` None: no source is due."""

    request: CrawlRequest | None
    waiting: tuple[Source, ...] = ()  # in use, but asked too short a time ago
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a person should look into."""

    notes: tuple[str, ...]
    out_of_bounds: tuple[str, ...]  # what was outside the bounds set for it, one line each


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """How a run ended."""

    status: str  # "done", "skipped": another run crawls; "waiting": no source was due
    note: str = ""
    runs: tuple[str, ...] = ()  # landed by this run, with those it found unfinished
    brief: Brief | None = None
    notes: tuple[str, ...] = ()
    failures: tuple[SluglineError, ...] = ()
    out_of_bounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What all steps of one run share."""

    settings: Settings
    files: Sequence[WatchFile]  # of the watches it is for
    sources: Sequence[Source]
    on_event: OnEvent = silent
    clock: Callable[[], datetime] = now_utc
    do: Do = at_once
    heed: Callable[[], None] = go_on  # called each second of a crawl; may raise to stop the run

    @property
    def data(self) -> Path:
        return self.settings.data

    def say(self, step: str, text: str, **more: object) -> None:
        self.on_event(Event(step=step, text=text, **more))  # type: ignore[arg-type]

    def waits(self, holder: str) -> None:
        self.say("plan", f"waiting for {holder} to let others crawl")


def run(
    settings: Settings,
    slugs: Iterable[str] = (),
    *,
    on_event: OnEvent = silent,
    ask_all: bool = False,
    clock: Callable[[], datetime] = now_utc,
    do: Do = at_once,
    heed: Callable[[], None] = go_on,
) -> RunReport:
    """One whole run for the watches named, or all; `ask_all` asks sources that are not due too.

    What an interrupted run left is finished first. Raises BadInput for mistakes in the files;
    a crawl that fails is in the report, and what had been fetched is kept.
    """
    files = watches.read_all(settings.seeds, slugs)
    if not files:
        what = f"there are no watches in {settings.seeds}"
        raise BadInput(what, try_="make one with: slugline watch add FILE")
    this = Run(settings, files, sources.read(settings.seeds), on_event, clock, do, heed)
    patience = 60 * settings.slice_minutes + _TO_LAND
    with folders.crawl_lock(
        settings.data, wait_seconds=patience, on_wait=this.waits, heed=heed
    ) as mine:
        if not mine:
            who = folders.holder(settings.data)
            return RunReport(status="skipped", note=f"another run is crawling ({who})")
        readable(settings.data)
        return _run(this, ask_all=ask_all)


def readable(data: Path) -> None:
    """Raises NewerWarehouse or WarehouseError before anybody's web server has been asked."""
    from warehouse import manifest, migrate  # noqa: PLC0415  DuckDB takes 0.1 s to import

    manifest.read(data, schema=migrate.newest())


def _run(this: Run, *, ask_all: bool) -> RunReport:
    landed, failures = _finish(this, folders.unlanded(this.data))
    planned = this.do("plan", lambda: plan(this, ask_all=ask_all))
    for note in planned.notes:
        this.say("plan", note)  # told when the run ends, with what was noticed later
    if planned.request:
        more, failed = _finish(this, [begin(this, planned.request)])
        landed, failures = [*landed, *more], [*failures, *failed]
    this.do("understand", lambda: understand(this))
    checked = this.do("check", lambda: check(this, landed))
    told = this.do("tell", lambda: tell(this))
    _forget(this)
    return RunReport(
        status="done" if landed or failures else "waiting",
        note=_waiting(planned),
        runs=tuple(landed),
        brief=told,
        notes=(*planned.notes, *checked.notes),
        failures=tuple(failures),
        out_of_bounds=checked.out_of_bounds,
    )


def _forget(this: Run) -> None:
    """Run folders and bodies that are old enough; maintain does it too."""
    now, settings = this.clock(), this.settings
    folders.forget(
        this.data,
        before=now - timedelta(days=settings.keep_days),
        warc_before=now - timedelta(days=settings.keep_warc_days),
    )


def _waiting(planned: Plan) -> str:
    if not planned.waiting:
        return ""
    return f"{len(planned.waiting)} sources are not due yet; slugline run --now asks them too"


def _finish(this: Run, unlanded: list[Path]) -> tuple[list[str], list[SluglineError]]:
    """Crawl and land these folders; one that fails is kept for the next run, the others go on."""
    landed: list[str] = []
    failures: list[SluglineError] = []
    for folder in unlanded:
        try:
            if not folders.is_crawled(folder):
                this.do("crawl", partial(crawl, this, folder))
            this.do("land", partial(land, this, folder))
            landed.append(folder.name)
        except SluglineError as failure:
            failures.append(failure)
            this.say("crawl", f"{folder.name}: {failure}", lasting=True)
    return landed, failures


# --- plan ------------------------------------------------------------------------------------


def plan(this: Run, *, ask_all: bool = False) -> Plan:
    """Which sources to ask for which watches; raises BadInput where a watch names none there is."""
    notes = []
    terms = []
    used: dict[str, Source] = {}
    for file in this.files:
        watch = file.watch
        wrong = watches.unknown_sources(watch, this.sources)
        if wrong:
            raise BadInput("; ".join(wrong), where=file.path, try_="slugline source list")
        if watch.paused:
            notes.append(f"{watch.watch} is paused")
            continue
        if nothing := watches.why_nothing(watch, this.sources):
            notes.append(f"{watch.watch}: {nothing}")
            continue
        there = [s for s in watches.sources_of(watch, this.sources) if not s.paused]
        used |= {source.source: source for source in there}
        terms.append(
            WatchTerms(
                watch=watch.watch,
                sources=tuple(source.source for source in there),
                terms=watch.terms,
                since=watch.since,
                until=watch.until,
            )
        )
    due, waiting = _due(this, list(used.values()), ask_all=ask_all)
    if used and this.settings.contact is None:
        notes.append("no contact is set: webmasters cannot write to you (contact in settings.toml)")
    request = request_of(this, due, terms) if due else None
    return Plan(request=request, waiting=tuple(waiting), notes=tuple(notes))


def _due(this: Run, used: list[Source], *, ask_all: bool) -> tuple[list[Source], list[Source]]:
    """Those to ask now, and those asked too short a time ago."""
    if ask_all:
        return used, []
    every = this.settings.every_minutes
    due = registry.due(this.data, used, every_minutes=every, now=this.clock())
    names = {source.source for source in due}
    return due, [source for source in used if source.source not in names]


def request_of(this: Run, due: list[Source], terms: list[WatchTerms]) -> CrawlRequest:
    """What the crawl of these sources is told, by the settings."""
    now, settings = this.clock(), this.settings
    names = {source.source for source in due}
    return CrawlRequest(
        run=folders.new_run(this.data, now),
        started_at=now,
        user_agent=settings.user_agent,
        sources=tuple(due),
        watches=tuple(
            replace(t, sources=tuple(s for s in t.sources if s in names))
            for t in terms
            if names.intersection(t.sources)
        ),
        proxy=settings.proxy,
        allow_private_hosts=settings.allow_private_hosts,
        concurrency=settings.concurrency,
        pace_seconds=settings.pace_seconds,
        timeout_seconds=settings.timeout_seconds,
        max_bytes=settings.max_bytes,
        max_pages=settings.max_pages,
        max_leads=settings.max_leads,
        page_seconds=settings.page_seconds,
        workers=settings.workers,
        revisit_hours=settings.revisit_hours,
        crawl_minutes=settings.crawl_minutes,
        retries=settings.retries,
    )


def begin(this: Run, request: CrawlRequest) -> Path:
    """The run folder of a plan."""
    names = [source.source for source in request.sources]
    return folders.begin(
        this.data, request, lambda to: registry.export_known(this.data, to, names, this.clock())
    )


# --- crawl, land, understand -----------------------------------------------------------------


def crawl(this: Run, folder: Path) -> None:
    """Fetch until the folder holds DONE; raises CrawlFailed, KeyboardInterrupt."""
    from crawlers.run import crawl as start  # noqa: PLC0415  start-up stays quick

    def on_crawl(event: CrawlEvent) -> None:
        this.heed()
        happened = crawl_event(event)
        if happened:
            this.on_event(happened)

    this.say("crawl", f"{folder.name}: asking the sources")
    start(folder, on_event=on_crawl)


def crawl_event(event: CrawlEvent) -> Event | None:
    """What the crawl child says, in words; None for what only matters to its log file."""
    if event.event == "progress":
        text = f"{event.found} addresses found, {event.done} decided, {event.articles} articles"
        return Event(step="crawl", text=text, done=event.done, total=event.found or None)
    if event.level and event.message:
        first = event.message.partition("\n")[0]  # the rest is in the folder's crawl.log
        grave = event.level in {"ERROR", "CRITICAL"}
        return Event(step="crawl", text=first, level=event.level, lasting=grave)
    return None


def land(this: Run, folder: Path) -> None:
    """Commit a crawled folder to the warehouse and to the state; doing it twice does nothing."""
    from warehouse import landing  # noqa: PLC0415  DuckDB takes 0.1 s to import

    this.say("land", folder.name)
    landing.land_run(this.data, folder, now=this.clock(), keep_days=this.settings.keep_days)
    registry.absorb(this.data, folder)
    erasing.after_landing(this.data, folder)
    folders.mark_landed(folder)


def understand(this: Run) -> None:
    """Derive what lacks the current version, and match every watch against all that has landed."""
    from warehouse import derive  # noqa: PLC0415

    profiles = registry.profiles(this.files)
    registry.land(this.data, this.files, profiles, this.sources, now=this.clock())
    derive.understand(
        this.data,
        profiles=profiles,
        now=this.clock(),
        clock=this.clock,
        on_progress=_understanding(this),
    )


def _understanding(this: Run) -> Callable[[int, int], None]:
    def on_progress(done: int, total: int) -> None:
        this.say("understand", f"{done} of {total} articles", done=done, total=total)

    return on_progress


def match(
    settings: Settings, slugs: Iterable[str], on_event: OnEvent = silent
) -> dict[str, dict[str, int]]:
    """Match watches against everything that has landed: watch → tier → number of articles."""
    files = watches.read_all(settings.seeds, slugs)
    this = Run(settings, files, sources.read(settings.seeds), on_event)
    understand(this)
    return {file.watch.watch: brief.tiers(settings.data, file.watch.watch) for file in files}


# --- check, tell -----------------------------------------------------------------------------


def check(this: Run, landed: Sequence[str]) -> Checked:
    """What a person should look into after these runs; that counts add up, landing has checked."""
    this.say("check", "")
    judged = bounds.judge(this.data, this.files, this.sources, this.clock())
    complaints = registry.complaints(this.data, landed)
    return Checked(notes=(*complaints, *judged.unknown), out_of_bounds=judged.out)


def tell(this: Run) -> Brief:
    """What is new for each watch since it was last told."""
    this.say("tell", "")
    told = brief.make(this.data, [file.watch for file in this.files])
    brief.mark_told(this.data, told)
    return told
