"""Names of flow runs in the UI: what for, and which slot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from prefect import runtime

_LONGEST = 60  # characters of what it is for


def run_name() -> str:
    """Of the flow run that begins: `monitor all watches, 2026-11-22 22:45 UTC`."""
    return name_of(
        runtime.flow_run.flow_name or "run",
        runtime.flow_run.parameters,
        runtime.flow_run.scheduled_start_time,
    )


def slot_name() -> str:
    """Of a flow run that is for no watch in particular: `maintain, 2026-11-22 03:10 UTC`."""
    slot = runtime.flow_run.scheduled_start_time
    name = runtime.flow_run.flow_name or "run"
    return f"{name}, {slot.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def name_of(flow: str, parameters: Mapping[str, Any], slot: datetime) -> str:
    """The flow, its watches and the slot; names sort by time within a deployment."""
    watches = parameters.get("watches")
    if isinstance(watches, Sequence) and not isinstance(watches, str) and watches:
        about = ", ".join(map(str, watches))
    else:
        about = "all watches"
    if len(about) > _LONGEST:
        about = f"{about[:_LONGEST]}…"
    return f"{flow} {about}, {slot.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
