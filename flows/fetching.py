"""Fetches pages of which somebody brought only the address, as one slice of a backfill does.

The pages are asked for as politely as in a run, and land, and are understood, in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flows import folders, pipeline, registry, slices, sources, watches
from flows.config import Settings
from flows.pipeline import Run
from flows.progress import OnEvent, silent
from flows.questions import desk
from flows.slices import Share
from warehouse.errors import CouldNotDo
from warehouse.records import Lead, Outcome, Source, Window

_A_DAY = 24 * 3600.0  # for whoever crawls to end
_EVER = Window(since=datetime(1900, 1, 1, tzinfo=UTC), until=datetime(9000, 1, 1, tzinfo=UTC))


def fetch(
    settings: Settings, given: Sequence[tuple[dict[str, Any], Lead]], on_event: OnEvent = silent
) -> Iterator[dict[str, Any]]:
    """Ask for the pages and land them; gives what to print for each, in order."""
    known = sources.read(settings.seeds)
    run = Run(settings, watches.read_all(settings.seeds), known, on_event)
    shares = shares_of([lead for _, lead in given], known)
    with folders.crawl_lock(
        settings.data, folders.BACKFILL, _A_DAY, on_wait=run.waits, heed=run.heed
    ) as mine:
        if not mine:
            raise CouldNotDo(f"{folders.holder(settings.data)} has crawled for a day")
        pipeline.readable(settings.data)
        folder_name = _crawl(run, shares)
    pipeline.understand(run)
    fates = _fates(run, folder_name)
    for value, lead in given:
        yield {"id": value.get("id", lead.url)} | fates.get(
            lead.url, {"outcome": str(Outcome.UNCHANGED)}
        )


def shares_of(leads: Sequence[Lead], known: Sequence[Source]) -> list[Share]:
    """The leads by source: one of sources.toml where the page is on its site, else one made up."""
    from crawlers import urls  # noqa: PLC0415

    by_site = {
        urls.site(url): source
        for source in reversed(known)
        for url in (source.home, *(f"http://{host}/" for host in source.hosts))
    }
    found: dict[str, tuple[Source, dict[str, Lead]]] = {}
    for lead in leads:
        source = by_site.get(urls.site(lead.url)) or _made_up(lead.url)
        _, those = found.setdefault(source.source, (source, {}))
        those.setdefault(lead.url, replace(lead, source=source.source))
    return [
        Share(replace(source, feeds=(), sitemaps=(), pages=(), archives=(), on_topic_only=False,
                      paused=False, max_pages=len(those)), (), tuple(those.values()))
        for source, those in found.values()
    ]  # fmt: skip


def _made_up(url: str) -> Source:
    from crawlers import urls  # noqa: PLC0415

    host = urls.host(url)
    return Source(source=sources.name_of(host), home=f"{url.partition('://')[0]}://{host}/")


def _crawl(run: Run, shares: Sequence[Share]) -> str:
    request = pipeline.request_of(run, [share.source for share in shares], [])
    request = replace(
        request,
        run=folders.as_slice(request.run),
        revisit_hours=0.0,
        crawl_minutes=None,
        window=_EVER,
    )
    names = [share.source.source for share in shares]

    def fill(known: Any) -> None:
        registry.export_known(run.data, known, names, run.clock())
        slices.write(known.parent, shares)

    folder = folders.begin(run.data, request, fill)
    pipeline.crawl(run, folder)
    pipeline.land(run, folder)
    return folder.name


def _fates(run: Run, run_id: str) -> dict[str, dict[str, Any]]:
    with desk(run.data) as open_desk:
        return {
            row["url"]: {"outcome": row["outcome"], "reason": row["reason"]}
            for row in open_desk.rows("outcomes_of_run", run=run_id)
        }
