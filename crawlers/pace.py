"""How long to wait before the next request to a host: pure state, no clock and no sleeping.

The caller passes the time in, asks `next_at`, and reports each answer with `after`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from crawlers.urls import host as host_of

MAX_RETRY_AFTER = timedelta(hours=24)  # an answer may not silence a host for longer
BARE_429 = timedelta(seconds=30)  # after 429 (or 503) without Retry-After
DEAD_AFTER = 3  # exchanges without an answer in a row
DEAD_FOR = timedelta(minutes=10)


@dataclass(slots=True)
class _Host:
    pace: timedelta | None = None  # None: the default
    asked_at: datetime | None = None
    not_before: datetime | None = None
    silent: int = 0  # exchanges without an answer in a row
    dead_until: datetime | None = None


class Pace:
    """What is known of each host's patience. Hosts are given by name or by any of their URLs."""

    def __init__(self, pace_seconds: float) -> None:
        self._default = timedelta(seconds=pace_seconds)
        self._hosts: dict[str, _Host] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        """Ask this host no more often than every `seconds` (source setting, `Crawl-delay`).

        The slowest of several calls holds; the default holds only where none was made.
        """
        state, wish = self._of(host), timedelta(seconds=seconds)
        state.pace = wish if state.pace is None else max(state.pace, wish)

    def next_at(self, host: str, now: datetime) -> datetime:
        """The earliest time for the next request; `now` if it may be made at once."""
        state = self._of(host)
        pace = self._default if state.pace is None else state.pace
        waits = [now, state.not_before or now]
        if state.asked_at is not None:
            waits.append(state.asked_at + pace)
        return max(waits)

    def asked(self, host: str, now: datetime) -> None:
        """A request goes out at `now` (or is planned for it)."""
        self._of(host).asked_at = now

    def after(self, host: str, status: int | None, retry_after: str | None, now: datetime) -> None:
        """What came back: its status (None: no answer) and Retry-After header, if any."""
        state = self._of(host)
        if status is None:
            state.silent += 1
            if state.silent >= DEAD_AFTER:
                state.dead_until = now + DEAD_FOR
            return
        state.silent, state.dead_until = 0, None
        if status in (429, 503):
            state.not_before = now + (wait_asked_for(retry_after, now) or BARE_429)

    def dead_until(self, host: str, now: datetime) -> datetime | None:
        """When a host that does not answer may be asked again; None if it may be asked now."""
        until = self._of(host).dead_until
        return until if until is not None and until > now else None

    def _of(self, host: str) -> _Host:
        name = host_of(host) if "/" in host else host.lower()
        return self._hosts.setdefault(name, _Host())


def wait_asked_for(retry_after: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` (RFC 9110, 10.2.3: seconds or a date), at most 24 h; None if there is none."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        # More digits than any wait can have would overflow a timedelta.
        return (
            MAX_RETRY_AFTER if len(text) > 6 else min(timedelta(seconds=int(text)), MAX_RETRY_AFTER)
        )
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
    return min(max(at - now, timedelta(0)), MAX_RETRY_AFTER)
