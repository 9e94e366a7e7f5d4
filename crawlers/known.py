"""Reads known.sqlite: what earlier runs know of the addresses this crawl may meet.

The warehouse writes that file for each new run folder (see its state.py); it is only read here.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.gate import Known
from warehouse.records import Outcome, isoformat

_URL = """SELECT url, source, outcome, etag, last_modified, digest, fetched_at, published_at,
    tries, next_visit_at
FROM urls WHERE key = ?"""

_FEED = "SELECT etag, last_modified, digest, checked_at, failures FROM feeds WHERE url = ?"

# What may be worth a visit although no feed names it any more; the gate has the last word.
_DUE = """SELECT key, url FROM urls
WHERE source = ? AND outcome IN ('deferred', 'stored', 'revised', 'unchanged')
  AND (next_visit_at <= ? OR (outcome = 'deferred' AND next_visit_at IS NULL))
ORDER BY key"""


_HAS_ERASED = "SELECT 1 FROM sqlite_master WHERE name = ?"  # not in a folder of an older version
_ANY_ERASED = "SELECT 1 FROM erased LIMIT 1"
_ERASED = "SELECT 1 FROM erased WHERE digest = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFeed:
    """The validators of a feed, sitemap or section page when it was last read."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    checked_at: datetime | None = None
    failures: int = 0


class KnownUrls:
    """Look-ups in one known.sqlite; a missing file knows nothing."""

    def __init__(self, path: Path):
        # Nobody writes the file any more, and an immutable one needs no lock or journal beside it.
        self._db = (
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            if path.exists()
            else None
        )
        self._erases = bool(self._row(_HAS_ERASED, "erased") and self._row(_ANY_ERASED))

    def url(self, key: str) -> Known | None:
        row = self._row(_URL, key)
        if row is None:
            return None
        url, source, outcome, etag, last_modified, digest, fetched, published, tries, visit = row
        return Known(
            outcome=Outcome(outcome),
            url=url,
            source=source,
            etag=etag,
            last_modified=last_modified,
            digest=digest,
            fetched_at=_time(fetched),
            published_at=_time(published),
            tries=tries or 0,
            next_visit_at=_time(visit),
        )

    def feed(self, url: str) -> KnownFeed | None:
        row = self._row(_FEED, url)
        if row is None:
            return None
        etag, last_modified, digest, checked, failures = row
        return KnownFeed(
            etag=etag,
            last_modified=last_modified,
            digest=digest,
            checked_at=_time(checked),
            failures=failures or 0,
        )

    def is_erased(self, key: str, *others: str) -> bool:
        """Whether this address was erased, and must not even be noted."""
        if not self._erases:
            return False
        return any(self._row(_ERASED, _digest("address", address)) for address in (key, *others))

    def is_erased_source(self, source: str) -> bool:
        return self._erases and self._row(_ERASED, _digest("source", source)) is not None

    def due(self, source: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Keys and addresses of a source that may be asked again although no feed names them."""
        if self._db is not None:
            yield from self._db.execute(_DUE, (source, isoformat(now)))

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _row(self, query: str, *values: str) -> tuple[Any, ...] | None:
        if self._db is None:
            return None
        row: tuple[Any, ...] | None = self._db.execute(query, values).fetchone()
        return row


def _digest(kind: str, value: str) -> str:
    """As the warehouse's tombstones have it."""
    return hashlib.sha256(f"{kind}\n{value}".encode("utf-8", "replace")).hexdigest()


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
