"""Lands articles that were extracted again from the page as it was received then.

The page did not change, so the article keeps its revision: the new row takes the place of the old
one, which stays in articles_history with the version of the extraction that made it. What was
derived from the text is withdrawn only where it would differ, and is then lacking.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import rows
from warehouse.collect import KEEP_DAYS
from warehouse.commit import Batch, Rows, commit
from warehouse.landed import LandedRows
from warehouse.records import Article, isoformat
from warehouse.versions import Known

_OF_THE_ROW = ("articles", "citations")
_OF_THE_TEXT = ("understood", "mentions", "readings", "keywords", "quotes", "copies")
# What understanding and relevance read of an article (see derive/documents.sql).
_READ = ("text", "title", "language", "published_at", "canonical_url", "source", "authors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reextracted:
    """An article as extracted now, and the version of it whose place it takes."""

    article_id: str
    revision: int
    digest: str  # of the page
    article: Article


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedAgain:
    """What became of a batch."""

    changed: tuple[str, ...] = ()  # ids of those to be understood again
    same: int = 0  # only the version of the extraction is another one
    overtaken: int = 0  # a run has landed a newer version meanwhile


def land(data: Path, again: Sequence[Reextracted], *, now: datetime) -> LandedAgain:
    """Lands them in one commit. Raises NewerWarehouse, DiskFull."""
    result = LandedAgain()

    def make(landed: LandedRows) -> Batch:
        nonlocal result
        before = {
            row["article_id"]: row
            for row in landed.articles("articles_whole.sql", (a.article_id for a in again))
        }
        standing = [a for a in again if _stands(a, before.get(a.article_id))]
        made = [(a, _row(a, before[a.article_id])) for a in standing]
        changed = [a.article_id for a, row in made if _differs(row, before[a.article_id])]
        result = LandedAgain(
            changed=tuple(changed),
            same=len(standing) - len(changed),
            overtaken=len(again) - len(standing),
        )
        new: Rows = {
            "articles": [row for _, row in made],
            "citations": [
                row
                for a in standing
                for row in rows.of_citations(a.article, a.article_id, a.revision)
            ],
        }
        ids = [a.article_id for a in standing]
        supersede = dict.fromkeys(_OF_THE_ROW, ids) | dict.fromkeys(_OF_THE_TEXT, changed)
        return Batch(rows=new, supersede=supersede if ids else {})

    commit(data, _name(again, now), make, now=now, keep_days=KEEP_DAYS)
    return result


def _name(again: Sequence[Reextracted], now: datetime) -> str:
    """The moment is part of it: the same articles may be extracted again another time."""
    digest = hashlib.sha256("\n".join(a.article_id for a in again).encode()).hexdigest()[:12]
    version = again[0].article.extractor_version if again else "none"
    return f"extracted-{version}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}Z-{digest}"


def _stands(again: Reextracted, before: dict[str, Any] | None) -> bool:
    """Whether the version it was made for is still the current one."""
    return (
        before is not None
        and before["revision"] == again.revision
        and before["digest"] == again.digest
    )


def _row(again: Reextracted, before: dict[str, Any]) -> dict[str, Any]:
    known = Known(
        article_id=again.article_id,
        revision=again.revision,
        key=before["key"],
        url=before["url"],
        title=before["title"],
        text=before["text"],
        text_hash=before["text_hash"],
        first_seen_at=before["first_seen_at"],
    )
    article = replace(again.article, url=before["url"], key=before["key"], source=before["source"])
    row = rows.of_article(article, again.article_id, again.revision, known)
    return row | {"run": before["run"]}


def _differs(row: dict[str, Any], before: dict[str, Any]) -> bool:
    return any(_plain(row.get(name)) != _plain(before[name]) for name in _READ)


def _plain(value: Any) -> Any:
    """Comparable, whether it comes from a record's JSON or from a table."""
    if isinstance(value, datetime):
        return isoformat(value.replace(tzinfo=UTC))
    return value or None
