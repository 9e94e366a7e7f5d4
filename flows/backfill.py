"""The backfill as a Prefect flow: names and parameters around flows.history, and nothing else.

Deleting the decorator leaves a function that works. `slugline backfill` never imports this.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from pydantic import Field

from flows import config, history
from flows.config import Settings
from flows.history import BackfillReport
from flows.server import carrying, shown
from flows.server.carrying import Carrier
from flows.server.states import Ending, How

_HOURS = 3600


@flow(
    name="backfill",
    description="Fetch what a watch's sources published earlier; in slices, so that others crawl.",
    flow_run_name="backfill {watch} since {since}",
    timeout_seconds=7 * 24 * _HOURS,
    retries=0,  # started again, it goes on where it stopped
    persist_result=False,
)
def backfill(
    watch: str,
    since: date,
    until: date | None = None,
    *,
    slice_minutes: Annotated[float, Field(gt=0)] | None = None,
    max_pages: Annotated[int, Field(ge=1)] | None = None,
    data: str | None = None,
    seeds: str | None = None,
) -> Any:
    """Look back for one watch, in sitemaps and section archives, newest first.

    Args:
        watch: The watch to look back for, by name (as in seeds/NAME).
        since: The first day (UTC) of what is looked for.
        until: The last day (UTC) of what is looked for. Empty: yesterday.
        slice_minutes: Ask for so long, then let others crawl. Empty: as the settings say.
        max_pages: Fetch so many pages, then stop; the same run again goes on. Empty: no limit.
        data: The data directory. Empty: as the settings say.
        seeds: The folder of watches, sources and settings. Empty: as the settings say.
    """

    def work(settings: Settings, carrier: Carrier) -> Ending:
        report = history.run(
            settings,
            watch,
            datetime.combine(since, time(), UTC),
            datetime.combine(until, time.max, UTC) if until else None,
            slice_minutes=slice_minutes,
            max_pages=max_pages,
            on_event=carrier.on_event,
            do=carrier.do,
            heed=carrier.heed,
        )
        return _ending(report, carrier)

    return carrying.carry_out(lambda: config.load(data=_path(data), seeds=_path(seeds)), work)


def _path(folder: str | None) -> Path | None:
    return Path(folder) if folder else None


def _ending(report: BackfillReport, carrier: Carrier) -> Ending:
    """Show what was found, and say how it ended; raise what it could not do where nobody looks."""
    for source, why in report.without.items():
        carrier.log.warning("%s: %s", source, why)
    if carrier.board:
        rows = shown.by_outcome(list(report.outcomes.items()))
        carrier.board.table("slugline-backfill", rows, "What became of the addresses found")
    elif report.failures:
        raise report.failures[0]
    if report.status == "skipped":
        return Ending(how=How.SKIPPED, message=report.notes[0])
    how = How.FAILED if report.failures else How.DONE
    return Ending(how=how, message=_message(report), counts=_counts(report))


def _message(report: BackfillReport) -> str:
    if report.failures:
        return "; ".join(map(str, report.failures))
    text = f"{report.found} addresses found, {len(report.related)} related articles"
    return f"{text}; {report.left} are still to do" if report.left else text


def _counts(report: BackfillReport) -> dict[str, Any]:
    return {
        "status": report.status,
        "found": report.found,
        "outcomes": dict(report.outcomes),
        "left": report.left,
        "tiers": dict(report.tiers),
    }
