"""Deletes old runs of ours from Prefect's own database, so that it stays bounded over the years.

Prefect 3.8 removes events by itself (after 7 days, hourly, its db_vacuum service), but by default
no flow run, log or artifact ever. Deleting a run takes its task runs and states with it at once
and its logs soon after; its artifacts have to go first, since nothing else ever finds them again.
Killed in between, it goes on with the rest the next time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import ArtifactFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings

from warehouse.errors import Unreachable
from warehouse.records import now_utc

TAG = "slugline"  # borne by all deployments of ours, and so by their runs
MOST_RUNS = 5_000  # in one night; 100 a day come from a monitor every 15 minutes
_BATCH = 50  # runs; more the server does not delete at once
_PAGE = 200  # artifacts; more the server does not list at once
# A run that is under way is never deleted; a slot of long ago that nobody took is.
_OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED", "SCHEDULED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was deleted; with the runs went their task runs, states and logs."""

    runs: int = 0
    artifacts: int = 0
    left: bool = False  # more are old enough than one night may delete


def run(
    *,
    keep_days: float,
    everything: bool = False,
    most_runs: int = MOST_RUNS,
    now: datetime | None = None,
) -> Pruned:
    """Delete the runs of slots more than `keep_days` ago; `everything`: not only runs of ours.

    Raises Unreachable.
    """
    api = get_current_settings().api.url
    if not api:  # the client would start a server of its own
        raise Unreachable("no Prefect server is named", try_="set PREFECT_API_URL")
    before = (now or now_utc()) - timedelta(days=keep_days)
    runs = artifacts = 0
    try:
        with get_client(sync_client=True) as client:
            for batch in _batches(client, wanted(before, everything=everything)):
                if runs >= most_runs:
                    return Pruned(runs=runs, artifacts=artifacts, left=True)
                artifacts += _delete_artifacts(client, batch)
                runs += _delete_runs(client, batch)
    except httpx.HTTPError as wrong:
        what = f"does not answer: {wrong or type(wrong).__name__}"
        raise Unreachable(what, where=str(api), try_="start it: prefect server start") from wrong
    return Pruned(runs=runs, artifacts=artifacts)


def wanted(before: datetime, *, everything: bool) -> dict[str, Any]:
    """The filter for what is old enough: over, or never begun."""
    over: dict[str, Any] = {
        "state": {"type": {"any_": list(_OVER)}},
        "expected_start_time": {"before_": before.isoformat()},
    }
    return over if everything else over | {"tags": {"all_": [TAG]}}


def _batches(client: SyncPrefectClient, chosen: dict[str, Any]) -> Iterator[list[FlowRun]]:
    """The oldest runs that match, as long as there are any; each batch is to be deleted."""
    last: set[Any] = set()
    while batch := client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate(chosen),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=_BATCH,
    ):
        ids = {it.id for it in batch}
        if ids == last:
            return  # nothing could be deleted of it
        last = ids
        yield batch


def _delete_artifacts(client: SyncPrefectClient, batch: list[FlowRun]) -> int:
    of_batch = FlowRunFilter.model_validate({"id": {"any_": [it.id for it in batch]}})
    n = 0
    while page := client.read_artifacts(
        artifact_filter=ArtifactFilter(), flow_run_filter=of_batch, limit=_PAGE
    ):
        for artifact in page:
            try:
                client.delete_artifact(artifact.id)
            except ObjectNotFound:  # another maintain was quicker
                continue
            n += 1
    return n


def _delete_runs(client: SyncPrefectClient, batch: list[FlowRun]) -> int:
    """Only those that are still over: one may have been started again meanwhile."""
    ids = [str(it.id) for it in batch]
    chosen = {"id": {"any_": ids}, "state": {"type": {"any_": list(_OVER)}}}
    # The client's list of routes lacks this one.
    path: Any = "/flow_runs/bulk_delete"
    answer = client.request("POST", path, json={"flow_runs": chosen})
    return len(answer.json()["deleted"])


def in_words(pruned: Pruned) -> str:
    """One line for people."""
    rest = "; more are left for the next night" if pruned.left else ""
    return f"Prefect: {pruned.runs} old runs deleted, {pruned.artifacts} artifacts{rest}"
