"""What passes between the crawl and its extraction processes: pages and listings in, results out.

A module of records only, so that the crawl need not load what the processes load (1 s, 60 MB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawlers.fates import Ending
from warehouse.records import Article, Lead, LeadKind, Overrides

MAX_EXPANSION = 10  # decompressed bytes for each byte that may be received


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage:
    """A page as received, from which an article may be extracted."""

    body: bytes
    headers: Mapping[str, str]
    lead: Lead
    final_url: str
    fetched_at: datetime
    max_bytes: int  # when decompressed
    respect_reservation: bool = False
    overrides: Overrides | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedListing:
    """A feed, sitemap or section page as received, which may name leads."""

    body: bytes
    headers: Mapping[str, str]
    url: str
    kind: LeadKind
    source: str
    now: datetime
    since: datetime | None  # sitemaps that last changed before are not worth reading; None: all are
    max_bytes: int


@dataclass(frozen=True, slots=True)
class ReadListing:
    """What a listing named: leads, further sitemaps, and what is wrong with it, if anything."""

    leads: tuple[Lead, ...] = ()
    sitemaps: tuple[str, ...] = ()  # those worth reading
    is_index: bool = False  # it names sitemaps, worth reading or not
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A task that gave no result: `late` past its deadline, else its process died."""

    late: bool
    reason: str


Task = ReceivedPage | ReceivedListing
Result = Article | Ending | ReadListing
