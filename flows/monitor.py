"""The monitor as a Prefect flow: names and parameters around flows.pipeline, and nothing else.

Deleting the decorator leaves a function that works. `slugline` commands never import this module:
Prefect takes seconds to load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from flows import config, pipeline
from flows.config import Settings
from flows.server import carrying, ending
from flows.server.carrying import Carrier
from flows.server.naming import run_name
from flows.server.states import Ending

_HOURS = 3600


@flow(
    name="monitor",
    description="Crawl what is due, land, understand, and tell what is new.",
    flow_run_name=run_name,
    timeout_seconds=3 * _HOURS,
    retries=0,  # the next slot is the retry, and goes on with what this one left
    persist_result=False,
)
def monitor(
    watches: list[str] | None = None,
    ask_all: bool = False,
    data: str | None = None,
    seeds: str | None = None,
) -> Any:
    """One run: crawl what is due, land, understand, and tell what is new.

    Args:
        watches: The watches to run for, by name (as in seeds/NAME). Empty: all of them.
        ask_all: Also ask sources that were asked too short a time ago to be due.
        data: The data directory. Empty: as the settings say.
        seeds: The folder of watches, sources and settings. Empty: as the settings say.
    """

    def work(settings: Settings, carrier: Carrier) -> Ending:
        report = pipeline.run(
            settings,
            watches or (),
            ask_all=ask_all,
            on_event=carrier.on_event,
            do=carrier.do,
            heed=carrier.heed,
        )
        return ending.of_run(settings.data, report, carrier)

    return carrying.carry_out(lambda: config.load(data=_path(data), seeds=_path(seeds)), work)


def _path(folder: str | None) -> Path | None:
    return Path(folder) if folder else None
