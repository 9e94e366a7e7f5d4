"""One slice of a backfill: what it is given, and what is made of the run folder that comes of it.

Reads and writes run folders and says what they mean; starts no crawl and keeps no state.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawlers import spool
from crawlers.discover.periods import period_of, periods_of
from crawlers.jobs import SLICE_LISTINGS, Listing
from crawlers.run import read_stats
from flows import archives
from warehouse.frontier import FAILED, READ, WAITING, Frontier, Place, Taken, settled
from warehouse.records import Fate, Fetch, Lead, LeadKind, Outcome, Purpose, Source, Window

_NOT_THERE = ("HTTP 404", "HTTP 410")
_MOST_TOLD = 10
_TRIES = 3  # slices that may fail to read a listing


@dataclass(frozen=True, slots=True)
class Share:
    """What one slice does for one source; `source` names nothing itself."""

    source: Source
    places: tuple[Place, ...]
    leads: tuple[Lead, ...]


def roots(sources: Iterable[Source], window: Window) -> Iterator[Place]:
    """Where to begin: sitemaps, also those that robots.txt announces, and archives."""
    for source in sources:
        for url in source.sitemaps:
            yield Place(url=url, source=source.source, kind=LeadKind.SITEMAP)
        yield Place(url=_robots(source.home), source=source.source, kind=LeadKind.SITEMAP)
        yield from archives.places(source, window)


def _robots(home: str) -> str:
    parts = urlsplit(home)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def shares(
    frontier: Frontier,
    sources: Sequence[Source],
    fit: Callable[[Source], int],
    room: int | None,
) -> list[Share]:
    """What the next slice does: for each source its newest leads, and listings where these end.

    `room`: pages that may be fetched in all, shared out among the sources.
    """
    found: list[Share] = []
    for number, source in enumerate(sources):
        fair = None if room is None else -(-room // (len(sources) - number))
        pages = fit(source) if fair is None else min(fit(source), fair)
        leads = frontier.next_leads(source.source, pages)
        if room is not None:
            room -= pages
        places = frontier.next_places(source.source, SLICE_LISTINGS) if len(leads) < pages else []
        if leads or places:
            bare = replace(source, feeds=(), sitemaps=(), pages=(), archives=(), max_pages=pages)
            found.append(Share(bare, tuple(places), tuple(leads)))
    return found


def write(folder: Path, given: Iterable[Share]) -> None:
    """Put into a new run folder what its crawl begins with, as if it had found it itself."""
    leads, listings = spool.Lines(folder, "leads"), spool.Lines(folder, "listings")
    for share in given:
        for lead in share.leads:
            leads.write(lead)
        for place in share.places:
            listings.write(
                Listing(
                    url=place.url,
                    source=place.source,
                    kind=place.kind,
                    found_on=place.found_on,
                    depth=place.depth,
                    archive=True,
                )
            )
    leads.close()
    listings.close()


# --- what came of it -------------------------------------------------------------------------


def taken(
    folder: Path,
    window: Window,
    landed: Mapping[str, str],
    tries: Callable[[str, str], int],
) -> Taken:
    """What a crawled and landed folder says of the leads and listings of its backfill.

    `landed`: outcomes by URL, where the landing wrote a change.
    """
    listings = list(spool.read_records(folder, "listings", Listing))
    outcomes = {
        fate.url: str(fate.outcome)
        for fate in spool.read_records(folder, "outcomes", Fate)
        if settled(fate.outcome)
    }
    for line in spool.read_lines(folder, "articles"):
        outcomes[line["url"]] = landed.get(line["url"], str(Outcome.UNCHANGED))
    leads = {lead.url: lead for lead in spool.read_records(folder, "leads", Lead)}
    return Taken(
        run=folder.name,
        places=tuple(_places(listings)),
        states=_states(folder, listings, tries),
        leads=tuple((lead, newest(lead, window)) for lead in leads.values()),
        outcomes=outcomes,
    )


def newest(lead: Lead, window: Window) -> datetime | None:
    """When a lead was published, as far as can be told without asking; None: nobody knows."""
    if lead.published_at is not None:
        return lead.published_at
    period = period_of(lead.url) or period_of(lead.found_on)
    if period is not None:
        return min(period.last, window.until)
    changed = lead.modified_at
    return changed if changed is not None and changed <= window.until else None


def _places(listings: Sequence[Listing]) -> Iterator[Place]:
    by_index: dict[str | None, list[str]] = {}
    for listing in listings:
        by_index.setdefault(listing.found_on, []).append(listing.url)
    periods = {index: periods_of(urls) for index, urls in by_index.items()}
    for listing in listings:
        period = periods[listing.found_on][listing.url]
        yield Place(
            url=listing.url,
            source=listing.source,
            kind=listing.kind,
            found_on=listing.found_on,
            depth=listing.depth,
            newest=period.last if period else None,
        )


def _states(
    folder: Path, listings: Iterable[Listing], tries: Callable[[str, str], int]
) -> dict[tuple[str, str], tuple[str, str | None]]:
    fetches = {
        fetch.url: fetch
        for fetch in spool.read_records(folder, "fetches", Fetch)
        if fetch.purpose is Purpose.ARCHIVE
    }
    found = {}
    for listing in listings:
        fetch = _last(listing.url, fetches)
        if fetch is not None:
            more = tries(listing.url, listing.source) + 1 < _TRIES
            found[listing.url, listing.source] = _state(fetch, may_wait=more)
    return found


def _last(url: str, fetches: Mapping[str, Fetch]) -> Fetch | None:
    """The end of the redirects from an address; None where it was not asked for."""
    fetch = fetches.get(url)
    seen: set[str] = set()
    while fetch is not None and fetch.location and fetch.url not in seen:
        seen.add(fetch.url)
        fetch = fetches.get(fetch.location, fetch)
    return fetch


def _state(fetch: Fetch, *, may_wait: bool) -> tuple[str, str | None]:
    """What is to become of a listing after an answer, and what was wrong with it."""
    if fetch.status in (200, 203):
        return READ, fetch.error
    error = fetch.error or f"HTTP {fetch.status}"
    lasting = error.startswith((Outcome.ROBOTS, Outcome.REFUSED_ADDRESS)) or (
        fetch.status is not None and fetch.status < 500 and fetch.status != 429
    )
    return (FAILED if lasting or not may_wait else WAITING), error


def further(
    places: Iterable[tuple[Place, str, str | None]], folder: Path, new: Sequence[Lead]
) -> list[Place]:
    """The next pages of archives whose pages this slice has read."""
    sides = _sides(folder)
    n_new = Counter(lead.found_on for lead in new)
    last: dict[tuple[str, str | None, datetime | None], Place] = {}
    for place, _, _ in places:
        if place.page is not None and place.url in sides:
            series = place.source, place.pattern, place.newest
            last[series] = max(last.get(series, place), place, key=lambda p: p.page or 0)
    return [
        page
        for place in last.values()
        for page in archives.next_pages(place, sides[place.url], n_new[place.url])
    ]


def _sides(folder: Path) -> dict[str, Mapping[str, int]]:
    """Of each listing read, how many of its leads lie on which side of the dates.

    A crawl that was killed in between does not know it of what it had read before; then there may
    be more behind it.
    """
    counted = read_stats(folder).listings
    read = (
        fetch.url
        for fetch in spool.read_records(folder, "fetches", Fetch)
        if fetch.purpose is Purpose.ARCHIVE and fetch.status in (200, 203)
    )
    return {**{url: {"newer": 1} for url in read}, **counted}


def pages_fetched(folder: Path) -> int:
    """How many leads a slice asked for."""
    leads = {lead["url"] for lead in spool.read_lines(folder, "leads")}
    fetches = spool.read_lines(folder, "fetches")
    asked = {line["url"] for line in fetches if line["purpose"] == Purpose.ARTICLE}
    return len(leads & asked)


# --- for the summary -------------------------------------------------------------------------


def back_to(frontier: Frontier) -> datetime | None:
    """The oldest dated listing that was read."""
    dates = [place.newest for place, state, _ in frontier.places() if state == READ]
    return min((at for at in dates if at), default=None)


def without(
    frontier: Frontier, sources: Iterable[Source], counts: Mapping[str, Mapping[str, int]]
) -> dict[str, str]:
    """The sources that gave nothing, each with the reason in plain words."""
    by_source: dict[str, list[tuple[Place, str, str | None]]] = {}
    for row in frontier.places():
        by_source.setdefault(row[0].source, []).append(row)
    return {
        source.source: _why_nothing(by_source.get(source.source, []))
        for source in sources
        if not counts.get(source.source)
    }


def unread(frontier: Frontier) -> tuple[str, ...]:
    """The listings that could not be read, one line each; a day without a page is no trouble."""
    failed = [
        f"{place.source}: {place.url} {error}"
        for place, state, error in frontier.places()
        if state == FAILED and error not in _NOT_THERE
    ]
    more = len(failed) - _MOST_TOLD
    return (*failed[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else []))


def _why_nothing(places: Sequence[tuple[Place, str, str | None]]) -> str:
    waiting = [place for place, state, _ in places if state == WAITING]
    if waiting:
        return f"{len(waiting)} sitemaps and archives are still to be read"
    real = [row for row in places if urlsplit(row[0].url).path != "/robots.txt"]
    broken = [error for place, state, error in places if state == FAILED]
    if not real and broken and broken[0] not in _NOT_THERE:
        return f"its robots.txt could not be read: {broken[0]}"
    if not real:
        return (
            "there is no way to go back: it announces no sitemap and has no `archives` in "
            "sources.toml (its feeds only name what is new)"
        )
    failed = [(place, error) for place, state, error in real if state == FAILED]
    if failed and len(failed) == len(real):
        place, error = failed[0]
        return f"could not be read: {place.url} {error}"
    return "its sitemaps and archives name nothing of these dates"
