"""Derives again with the current version, from a chosen step: extract → understand → copies →
relevance.

Batch by batch: what has landed is not stale any more, so a run that was interrupted goes on where
it was. Safe beside a monitor: each batch lands like any other, and gives way to a newer version of
an article. Plain functions that know nothing of Prefect.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flows import registry, sources, watches
from flows.config import Settings
from flows.pipeline import Do, at_once
from flows.progress import Event, OnEvent, silent
from warehouse.errors import BadInput
from warehouse.records import Article, isoformat, now_utc

if TYPE_CHECKING:
    from crawlers.again import Extractors, Kept, Page
    from warehouse.records import Profile
    from warehouse.reextracted import Reextracted
    from warehouse.stale import Extracted, Selection

_T = TypeVar("_T")

STEPS = ("extract", "understand", "copies", "relevance")
# Found in one reading of a text, under one version.
SAME_AS = {"names": "understand", "keywords": "understand", "quotes": "understand"}
_BATCH = 200  # articles
_BEGUN = "reprocessing.json"  # when a reprocessing of everything began that is not done yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to derive again."""

    from_step: str = "understand"
    watches: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    again: bool = False  # also what the current version has made

    @property
    def steps(self) -> tuple[str, ...]:
        return STEPS[STEPS.index(SAME_AS.get(self.from_step, self.from_step)) :]

    def of(self, profiles: Sequence[Profile]) -> list[Profile]:
        """Those of the watches that are meant."""
        return [it for it in profiles if not self.watches or it.watch in self.watches]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many articles a step would derive again; `cannot`: of those, how many not, and why."""

    step: str
    watch: str | None = None  # of the step relevance
    from_version: str
    to_version: str
    articles: int
    cannot: int = 0
    why: str = ""


@dataclass(slots=True, kw_only=True)
class ReprocessReport:
    """What was derived again."""

    status: str = "done"  # "skipped": another one is at work
    note: str = ""
    extracted: int = 0
    same: int = 0  # of those, only the version is another one
    overtaken: int = 0  # a run landed a newer version meanwhile
    understood: int = 0
    compared: int = 0
    related: int = 0  # pairs of article and watch
    cannot: Counter[str] = field(default_factory=Counter)  # reason → articles


@dataclass(frozen=True, slots=True)
class _Work:
    settings: Settings
    choice: Choice
    selection: Selection
    profiles: Sequence[Profile]
    on_event: OnEvent
    clock: Callable[[], datetime]
    report: ReprocessReport

    @property
    def data(self) -> Path:
        return self.settings.data

    def tell(self, step: str, done: int, total: int) -> None:
        text = f"{done} of {total} articles"
        self.on_event(Event(step=step, text=text, done=done, total=total))


def run(
    settings: Settings,
    choice: Choice,
    *,
    on_event: OnEvent = silent,
    do: Do = at_once,
    clock: Callable[[], datetime] = now_utc,
) -> ReprocessReport:
    """Derive again; what cannot be is counted with its reason, and stays as it is.

    Raises BadInput for a watch or a step that there is none of, NewerWarehouse and DiskFull.
    """
    from warehouse import disk  # noqa: PLC0415  DuckDB takes 0.1 s to import

    profiles = _profiles(settings, choice, land=clock())
    with disk.only_one(settings.data, "reprocess.lock") as mine:
        if not mine:
            return ReprocessReport(status="skipped", note="another reprocess is at work")
        begun = _begun(settings.data, choice, clock()) if choice.again else None
        work = _Work(
            settings,
            choice,
            _selection(choice, begun),
            profiles,
            on_event,
            clock,
            ReprocessReport(),
        )
        for step in choice.steps:
            do("extract" if step == "extract" else "derive", lambda s=step: _DO[s](work))  # type: ignore[misc]
        if choice.again:
            (settings.data / _BEGUN).unlink(missing_ok=True)
    return work.report


def plan(settings: Settings, choice: Choice) -> list[Count]:
    """How much `run` would derive, step by step; writes nothing anywhere."""
    from warehouse import stale  # noqa: PLC0415

    profiles = _profiles(settings, choice)
    selection = _selection(choice, now_utc() if choice.again else None)
    counts: list[Count] = []
    for step in choice.steps:
        if step == "extract":
            counts += _to_extract(settings.data, selection)
        elif step == "understand":
            found = stale.to_understand(settings.data, selection)
            counts += _counts(step, stale.counted(found))
        elif step == "copies" and choice.steps[0] == "copies":
            found = stale.to_compare(settings.data, selection)
            counts += _counts(step, stale.counted(found))
        elif step == "relevance":
            for profile in choice.of(profiles):
                found = stale.to_relate(settings.data, selection, profile)
                counts += _counts(step, stale.counted(found), watch=profile.watch)
    return counts


def _counts(step: str, counted: dict[str, int], watch: str | None = None) -> Iterator[Count]:
    from warehouse import stale  # noqa: PLC0415

    for version, n in counted.items():
        yield Count(
            step=step,
            watch=watch,
            from_version=version,
            to_version=stale.VERSIONS[step],
            articles=n,
        )


def _to_extract(data: Path, selection: Selection) -> Iterator[Count]:
    from warehouse import stale  # noqa: PLC0415

    version = _extractor_version()
    found = stale.to_extract(data, selection, version)
    cannot: Counter[tuple[str, str]] = Counter()
    for batch, pages, kept in _by_run(data, found):
        for one, page in zip(batch, pages, strict=True):
            if why := kept.missing(page):
                cannot[one.from_version, why] += 1
    for old, n in stale.counted(found).items():
        yield Count(step="extract", from_version=old, to_version=version, articles=n)
        for (of, why), lost in sorted(cannot.items()):
            if of == old:
                yield Count(
                    step="extract",
                    from_version=old,
                    to_version=version,
                    articles=0,
                    cannot=lost,
                    why=why,
                )


# --- who and what ----------------------------------------------------------------------------


def _profiles(settings: Settings, choice: Choice, *, land: datetime | None = None) -> list[Profile]:
    """Of all watches, since a text that is read again is related to each of them.

    `land`: also land what changed of them, then. Raises BadInput for a choice there is none of.
    """
    if choice.from_step not in (*STEPS, *SAME_AS):
        raise BadInput(f"no step {choice.from_step!r}", try_=f"one of {', '.join(STEPS)}")
    watches.read_all(settings.seeds, choice.watches)
    files = watches.read_all(settings.seeds, ())
    made = registry.profiles(files)
    if land and files:
        registry.land(settings.data, files, made, sources.read(settings.seeds), now=land)
    return made


def _selection(choice: Choice, begun: datetime | None) -> Selection:
    from warehouse.stale import Selection as Chosen  # noqa: PLC0415

    return Chosen(since=choice.since, until=choice.until, watches=choice.watches, started_at=begun)


def _begun(data: Path, choice: Choice, now: datetime) -> datetime:
    """When this reprocessing began: now, or before it was interrupted."""
    path = data / _BEGUN
    what = {
        "from": choice.steps[0],
        "watches": list(choice.watches),
        "since": isoformat(choice.since) if choice.since else None,
        "until": isoformat(choice.until) if choice.until else None,
    }
    if path.exists():
        earlier: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if earlier["what"] == what:
            return datetime.fromisoformat(earlier["started_at"])
    path.write_text(json.dumps({"what": what, "started_at": isoformat(now)}) + "\n", "utf-8")
    return now


def _extractor_version() -> str:
    from crawlers.extract.article import EXTRACTOR_VERSION  # noqa: PLC0415  takes a second

    return EXTRACTOR_VERSION


def _parts(items: Sequence[_T], times: int = 1) -> Iterator[Sequence[_T]]:
    size = times * _BATCH
    for i in range(0, len(items), size):
        yield items[i : i + size]


# --- the steps -------------------------------------------------------------------------------


def _extract(work: _Work) -> None:
    """Extract again run by run, land batch by batch, and read at once what became another text."""
    from crawlers.again import Extractors as Processes  # noqa: PLC0415
    from warehouse import stale  # noqa: PLC0415

    version = _extractor_version()
    found = stale.to_extract(work.data, work.selection, version)
    done = 0
    if not found:
        return
    with Processes(work.settings.workers, work.settings.page_seconds) as extractors:
        for batch, pages, kept in _by_run(work.data, found):
            again = _extracted(work, extractors, batch, pages, kept)
            _land(work, again)
            done += len(batch)
            work.tell("extract", done, len(found))


def _by_run(
    data: Path, found: Sequence[Extracted]
) -> Iterator[tuple[Sequence[Extracted], list[Page], Kept]]:
    """In batches of articles of one run, with what its folder has kept of their pages."""
    from crawlers import again  # noqa: PLC0415
    from flows import folders  # noqa: PLC0415

    for run_name, those in groupby(found, key=lambda one: one.run):
        of_run = list(those)
        pages = {
            one.article_id: again.Page(url=one.url, source=one.source, final_url=one.final_url)
            for one in of_run
        }
        kept = again.kept(folders.runs(data) / run_name, list(pages.values()))
        for batch in _parts(of_run):
            yield batch, [pages[one.article_id] for one in batch], kept


def _extracted(
    work: _Work,
    extractors: Extractors,
    batch: Sequence[Extracted],
    pages: list[Page],
    kept: Kept,
) -> list[Reextracted]:
    """Those that gave an article again; of the others the reason is counted."""
    from warehouse.reextracted import Reextracted as Again  # noqa: PLC0415

    made = []
    for one, (_, result) in zip(batch, extractors.extract(kept, pages), strict=True):
        if not isinstance(result, Article):
            outcome = getattr(result, "outcome", None)
            reason = f"gives no article now ({outcome})" if outcome else result.reason
            work.report.cannot[reason] += 1
        elif result.digest != one.digest:
            work.report.cannot["the body that was kept is another one"] += 1
        else:
            made.append(
                Again(
                    article_id=one.article_id,
                    revision=one.revision,
                    digest=one.digest,
                    article=result,
                )
            )
    return made


def _land(work: _Work, made: list[Reextracted]) -> None:
    from warehouse import reextracted, stale  # noqa: PLC0415

    if not made:
        return
    landed = reextracted.land(work.data, made, now=work.clock())
    work.report.extracted += len(landed.changed) + landed.same
    work.report.same += landed.same
    work.report.overtaken += landed.overtaken
    changed = set(landed.changed)
    for modelled in (True, False):
        _read(work, modelled, [
            one.article_id for one in made
            if one.article_id in changed and stale.is_modelled(one.article.language) == modelled
        ])  # fmt: skip


def _read(work: _Work, modelled: bool, ids: Sequence[str]) -> None:
    from warehouse import derive  # noqa: PLC0415

    if not ids:
        return
    told = derive.again(work.data, ids, modelled=modelled, profiles=work.profiles, now=work.clock())
    work.report.understood += told.understood


def _understand(work: _Work) -> None:
    """Language, names, keywords, quotations; and with them copies and relevance of these."""
    from warehouse import stale  # noqa: PLC0415

    found = stale.to_understand(work.data, work.selection)
    done = 0
    for modelled in (True, False):
        for part in _parts([one.article_id for one in found if one.modelled == modelled]):
            _read(work, modelled, part)
            done += len(part)
            work.tell("understand", done, len(found))


def _compare(work: _Work) -> None:
    """Whose copies the articles are; after a reading that has been looked at already."""
    from warehouse import derive, stale  # noqa: PLC0415

    if work.choice.steps[0] != "copies":
        return
    ids = [one.article_id for one in stale.to_compare(work.data, work.selection)]
    for part in _parts(ids):
        derive.compare_again(work.data, part, now=work.clock())
        work.report.compared += len(part)
        work.tell("copies", work.report.compared, len(ids))


def _relate(work: _Work) -> None:
    from warehouse import derive, stale  # noqa: PLC0415

    for profile in work.choice.of(work.profiles):
        found = stale.to_relate(work.data, work.selection, profile)
        done = 0
        for part in _parts([one.article_id for one in found], 5):
            told = derive.relate_again(work.data, part, profile=profile, now=work.clock())
            work.report.related += told.related
            done += len(part)
            work.tell("relevance", done, len(found))


_DO: dict[str, Callable[[_Work], None]] = {
    "extract": _extract,
    "understand": _understand,
    "copies": _compare,
    "relevance": _relate,
}


def in_words(report: ReprocessReport) -> str:
    """One line for people."""
    if report.status == "skipped":
        return f"skipped: {report.note}"
    parts = [
        (report.extracted, f"{report.extracted} articles extracted again ({report.same} the same)"),
        (report.understood, f"{report.understood} understood again"),
        (report.compared, f"{report.compared} compared with each other again"),
        (report.related, f"{report.related} pairs of article and watch related again"),
        (report.overtaken, f"{report.overtaken} overtaken by a newer version"),
    ]
    told = [text for n, text in parts if n]
    told += [f"{n} cannot: {why}" for why, n in sorted(report.cannot.items())]
    return "; ".join(told) or "nothing to do: all of it is of the current version"
