"""The nightly care as a Prefect flow: names and parameters around flows.upkeep, and nothing else.

Deleting the decorator leaves a function that works. `slugline maintain` never imports this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from flows import config, upkeep
from flows.config import Settings
from flows.server import carrying, prune
from flows.server.carrying import Carrier
from flows.server.naming import slot_name
from flows.server.states import Ending, How
from flows.upkeep import UpkeepReport

_HOURS = 3600


@flow(
    name="maintain",
    description="Tidy up, forget what is old, verify every file, and prune Prefect's database.",
    flow_run_name=slot_name,
    timeout_seconds=4 * _HOURS,
    retries=0,  # the next night is the retry
    persist_result=False,
)
def maintain(
    contents: bool = True,
    prune_server: bool = True,
    runs_of_others: bool = False,
    data: str | None = None,
    seeds: str | None = None,
) -> Any:
    """A night's care: tidy up, forget what is old, verify every file, prune Prefect's database.

    Args:
        contents: Read every table file to verify it. Off: compare sizes only.
        prune_server: Also delete old flow runs, with logs and artifacts, from Prefect's database.
        runs_of_others: Delete old runs of all deployments there, not only of Slugline's.
        data: The data directory. Empty: as the settings say.
        seeds: The folder of watches, sources and settings. Empty: as the settings say.
    """

    def work(settings: Settings, carrier: Carrier) -> Ending:
        report = upkeep.run(settings, on_event=carrier.on_event, do=carrier.do, contents=contents)
        _show(report, carrier)
        if carrier.board and prune_server:
            _prune(settings, carrier, everything=runs_of_others)
        return _ending(settings, report)

    return carrying.carry_out(lambda: config.load(data=_path(data), seeds=_path(seeds)), work)


def _prune(settings: Settings, carrier: Carrier, *, everything: bool) -> None:
    keep = settings.keep_server_days
    pruned = carrier.do("prune", lambda: prune.run(keep_days=keep, everything=everything))
    carrier.log.info("%s", prune.in_words(pruned))


def _show(report: UpkeepReport, carrier: Carrier) -> None:
    """Each finding as a line of the log, and all of them as a table."""
    for finding in report.findings:
        (carrier.log.error if finding.broken else carrier.log.warning)("%s", finding)
    if carrier.board and report.findings:
        rows = [
            {"broken": f.broken, "where": f.where, "what": f.what, "try": f.try_}
            for f in report.findings
        ]
        carrier.board.table("slugline-findings", rows, "What is wrong, and how to mend it")


def _ending(settings: Settings, report: UpkeepReport) -> Ending:
    """What is broken makes it a failed run."""
    complaint = upkeep.complaint(settings, report)
    if complaint:
        raise complaint
    how = How.SKIPPED if report.status == "skipped" else How.DONE
    counts = {"merged": report.merged, "removed": report.removed, "folders": report.folders}
    return Ending(how=how, message=upkeep.in_words(report), counts=counts)


def _path(folder: str | None) -> Path | None:
    return Path(folder) if folder else None
