"""Lands what a crawl found, what was derived from it, and what people import: one commit each.

Decides the last outcomes of a run (stored, revised, unchanged, duplicate_url) by what has landed
before; how a commit is made is in commit.py. Understands no text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import rows, spooled, tombstones, versions
from warehouse.collect import KEEP_DAYS
from warehouse.commit import Batch, Committed, Rows, commit
from warehouse.known import KnownArticles
from warehouse.landed import LandedRows
from warehouse.named import add_readings
from warehouse.publish import OnStep
from warehouse.records import Article, Fate, Outcome
from warehouse.relations import KEYS
from warehouse.versions import Decision

__all__ = ["KEYS", "Landed", "land_articles", "land_rows", "land_run"]

# Derived from a text with offsets into it: wrong as soon as the text is another one.
_OF_THE_TEXT = (
    "articles",
    "citations",
    "understood",
    "mentions",
    "readings",
    "keywords",
    "quotes",
)


Settle = Callable[[LandedRows, Rows, dict[str, list[str]]], None]


def as_given(_landed: LandedRows, _rows: Rows, _supersede: dict[str, list[str]]) -> None:
    """For rows that do not depend on what has landed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What a landing did. `counts`: outcomes of a run, else rows by relation."""

    batch: str
    already: bool  # it had landed before; nothing was done, and `counts` is empty
    generation: int
    counts: dict[str, int]
    new_article_ids: tuple[str, ...] = ()
    revised_article_ids: tuple[str, ...] = ()
    refused: int = 0  # leads left out, since what they lead to was erased


@dataclass(slots=True)
class _Decided:
    """The fates of one batch of articles, as they are decided."""

    rows: Rows = field(default_factory=dict)
    fates: list[tuple[Fate, str]] = field(default_factory=list)  # with the article's id
    new: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)

    def add(self, relation: str, more: Iterable[dict[str, Any]]) -> None:
        self.rows.setdefault(relation, []).extend(more)

    @property
    def supersede(self) -> dict[str, list[str]]:
        return dict.fromkeys(_OF_THE_TEXT, self.revised) if self.revised else {}


def land_run(
    data: Path,
    folder: Path,
    *,
    now: datetime,
    keep_days: float = KEEP_DAYS,
    on_step: OnStep = lambda _: None,
) -> Landed:
    """Lands a finished run folder; its batch is the run's id, so doing it twice does nothing.

    Raises BrokenRun, NewerWarehouse, DiskFull.
    """
    found = spooled.read(folder)
    name = found.run
    refused = 0
    decided = _Decided()
    counts: Counter[str] = Counter()

    def make(landed: LandedRows) -> Batch:
        nonlocal refused
        run = tombstones.sifted(found, tombstones.of(landed))
        refused = len(found.leads) - len(run.leads)
        known = KnownArticles(landed, run.articles, run.leads)
        _decide(decided, run.articles, known, name, now)
        fates = [rows.of_fate(fate, article_id) for fate, article_id in decided.fates]
        told = [*(rows.of_fate_line(line) for line in run.fates), *fates]
        by_source = Counter((row["source"], str(row["outcome"])) for row in told)
        counts.update(str(row["outcome"]) for row in told)
        decided.add("runs", [rows.of_run(run)])
        decided.add("run_counts", rows.of_counts(name, by_source))
        decided.add("outcomes", ({"run": name} | row for row in _changes(landed, told)))
        decided.add("fetches", ({"run": name} | line for line in run.fetches))
        decided.add("found_in", known.newly_found(run.leads, name))
        decided.add("feeds", rows.of_feeds(run))
        return Batch(rows=decided.rows, supersede=decided.supersede)

    done = commit(data, name, make, now=now, keep_days=keep_days, on_step=on_step)
    return replace(_landed(name, done, dict(counts), decided), refused=refused)


def land_articles(data: Path, batch: str, articles: list[Article], *, now: datetime) -> list[Fate]:
    """Lands articles that people already have; returns the fate of each, in their order.

    The same page twice in one batch is a duplicate_url; in a batch that has landed before, every
    page is unchanged.
    """
    decided = _Decided()
    refused: set[int] = set()
    leads = [rows.imported_lead(article) for article in articles]

    def make(landed: LandedRows) -> Batch:
        erased = tombstones.of(landed)
        refused.update(id(a) for a in articles if erased and erased.row(tombstones.of_article(a)))
        spared = [article for article in articles if id(article) not in refused]
        known = KnownArticles(landed, spared, leads)
        _decide(decided, spared, known, batch, now)
        told = [rows.of_fate(fate, article_id) for fate, article_id in decided.fates]
        by_source = Counter((row["source"], str(row["outcome"])) for row in told)
        decided.add("run_counts", rows.of_counts(batch, by_source))
        decided.add("outcomes", ({"run": batch} | row for row in _changes(landed, told)))
        decided.add("found_in", known.newly_found(leads, batch))
        return Batch(rows=decided.rows, supersede=decided.supersede)

    done = commit(data, batch, make, now=now, keep_days=KEEP_DAYS)
    if done.rows is None:
        again = Decision(outcome=Outcome.UNCHANGED, reason=f"landed before, in {batch}")
        return [_fate(article, again, now) for article in articles]
    spared = [article for article in articles if id(article) not in refused]
    by_article = {
        id(article): fate
        for article, fate in zip(
            versions.order(spared), (fate for fate, _ in decided.fates), strict=True
        )
    }
    erased = Decision(outcome=Outcome.REFUSED_ADDRESS, reason="it was erased here")
    by_article |= {id(a): _fate(a, erased, now) for a in articles if id(a) in refused}
    return [by_article[id(article)] for article in articles]


def land_rows(
    data: Path,
    batch: str,
    rows: Rows,
    *,
    supersede: dict[str, list[str]] | None = None,
    now: datetime,
    keep_days: float = KEEP_DAYS,
    on_step: OnStep = lambda _: None,
    settle: Settle = as_given,
) -> Landed:
    """Lands derived rows, watches, profiles or sources, by relation and column name.

    `supersede` names the keys (as in KEYS) whose earlier rows these take the place of; a key
    without a new row is thereby withdrawn. Doing it twice does nothing. `settle` is called under
    the lock and may change both by what has landed.
    """

    def make(landed: LandedRows) -> Batch:
        taken_back = dict(supersede or {})
        settle(landed, rows, taken_back)
        add_readings(landed, rows, taken_back)
        return Batch(rows=rows, supersede=taken_back)

    done = commit(data, batch, make, now=now, keep_days=keep_days, on_step=on_step)
    counts = {relation: len(those) for relation, those in (done.rows or {}).items()}
    return _landed(batch, done, counts, _Decided())


def _landed(batch: str, done: Committed, counts: dict[str, int], decided: _Decided) -> Landed:
    return Landed(
        batch=batch,
        already=done.rows is None,
        generation=done.generation,
        counts=counts if done.rows is not None else {},
        new_article_ids=tuple(decided.new),
        revised_article_ids=tuple(decided.revised),
    )


def _decide(
    decided: _Decided, articles: list[Article], known: KnownArticles, run: str, now: datetime
) -> None:
    for article in versions.order(articles):
        decision = versions.decide(article, known.find(article))
        article_id = decision.known.article_id if decision.known else versions.article_id(article)
        revision = decision.known.revision if decision.known else 0
        if decision.outcome in (Outcome.STORED, Outcome.REVISED):
            revision += 1
            row = rows.of_article(article, article_id, revision, decision.known)
            decided.add("articles", [row | {"run": run}])
            decided.add("citations", rows.of_citations(article, article_id, revision))
            (decided.revised if decision.known else decided.new).append(article_id)
        if decision.outcome is Outcome.REVISED:
            decided.add("revisions", [rows.of_revision(article, decision, revision)])
        known.note(article, article_id, revision, decision)
        decided.fates.append((_fate(article, decision, now), article_id))


def _fate(article: Article, decision: Decision, now: datetime) -> Fate:
    return Fate(
        url=article.url,
        key=article.key,
        source=article.source,
        outcome=decision.outcome,
        reason=decision.reason,
        decided_at=now,
        final_url=article.final_url,
        published_at=article.published_at,
    )


def _changes(landed: LandedRows, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fates that differ from the last one written down of their address."""
    last = {
        row["url"]: (row["outcome"], row["retry_at"])
        for row in landed.query("last_outcomes.sql", "outcomes", (row["url"] for row in told))
    }
    return [
        row
        for row in told
        if versions.is_change(
            row["outcome"], _naive(row.get("retry_at")), *last.get(row["url"], (None, None))
        )
    ]


def _naive(time: str | None) -> datetime | None:
    """A time of a run folder as DuckDB gives it back."""
    return datetime.fromisoformat(time).astimezone(UTC).replace(tzinfo=None) if time else None
