"""Derives again with the current version, from a chosen step.

Batch by batch: what has landed is not stale any more, so a run that was interrupted goes on where
it was. Safe beside a monitor: each batch lands like any other, and gives way to a newer version of
an article. Plain functions that know nothing of Prefect.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import rederiving, registry, sources, watches
from flows.config import Settings
from flows.pipeline import Do, at_once
from flows.progress import OnEvent, silent
from flows.rederiving import SAME_AS, STEPS, Choice, ReprocessReport, Work
from warehouse.errors import BadInput
from warehouse.records import isoformat, now_utc

if TYPE_CHECKING:
    from warehouse.records import Profile
    from warehouse.stale import Selection

__all__ = ["Choice", "Count", "ReprocessReport", "in_words", "plan", "run"]

_BEGUN = "reprocessing.json"  # when a reprocessing of everything began that is not done yet


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
        work = Work(
            settings,
            choice,
            _selection(choice, begun),
            profiles,
            on_event,
            clock,
            ReprocessReport(),
        )
        for step in choice.steps:
            do("extract" if step == "extract" else "derive", lambda s=step: rederiving.DO[s](work))  # type: ignore[misc]
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

    version = rederiving.extractor_version()
    found = stale.to_extract(data, selection, version)
    cannot: Counter[tuple[str, str]] = Counter()
    for batch, pages, kept in rederiving.by_run(data, found):
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
