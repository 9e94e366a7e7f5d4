"""How a flow run ends in Prefect, and the marking of those that died without saying so.

A dead run is marked by the next one, on the same machine and at once; the server's own automation
(heartbeats) marks it too, later, for those whose machine is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Completed, Crashed, Failed

from flows.server import alive

# A worker says PENDING, then starts the process; one that dies in between leaves it so.
_STUCK = timedelta(minutes=10)
_DIED = "its process ended before the run did; the next run goes on with what it had fetched"


class How(StrEnum):
    """The ways a run can end; the values are the names of the states in Prefect.

    But for OutOfBounds: Prefect's list of runs hides at first what has a name of our own, and this
    one is there to be seen. So the run is Completed, and bears a tag.
    """

    DONE = "Completed"
    SKIPPED = "Skipped"  # another run was at work
    OUT_OF_BOUNDS = "OutOfBounds"  # ran, but outside the bounds set for it
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended, in words for people, with its counts."""

    how: How
    message: str = ""
    counts: dict[str, Any] = field(default_factory=dict)


def state_of(ending: Ending) -> State[Any]:
    """The terminal state that says it."""
    make = Failed if ending.how is How.FAILED else Completed
    name = How.DONE if ending.how is How.OUT_OF_BOUNDS else ending.how
    return make(name=name.value, message=ending.message or None, data=ending.counts)


def cancelled() -> State[Any]:
    """Of a run that was told to stop, and did."""
    return Cancelled(message="cancelled; what was fetched is kept, and the next run goes on")


def is_to_stop(state: State[Any] | None) -> bool:
    """Whether somebody has cancelled the run. One that was taken for dead still does its work."""
    return state is not None and (state.is_cancelling() or state.is_cancelled())


def mark_dead(client: SyncPrefectClient, data: Path, deployment: UUID | None) -> list[str]:
    """Give runs whose process is gone their last state; the names of those that had none."""
    found = []
    for flow_run_id, path in alive.ended(data):
        try:
            run = client.read_flow_run(UUID(flow_run_id))
        except (ObjectNotFound, ValueError):  # of another server, deleted, or not ours
            path.unlink(missing_ok=True)
            continue
        found += _mark(client, run)
        path.unlink(missing_ok=True)
    for run in _stuck(client, deployment) if deployment else ():
        found += _mark(client, run)
    return found


def _mark(client: SyncPrefectClient, run: FlowRun) -> list[str]:
    state = run.state
    if state is None or state.is_final():
        return []
    last = cancelled() if state.is_cancelling() else Crashed(message=_DIED)
    client.set_flow_run_state(run.id, last, force=True)
    return [run.name]


def _stuck(client: SyncPrefectClient, deployment: UUID) -> list[FlowRun]:
    pending = client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(
            {"deployment_id": {"any_": [deployment]}, "state": {"type": {"any_": ["PENDING"]}}}
        )
    )
    before = datetime.now(UTC) - _STUCK
    return [run for run in pending if run.state and run.state.timestamp < before]
