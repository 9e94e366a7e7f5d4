"""A backfill: what the sources of a watch published between two dates, in slices.

Looks into sitemaps and section archives, newest first. Each slice is a crawl of its own, landed
when it ends; between two of them others may crawl. What is done is kept in the frontier, so that a
backfill goes on where it stopped. Knows nothing of Prefect or of terminals.
"""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from crawlers import spool
from flows import folders, pipeline, registry, slices, sources, watches
from flows.config import Settings
from flows.pipeline import Do, Run, at_once, go_on
from flows.progress import OnEvent, silent
from flows.questions import Row, desk
from flows.slices import Share
from warehouse.errors import BadInput, CouldNotDo, SluglineError
from warehouse.frontier import Frontier
from warehouse.records import Source, WatchTerms, Window, isoformat, now_utc

_A_DAY = 24 * 3600.0  # for whoever crawls to end
_IDLE = 3  # slices in a row that decide nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """How a backfill ended. found = the sum of outcomes + left."""

    status: str  # "done"; "stopped": by max_pages; "skipped": it is being carried out already
    watch: str
    window: Window
    slices: int = 0  # of this call
    found: int = 0  # these counts are of the whole backfill, also of earlier calls
    outcomes: Mapping[str, int] = field(default_factory=dict)
    left: int = 0  # found, but not decided yet
    tiers: Mapping[str, int] = field(default_factory=dict)  # of the articles that are related
    related: tuple[Row, ...] = ()  # the closest first
    without: Mapping[str, str] = field(default_factory=dict)  # source → why it gave nothing
    notes: tuple[str, ...] = ()
    failures: tuple[SluglineError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Backfill:
    """What all slices share."""

    run: Run
    watch: str
    terms: WatchTerms
    window: Window
    sources: Sequence[Source]
    frontier: Frontier
    minutes: float  # of one slice


def run(
    settings: Settings,
    slug: str,
    since: datetime,
    until: datetime | None = None,
    *,
    slice_minutes: float | None = None,
    max_pages: int | None = None,
    on_event: OnEvent = silent,
    clock: Callable[[], datetime] = now_utc,
    do: Do = at_once,
    heed: Callable[[], None] = go_on,
) -> BackfillReport:
    """Look back for one watch; done twice it does nothing new, interrupted it goes on.

    Without `until` it looks as far as yesterday, or as far as the last such call that is not
    finished. Raises BadInput for a watch or dates that make no sense; a crawl that fails is in the
    report.
    """
    until = until or _end(settings.data, slug, since, clock())
    window = Window(since=since, until=until)
    if until < since:
        raise BadInput("until is before since", try_="--since 2023-05-01 --until 2023-07-31")
    (file,) = watches.read_all(settings.seeds, [slug])
    known = sources.read(settings.seeds)
    wrong = watches.unknown_sources(file.watch, known)
    if wrong:
        raise BadInput("; ".join(wrong), where=file.path, try_="slugline source list")
    used = [source for source in watches.sources_of(file.watch, known) if not source.paused]
    if not used:
        raise BadInput(f"{slug} names no sources", where=file.path, try_="slugline source list")
    names = tuple(source.source for source in used)
    path = settings.data / "backfills" / f"{_stem(slug, since)}-{until:%Y%m%dT%H%M}.sqlite"
    this = _Backfill(
        Run(settings, [file], known, on_event, clock, do, heed),
        slug,
        WatchTerms(watch=slug, sources=names, terms=file.watch.terms),
        window,
        used,
        Frontier(path),
        settings.slice_minutes if slice_minutes is None else slice_minutes,
    )
    with _alone(path) as mine:
        if not mine:
            note = f"this backfill of {slug} is being carried out by another process"
            return BackfillReport(status="skipped", watch=slug, window=window, notes=(note,))
        return _run(this, max_pages)


def _stem(slug: str, since: datetime) -> str:
    return f"{slug}-{since:%Y%m%dT%H%M}"


def _end(data: Path, slug: str, since: datetime, now: datetime) -> datetime:
    """Of an unfinished backfill that began there, else of the day before `now`."""
    for path in sorted((data / "backfills").glob(f"{_stem(slug, since)}-*.sqlite")):
        facts = Frontier(path).facts()
        if "finished_at" not in facts and "until" in facts:
            return datetime.fromisoformat(facts["until"])
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(microseconds=1)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether no other process carries out this very backfill; freed however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _run(this: _Backfill, max_pages: int | None) -> BackfillReport:
    facts = {"watch": this.watch, "since": isoformat(this.window.since),
             "until": isoformat(this.window.until)}  # fmt: skip
    this.frontier.begin(facts, slices.roots(this.sources, this.window))
    n_slices = 0
    pipeline.readable(this.run.data)
    try:
        n_pages = _recover(this)
        n_slices, all_done = _slices(this, max_pages, n_pages)
    except SluglineError as failure:
        return _report(this, "stopped", n_slices, failures=(failure,))
    if all_done:
        this.frontier.finish(this.run.clock())
    return _report(this, "done" if all_done else "stopped", n_slices)


def _slices(this: _Backfill, max_pages: int | None, n_pages: int) -> tuple[int, bool]:
    """Slice after slice until nothing is left or enough was fetched; their number, and which."""
    n, idle = 0, 0
    while True:
        room = None if max_pages is None else max_pages - n_pages
        if room is not None and room <= 0:
            return n, this.frontier.waiting() == 0
        before = this.frontier.done()
        with folders.crawl_lock(
            this.run.data, folders.BACKFILL, _A_DAY, on_wait=this.run.waits
        ) as mine:
            if not mine:
                who = folders.holder(this.run.data)
                raise CouldNotDo(f"{who} has crawled for a day", try_="look at what it does")
            shares = slices.shares(this.frontier, this.sources, _pages_in(this), room)
            if not shares:
                return n, True
            n_pages += _slice(this, _begin(this, shares))
        n += 1
        _tell(this, n)
        idle = idle + 1 if this.frontier.done() == before else 0
        if idle >= _IDLE:
            raise CouldNotDo(f"{_IDLE} slices in a row decided nothing",
                             try_="give each more time with --slice-minutes")  # fmt: skip


def _pages_in(this: _Backfill) -> Callable[[Source], int]:
    """How many pages of a source fit into one slice at its pace."""
    settings = this.run.settings

    def fit(source: Source) -> int:
        pace = settings.pace_seconds if source.pace_seconds is None else source.pace_seconds
        most = settings.max_pages if source.max_pages is None else source.max_pages
        return min(most, int(60 * this.minutes / pace) + 1) if pace else most

    return fit


def _begin(this: _Backfill, shares: Sequence[Share]) -> Path:
    """The run folder of a slice, with what it is to read and to decide."""
    these = [share.source for share in shares]
    names = tuple(source.source for source in these)
    request = pipeline.request_of(this.run, these, [replace(this.terms, sources=names)])
    request = replace(
        request,
        run=folders.as_slice(request.run),
        revisit_hours=0.0,
        crawl_minutes=this.minutes,
        window=this.window,
    )
    this.frontier.give(request.run)

    def fill(known: Path) -> None:
        registry.export_known(this.run.data, known, names, this.run.clock())
        slices.write(known.parent, shares)

    return folders.begin(this.run.data, request, fill)


def _recover(this: _Backfill) -> int:
    """Finish the slices that an earlier call had begun; how many pages they fetched."""
    n_pages = 0
    for run_id in this.frontier.given():
        folder = folders.runs(this.run.data) / run_id
        if not (folder / "request.json").exists():
            this.frontier.forget(run_id)
            continue
        with folders.crawl_lock(
            this.run.data, folders.BACKFILL, _A_DAY, on_wait=this.run.waits
        ) as mine:
            if mine:
                n_pages += _slice(this, folder)
    return n_pages


def _slice(this: _Backfill, folder: Path) -> int:
    """Crawl, land and understand one slice; how many pages were fetched."""
    run = this.run
    if not folders.is_crawled(folder):
        run.do("crawl", partial(pipeline.crawl, run, folder))
    if not (folder / "LANDED").exists():
        run.do("land", partial(pipeline.land, run, folder))
    taken = slices.taken(folder, this.window, _landed(run.data, folder.name), this.frontier.tries)
    this.frontier.take(taken, partial(slices.further, this.frontier.places(), folder))
    if any(spool.read_lines(folder, "articles")):
        run.do("understand", lambda: pipeline.understand(run))
    return slices.pages_fetched(folder)


def _landed(data: Path, run_id: str) -> dict[str, str]:
    with desk(data) as open_desk:
        return {r["url"]: r["outcome"] for r in open_desk.rows("outcomes_of_run", run=run_id)}


def _tell(this: _Backfill, n: int) -> None:
    counts = Counter[str]()
    for outcomes in this.frontier.counts().values():
        counts.update(outcomes)
    back_to = slices.back_to(this.frontier)
    text = (
        f"slice {n}: {counts.total()} addresses found, {counts.total() - counts['']} decided"
        f"{f', back to {back_to:%Y-%m-%d}' if back_to else ''}"
    )
    this.run.say("backfill", text, done=counts.total() - counts[""], total=counts.total(),
                 lasting=True)  # fmt: skip


# --- the end ---------------------------------------------------------------------------------


def _report(
    this: _Backfill, status: str, n_slices: int, failures: Iterable[SluglineError] = ()
) -> BackfillReport:
    counts = this.frontier.counts()
    outcomes = Counter[str]()
    for by_outcome in counts.values():
        outcomes.update(by_outcome)
    left = outcomes.pop("", 0)
    with desk(this.run.data) as open_desk:
        related = open_desk.rows("news", runs=this.frontier.runs(), watch=this.watch)
    return BackfillReport(
        status=status,
        watch=this.watch,
        window=this.window,
        slices=n_slices,
        found=outcomes.total() + left,
        outcomes=dict(sorted(outcomes.items())),
        left=left,
        tiers=dict(Counter(str(row["tier"]) for row in related)),
        related=tuple(related),
        notes=slices.unread(this.frontier),
        without=slices.without(this.frontier, this.sources, counts),
        failures=tuple(failures),
    )
