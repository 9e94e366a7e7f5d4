"""One flow run from its beginning to its end: who is dead, which slots were missed, how it ended.

Called outside of a flow run, the work is simply done. That is what makes the decorators of the
flows optional.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.exceptions import TerminationSignal

from flows import pipeline
from flows.config import Settings
from flows.pipeline import Do
from flows.progress import Event
from flows.server import alive, logs, missed, states, steps
from flows.server.board import AWAY, Board, Told
from flows.server.states import Ending, How
from warehouse.errors import DiskFull, SluglineError
from warehouse.records import now_utc

_T = TypeVar("_T")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_PATIENCE_SECONDS = 600.0  # for a server that is away when a run ends


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries a run: who hears of it, how its steps are done, what may stop it."""

    log: logs.Log
    do: Do = pipeline.at_once
    board: Board | None = None

    def on_event(self, event: Event) -> None:
        logs.write(self.log, event)
        if self.board:
            self.board.progress(event)
            self.board.heed()

    def heed(self) -> None:
        if self.board:
            self.board.heed()


def carry_out(
    load: Callable[[], Settings],
    work: Callable[[Settings, Carrier], Ending],
    *,
    clock: Callable[[], datetime] = now_utc,
) -> Any:
    """Do the work and say how it ended: as a state in a flow run, else as its counts.

    Errors for people become the message of a failed run, and are raised outside of one.
    """
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return work(load(), Carrier(logging.getLogger("slugline"))).counts
    logs.without_tracebacks()
    log = get_run_logger()
    try:
        ending = _carried(context, load(), work, log, clock)
    except Told:
        log.warning("stopped, as somebody has asked")
        return states.cancelled()
    except TerminationSignal:
        _say_if_cancelled(context.flow_run)
        raise
    except SluglineError as wrong:
        ending = Ending(how=How.FAILED, message=str(wrong))
    except OSError as wrong:
        if wrong.errno not in _FULL:
            raise
        full = DiskFull("the disk is full", try_="make room; nothing that had landed is lost")
        ending = Ending(how=How.FAILED, message=str(full))
    level = logging.ERROR if ending.how is How.FAILED else logging.INFO
    log.log(level, "%s", ending.message or "done")
    return states.state_of(ending)


def _carried(
    context: FlowRunContext,
    settings: Settings,
    work: Callable[[Settings, Carrier], Ending],
    log: logs.Log,
    clock: Callable[[], datetime],
) -> Ending:
    run, flow = context.flow_run, context.flow.name if context.flow else "run"
    assert run is not None
    alive.note(settings.data, str(run.id), flow, clock())
    with Board(run.id, log) as board:
        _settle(run, flow, settings.data, log, clock())
        ending = work(settings, Carrier(log, _heeding(board), board))
        if ending.how is How.SKIPPED and run.auto_scheduled and run.expected_start_time:
            slot = missed.Missed(at=run.expected_start_time, reason=ending.message)
            missed.record(settings.data, flow, [slot], clock())
        if board.is_away:
            _await_server(log)
    return ending


def _say_if_cancelled(run: FlowRun) -> None:
    """The worker says so too, half a minute later: it loads the flow anew to look for hooks."""
    with suppress(*AWAY), get_client(sync_client=True) as client:
        state = client.read_flow_run(run.id).state
        if state is not None and state.is_cancelling():
            client.set_flow_run_state(run.id, states.cancelled())


def _heeding(board: Board) -> Do:
    def do(step: str, work: Callable[[], _T], /) -> _T:
        board.heed()
        return steps.do(step, work)

    return do


def _settle(run: FlowRun, flow: str, data: Path, log: logs.Log, now: datetime) -> None:
    """Mark the dead and write down the missed slots; a server that is away is asked next time."""
    try:
        with get_client(sync_client=True) as client:
            for name in states.mark_dead(client, data, run.deployment_id):
                log.warning("%s had died; this run goes on with its work", name)
            n = missed.settle(client, run, flow, data, now)
    except AWAY as wrong:
        log.warning("the dead and the missed are left to the next run: %s", wrong)
        return
    if n:
        log.warning("%d slots of the schedule were missed; this run does their work", n)


def _await_server(log: logs.Log) -> None:
    """A run that cannot say how it ended would be taken for dead: wait for who wants to hear it."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with get_client(sync_client=True) as client:
                client.hello().raise_for_status()
        except AWAY:
            time.sleep(2)
        else:
            log.info("the server is back")
            return
