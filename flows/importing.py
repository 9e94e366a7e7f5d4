"""Articles that people already have become records, and land in batches.

Where only an address is known, the page is left to fetching.py.
"""

from __future__ import annotations

import hashlib
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import BadInput
from warehouse.records import Article, Lead, LeadKind, from_json, now_utc

BATCH = 500  # articles in one commit
EXTRACTOR_VERSION = "import"

_FIELDS = {field.name for field in fields(Article)}
_WORDS = {str: "a text", int: "a whole number", bool: "true or false", float: "a number"}


Place = tuple[str | None, int]  # the file, where there are several, and the line in it
Given = dict[str, Any]


@dataclass(slots=True)
class _Held:
    """One line, and what it is."""

    place: Place
    value: Given
    is_: Article | Lead | Exception


def land(
    data: Path,
    lines: Iterable[tuple[Place, Given | BadInput]],
    source: str,
    *,
    to_fetch: list[tuple[Given, Lead]] | None = None,
    clock: Callable[[], datetime] = now_utc,
) -> Iterator[dict[str, Any]]:
    """Land them batch by batch; gives what to print for each line, in order.

    A line without a text is a mistake, or joins `to_fetch`, where that is given. Another version
    of a page that waits to land lands after it: both are kept.
    """
    held: list[_Held] = []
    versions: dict[str, tuple[str, str]] = {}  # of those held, by address
    for place, value in lines:
        one = _read(place, value, source, clock(), fetch=to_fetch is not None)
        if isinstance(one.is_, Lead) and to_fetch is not None:
            to_fetch.append((one.value, one.is_))
            continue
        if isinstance(one.is_, Article):
            version = (one.is_.title, one.is_.digest)
            another = versions.get(one.is_.key, version) != version
            if another or len(held) >= BATCH:
                yield from _land(data, held, clock())
                held, versions = [], {}
            versions[one.is_.key] = version
        held.append(one)
    yield from _land(data, held, clock())


def _read(
    place: Place, value: Given | BadInput, source: str, now: datetime, *, fetch: bool
) -> _Held:
    if isinstance(value, BadInput):
        return _Held(place, {}, value)
    try:
        if fetch and not _told(value).get("text"):
            return _Held(place, value, lead_of(value, source, now))
        return _Held(place, value, article_of(value, source, now))
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        return _Held(place, value, wrong)
    except OverflowError as wrong:  # a date in year 1, east of Greenwich
        return _Held(place, value, ValueError(f"published_at: {wrong}"))


def _land(data: Path, held: list[_Held], now: datetime) -> Iterator[dict[str, Any]]:
    from warehouse import landing  # noqa: PLC0415

    articles = [one.is_ for one in held if isinstance(one.is_, Article)]
    fates = iter(landing.land_articles(data, _batch(articles, now), articles, now=now)
                 if articles else ())  # fmt: skip
    for one in held:
        if isinstance(one.is_, Article):
            fate = next(fates)
            yield {"id": one.value.get("id", one.is_.url), "outcome": fate.outcome.value}
        elif isinstance(one.is_, Exception):
            yield _bad(one.place, one.value, one.is_)


def _bad(place: Place, value: Given, wrong: Exception) -> dict[str, Any]:
    from flows.cli.reading import bad_line  # noqa: PLC0415

    file, number = place
    return ({"file": file} if file else {}) | bad_line(number, value, wrong)


def _batch(articles: list[Article], now: datetime) -> str:
    """A name that no other landing has: the time, and what is in it."""
    digest = hashlib.sha256("\n".join(a.key + a.digest for a in articles).encode())
    return f"import-{now:%Y%m%dT%H%M%S.%fZ}-{digest.hexdigest()[:8]}"


def article_of(value: dict[str, Any], source: str, now: datetime) -> Article:
    """The article of one line; raises KeyError, TypeError or ValueError where it is none."""
    from crawlers import urls  # noqa: PLC0415

    told = _told(value)
    url = _url(told)
    if "text" not in told:
        raise ValueError("there is no text (--fetch asks for the pages themselves)")
    text = told["text"]
    if not isinstance(text, str) or not text.strip():
        raise ValueError("text is empty")
    known = {name: told[name] for name in _FIELDS & told.keys() if told[name] is not None}
    _check(Article, known)
    made = {
        "source": source,
        "final_url": url,
        "canonical_url": url,
        "fetched_at": now.isoformat(),
        "title": "",
        "word_count": len(text.split()),
        **known,
        "url": url,
        "key": urls.key(url),
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "extractor_version": told.get("extractor_version", EXTRACTOR_VERSION),
    }
    return _with_offset(from_json(Article, made), told.get("published_at"))


def lead_of(value: dict[str, Any], source: str, now: datetime) -> Lead:
    """The lead of a line that names a page without its text; raises like article_of."""
    from crawlers import urls  # noqa: PLC0415

    told = _told(value)
    url = _url(told)
    known = {name: told[name] for name in ("title", "published_at", "language") if told.get(name)}
    _check(Lead, known)
    made = {
        "url": url,
        "key": urls.key(url),
        "source": str(told.get("source") or source),
        "kind": LeadKind.IMPORT,
        "found_on": "import",
        "found_at": now.isoformat(),
        "position": 1,
        **known,
    }
    lead = from_json(Lead, made)
    at = lead.published_at
    return replace(lead, published_at=at.replace(tzinfo=UTC)) if at and not at.tzinfo else lead


def _told(value: Given) -> Given:
    inner = value.get("article")
    return value | (inner if isinstance(inner, dict) else {})


def _url(told: Given) -> str:
    from crawlers import urls  # noqa: PLC0415

    url = urls.clean(str(told["url"]))
    if url is None:
        raise ValueError(f"url is no http address: {told['url']!r}")
    return url


def _check(kind: type[Any], values: dict[str, Any], within: str = "") -> None:
    """Raises ValueError for a value of another type than its field: the batch would fail whole."""
    hints = typing.get_type_hints(kind)
    for name in hints.keys() & values.keys():
        _check_value(hints[name], values[name], within + name)


def _check_value(hint: Any, value: Any, name: str) -> None:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        if value is not None:
            _check_value(next(a for a in args if a is not types.NoneType), value, name)
    elif origin is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{name} must be a list, not {value!r}")
        for one in value:
            _check_value(args[0], one, name)
    elif is_dataclass(hint):
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be an object, not {value!r}")
        _check(typing.cast("type[Any]", hint), value, f"{name}.")
    else:
        _check_plain(hint, value, name)


def _check_plain(hint: type, value: Any, name: str) -> None:
    wanted = hint if hint in _WORDS else str  # times and words of a closed list come as text
    right = isinstance(value, int | float if wanted is float else wanted)
    if not right or (wanted is not bool and isinstance(value, bool)):
        raise ValueError(f"{name} must be {_WORDS[wanted]}, not {value!r}")


def _with_offset(article: Article, published_at: object) -> Article:
    """Times as UTC; the offset that a date was given with is kept beside it."""
    at = article.published_at
    if at is None or not isinstance(published_at, str):
        return article
    offset = at.utcoffset()
    if offset is None:
        day = len(published_at) == 10
        at = at.replace(tzinfo=UTC)
        return replace(article, published_at=at,
                       published_precision=article.published_precision
                       or from_precision(day=day))  # fmt: skip
    minutes = int(offset.total_seconds() // 60) if not published_at.endswith("Z") else None
    return replace(
        article,
        published_at=at.astimezone(UTC),
        published_offset=article.published_offset if minutes is None else minutes,
        published_precision=article.published_precision or from_precision(day=False),
    )


def from_precision(*, day: bool) -> Any:
    from warehouse.records import Precision  # noqa: PLC0415

    return Precision.DAY if day else Precision.SECOND
