"""What an extraction process does: undo the encoding, then extract an article or read leads.

It runs in a process of its own (see workers.py), because pages exist that take minutes or
crash the parser. No network, no files.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

from crawlers.bodies import BadBody, TooLarge, decoded
from crawlers.discover import Found, read_leads
from crawlers.extract import Refusal, extract
from crawlers.fates import is_vague
from warehouse.records import Article, Lead, LeadKind, Outcome

_MEMORY_BYTES = 3_000_000_000  # of address space; a page of 10 MB needs well under one


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage:
    """A page as received, from which an article may be extracted."""

    body: bytes
    headers: Mapping[str, str]
    lead: Lead
    final_url: str
    fetched_at: datetime
    max_bytes: int  # when decompressed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedListing:
    """A feed, sitemap or section page as received, which may name leads."""

    body: bytes
    headers: Mapping[str, str]
    url: str
    kind: LeadKind
    source: str
    now: datetime
    max_bytes: int


Task = ReceivedPage | ReceivedListing
Result = Article | Refusal | Found


def carry_out(task: Task) -> Result:
    """The result of one task; what is wrong with the bytes is part of the result."""
    return extract_page(task) if isinstance(task, ReceivedPage) else read_listing(task)


def extract_page(task: ReceivedPage) -> Article | Refusal:
    try:
        body = decoded(task.body, task.headers, task.max_bytes)
    except TooLarge as e:
        return Refusal(Outcome.TOO_LARGE, str(e))
    except BadBody as e:
        return Refusal(Outcome.BAD_CONTENT, str(e))
    if not body.strip():
        return Refusal(Outcome.BAD_CONTENT, "an empty page")
    if is_vague(task.headers.get("content-type")) and b"<" not in body[:1024]:
        return Refusal(Outcome.BAD_CONTENT, "no HTML in it")
    return extract(
        body,
        task.lead.url,
        headers=dict(task.headers),
        lead=task.lead,
        fetched_at=task.fetched_at,
        source=task.lead.source,
        key=task.lead.key,
        final_url=task.final_url,
    )


def read_listing(task: ReceivedListing) -> Found:
    try:
        body = decoded(task.body, task.headers, task.max_bytes)
    except (TooLarge, BadBody) as e:
        return Found(leads=(), sitemaps=(), error=str(e), kind=task.kind, title=None)
    content_type = task.headers.get("content-type")
    return read_leads(task.kind, body, task.url, task.source, content_type, task.now)


def serve(connection: Connection) -> None:
    """Answer tasks until the other end is closed or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawl child decides when we end
    os.dup2(2, 1)  # what a library prints must not get among the crawl's events
    _limit_memory()
    answer: Callable[[Task], Result] = carry_out
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            sys.exit(0)
        connection.send(answer(task))


def _limit_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):  # macOS knows the limit but refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
