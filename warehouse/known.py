"""Which article an address leads to: by what has landed and by what this batch has decided.

An address leads to an article when it was found for it before, or when the page behind it names
a canonical address that the article has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from warehouse.landed import LandedRows
from warehouse.records import Article, Outcome
from warehouse.versions import Decision, Known, canonical_key, text_hash


class KnownArticles:
    """The articles that the addresses of one batch lead to."""

    def __init__(self, landed: LandedRows, articles: list[Article], leads: list[dict[str, Any]]):
        keys = {lead["key"] for lead in leads} | {article.key for article in articles}
        # Most are new: of those only the keys are read.
        known = (row["key"] for row in landed.query("known_keys.sql", "found_in", keys))
        found = landed.query("found_in_of_keys.sql", "found_in", known)
        canonical = landed.query(
            "articles_of_canonical_keys.sql", "articles", (canonical_key(a) for a in articles)
        )
        self._found = {_place(row) for row in found}
        self._by_key: dict[str, str] = {row["key"]: row["article_id"] for row in found}
        self._by_canonical: dict[str, str] = {
            row["canonical_key"]: row["article_id"] for row in canonical
        }
        self._known = self._read(landed, articles)

    def find(self, article: Article) -> Known | None:
        """The article behind the page, if it is known."""
        article_id = self._by_key.get(article.key) or self._by_canonical.get(canonical_key(article))
        return self._known[article_id] if article_id else None

    def note(self, article: Article, article_id: str, revision: int, decision: Decision) -> None:
        """Remembers a decision for the rest of the batch."""
        self._by_key[article.key] = article_id
        self._by_canonical.setdefault(canonical_key(article), article_id)
        if decision.outcome in (Outcome.STORED, Outcome.REVISED):
            self._known[article_id] = Known(
                article_id=article_id,
                revision=revision,
                key=article.key,
                url=article.url,
                title=article.title,
                text=article.text,
                text_hash=text_hash(article.text),
                first_seen_at=article.fetched_at,
                in_this_batch=True,
            )

    def newly_found(self, leads: list[dict[str, Any]], run: str) -> Iterator[dict[str, Any]]:
        """Rows of found_in: where the articles of this batch, or before, were found anew."""
        for lead in leads:
            article_id = self._by_key.get(lead["key"])
            if article_id is None:
                continue
            row = {
                "article_id": article_id,
                "url": lead["url"],
                "key": lead["key"],
                "source": lead["source"],
                "kind": lead["kind"],
                "found_on": lead["found_on"],
                "found_at": lead["found_at"],
                "run": run,
            }
            if _place(row) not in self._found:
                self._found.add(_place(row))
                yield row

    def _read(self, landed: LandedRows, articles: list[Article]) -> dict[str, Known]:
        """Only the articles that were fetched again are read with their texts."""
        ids = {self._by_key.get(article.key) for article in articles}
        ids |= {self._by_canonical.get(canonical_key(article)) for article in articles}
        wanted = (article_id for article_id in ids if article_id)
        return {
            row["article_id"]: Known(**row)
            for row in landed.articles("articles_of_ids.sql", wanted)
        }


def _place(row: dict[str, Any]) -> tuple[str, str, str, str]:
    return row["article_id"], row["url"], row["source"], row["found_on"]
