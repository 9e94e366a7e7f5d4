"""The gate: whether a lead is fetched in this run, decided from values alone.

Every Skip carries an outcome of the closed list and a reason for people. Nothing is fetched,
stored or remembered here; robots.txt and pace are asked afterwards, by those who fetch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from crawlers import urls
from warehouse.records import (
    HELD,
    CrawlRequest,
    Lead,
    LeadKind,
    Outcome,
    Source,
    Term,
    WatchTerms,
    isoformat,
)

# Decided without asking the page; conditions or settings may have changed since.
_UNASKED = frozenset(
    {
        Outcome.TOO_OLD,
        Outcome.OFF_SCOPE,
        Outcome.OFF_TOPIC,
        Outcome.BUDGET,
        Outcome.REFUSED_ADDRESS,
        Outcome.ROBOTS,
    }
)
_WORD = re.compile(r"[^\W_]+")
_MAX_TOPIC = 500  # of priority; recency gives up to 200, so topic comes first
_LEFT_OVER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What earlier runs know of a key; times are aware, in UTC."""

    outcome: Outcome
    url: str | None = None
    source: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    fetched_at: datetime | None = None
    published_at: datetime | None = None
    tries: int = 0  # runs that have deferred it
    next_visit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Go and ask; a higher priority goes first."""

    priority: int
    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Do not ask; `retry_at` is set where a later run may."""

    outcome: Outcome
    reason: str
    retry_at: datetime | None = None


def decide(
    lead: Lead,
    source: Source,
    known: Known | None,
    request: CrawlRequest,
    *,
    fetched_of_source: int,
    leads_of_source: int,
    now: datetime,
) -> Fetch | Skip:
    """Whether to fetch `lead` now.

    `fetched_of_source` and `leads_of_source` count this run's fetched pages and other leads of
    the source so far.
    """
    watches = watches_of(source.source, request)
    return (
        _refused(lead, request)
        or _out_of_scope(lead, source)
        or (_seen_before(lead, known, request, now) if known else None)
        or _paused(source)
        or _too_old(lead, watches)
        or _off_topic(lead, source, watches)
        or _over_budget(source, request, fetched_of_source, leads_of_source)
        or Fetch(_priority(lead, watches, now) + _left_over(known), _why_fetched(lead, known))
    )


def watches_of(source: str, request: CrawlRequest) -> list[WatchTerms]:
    """The watches that use the source."""
    return [watch for watch in request.watches if source in watch.sources]


def since(watches: Iterable[WatchTerms]) -> datetime | None:
    """The earliest date that any of the watches asks for; None where one sets no limit."""
    dates = [watch.since for watch in watches]
    limits = [date for date in dates if date is not None]
    return min(limits) if limits and len(limits) == len(dates) else None


def in_scope(url: str, source: Source) -> bool:
    """Whether `url` is on the site of the source's home page or on one of its `hosts`."""
    if urls.site(url) == urls.site(source.home):
        return True
    name = urls.host(url)
    listed = (entry.lower().removeprefix("*.").rstrip(".") for entry in source.hosts)
    return any(name == entry or name.endswith(f".{entry}") for entry in listed)


def _refused(lead: Lead, request: CrawlRequest) -> Skip | None:
    reason = urls.refused(lead.url, allow_private_hosts=request.allow_private_hosts)
    return Skip(Outcome.REFUSED_ADDRESS, reason) if reason else None


def _out_of_scope(lead: Lead, source: Source) -> Skip | None:
    # What an outlet itself announces is its own wherever it lies (aggregating CDNs, sister
    # sites); what a page merely links to is not.
    trusted = lead.kind is not LeadKind.PAGE and not source.hosts
    if trusted or in_scope(lead.url, source):
        return None
    return Skip(Outcome.OFF_SCOPE, f"{urls.host(lead.url)} is not a host of {source.source}")


def _seen_before(lead: Lead, known: Known, request: CrawlRequest, now: datetime) -> Skip | None:
    if known.outcome in _UNASKED:
        return None
    if known.outcome is Outcome.QUARANTINED:
        return Skip(Outcome.QUARANTINED, f"given up after {known.tries} runs")
    if known.outcome is Outcome.DEFERRED:
        return _deferred(known, request, now)
    if _modified_since(lead, known):
        return None
    if known.outcome in HELD:
        return None if _due_again(lead, known, request, now) else _unchanged(known)
    if known.next_visit_at is not None and known.next_visit_at <= now:
        return None
    return Skip(known.outcome, f"{known.outcome} {_when(known)}", known.next_visit_at)


def _deferred(known: Known, request: CrawlRequest, now: datetime) -> Skip | None:
    if known.tries >= request.retries:
        return Skip(Outcome.QUARANTINED, f"deferred by {known.tries} runs")
    if known.next_visit_at is not None and known.next_visit_at > now:
        reason = f"deferred until {isoformat(known.next_visit_at)}"
        return Skip(Outcome.DEFERRED, reason, known.next_visit_at)
    return None


def _modified_since(lead: Lead, known: Known) -> bool:
    return (
        lead.modified_at is not None
        and known.fetched_at is not None
        and lead.modified_at > known.fetched_at
    )


def _due_again(lead: Lead, known: Known, request: CrawlRequest, now: datetime) -> bool:
    """Young articles are asked for again; the waiting time between is the state's to choose."""
    born = known.published_at or lead.published_at or known.fetched_at
    young = born is None or now - born < timedelta(hours=request.revisit_hours)
    return young and (known.next_visit_at is None or known.next_visit_at <= now)


def _unchanged(known: Known) -> Skip:
    return Skip(Outcome.UNCHANGED, f"not asked again: fetched {_when(known)}", known.next_visit_at)


def _when(known: Known) -> str:
    return f"at {isoformat(known.fetched_at)}" if known.fetched_at else "in an earlier run"


def _paused(source: Source) -> Skip | None:
    return Skip(Outcome.DEFERRED, f"{source.source} is paused") if source.paused else None


def _too_old(lead: Lead, watches: list[WatchTerms]) -> Skip | None:
    limit = since(watches)
    # A page cannot be younger than its last change.
    at, word = (
        (lead.published_at, "published") if lead.published_at else (lead.modified_at, "changed")
    )
    if limit is None or at is None:
        return None
    # "Since 1 July" means the day that the page itself bears, wherever it was written.
    local = at + timedelta(minutes=lead.published_offset or 0)
    if max(at, local) >= limit:
        return None
    return Skip(Outcome.TOO_OLD, f"{word} {isoformat(at)}, before {isoformat(limit)}")


def _off_topic(lead: Lead, source: Source, watches: list[WatchTerms]) -> Skip | None:
    told = f"{lead.title or ''} {lead.summary or ''}".strip()
    if not source.on_topic_only or not told:
        return None  # nothing to judge by is no reason to skip
    terms = [term for watch in watches for term in watch.terms]
    if not terms or any(True for _ in _met(told, terms)):
        return None
    return Skip(Outcome.OFF_TOPIC, "title and summary contain no term of any watch")


def _over_budget(
    source: Source, request: CrawlRequest, fetched_of_source: int, leads_of_source: int
) -> Skip | None:
    pages = request.max_pages if source.max_pages is None else source.max_pages
    if fetched_of_source >= pages:
        return Skip(Outcome.BUDGET, f"{pages:,} pages of {source.source} were fetched in this run")
    if leads_of_source >= request.max_leads:
        return Skip(Outcome.BUDGET, f"{source.source} gave more than {request.max_leads:,} leads")
    return None


def _priority(lead: Lead, watches: list[WatchTerms], now: datetime) -> int:
    """0-700: first what meets a watch, then what is new."""
    told = f"{lead.title or ''} {lead.summary or ''}"
    terms = [term for watch in watches for term in watch.terms]
    topic = min(_MAX_TOPIC, int(sum(200 * term.weight for term in _met(told, terms))))
    at = lead.published_at or lead.modified_at
    if at is None:
        return topic + 100
    days = max(0.0, (now - at) / timedelta(days=1))
    return topic + int(200 / (1 + days))


def _left_over(known: Known | None) -> int:
    """What an earlier run had no time for goes before all that is new, but for a watch's topic."""
    left = known and known.outcome is Outcome.DEFERRED and known.next_visit_at is None
    return _LEFT_OVER if left else 0


def _why_fetched(lead: Lead, known: Known | None) -> str:
    if known is None or known.outcome in _UNASKED:
        return "not fetched before"
    if known.outcome is Outcome.DEFERRED:
        return f"tried again after {known.tries} runs" if known.tries else "left by an earlier run"
    if _modified_since(lead, known):
        return f"changed since it was fetched {_when(known)}"
    return f"asked again: last fetched {_when(known)}"


def _met(text: str, terms: Iterable[Term]) -> Iterable[Term]:
    """The terms that occur in `text` as whole words, by any of their spellings."""
    folded = _folded(text)
    return (term for term in terms if any(_occurs(s, folded) for s in (term.text, *term.spellings)))


def _occurs(spelling: str, folded: str) -> bool:
    wanted = _folded(spelling).strip()
    if not wanted:
        return False
    return f" {wanted} " in folded or (_has_no_spaces(wanted) and wanted in folded)


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    """Words in lower case without accents and punctuation, one space around each."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = " ".join(_WORD.findall(plain))
    return f" {words} "


def _has_no_spaces(text: str) -> bool:
    """Scripts written without spaces (Chinese, Japanese, Thai …) are matched inside words."""
    return any("\u0e00" <= char <= "\u0fff" or "\u3040" <= char <= "\u9fff" for char in text)
