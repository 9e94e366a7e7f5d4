"""Reprocessing as a Prefect flow: names and parameters around flows.reprocessing, nothing else.

Deleting the decorator leaves a function that works. `slugline reprocess` never imports this.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from prefect import flow

from flows import config, reprocessing
from flows.config import Settings
from flows.reprocessing import Choice
from flows.server import carrying
from flows.server.carrying import Carrier
from flows.server.naming import slot_name
from flows.server.states import Ending, How

_HOURS = 3600
Step = Literal["extract", "understand", "copies", "relevance"]


@flow(
    name="reprocess",
    description="Derive again with the current version, from a chosen step.",
    flow_run_name=slot_name,
    timeout_seconds=24 * _HOURS,
    retries=0,  # started again it goes on where it was
    persist_result=False,
)
def reprocess(  # noqa: PLR0917  the fields of a form
    from_step: Step = "understand",
    watches: list[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    again: bool = False,
    dry_run: bool = False,
    data: str | None = None,
    seeds: str | None = None,
) -> Any:
    """Derive again with the current version, from a chosen step; the steps after it follow.

    Args:
        from_step: The first step. Extracting needs the pages as received (keep_warc_days).
        watches: Only articles related to these watches. Empty: all articles.
        since: Only articles published then or later (UTC).
        until: Only articles published then or before (UTC).
        again: Also what the current version has made already.
        dry_run: Only say how much it would be, in the log and as a table; write nothing.
        data: The data directory. Empty: as the settings say.
        seeds: The folder of watches, sources and settings. Empty: as the settings say.
    """
    choice = Choice(
        from_step=from_step,
        watches=tuple(watches or ()),
        since=since,
        until=until,
        again=again,
    )

    def work(settings: Settings, carrier: Carrier) -> Ending:
        return _plan(settings, choice, carrier) if dry_run else _run(settings, choice, carrier)

    return carrying.carry_out(lambda: config.load(data=_path(data), seeds=_path(seeds)), work)


def _plan(settings: Settings, choice: Choice, carrier: Carrier) -> Ending:
    counts = reprocessing.plan(settings, choice)
    rows = [
        {"step": c.step, "watch": c.watch, "from": c.from_version, "to": c.to_version,
         "articles": c.articles, "cannot": c.cannot, "why": c.why}
        for c in counts
    ]  # fmt: skip
    for row in rows:
        carrier.log.info("%s", ", ".join(f"{name} {value}" for name, value in row.items() if value))
    if carrier.board:
        carrier.board.table("slugline-reprocess", rows, "What would be derived again")
    n = sum(count.articles for count in counts)
    return Ending(how=How.DONE, message=f"dry run: {n} would be derived", counts={"derived": n})


def _run(settings: Settings, choice: Choice, carrier: Carrier) -> Ending:
    report = reprocessing.run(settings, choice, on_event=carrier.on_event, do=carrier.do)
    how = How.SKIPPED if report.status == "skipped" else How.DONE
    counts = {
        "extracted": report.extracted,
        "understood": report.understood,
        "related": report.related,
        "cannot": sum(report.cannot.values()),
    }
    return Ending(how=how, message=reprocessing.in_words(report), counts=counts)


def _path(folder: str | None) -> Path | None:
    return Path(folder) if folder else None
