"""Written dates to moments: ISO 8601 and its misspellings, RFC 2822, epochs, numbers, month names.

A moment keeps what was written: without a zone it has no offset, without a time its precision
is the day. Nothing is guessed from the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from warehouse.records import Precision

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:T|\s+|\sat\s)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2}(?!\d))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_SLASHED = re.compile(
    r"^(\d{4})/(\d{1,2})/(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*([+-]\d{2}:?\d{2})?"
)
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.(\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)(?:(?P<d1>\d{1,2})(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+|of\s+)?(?P<m1>[^\W\d_]{3,12})\.?,?"
    r"[\s-]+(?:de\s+|del\s+)?|(?P<m2>[^\W\d_]{3,12})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)(?P<y>\d{4})(?!\d)"
)
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?![\d.])\s*([ap]\.?m\b\.?)?", re.IGNORECASE
)
_ZONE = re.compile(r"(?<![\w:])(?:(?:GMT|UTC)?([+-]\d{2}:?\d{2})|([A-Z]{3,4})\b|Z\b)")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?(?:\.\d+)?$")

# Only abbreviations that mean one thing in the news (IST, CST in China and BST in Asia do not).
_ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "MEZ": 60, "WEST": 60, "CEST": 120,
    "MESZ": 120, "EET": 120, "SAST": 120, "EEST": 180, "MSK": 180, "JST": 540, "KST": 540,
    "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "HKT": 480, "SGT": 480, "WIB": 420,
}  # fmt: skip

# First letters of the months in the languages of most of the web's news; unique prefixes only.
_MONTHS = {
    prefix: number
    for number, prefixes in enumerate(
        (
            "jan ene gen janv ian sty ocak янв січ led",
            "feb fév fev févr lut şub фев лют únor",
            "mar mär maa mrt märz mars мар бер břez",
            "apr avr abr kwi nis апр кві dub",
            "may mai mag maj mei maio мая май трав květ touko",
            "jun juin giu cze haz июн чер červn kesä",
            "jul juil lug lip tem июл лип červenc heinä",
            "aug aoû ago sie ağu авг серп srp elo",
            "sep set wrz eyl сен вер zář syys",
            "oct okt ott out paź eki окт жов říj loka",
            "nov kas лис ноя listopadu marras",
            "dec déc dez dic des gru ara дек гру pros joulu",
        ),
        start=1,
    )
    for prefix in prefixes.split()
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as it was written."""

    at: datetime  # UTC; without an offset the written clock is taken for UTC
    offset: int | None  # minutes east of UTC, None: not written
    precision: Precision

    @property
    def local(self) -> datetime:
        """The clock as written, without zone."""
        return (self.at + timedelta(minutes=self.offset or 0)).replace(tzinfo=None)


def read_moment(text: str) -> Moment | None:
    """The date that `text` says, or None."""
    text = text.strip()
    if not text or len(text) > 200:
        return None
    try:
        return _epoch(text) or _numeric(text) or _named(text)
    except (ValueError, OverflowError):  # 31 February, hour 25
        return None


def day_moment(year: int, month: int, day: int) -> Moment | None:
    try:
        return Moment(datetime(year, month, day, tzinfo=UTC), None, Precision.DAY)
    except ValueError:
        return None


def _epoch(text: str) -> Moment | None:
    if not _EPOCH.match(text):
        return None
    seconds = float(text)
    at = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    return Moment(at, None, Precision.SECOND)


def _numeric(text: str) -> Moment | None:
    match = _ISO.search(text) or _COMPACT.match(text) or _SLASHED.match(text)
    if match:
        year, month, day, hour, minute, second, zone = match.groups()
        return _moment(int(year), int(month), int(day), hour, minute, second, _offset(zone))
    match = _DOTTED.search(text)
    if match:
        day, month, year = match.groups()
        return _with_clock(int(year), int(month), int(day), text[match.end() :])
    return None


def _named(text: str) -> Moment | None:
    for match in _NAMED.finditer(text):
        month = month_of(match["m1"] or match["m2"])
        if month:
            rest = text[match.end() :]
            day = int(match["d1"] or match["d2"])
            return _with_clock(int(match["y"]), month, day, rest if _CLOCK.search(rest) else text)
    return None


def month_of(name: str) -> int | None:
    """The number of a month by its name in any of the languages we know."""
    lower = name.lower().replace("i̇", "i")
    for length in range(min(len(lower), 9), 2, -1):
        if lower[:length] in _MONTHS:
            return _MONTHS[lower[:length]]
    return None


def _with_clock(year: int, month: int, day: int, rest: str) -> Moment:
    clock = _CLOCK.search(rest)
    if clock is None:
        return _moment(year, month, day, None, None, None, None)
    hour, minute, second, half = clock.groups()
    if half:
        hour = str(int(hour) % 12 + (12 if half.lower().startswith("p") else 0))
    zone = _ZONE.search(rest[clock.end() :][:20])
    offset = None
    if zone:
        offset = _ZONES.get(zone[2]) if zone[2] else _offset(zone[1] or "Z")
    return _moment(year, month, day, hour, minute, second, offset)


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone.upper() in ("Z", "UTC", "GMT"):
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    total = hours * 60 + minutes
    return (-total if zone[0] == "-" else total) if total <= 14 * 60 else None


def _moment(  # noqa: PLR0917 -- private
    year: int,
    month: int,
    day: int,
    hour: str | None,
    minute: str | None,
    second: str | None,
    offset: int | None,
) -> Moment:
    clock = (int(hour or 0) % 24, int(minute or 0), int(second or 0))
    zone = UTC if offset is None else timezone(timedelta(minutes=offset))
    at = datetime(year, month, day, *clock, tzinfo=zone).astimezone(UTC)
    # Midnight to the second is how systems print a date that has no time.
    precision = Precision.DAY if clock == (0, 0, 0) else Precision.SECOND
    if precision is Precision.SECOND and second is None:
        precision = Precision.MINUTE
    return Moment(at, offset, precision)
