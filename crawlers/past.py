"""What the interrupted part of a run left in its folder, for the crawl that goes on with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from crawlers import spool, urls
from crawlers.fates import REDIRECTS
from crawlers.jobs import Listing
from crawlers.timings import Timings
from warehouse.records import Fate, Fetch, Lead, Outcome, Purpose


@dataclass(slots=True)
class Past:
    """Lines of a run folder; all empty for a new run."""

    leads: list[Lead] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    fetches: dict[tuple[Purpose, str], Fetch] = field(default_factory=dict)
    read: set[tuple[Purpose, str, str]] = field(default_factory=set)  # with the source
    done: dict[str, str] = field(default_factory=dict)  # lead's URL → its key
    duplicates: set[str] = field(default_factory=set)  # done leads that were another one's page
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)  # (source, outcome)
    articles: Counter[str] = field(default_factory=Counter)  # by source
    fetched: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    timings: Timings = field(default_factory=Timings)


def read(folder: Path) -> Past:
    """Mend the folder (torn lines go) and read what it holds."""
    spool.mend(folder)
    past = Past(
        leads=list(spool.read_records(folder, "leads", Lead)),
        listings=list(spool.read_records(folder, "listings", Listing)),
    )
    for fetch in spool.read_records(folder, "fetches", Fetch):
        past.fetches[fetch.purpose, fetch.url] = fetch
        past.read.add((fetch.purpose, fetch.url, fetch.source))
        past.fetched[fetch.source] += 1
        past.bytes[fetch.source] += fetch.bytes or 0
        past.timings.add(fetch)
    for fate in spool.read_records(folder, "outcomes", Fate):
        past.done[fate.url] = fate.key
        past.outcomes[fate.source, fate.outcome.value] += 1
        if fate.outcome is Outcome.DUPLICATE_URL:
            past.duplicates.add(fate.url)
    # Articles are long; two of their fields are enough.
    for line in spool.read_lines(folder, "articles"):
        past.done[line["url"]] = line["key"]
        past.articles[line["source"]] += 1
    return past


def claims(past: Past) -> dict[str, str]:
    """Keys of the pages that done leads stand for, also through redirects: key → lead's URL."""
    claimed: dict[str, str] = {}
    for url, key in past.done.items():
        if url in past.duplicates:
            continue
        claimed.setdefault(key, url)
        for location in _redirects(past, url):
            claimed.setdefault(urls.key(location), url)
    return claimed


def _redirects(past: Past, url: str) -> list[str]:
    found: list[str] = []
    fetch = past.fetches.get((Purpose.ARTICLE, url))
    while fetch is not None and fetch.status in REDIRECTS and fetch.location:
        if fetch.location in found:
            break
        found.append(fetch.location)
        fetch = past.fetches.get((Purpose.ARTICLE, fetch.location))
    return found
