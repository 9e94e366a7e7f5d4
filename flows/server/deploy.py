"""Putting the project on a Prefect server, again and again: what is as it should be stays so.

The work pool (of type process), the deployments with this folder recorded in them, and the
automations that mark dead runs. Tells of each whether it was made, changed, or as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    DeploymentScheduleCreate,
    DeploymentUpdate,
    WorkPoolCreate,
    WorkPoolUpdate,
)
from prefect.client.schemas.filters import DeploymentFilter
from prefect.client.schemas.objects import DeploymentSchedule
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from prefect.exceptions import ObjectNotFound
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from flows.config import Settings
from flows.server import automations, wanted
from flows.server.wanted import SAID, Recorded, Wanted
from warehouse.errors import BadInput, CouldNotDo

# Processes of the pool at once. Not for correctness: it keeps a worker that was away from starting
# all late slots together. High enough that runs which died cannot hold up the others.
AT_ONCE = 8
_TYPE = "process"
_KINDS: dict[str, type[IntervalSchedule | CronSchedule | RRuleSchedule]] = {
    "interval": IntervalSchedule,
    "cron": CronSchedule,
    "rrule": RRuleSchedule,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing on the server, and what became of it."""

    what: str  # "work pool", "deployment", "automation"
    name: str
    done: str  # "made", "changed", "as it was"
    note: str = ""


def deploy(
    client: SyncPrefectClient,
    folder: Path,
    settings: Settings,
    parameters: dict[str, str],
    *,
    take_over: bool = False,
) -> list[Done]:
    """Make the server hold the project in `folder`; doing it twice changes nothing.

    Raises BadInput where the deployments are those of another project, unless `take_over`.
    """
    asked = wanted.read(folder, settings, parameters)
    if not take_over:
        _refuse_others(recorded(client, settings.pool), folder)
    done = [_pool(client, settings.pool)]
    ids = []
    for one in asked:
        deployment, what = _deployment(client, one)
        ids.append(deployment)
        done.append(what)
    for automation in automations.wanted(settings.pool, ids):
        marked = automations.ensure(client, automation)
        done.append(Done(what="automation", name=automation.name, done=marked))
    return done


def recorded(client: SyncPrefectClient, pool: str) -> list[Recorded]:
    """The project folders of the deployments of this name, for those who look after them."""
    named = DeploymentFilter.model_validate(
        {"name": {"any_": [pool]}, "tags": {"all_": ["slugline"]}}
    )
    found = client.read_deployments(deployment_filter=named)
    flows = {one.flow_id: client.read_flow(one.flow_id).name for one in found}
    return sorted(
        (
            Recorded(
                deployment=f"{flows[one.flow_id]}/{one.name}",
                folder=wanted.folder_of(one.pull_steps),
            )
            for one in found
        ),
        key=lambda one: one.deployment,
    )


def _refuse_others(there: Sequence[Recorded], folder: Path) -> None:
    """Two projects with one name would take each other's deployments away, back and forth."""
    for one in there:
        other = one.folder
        if other and other.resolve() != folder and (other / wanted.FILE).is_file():
            what = f"{one.deployment} belongs to the project in {other}, which is still there"
            advice = "give this one a name of its own: pool in seeds/settings.toml; or --take-over"
            raise BadInput(what, try_=advice)


# --- work pool -------------------------------------------------------------------------------


def _pool(client: SyncPrefectClient, name: str) -> Done:
    try:
        there = client.read_work_pool(name)
    except ObjectNotFound:
        client.create_work_pool(
            WorkPoolCreate(
                name=name,
                type=_TYPE,
                description="Slugline's runs, as processes on the machine of the worker.",
                base_job_template=ProcessWorker.get_default_base_job_template(),
                concurrency_limit=AT_ONCE,
            )
        )
        return Done(what="work pool", name=name, done="made")
    if there.type != _TYPE:
        advice = "name another: pool in seeds/settings.toml"
        raise CouldNotDo(
            f"is of type {there.type}, not {_TYPE}", where=f"work pool {name}", try_=advice
        )
    if there.concurrency_limit is None:  # as `prefect worker start` makes it
        client.update_work_pool(name, WorkPoolUpdate(concurrency_limit=AT_ONCE))
        return Done(what="work pool", name=name, done="changed", note="limit of runs at once")
    note = "it is paused" if there.is_paused else ""
    return Done(what="work pool", name=name, done="as it was", note=note)


# --- deployments -----------------------------------------------------------------------------


def _deployment(client: SyncPrefectClient, one: Wanted) -> tuple[Any, Done]:
    """Its id, and what became of it."""
    flow = _flow(one)
    asked = _as_asked(one, flow)
    try:
        there = client.read_deployment_by_name(one.full_name)
    except ObjectNotFound:
        made = client.create_deployment(
            flow_id=client.create_flow_from_name(one.flow), name=one.name, **asked
        )
        return made, Done(what="deployment", name=one.full_name, done="made", note=_where(one))
    different = wanted.differences(_comparable(asked), _there(there))
    if different:
        client.update_deployment(there.id, _update(asked, there, different))
    done = "changed" if different else "as it was"
    note = ", ".join(SAID[name] for name in different) or ("it is paused" if there.paused else "")
    return there.id, Done(what="deployment", name=one.full_name, done=done, note=note)


def _where(one: Wanted) -> str:
    return f"runs in {wanted.folder_of(one.pull_steps)}"


def _flow(one: Wanted) -> Flow[Any, Any]:
    try:
        flow: Flow[Any, Any] = load_flow_from_entrypoint(one.entrypoint)
    except (ImportError, AttributeError) as wrong:
        what = f"there is no flow {one.entrypoint}: {wrong}"
        raise BadInput(what, where=wanted.FILE, try_="mend its entrypoint") from wrong
    return flow


def _as_asked(one: Wanted, flow: Flow[Any, Any]) -> dict[str, Any]:
    """In the form that creates a deployment."""
    return {
        "entrypoint": one.entrypoint,
        "description": one.description or flow.description,
        "tags": one.tags,
        "parameters": one.parameters,
        "pull_steps": one.pull_steps,
        "job_variables": one.job_variables,
        "work_pool_name": one.work_pool_name,
        "parameter_openapi_schema": parameter_schema(flow).model_dump(exclude_unset=True),
        "schedules": [_schedule(said) for said in one.schedules],
        "enforce_parameter_schema": True,
    }


def _schedule(said: dict[str, Any]) -> DeploymentScheduleCreate:
    kind = next(_KINDS[key] for key in _KINDS if key in said)
    ours = {key: value for key, value in said.items() if key in kind.model_fields}
    return DeploymentScheduleCreate(
        schedule=kind(**ours),
        active=said.get("active", True),
        parameters=said.get("parameters", {}),
        slug=said.get("slug"),
    )


def _comparable(asked: dict[str, Any]) -> dict[str, Any]:
    return {**asked, "schedules": [_times(one) for one in asked["schedules"]]}


def _there(deployment: DeploymentResponse) -> dict[str, Any]:
    """The same of a deployment on the server."""
    found = {name: getattr(deployment, name) for name in SAID}
    found["tags"] = sorted(deployment.tags)
    found["schedules"] = [_times(one) for one in deployment.schedules]
    return found


def _times(one: DeploymentScheduleCreate | DeploymentSchedule) -> dict[str, Any]:
    """Whether it is active is for people to say, in the UI."""
    return one.model_dump(mode="json", include={"schedule", "parameters", "slug"})


def _update(
    asked: dict[str, Any], there: DeploymentResponse, different: Sequence[str]
) -> DeploymentUpdate:
    """Only what differs; a schedule that somebody has switched off stays off."""
    changes = {name: asked[name] for name in different}
    if "schedules" in changes:
        active = all(one.active for one in there.schedules)
        changes["schedules"] = [
            {**one.model_dump(mode="json", exclude_none=True), "active": one.active and active}
            for one in asked["schedules"]
        ]
    return DeploymentUpdate.model_validate({"tags": asked["tags"], **changes})
