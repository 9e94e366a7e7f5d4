"""What a flow run shows in Prefect: its progress while it runs, tables and a brief at the end.

The server may be away for a while: then these are not shown, and the run goes on. While it runs,
a thread of its own tells the progress and looks whether somebody has cancelled the run, so that
this works however the run was started and whatever became of the worker.
"""

from __future__ import annotations

import contextvars
import json
import math
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.exceptions import ObjectNotFound

from flows.progress import Event
from flows.server import states
from flows.server.logs import Log

# What a server gives that is away or ill, or that somebody has deleted the run from.
AWAY = (httpx.HTTPError, ObjectNotFound)
_EVERY_SECONDS = 2.0
_LOOKS_EVERY = 2  # turns between two looks at the run's state


class Told(BaseException):
    """Somebody told this run to stop; no Exception, so that nothing on the way carries on."""


class Board:
    """Of one flow run; to be used in a `with` block."""

    def __init__(self, flow_run: UUID, log: Log, *, every_seconds: float = _EVERY_SECONDS) -> None:
        self._flow_run, self._log, self._every = flow_run, log, every_seconds
        self._latest: Event | None = None
        self._stop = threading.Event()
        self._told = threading.Event()
        self._away = False
        # Prefect keeps its settings, the server's address among them, in the context of a thread.
        look = contextvars.copy_context().run
        self._thread = threading.Thread(target=look, args=[self._look], daemon=True, name="board")

    def __enter__(self) -> Board:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=self._every)

    def heed(self) -> None:
        """Raises Told once somebody has told the run to stop."""
        if self._told.is_set():
            raise Told

    @property
    def is_away(self) -> bool:
        """Whether the server did not answer when it was last asked."""
        return self._away

    def progress(self, event: Event) -> None:
        """Will be shown soon, unless a later one comes first."""
        if event.done is not None:
            self._latest = event

    def table(self, key: str, rows: list[dict[str, Any]], description: str) -> None:
        if rows:
            self._show("table", key, json.dumps(_finite(rows)), description)

    def markdown(self, key: str, text: str, description: str) -> None:
        self._show("markdown", key, text, description)

    def tag(self, word: str) -> None:
        """Mark the run with a word that its lists show, and that automations may ask for."""
        if self._away:
            return
        with get_client(sync_client=True) as client:
            self._tried(lambda: self._add_tag(client, word))

    def _add_tag(self, client: SyncPrefectClient, word: str) -> None:
        there = client.read_flow_run(self._flow_run).tags
        client.update_flow_run(self._flow_run, tags=sorted({*there, word}))

    def _show(self, kind: str, key: str, data: Any, description: str) -> None:
        if self._away:
            return  # each try takes a minute; one has said that nobody is there
        with get_client(sync_client=True) as client:
            self._tried(lambda: self._create(client, kind, key, data, description))

    def _create(
        self, client: SyncPrefectClient, kind: str, key: str, data: Any, description: str
    ) -> UUID:
        made = client.create_artifact(
            ArtifactCreate(
                type=kind, key=key, data=data, description=description, flow_run_id=self._flow_run
            )
        )
        return made.id

    def _tried(self, call: Callable[[], Any]) -> Any:
        try:
            done = call()
        except AWAY as wrong:
            if not self._away:
                self._log.warning("Prefect's server does not answer; the run goes on: %s", wrong)
            self._away = True
            return None
        self._away = False
        return done

    # --- the thread --------------------------------------------------------------------------

    def _look(self) -> None:
        """Until the block ends: show the latest progress, and ask whether to stop."""
        shown: Event | None = None
        artifact: UUID | None = None
        turn = 0
        with get_client(sync_client=True) as client:
            while not self._stop.wait(self._every):
                if self._latest is not shown and self._latest is not None:
                    shown = self._latest
                    artifact = self._tried(lambda: self._advance(client, artifact, shown))  # noqa: B023
                turn += 1
                if turn % _LOOKS_EVERY:
                    continue
                state = self._tried(lambda: client.read_flow_run(self._flow_run).state)
                if states.is_to_stop(state):
                    self._told.set()
                    return
            if artifact:
                self._tried(lambda: client.update_artifact(artifact, ArtifactUpdate(data=100.0)))

    def _advance(self, client: SyncPrefectClient, artifact: UUID | None, event: Event) -> UUID:
        data, text = percent(event), f"{event.step}: {event.text}"
        if artifact is None:
            return self._create(client, "progress", "slugline-progress", data, text)
        client.update_artifact(artifact, ArtifactUpdate(data=data, description=text))
        return artifact


def percent(event: Event) -> float:
    """How far a step is, as far as known: what is found grows while it is worked on."""
    if not event.total or event.done is None:
        return 0.0
    return min(100.0, round(100 * event.done / event.total, 1))


def _finite(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
        for row in rows
    ]
