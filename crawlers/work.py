"""What an extraction process does: undo the encoding, then extract an article or read leads.

It runs in a process of its own (see workers.py), because pages exist that take minutes or
crash the parser. No network, no files.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from crawlers import robots
from crawlers.bodies import BadBody, TooLarge, decoded
from crawlers.discover import read_leads
from crawlers.extract import extract
from crawlers.fates import Ending, is_vague
from crawlers.reservation import reserved
from crawlers.tasks import ReadListing, ReceivedListing, ReceivedPage, Result, Task
from warehouse.records import Article, LeadKind, Outcome


def carry_out(task: Task) -> Result:
    """The result of one task; what is wrong with the bytes is part of the result."""
    return extract_page(task) if isinstance(task, ReceivedPage) else read_listing(task)


def extract_page(task: ReceivedPage) -> Article | Ending:
    """The article of a page as received, or why there is none."""
    try:
        body = decoded(task.body, task.headers, task.max_bytes)
    except TooLarge as e:
        return Ending(Outcome.TOO_LARGE, str(e))
    except BadBody as e:
        return Ending(Outcome.BAD_CONTENT, str(e))
    if not body.strip():
        return Ending(Outcome.BAD_CONTENT, "an empty page")
    if is_vague(task.headers.get("content-type")) and b"<" not in body[:1024]:
        return Ending(Outcome.BAD_CONTENT, "no HTML in it")
    if task.respect_reservation and (by := reserved(task.headers, body)):
        return Ending(Outcome.RESERVED, by)
    result = extract(
        body,
        task.lead.url,
        headers=dict(task.headers),
        lead=task.lead,
        fetched_at=task.fetched_at,
        source=task.lead.source,
        key=task.lead.key,
        final_url=task.final_url,
        overrides=task.overrides,
    )
    return result if isinstance(result, Article) else Ending(result.outcome, result.reason)


def read_listing(task: ReceivedListing) -> ReadListing:
    """The leads of a listing as received."""
    try:
        body = decoded(task.body, task.headers, task.max_bytes)
    except (TooLarge, BadBody) as e:
        return ReadListing(error=str(e))
    if task.kind is LeadKind.SITEMAP and urlsplit(task.url).path == "/robots.txt":
        return _sitemaps_of(body, task)
    content_type = task.headers.get("content-type")
    found = read_leads(task.kind, body, task.url, task.source, content_type, task.now)
    return ReadListing(
        leads=found.leads,
        sitemaps=found.sitemaps_since(task.since),
        is_index=bool(found.sitemaps),
        error=found.error,
    )


def _sitemaps_of(body: bytes, task: ReceivedListing) -> ReadListing:
    """What a robots.txt announces, for a backfill: a source may name only its news sitemap."""
    rules = robots.rules_from(200, body, fetched_at=task.now, url=task.url)
    return ReadListing(sitemaps=rules.sitemaps, is_index=True)
