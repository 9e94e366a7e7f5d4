"""The automations that mark runs as crashed which stopped without a word, or never began.

Our own next run marks the dead of its machine at once (flows.server.alive). These are for runs
whose machine is gone, for the last run before a long pause, and for the case that dead runs have
taken every place in the work pool, so that there is no next run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.server.states import How

HEARTBEAT_SECONDS = 30  # Prefect sends no more often
SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)  # two may get lost
_HEARTBEAT = "prefect.flow-run.heartbeat"
# All are of the type PENDING; a worker goes through them before a run's process says RUNNING.
_TAKEN = {"Pending", "Submitting", "InfrastructurePending"}
# Each event is named for the state's name, so our own names must be here, or what has ended well
# would be taken for dead.
_ENDINGS = {"Failed", "Crashed", "Cancelled", "Missed", *(how.value for how in How)}
_ON_THE_WAY = {"Running", "Cancelling", "Scheduled", "AwaitingRetry", "AwaitingConcurrencySlot"}
BEGINS_WITHIN = timedelta(minutes=10)  # from a worker's taking it to its first step
_SILENT = "nothing was heard of it any more; the next run goes on with what it had fetched"
_UNBEGUN = "a worker took it, but it never began; the next slot does its work"


def names_of(pool: str) -> tuple[str, str]:
    return (
        f"{pool}: runs without heartbeat have crashed",
        f"{pool}: runs that never began have crashed",
    )


def wanted(
    pool: str,
    deployments: Iterable[UUID],
    silence: timedelta = SILENCE,
    begins_within: timedelta = BEGINS_WITHIN,
) -> tuple[AutomationCore, AutomationCore]:
    """For the runs of these deployments."""
    ids = sorted(f"prefect.deployment.{one}" for one in deployments)
    silent, unbegun = names_of(pool)
    heard = {_HEARTBEAT, *_events(_ENDINGS)}
    begun = {_HEARTBEAT, *_events(_ENDINGS | _ON_THE_WAY)}
    return (
        _crash(silent, ids, _SILENT, after={_HEARTBEAT}, expect=heard, within=silence),
        _crash(unbegun, ids, _UNBEGUN, after=_events(_TAKEN), expect=begun, within=begins_within),
    )


def _events(states: Iterable[str]) -> set[str]:
    return {f"prefect.flow-run.{name}" for name in states}


def _crash(
    name: str, ids: list[str], message: str, *, after: set[str], expect: set[str], within: timedelta
) -> AutomationCore:
    """Mark a run as crashed when one of `after` came and none of `expect` followed in time."""
    trigger = EventTrigger(
        after=after,
        expect=expect,
        match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
        match_related=ResourceSpecification(
            {"prefect.resource.role": ["deployment"], "prefect.resource.id": ids}
        ),
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=within,
    )
    crash = ChangeFlowRunState(name=None, state=StateType.CRASHED, message=message, force=False)
    return AutomationCore(
        name=name,
        description="Made by slugline deploy.",
        enabled=True,
        trigger=trigger,
        actions=[crash],
    )


def ensure(client: SyncPrefectClient, automation: AutomationCore) -> str:
    """Make it so: "made", "changed" or "as it was"; whether it is enabled stays as it is."""
    there = client.read_automations_by_name(automation.name)
    for extra in there[1:]:
        client.delete_automation(extra.id)
    if not there:
        client.create_automation(automation)
        return "made"
    if _core(there[0]) == _core(automation):
        return "as it was"
    kept = automation.model_copy(update={"enabled": there[0].enabled})
    client.update_automation(there[0].id, kept)
    return "changed"


def _core(automation: AutomationCore | Automation) -> object:
    """What of it is ours to say, comparable: sets have no order, and the server adds ids."""
    found = automation.model_dump(
        mode="json", include={"name", "description", "trigger", "actions"}
    )
    trigger = found["trigger"]
    for key in ("after", "expect", "for_each"):
        trigger[key] = sorted(trigger[key])
    trigger.pop("id", None)
    return found
