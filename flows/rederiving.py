"""The steps of deriving again, each in batches: extract → understand → copies → relevance.

What has landed is not stale any more, so a step that is interrupted goes on where it was. Which
steps, of what and when is decided in reprocessing.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flows.config import Settings
from flows.progress import Event, OnEvent
from warehouse.records import Article

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
class Work:
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


def extractor_version() -> str:
    from crawlers.extract.article import EXTRACTOR_VERSION  # noqa: PLC0415  takes a second

    return EXTRACTOR_VERSION


def _parts(items: Sequence[_T], times: int = 1) -> Iterator[Sequence[_T]]:
    size = times * _BATCH
    for i in range(0, len(items), size):
        yield items[i : i + size]


def _extract(work: Work) -> None:
    """Extract again run by run, land batch by batch, and read at once what became another text."""
    from crawlers.again import Extractors as Processes  # noqa: PLC0415
    from warehouse import stale  # noqa: PLC0415

    version = extractor_version()
    found = stale.to_extract(work.data, work.selection, version)
    done = 0
    if not found:
        return
    with Processes(work.settings.workers, work.settings.page_seconds) as extractors:
        for batch, pages, kept in by_run(work.data, found):
            again = _extracted(work, extractors, batch, pages, kept)
            _land(work, again)
            done += len(batch)
            work.tell("extract", done, len(found))


def by_run(
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
    work: Work,
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


def _land(work: Work, made: list[Reextracted]) -> None:
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


def _read(work: Work, modelled: bool, ids: Sequence[str]) -> None:
    from warehouse import derive  # noqa: PLC0415

    if not ids:
        return
    told = derive.again(work.data, ids, modelled=modelled, profiles=work.profiles, now=work.clock())
    work.report.understood += told.understood


def _understand(work: Work) -> None:
    """Language, names, keywords, quotations; and with them copies and relevance of these."""
    from warehouse import stale  # noqa: PLC0415

    found = stale.to_understand(work.data, work.selection)
    done = 0
    for modelled in (True, False):
        for part in _parts([one.article_id for one in found if one.modelled == modelled]):
            _read(work, modelled, part)
            done += len(part)
            work.tell("understand", done, len(found))


def _compare(work: Work) -> None:
    """Whose copies the articles are; after a reading that has been looked at already."""
    from warehouse import derive, stale  # noqa: PLC0415

    if work.choice.steps[0] != "copies":
        return
    ids = [one.article_id for one in stale.to_compare(work.data, work.selection)]
    for part in _parts(ids):
        derive.compare_again(work.data, part, now=work.clock())
        work.report.compared += len(part)
        work.tell("copies", work.report.compared, len(ids))


def _relate(work: Work) -> None:
    from warehouse import derive, stale  # noqa: PLC0415

    for profile in work.choice.of(work.profiles):
        found = stale.to_relate(work.data, work.selection, profile)
        done = 0
        for part in _parts([one.article_id for one in found], 5):
            told = derive.relate_again(work.data, part, profile=profile, now=work.clock())
            work.report.related += told.related
            done += len(part)
            work.tell("relevance", done, len(found))


DO: dict[str, Callable[[Work], None]] = {
    "extract": _extract,
    "understand": _understand,
    "copies": _compare,
    "relevance": _relate,
}
