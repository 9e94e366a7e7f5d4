"""Dates as feeds and sitemaps write them: RFC 822, ISO 8601, and the usual ways to miss both."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from crawlers.discover.found import Instant
from crawlers.discover.months import ENGLISH_MONTHS

_ISO = re.compile(
    r"""\s*(?P<year>\d{4})(?:(?P<split>[-/]?)(?P<month>(?(split)\d{1,2}|\d{2}))
    (?:(?P=split)(?P<day>\d{1,2}))?)?
    (?:[Tt\s_]+(?P<hour>\d{1,2})[:.]?(?P<minute>\d{2})(?:[:.]?(?P<second>\d{2})(?:[.,]\d+)?)?)?
    \s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{1,2}:?\d{2}|[+-]\d{2})?\s*""",
    re.VERBOSE,
)
# Names that RFC 822 does not know but feeds use; in hours east of UTC.
_ZONES = {
    "UTC": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "PKT": 5, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_NAMED_ZONE = re.compile(r"\b([A-Z]{3,4})\s*$")
_ZONE = re.compile(r"(?:[+-]\d{4}|[+-]\d{2}:\d{2}|\b[A-Z]{1,4})(?:\s+\d{4})?\s*$")
_MONTH_FIRST = re.compile(
    r"(?:^|.*?\s)([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b,?(.*)"
)
_HALF_DAY = re.compile(r"\b(\d{1,2}):(\d\d(?::\d\d)?)\s*([AaPp])\.?[Mm]\.?(?!\w)")
_OLDEST = 1970


@lru_cache(maxsize=4_096)
def read_date(text: str | None) -> Instant | None:
    """The time that `text` names, in UTC; None if it names none.

    Without a zone UTC is assumed and the offset stays None. Years before 1971 and the Unix epoch
    stand for "unknown" in feeds and give None.
    """
    cleaned = " ".join((text or "").split())
    if not cleaned or len(cleaned) > 100:
        return None
    try:
        found = _iso(cleaned) or _rfc822(_tidy(cleaned))
    except (ValueError, OverflowError):
        return None
    return found if found and found.at.year > _OLDEST else None


def _iso(text: str) -> Instant | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    part = {name: int(match[name] or 0) for name in ("hour", "minute", "second")}
    day_over = part["hour"] == 24  # ISO 8601 allows 24:00 as the end of a day
    at = datetime(
        int(match["year"]),
        int(match["month"] or 1),
        int(match["day"] or 1),
        0 if day_over else part["hour"],
        part["minute"],
        min(part["second"], 59),
        tzinfo=UTC,
    ) + timedelta(days=day_over)
    return _shifted(at, _offset(match["zone"]))


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    return (int(hours) * 60 + int(minutes)) * (-1 if zone[0] == "-" else 1)


def _rfc822(text: str) -> Instant | None:
    named = _NAMED_ZONE.search(text)
    fields = parsedate_tz(text)
    if fields is None or not 0 < fields[1] <= 12:
        return None
    hour_over = fields[3] == 24
    at = datetime(
        *fields[:3], 0 if hour_over else fields[3], fields[4], min(fields[5], 59), tzinfo=UTC
    ) + timedelta(days=hour_over)
    if named and named[1] in _ZONES:
        return _shifted(at, round(_ZONES[named[1]] * 60))
    # The library says 0 both for GMT and for no zone at all.
    return _shifted(at, (fields[9] or 0) // 60 if _ZONE.search(text) else None)


def _shifted(at: datetime, offset: int | None) -> Instant | None:
    """`at` was local time at `offset`."""
    if offset is None:
        return Instant(at, None)
    if abs(offset) > 24 * 60 - 1:
        return None
    zone = timezone(timedelta(minutes=offset))
    return Instant(at.replace(tzinfo=zone).astimezone(UTC), offset)


def _tidy(text: str) -> str:
    """Foreign month names in English, ordinal dots off, the day before the month."""
    for word in re.findall(r"[^\W\d_]+", text):
        month = ENGLISH_MONTHS.get(word.casefold())
        if month:
            text = re.sub(rf"\b{re.escape(word)}\b\.?", month, text, count=1)
            break
    text = re.sub(r"\b(\d{1,2})\.(?=\s)", r"\1", text)
    swapped = _MONTH_FIRST.fullmatch(text)
    text = "{1} {0} {2}{3}".format(*swapped.groups()) if swapped else text
    text = _HALF_DAY.sub(_in_24_hours, text)
    text = re.sub(r"([+-]\d\d):(\d\d)$", r"\1\2", text)
    return text if ":" in text else f"{text} 00:00:00"


def _in_24_hours(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3] in "pP" else 0)
    return f"{hour}:{match[2]}"
