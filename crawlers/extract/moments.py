"""Written dates to moments: ISO 8601 and its misspellings, RFC 2822, epochs, numbers, month names.

A moment keeps what was written: without a zone it has no offset, without a time its precision
is the day. Nothing is guessed from the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from crawlers.extract.months import from_persian, month_of, our_year, persian_month
from warehouse.records import Precision

_ISO = re.compile(
    r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d{2})"
    r"(?:(?:T|\s+|\sat\s)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2}(?!\d))?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})(?:[/.]\s?(\d{1,2})[/.]\s?(\d{1,2})(?!\d)|"
                         r"\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?)")  # fmt: skip
_ERA = re.compile(r"(令和|平成)(\d{1,2}|元)年(\d{1,2})月(\d{1,2})日")
_ERAS = {"令和": 2018, "平成": 1988}  # the year before the first
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:\.\s?(\d{1,2})\.\s?|([/-])(\d{1,2})\3)(\d{4})(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2}),?\s+(?:năm\s+)?(\d{4})(?!\d)")
_WORD = r"([^\d\s,;:()|/–-]{2,20}(?:\s(?!de\b)[^\d\s,;:()|/–-]{2,12})?)"
_NAMED = (
    re.compile(  # 12 July 2023, 12. Juli 2023, 12 de julio de 2023, 12-Jul-2023
        r"(?<![\d:])(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|-?го)?(?:\s?[.,-]\s?|\s)(?:(?:de|of|di|del)\s)?"
        rf"(?P<m>{_WORD})[\s.,-]*(?:(?:de|del|of|m\.)\s)?(?P<y>\d{{4}})(?!\d)"
    ),
    re.compile(  # July 12, 2023; with a clock between, as Unix writes it
        rf"(?P<m>{_WORD})[\s.]\s?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?"
        r"(?:,?\s+|\s+(?P<c>\d{1,2}:\d{2}(?::\d{2})?(?:\s[A-Z]{3,4})?)\s)(?P<y>\d{4})(?![\d:])"
    ),
    re.compile(  # 2023. július 12.; 2023 m. liepos 12 d.
        rf"(?<!\d)(?P<y>\d{{4}})(?:\.|ko)?\s(?:m\.\s)?(?P<m>{_WORD})\s(?P<d>\d{{1,2}})(?!\d)"
    ),
    re.compile(rf"(?<!\d)(?P<y>\d{{4}})\.\sgada\s(?P<d>\d{{1,2}})\.\s(?P<m>{_WORD})"),  # Latvian
)
_CLOCK = re.compile(
    r"(?P<before>오후|오전|下午|上午|晚上|午後|午前)?\s?(?<![\d:./])(?P<h>\d{1,2})"
    r"(?:\s?[:.h時时시]\s?(?P<min>\d{2})(?::(?P<s>\d{2}))?(?![\d.]\d)|(?=\s?[ap]\.?m\b))"
    r"\s?(?P<half>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_DOTTED_CLOCK = re.compile(r",?\s+(?:kl(?:o|\.)?\s?)?(\d{1,2})[.:](\d{2})(?![\d.:])")
_AFTERNOON = ("오후", "下午", "晚上", "午後", "p")
_ZONE = re.compile(
    r"(?<![\w:])(?:(?:GMT|UTC)?([+-]\d{2}:?\d{2})|(?:GMT|UTC)\s?([+-]\d{1,2})(?![\d:])|([A-Z]{2,4})\b|Z\b)"
)
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?(?:\.\d+)?$")

# Only abbreviations that mean one thing in the news (IST, CST in China and BST in Asia do not).
_ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "MEZ": 60, "WEST": 60, "CEST": 120,
    "MESZ": 120, "EET": 120, "SAST": 120, "EEST": 180, "MSK": 180, "JST": 540, "KST": 540,
    "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "HKT": 480, "SGT": 480, "WIB": 420,
}  # fmt: skip
_AMERICAN = {"ET": -300, "CT": -360, "MT": -420, "PT": -480}  # an hour more in summer


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


def read_moment(
    text: str, *, language: str | None = None, month_first: bool | None = None
) -> Moment | None:
    """The date that `text` says, or None.

    `language` decides names of months that mean another month elsewhere; `month_first` what
    03/04/2023 is: April 3rd, March 4th, or (None) nothing sure.
    """
    text = text.strip()
    if not text or len(text) > 200:
        return None
    try:
        return (
            _epoch(text) or _numeric(text) or _counted(text) or _slashed(text, month_first)
            or _named(text, language)
        )  # fmt: skip
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
    match = _ISO.search(text) or _COMPACT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is None and (clock := _DOTTED_CLOCK.match(text[match.end() :])):
        hour, minute = clock.groups()
    return _moment(int(year), int(month), int(day), hour, minute, second, _offset(zone))


def _counted(text: str) -> Moment | None:
    """Year, month and day as numbers with signs or words between them."""
    if match := _YEAR_FIRST.search(text):
        year, month, day = (int(part) for part in match.groups() if part)
        if 1300 <= year < 1500:
            found = from_persian(year, month, day)
            year, month, day = found.year, found.month, found.day
    elif match := _ERA.search(text):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        month, day = int(match[3]), int(match[4])
    elif match := _VIETNAMESE.search(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    return _with_clock(our_year(year), month, day, text[match.end() :])


def _slashed(text: str, month_first: bool | None) -> Moment | None:
    match = _DAY_FIRST.search(text)
    if match is None:
        return None
    dotted, _, other, year = match.groups()[1:]
    day, month = int(match[1]), int(dotted or other)
    if dotted is None:
        if day <= 12 and month <= 12 and day != month and month_first is None:
            return None
        if month > 12 or (month_first and day <= 12):
            day, month = month, day
    rest = text[match.end() :]
    return _with_clock(our_year(int(year)), month, day, rest if _CLOCK.search(rest) else text)


def _named(text: str, language: str | None) -> Moment | None:
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            found = _named_day(match, language)
            if found is not None:
                rest = match.groupdict().get("c") or text[match.end() :]
                rest = rest if _CLOCK.search(rest) else text[: match.start()]
                return _with_clock(found.year, found.month, found.day, rest)
    return None


def _named_day(match: re.Match[str], language: str | None) -> date | None:
    """The name of the month may have a word before or after it that is no part of it."""
    for name in (match["m"], *match["m"].split()):
        month = month_of(name, language)
        if month:
            return date(our_year(int(match["y"])), month, int(match["d"]))
        month = persian_month(name)
        if month:
            return from_persian(int(match["y"]), month, int(match["d"]))
    return None


def _with_clock(year: int, month: int, day: int, rest: str) -> Moment:
    clock = _CLOCK.search(rest)
    if clock is None or int(clock["h"]) > 24:
        return _moment(year, month, day, None, None, None, None)
    hour = clock["h"]
    half = (clock["half"] or clock["before"] or "").lower()
    if half:
        hour = str(int(hour) % 12 + (12 if half.startswith(_AFTERNOON) else 0))
    zone = _ZONE.search(rest[clock.end() :][:20])
    offset = _named_offset(zone, year, month, day) if zone else None
    return _moment(year, month, day, hour, clock["min"] or "00", clock["s"], offset)


def _named_offset(zone: re.Match[str], year: int, month: int, day: int) -> int | None:
    if zone[3] is None:
        return _offset(zone[1] or zone[2] or "Z")
    if zone[3] in _AMERICAN:
        return _AMERICAN[zone[3]] + 60 * _american_summer(date(year, month, day))
    return _ZONES.get(zone[3])


def _american_summer(day: date) -> bool:
    """From the second Sunday in March to the first in November, as since 2007."""
    first = date(day.year, 3, 1), date(day.year, 11, 1)
    march, november = (at + timedelta(days=(6 - at.weekday()) % 7) for at in first)
    return march + timedelta(days=7) <= day < november


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
