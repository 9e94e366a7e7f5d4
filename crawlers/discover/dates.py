"""Dates as feeds and sitemaps write them: RFC 822, ISO 8601, and the usual ways to miss both."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

from crawlers.discover.found import Instant

_ISO = re.compile(
    r"""\s*(?P<year>\d{4})-?(?:(?P<month>\d{2})(?:-?(?P<day>\d{2}))?)?
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
        found = _iso(cleaned) or _rfc822(cleaned) or _rfc822(_in_english(cleaned))
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
    return _shifted(at, None if fields[9] is None else fields[9] // 60)


def _shifted(at: datetime, offset: int | None) -> Instant | None:
    """`at` was local time at `offset`."""
    if offset is None:
        return Instant(at, None)
    if abs(offset) > 24 * 60 - 1:
        return None
    zone = timezone(timedelta(minutes=offset))
    return Instant(at.replace(tzinfo=zone).astimezone(UTC), offset)


def _in_english(text: str) -> str:
    """Month names of other languages in English, by the names that Babel knows."""
    words = re.findall(r"[^\W\d_]+", text)
    for word in words:
        month = _months().get(word.casefold())
        if month:
            return re.sub(rf"\b{re.escape(word)}\b\.?", month, text, count=1)
    return text


@lru_cache(maxsize=1)
def _months() -> dict[str, str]:
    from babel.dates import get_month_names  # noqa: PLC0415 - costs 0.2 s, needed rarely

    english = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    names: dict[str, str] = {}
    for locale in _MONTH_LOCALES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, "format", locale).items():
                names.setdefault(name.casefold().strip("."), english[number - 1])
    return names


_MONTH_LOCALES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "ro", "hu", "tr",
    "el", "ru", "uk", "bg", "sr", "hr", "id", "vi", "ar", "fa", "hi", "ca",
)  # fmt: skip
