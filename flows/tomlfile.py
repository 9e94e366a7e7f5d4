"""TOML files that people edit: a mistake is named with file, line, key and the nearest valid key.

This module knows TOML and the kinds of value we use; what keys a watch or a source has is told
by their own modules.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from warehouse.errors import BadToml

Check = Callable[[Any], Any]  # gives our value or raises WrongValue("expected …")
Checks = Mapping[str, "Check | Checks"]  # of a table's keys; a key may be a table itself


class WrongValue(ValueError):
    """A value of another kind than its key asks for."""


_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*=""")
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, and where it stands there."""

    values: dict[str, Any]
    file: Path
    text: str  # of the whole file
    path: tuple[str | int, ...] = ()  # keys and indexes from the root

    def sub(self, *path: str | int) -> Table:
        """The table at `path` below this one."""
        values: Any = self.values
        for step in path:
            values = values[step]
        if not isinstance(values, dict):
            raise self.error(f"{_dotted(path)} must be a table", path)
        return replace(self, values=values, path=(*self.path, *path))

    def error(
        self, what: str, path: Iterable[str | int] = (), *, nearest: str | None = None
    ) -> BadToml:
        """The error to raise about the key at `path` below this table."""
        whole = (*self.path, *path)
        line = line_of(self.text, whole)
        key = _dotted(whole) or None
        return BadToml(what, where=self.file, line=line, key=key, nearest=nearest)

    def checked(self, keys: Checks) -> dict[str, Any]:
        """Its values, each through its check; BadToml at the first that is unknown or wrong."""
        found: dict[str, Any] = {}
        for key, value in self.values.items():
            check = keys.get(key)
            if check is None:
                near = nearest(key, keys)
                raise self.error(f"unknown key {key!r}", (key,), nearest=near)
            if isinstance(check, Mapping):
                found[key] = self.sub(key).checked(check)
                continue
            try:
                found[key] = check(value)
            except WrongValue as wrong:
                raise self.error(f"{key}: {wrong}", (key,)) from wrong
        return found


def read(path: Path) -> Table:
    """The root table of the file; raises BadToml where it is not TOML, OSError as open does."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return Table(tomllib.loads(text), path, text)
    except UnicodeDecodeError as wrong:
        raise BadToml("is not UTF-8 text", where=path, try_="save it as UTF-8") from wrong
    except tomllib.TOMLDecodeError as wrong:
        message = re.sub(r" \(at (?:line \d+, column \d+|end of document)\)$", "", str(wrong))
        at = re.search(r"at line (\d+)", str(wrong))
        last = text.count("\n") + 1
        line = int(at[1]) if at else last
        raise BadToml(f"not valid TOML: {message}", where=path, line=line) from wrong


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The closest of `among`, if one is close."""
    close = difflib.get_close_matches(word, list(among), n=1, cutoff=0.6)
    return close[0] if close else None


def line_of(text: str, path: tuple[str | int, ...]) -> int | None:
    """The line, from 1, where the value at `path` stands; of its nearest parent if it has none."""
    for end in range(len(path), 0, -1):
        line = _exact_line(text, path[:end])
        if line is not None:
            return line
    return None


def _exact_line(text: str, path: tuple[str | int, ...]) -> int | None:
    here: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("["):
            header = _header(line)
            if header is None:
                continue
            here, many = header
            if many:
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
            if here[: len(path)] == path:  # its own header, or that of a table within it
                return number
        elif match := _KEY.match(line):
            key = (*here, next(g for g in match.groups() if g is not None))
            if key == path:
                return number
            if len(path) > len(key) and path[: len(key)] == key and isinstance(path[len(key)], int):
                return _nth_brace(text, number, int(path[len(key)]))
    return None


def _header(line: str) -> tuple[tuple[str | int, ...], bool] | None:
    """The keys of a table header, and whether it is one of an array of tables."""
    try:
        table: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:  # a line of an array, not a header
        return None
    keys: list[str | int] = []
    many = False
    while table:
        many = isinstance(table, list)
        if many:
            table = table[0]
        else:
            key, table = next(iter(table.items()))
            keys.append(key)
    many = many or line.lstrip().startswith("[[")
    return tuple(keys), many


def _nth_brace(text: str, start: int, index: int) -> int | None:
    """The line of the `index`-th inline table of the array that begins on line `start`."""
    seen = -1
    for number, line in enumerate(text.split("\n")[start - 1 :], start):
        bare = _STRINGS.sub("", line).partition("#")[0]
        seen += bare.count("{")
        if seen >= index:
            return number
    return None


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(str(step) for step in path)


# --- checks ----------------------------------------------------------------------------------


def text(value: Any) -> str:
    """A string that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise WrongValue(f"expected text in quotes, not {value!r}")
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:
    """A list of such strings."""
    if not isinstance(value, list):
        raise WrongValue(f'expected a list such as ["one", "two"], not {value!r}')
    return tuple(text(item) for item in value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValue(f"expected true or false, not {value!r}")
    return value


def number(low: float, high: float) -> Check:
    """A number from `low` to `high`."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongValue(f"expected a number, not {value!r}")
        if not low <= value <= high:
            raise WrongValue(f"expected {low:g} to {high:g}, not {value:g}")
        return float(value)

    return check


def low_high(low: float, high: float) -> Check:
    """A list of two numbers from `low` to `high`, the smaller one first."""
    one = number(low, high)

    def check(value: Any) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            raise WrongValue(f"expected the fewest and the most, as in [5, 400], not {value!r}")
        fewest, most = one(value[0]), one(value[1])
        if fewest > most:
            raise WrongValue(f"expected the smaller number first, not {value!r}")
        return fewest, most

    return check


def whole(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongValue(f"expected a whole number, not {value!r}")
        if not low <= value <= high:
            raise WrongValue(f"expected {low} to {high}, not {value}")
        return value

    return check


def one_of(*choices: str) -> Check:
    def check(value: Any) -> str:
        if value not in choices:
            raise WrongValue(f"expected one of {', '.join(choices)}, not {value!r}")
        return str(value)

    return check


def moment(value: Any) -> datetime:
    """A date or date-time as UTC; a date is its first moment, one without offset is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise WrongValue(f"expected a date such as 2026-01-31, not {value!r}") from None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise WrongValue(f"expected a date such as 2026-01-31, not {value!r}")


def last_moment(value: Any) -> datetime:
    """As `moment`, but a bare date is its last second: `until` includes its day."""
    bare = isinstance(value, date) and not isinstance(value, datetime)
    if bare or (isinstance(value, str) and len(value) == 10):
        return moment(value).replace(hour=23, minute=59, second=59)
    return moment(value)


def day_or(word: str) -> Check:
    """A date, as text, or that word."""

    def check(value: Any) -> str:
        if value == word:
            return word
        return moment(value).date().isoformat()

    return check


def address(value: Any) -> str:
    """An http or https address."""
    found = text(value)
    if not re.match(r"https?://[^\s/]", found):
        raise WrongValue(f"expected an address that begins with http:// or https://, not {found!r}")
    return found


def zone(value: Any) -> str:
    """The name of a time zone, as in Europe/Berlin."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  start-up stays quick

    found = text(value)
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError) as wrong:  # not there; no name at all; a folder
        raise WrongValue(f"expected a time zone such as Europe/Berlin, not {found!r}") from wrong
    return found


def time_of_day(value: Any) -> str:
    """Hours and minutes, as in 03:30."""
    found = text(value)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", found):
        raise WrongValue(f"expected a time of day such as 03:30, not {found!r}")
    return found


def name(value: Any) -> str:
    """A name of something outside of Slugline that takes letters, digits, dashes and dots."""
    found = text(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", found):
        raise WrongValue(f"expected a name of letters, digits, '-', '_' and '.', not {found!r}")
    return found


def addresses(value: Any) -> tuple[str, ...]:
    """A list of such addresses."""
    return tuple(address(item) for item in texts(value))
