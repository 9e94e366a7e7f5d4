"""Slots of the schedule in which no run was carried out: found, written down, and not caught up on.

One run does the work of all of them, since it asks whatever is due; the others are marked Missed,
so that no process is started for them, and each is a row of `missed_slots`.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled

from flows.questions import desk

_MOST = 10_000  # slots looked at; a quarter of an hour each, that is more than three months
_PAGE = 500
_MARKED = "Missed"
_DONE = {StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of the schedule, and the state of its flow run, if one was ever made."""

    at: datetime
    state: State[Any] | None = None
    flow_run: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A slot without a run, and why."""

    at: datetime
    reason: str
    late: UUID | None = None  # a flow run that still waits to be started


def reason_of(state: State[Any] | None) -> str | None:
    """Why a slot in this state counts as missed; None when it does not."""
    if state is None:
        return "no server was there to schedule it"
    if state.is_scheduled() or state.name == _MARKED:
        return "no worker was there in time"
    if state.is_crashed():
        return "its process ended before the run did"
    return None


def find(slots: Iterable[Slot]) -> list[Missed]:
    """Those of the slots in which nothing was carried out."""
    return [
        Missed(at=slot.at, reason=reason, late=slot.flow_run if _waits(slot.state) else None)
        for slot in slots
        if (reason := reason_of(slot.state))
    ]


def _waits(state: State[Any] | None) -> bool:
    return state is not None and state.is_scheduled()


def settle(client: SyncPrefectClient, run: FlowRun, flow: str, data: Path, now: datetime) -> int:
    """Write down the slots missed since this flow last ran, and let nobody catch up on them.

    How many were new. A run that a person has started has no slot, and settles nothing.
    """
    if not run.deployment_id or not run.auto_scheduled:
        return 0
    missed = find(_slots(client, run, now))
    with _alone(data):
        n = record(data, flow, missed, now)
    for one in missed:
        if one.late:
            message = f"{one.reason}; {run.name} does its work"
            client.set_flow_run_state(one.late, Cancelled(name=_MARKED, message=message))
    return n


def record(data: Path, flow: str, missed: Iterable[Missed], now: datetime) -> int:
    """Land those that are not written down yet; how many there were."""
    from warehouse import landing  # noqa: PLC0415  DuckDB takes 0.1 s to import

    at = {_naive(one.at): one.reason for one in missed}
    if not at:
        return 0
    with desk(data) as open_desk:
        there = open_desk.rows("missed_slots", flow=flow, since=min(at))
    new = {slot: why for slot, why in at.items() if slot not in {r["scheduled_at"] for r in there}}
    rows = [
        {"flow": flow, "scheduled_at": slot, "reason": why, "landed_at": _naive(now)}
        for slot, why in sorted(new.items())
    ]
    if rows:
        name = hashlib.sha256(repr([flow, *sorted(new)]).encode()).hexdigest()[:16]
        landing.land_rows(data, f"missed-{name}", {"missed_slots": rows}, now=now)
    return len(rows)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Several late runs may start at once."""
    (data / "flow_runs").mkdir(parents=True, exist_ok=True)
    with (data / "flow_runs" / "missed.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


# --- what the server knows of the slots ------------------------------------------------------


def _slots(client: SyncPrefectClient, run: FlowRun, now: datetime) -> list[Slot]:
    """The schedule's times since the last run that worked until now, but for this run's own."""
    own = run.expected_start_time
    runs: dict[datetime, FlowRun] = {
        r.expected_start_time: r for r in _runs(client, run, now) if r.expected_start_time
    }
    since = max((at for at, r in runs.items() if _worked(r, run)), default=None)
    times: set[datetime] = {at for at in runs if since is None or at > since}
    times.update(_scheduled(client, run, since, now))
    return [
        Slot(at=at, state=runs[at].state, flow_run=runs[at].id) if at in runs else Slot(at=at)
        for at in sorted(times)
        if at != own
    ]


def _runs(client: SyncPrefectClient, run: FlowRun, now: datetime) -> list[FlowRun]:
    """Of this schedule, newest first: of the same deployment and with the same parameters."""
    mine = FlowRunFilter.model_validate(
        {
            "deployment_id": {"any_": [run.deployment_id]},
            "expected_start_time": {"before_": now},
        }
    )
    found = client.read_flow_runs(flow_run_filter=mine, sort=FlowRunSort.EXPECTED_START_TIME_DESC)
    return [r for r in found if r.auto_scheduled and r.parameters == run.parameters]


def _worked(one: FlowRun, run: FlowRun) -> bool:
    """Whether the slots before this one have been looked at already, by this very run."""
    if one.id == run.id or one.state is None:
        return False
    return one.state.type in _DONE and one.state.name not in {_MARKED, "Skipped"}


def _scheduled(
    client: SyncPrefectClient, run: FlowRun, since: datetime | None, now: datetime
) -> Iterator[datetime]:
    """What the schedule asks for, as long as it has been as it is."""
    if not run.deployment_id or not run.created_by:
        return
    for own in client.read_deployment(run.deployment_id).schedules:
        if own.id == run.created_by.id and own.active:
            asked = own.updated or now
            yield from dates(own.schedule, max(asked, since) if since else asked, now)


def dates(schedule: Any, after: datetime, until: datetime) -> Iterator[datetime]:
    """Of a schedule, later than `after` and not later than `until`; the first 10,000."""
    from prefect.server.schemas import schedules  # noqa: PLC0415  the server's own reckoning

    kind = getattr(schedules, type(schedule).__name__)
    reckoner = kind.model_validate(schedule.model_dump())
    start = after + timedelta(microseconds=1)
    for _ in range(_MOST // _PAGE):
        page = asyncio.run(reckoner.get_dates(n=_PAGE, start=start, end=until))
        yield from (at.astimezone(UTC) for at in page)
        if len(page) < _PAGE:
            return
        start = page[-1] + timedelta(microseconds=1)
