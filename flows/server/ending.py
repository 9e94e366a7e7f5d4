"""How a monitor run ended, and what it leaves to be looked at in Prefect."""

from __future__ import annotations

from pathlib import Path

from flows import brief
from flows.pipeline import RunReport
from flows.questions import desk
from flows.server import shown
from flows.server.board import Board
from flows.server.carrying import Carrier
from flows.server.states import Ending, How

_SLOWEST = 20


def of_run(data: Path, report: RunReport, carrier: Carrier) -> Ending:
    """Show the tables and the brief, and say how it ended.

    Where there is nowhere to show it, what the run could not do is raised.
    """
    for note in report.notes:
        carrier.log.warning("%s", note)
    if carrier.board:
        show(data, report, carrier.board)
    elif report.failures:
        raise report.failures[0]
    return Ending(how=_how(report), message=_message(report), counts=_counts(report))


def _how(report: RunReport) -> How:
    if report.failures:
        return How.FAILED
    if report.status == "skipped":
        return How.SKIPPED
    return How.OUT_OF_BOUNDS if report.out_of_bounds else How.DONE


def _message(report: RunReport) -> str:
    if report.failures:
        return "; ".join(map(str, report.failures))
    if report.out_of_bounds:
        return f"out of bounds: {'; '.join(report.out_of_bounds)}"
    if report.brief and report.brief.runs:
        return brief.ledger(report.brief)
    return report.note


def _counts(report: RunReport) -> dict[str, object]:
    """Numbers only: texts stay in the warehouse."""
    told = report.brief
    if not told:
        return {"status": report.status}
    return {
        "status": report.status,
        "found": told.found,
        "outcomes": dict(told.outcomes),
        "new": {news.watch: len(news.new) for news in told.watches},
    }


def show(data: Path, report: RunReport, board: Board) -> None:
    """Tables of the runs that landed, the brief, and what was out of bounds."""
    if report.brief:
        text = shown.brief(report.brief, report.notes)
        board.markdown("slugline-brief", text, "What is new for each watch, and why")
        outcomes = shown.by_outcome(report.brief.outcomes)
        board.table("slugline-outcomes", outcomes, "What became of the addresses found")
    if report.out_of_bounds:
        lines = "\n".join(f"- {shown.escaped(line)}" for line in report.out_of_bounds)
        board.markdown("slugline-out-of-bounds", f"{lines}\n", "Outside the bounds set for it")
        board.tag("out-of-bounds")
    if not report.runs:
        return
    with desk(data) as open_desk:
        counts = open_desk.rows("counts_of_runs", runs=list(report.runs))
        hosts = open_desk.rows("slowest_hosts", runs=list(report.runs), top_n=_SLOWEST)
    board.table("slugline-sources", shown.by_source(counts), "What each source brought")
    board.table("slugline-hosts", hosts, "The hosts that took longest to answer")
