"""Turns records into rows of the relations: names and types as in tables.sql.

Pure; decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from warehouse.records import Article, Fate, to_json
from warehouse.spooled import Line, Run
from warehouse.versions import Decision, Known, canonical_key, text_hash, word_changes

Row = dict[str, Any]

_NOT_COLUMNS = ("citations", "found_on", "lead_kind")
_FEED_PURPOSES = ("feed", "sitemap", "page")


def of_article(article: Article, article_id: str, revision: int, known: Known | None) -> Row:
    """A row of articles: one version of one article."""
    row: Row = {k: v for k, v in to_json(article).items() if k not in _NOT_COLUMNS}
    return row | {
        "article_id": article_id,
        "revision": revision,
        "canonical_key": canonical_key(article),
        "text": article.text,
        "text_hash": text_hash(article.text),
        "first_seen_at": known.first_seen_at if known else article.fetched_at,
    }


def of_citations(article: Article, article_id: str, revision: int) -> Iterator[Row]:
    for citation in article.citations:
        yield to_json(citation) | {"article_id": article_id, "revision": revision}


def of_revision(article: Article, decision: Decision, revision: int) -> Row:
    """A row of revisions: what changed from the version before to this one."""
    known = decision.known
    assert known is not None
    added, removed = word_changes(known.text, article.text)
    return {
        "article_id": known.article_id,
        "revision": revision,
        "seen_at": article.fetched_at,
        "title_changed": decision.title_changed,
        "text_changed": decision.text_changed,
        "old_title": known.title,
        "new_title": article.title,
        "words_added": added,
        "words_removed": removed,
    }


def of_fate(fate: Fate, article_id: str) -> Row:
    return of_fate_line(to_json(fate)) | {"article_id": article_id}


def of_fate_line(line: Line) -> Row:
    """A row of outcomes from a line of the run folder; the names are the same."""
    return dict(line)


def of_run(run: Run) -> Row:
    return {
        "run": run.run,
        "started_at": run.stats.get("started_at") or run.request["started_at"],
        "ended_at": run.stats.get("ended_at"),
        "watches": [watch["watch"] for watch in run.request.get("watches", ())],
        "sources": [source["source"] for source in run.request.get("sources", ())],
        "n_found": run.stats["found"],
        "n_fetched": run.stats.get("fetched"),
        "bytes": run.stats.get("bytes"),
    }


def of_counts(run: str, counts: Counter[tuple[str, str]]) -> Iterator[Row]:
    """Rows of run_counts, which sum to what was found."""
    for (source, outcome), n in sorted(counts.items()):
        yield {"run": run, "source": source, "outcome": outcome, "n": n}


def of_feeds(run: Run) -> Iterator[Row]:
    """Rows of feeds: the last answer of each place that announces articles."""
    leads = Counter(lead["found_on"] for lead in run.leads)
    last = {fetch["url"]: fetch for fetch in run.fetches if fetch["purpose"] in _FEED_PURPOSES}
    for url, fetch in sorted(last.items()):
        yield {
            "url": url,
            "source": fetch["source"],
            "kind": fetch["purpose"],
            "checked_at": fetch["fetched_at"],
            "status": fetch.get("status"),
            "n_leads": leads[url],
            "error": fetch.get("error"),
            "batch": run.run,
        }


def imported_lead(article: Article) -> Line:
    """A lead for an article that no crawl found."""
    return {
        "url": article.url,
        "key": article.key,
        "source": article.source,
        "kind": "import",
        "found_on": "import",
        "found_at": to_json(article.fetched_at),
    }
