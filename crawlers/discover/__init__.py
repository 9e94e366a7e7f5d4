"""Documents in, leads out: feeds, sitemaps and section pages are read here, purely.

Bytes come in as received; nothing is fetched, nothing decided.
"""

from __future__ import annotations

from datetime import datetime

from crawlers.discover.autodiscover import Announced, announced
from crawlers.discover.feeds import read_feed
from crawlers.discover.found import Found
from crawlers.discover.links import read_page
from crawlers.discover.sitemaps import read_sitemap
from warehouse.records import LeadKind

__all__ = [
    "Announced",
    "Found",
    "announced",
    "read_feed",
    "read_leads",
    "read_page",
    "read_sitemap",
]


def read_leads(  # noqa: PLR0917 - all of them are needed, in the order of the stage's flags
    kind: LeadKind | str,
    body: bytes,
    url: str,
    source: str,
    content_type: str | None,
    now: datetime,
) -> Found:
    """Read a document as the `kind` it is said to be; ValueError for a kind that is not known."""
    readers = {
        LeadKind.FEED: read_feed,
        LeadKind.SITEMAP: read_sitemap,
        LeadKind.PAGE: read_page,
    }
    if kind not in readers:
        raise ValueError(f"{kind!r} is no kind of document")
    return readers[LeadKind(kind)](body, url, source=source, content_type=content_type, now=now)
