"""The `extract` stage: one NDJSON object in, one out; the shapes people see, not the records.

Reads `{"id","url","html_path" or "html","headers"?,"fetched_at"?,"feed_entry"?}` and gives
`{"id","outcome","reason","article"?}`. Bad input raises BadInput; the caller numbers the line.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from crawlers.extract.article import Refusal, extract
from crawlers.extract.moments import read_moment
from warehouse.errors import BadInput
from warehouse.records import Article, Lead, LeadKind, isoformat, now_utc, to_json

_PASSED_ON = frozenset(("id", "url", "html", "html_path", "headers", "fetched_at", "feed_entry"))


def extract_line(line: dict[str, Any]) -> dict[str, Any]:
    """The stage's answer to one line; keys it does not know are passed on."""
    url = line.get("url")
    if not isinstance(url, str) or not url:
        raise BadInput("no url", try_='each line needs a "url"')
    fetched_at = _fetched_at(line)
    headers = _headers(line.get("headers"))
    result = extract(
        _body(line), url, headers=headers, lead=_lead(line, url, fetched_at), fetched_at=fetched_at
    )
    answer = {name: value for name, value in line.items() if name not in _PASSED_ON}
    answer |= {"id": line.get("id", url), "url": url}
    if isinstance(result, Refusal):
        return answer | {"outcome": result.outcome.value, "reason": result.reason}
    return answer | {"outcome": "stored", "reason": "", "article": article_json(result)}


def article_json(article: Article) -> dict[str, Any]:
    """An article as the stage prints it: `published_at` with the offset that the page gave."""
    data: dict[str, Any] = to_json(article)
    if article.published_at is not None:
        data["published_at"] = _with_offset(article.published_at, article.published_offset)
    return data


def _with_offset(at: datetime, offset: int | None) -> str:
    if not offset:
        return isoformat(at)
    return at.astimezone(timezone(timedelta(minutes=offset))).isoformat()


def _body(line: dict[str, Any]) -> bytes:
    html, path = line.get("html"), line.get("html_path")
    if isinstance(html, str):
        return b"\xef\xbb\xbf" + html.encode("utf-8", "replace")  # it is Unicode already
    if not isinstance(path, str):
        raise BadInput("no page", try_='each line needs "html" or "html_path"')
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", where=path) from error


def _headers(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput("headers is not an object")
    return {str(name): str(text) for name, text in value.items()}


def _fetched_at(line: dict[str, Any]) -> datetime:
    value = line.get("fetched_at")
    if value is None:
        return _served_at(_headers(line.get("headers"))) or now_utc()
    moment = read_moment(str(value))
    if moment is None:
        raise BadInput(f"fetched_at {value!r} is no time", try_="use ISO 8601")
    return moment.at


def _served_at(headers: dict[str, str]) -> datetime | None:
    for name, value in headers.items():
        if name.lower() == "date":
            try:
                return parsedate_to_datetime(value).astimezone(UTC)
            except (ValueError, TypeError):
                return None
    return None


def _lead(line: dict[str, Any], url: str, fetched_at: datetime) -> Lead | None:
    entry = line.get("feed_entry")
    if not isinstance(entry, dict):
        return None
    published = read_moment(str(entry.get("published_at") or ""))
    modified = read_moment(str(entry.get("modified_at") or ""))
    authors = entry.get("authors") or ()
    return Lead(
        url=url,
        key="",
        source="",
        kind=LeadKind.SITEMAP if entry.get("kind") == "sitemap" else LeadKind.FEED,
        found_on=str(entry.get("found_on") or ""),
        found_at=fetched_at,
        position=1,
        title=entry.get("title"),
        summary=entry.get("summary"),
        published_at=published.at if published else None,
        published_offset=published.offset if published else None,
        modified_at=modified.at if modified else None,
        authors=tuple(str(a) for a in ([authors] if isinstance(authors, str) else authors)),
    )
