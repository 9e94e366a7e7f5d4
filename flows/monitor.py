"""The monitor as a Prefect flow: names and retries around flows.pipeline, and nothing else.

Deleting the decorator leaves a function that works. `slugline` commands never import this module:
Prefect takes seconds to load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger

from flows import brief, config, pipeline
from flows.progress import Event


@flow(name="monitor", description="Crawl what is due, land, understand, and tell what is new.")
def monitor(
    watches: list[str] | None = None, data: str | None = None, seeds: str | None = None
) -> dict[str, Any]:
    """One run for the watches named, or all; raises what the run could not do.

    `data` and `seeds` are folders, as of the command line's flags.
    """
    log = get_run_logger()

    def on_event(event: Event) -> None:
        if event.lasting:
            log.info("%s: %s", event.step, event.text)

    settings = config.load(data=_path(data), seeds=_path(seeds))
    report = pipeline.run(settings, watches or (), on_event=on_event)
    log.info("%s %s", report.status, report.note)
    if report.failures:
        raise report.failures[0]
    return {"status": report.status} | (_counts(report.brief) if report.brief else {})


def _path(folder: str | None) -> Path | None:
    return Path(folder) if folder else None


def _counts(told: brief.Brief) -> dict[str, Any]:
    """Numbers only: texts stay in the warehouse."""
    return {
        "found": told.found,
        "outcomes": dict(told.outcomes),
        "new": {news.watch: len(news.new) for news in told.watches},
    }
