"""What a tool says of a page: ours here, the peers' from their own environments (peers.py)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from bench.extraction.cases import FETCHED_AT, Case
from crawlers.extract import Refusal, extract, extract_line
from warehouse.records import Article


@dataclass(frozen=True, slots=True)
class Answer:
    """`published` is on the page's own clock, aware where the tool told the zone."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    kind: str = ""  # of page, or the outcome that it has instead of an article
    refused: str | None = None
    ms: float = 0.0  # of CPU


def ours(case: Case) -> Answer:
    """Slugline's answer, as the crawl would get it: from the bytes, the address and the headers."""
    if case.given is not None:
        started = time.process_time()
        line = extract_line(dict(case.given))
        return _of_line(line, 1000 * (time.process_time() - started))
    body = case.html
    started = time.process_time()
    found = extract(body, case.url, fetched_at=FETCHED_AT)
    ms = 1000 * (time.process_time() - started)
    if isinstance(found, Refusal):
        kind = str(getattr(found, "kind", "") or found.outcome.value)
        return Answer(refused=f"{found.outcome}: {found.reason}", kind=kind, ms=ms)
    return _of_article(found, ms)


def _of_article(found: Article, ms: float) -> Answer:
    at = found.published_at
    if at is not None and found.published_offset is not None:
        at = at.astimezone(timezone(timedelta(minutes=found.published_offset)))
    elif at is not None:
        at = at.replace(tzinfo=None)
    kind = getattr(found.kind, "value", found.kind) or ""
    return Answer(found.text, found.title, found.authors, at, str(kind), ms=ms)


def _of_line(line: Mapping[str, Any], ms: float) -> Answer:
    if "article" not in line:
        kind = line.get("kind") or line["outcome"]
        return Answer(refused=f"{line['outcome']}: {line['reason']}", kind=kind, ms=ms)
    return of_json({**line["article"], "ms": ms})


def of_json(data: Mapping[str, Any]) -> Answer:
    """An answer as it stands in a line of JSON: of the `extract` stage, or of a peer."""
    return Answer(
        data.get("text") or "",
        data.get("title") or "",
        tuple(data.get("authors") or ()),
        _when(data.get("published") or data.get("published_at")),
        data.get("kind") or "",
        refused=data.get("error"),
        ms=data.get("ms") or 0.0,
    )


def _when(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
