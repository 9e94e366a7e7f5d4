"""Decides what an HTTP exchange means for the address that was asked: pure, no network.

The closed list of ways an exchange can fail is here too, since a fetch line bears it in `error`
as "kind: detail", and a continued crawl decides from the line alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from warehouse.records import Fetch, Outcome, isoformat

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_HOPS = 8
_PASSING_STATUS = frozenset({408, 421, 425, 429})
# 10 minutes, 1 hour, 6 hours: most outages are over by then, and a dead host is left in peace.
_FIRST_RETRY = timedelta(minutes=10)
_RETRY_FACTOR = 6


class Trouble(StrEnum):
    """Why there is no usable answer."""

    REFUSED = "refused address"
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    CERTIFICATE = "certificate"
    NO_HOST = "no such host"
    CUT_SHORT = "cut short"
    BAD_HTTP = "broken HTTP"
    NETWORK = "network"


_PASSING = frozenset({Trouble.TIMEOUT, Trouble.NO_HOST, Trouble.CUT_SHORT, Trouble.NETWORK})
_LASTING = {
    Trouble.REFUSED: Outcome.REFUSED_ADDRESS,
    Trouble.TOO_LARGE: Outcome.TOO_LARGE,
    Trouble.CERTIFICATE: Outcome.NETWORK_ERROR,
    Trouble.BAD_HTTP: Outcome.NETWORK_ERROR,
}
_STATUS = {
    304: Outcome.UNCHANGED,
    401: Outcome.BLOCKED,
    402: Outcome.PAYWALLED,
    403: Outcome.BLOCKED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    451: Outcome.BLOCKED,
}
_HTML = frozenset({"text/html", "application/xhtml+xml"})
# Declared by servers that do not know what they serve; the first bytes tell.
_VAGUE = frozenset(
    {"", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown"}
)


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome before it has its URL."""

    outcome: Outcome
    reason: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeftOver(Ending):
    """What is left undone for lack of time; it counts as no try, and comes first the next time."""


def ending_of(
    fetch: Fetch,
    headers: Mapping[str, str],
    *,
    tries: int,
    retries: int,
    now: datetime,
    retry_at: datetime | None = None,
) -> Ending | None:
    """What a final (not redirecting) exchange means, or None when there is a page to read.

    `tries` counts the earlier runs that deferred this address; `retry_at` is the time the host
    asked us to wait until.
    """
    if fetch.error is not None:
        return _after_trouble(fetch.error, tries=tries, retries=retries, now=now)
    status = fetch.status
    assert status is not None
    if headers.get("cf-mitigated") == "challenge":
        return Ending(Outcome.CHALLENGE, f"HTTP {status} with a challenge for browsers")
    if status in _PASSING_STATUS or status >= 500:
        return deferral(f"HTTP {status}", tries=tries, retries=retries, now=now, retry_at=retry_at)
    if status in _STATUS:
        return Ending(_STATUS[status], f"HTTP {status}")
    if status not in (200, 203):
        return Ending(Outcome.HTTP_ERROR, f"HTTP {status}")
    return _wrong_content(fetch)


def _after_trouble(error: str, *, tries: int, retries: int, now: datetime) -> Ending:
    trouble = Trouble(error.partition(": ")[0])
    if trouble in _PASSING:
        return deferral(error, tries=tries, retries=retries, now=now)
    return Ending(_LASTING[trouble], error)


def deferral(
    reason: str, *, tries: int, retries: int, now: datetime, retry_at: datetime | None = None
) -> Ending:
    """Deferred with the time of the next try, or quarantined when it was deferred too often."""
    if tries >= retries:
        return Ending(Outcome.QUARANTINED, f"{reason}; deferred {tries} times before")
    patient = now + _FIRST_RETRY * _RETRY_FACTOR**tries
    not_before = max(patient, retry_at) if retry_at else patient
    return Ending(Outcome.DEFERRED, f"{reason}; again after {isoformat(not_before)}", not_before)


def _wrong_content(fetch: Fetch) -> Ending | None:
    kind = media_type(fetch.content_type)
    if kind in _HTML or kind in _VAGUE:
        return None
    return Ending(Outcome.BAD_CONTENT, f"{kind}, not HTML")


def is_vague(content_type: str | None) -> bool:
    """Whether the body must look like markup before it is taken for a page."""
    return media_type(content_type) in _VAGUE


def media_type(content_type: str | None) -> str:
    """`text/html` from `Text/HTML; charset=x`."""
    return (content_type or "").partition(";")[0].strip().lower()
