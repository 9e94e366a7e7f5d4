"""The gate: one decision a lead, each with its outcome and reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawlers import gate, urls
from warehouse.records import (
    CrawlRequest,
    Lead,
    LeadKind,
    Outcome,
    Source,
    Term,
    WatchTerms,
)

NOW = datetime(2023, 7, 12, 12, tzinfo=UTC)
SOURCE = Source(source="herald", home="https://www.herald.example/")
WATCH = WatchTerms(
    watch="threads",
    sources=("herald",),
    terms=(
        Term(text="Threads", kind="name", weight=1.0),
        Term(text="São Tomé", kind="place", weight=0.5, spellings=("聖多美",)),
        Term(text="Anas Haqqani", kind="person", weight=0.9, spellings=("Анас Хаккани",)),
    ),
    since=datetime(2023, 7, 1, tzinfo=UTC),
)
REQUEST = CrawlRequest(
    run="r1",
    started_at=NOW,
    user_agent="Slugline/0",
    sources=(SOURCE,),
    watches=(WATCH,),
    max_pages=10,
    max_leads=100,
)


def lead(url: str = "https://www.herald.example/2023/07/a", **more: Any) -> Lead:
    told: dict[str, Any] = {
        "kind": LeadKind.FEED,
        "published_at": NOW - timedelta(hours=1),
        "title": "Threads opens",
    }
    return Lead(
        url=url,
        key=urls.key(url),
        source="herald",
        found_on="https://www.herald.example/rss",
        found_at=NOW,
        position=1,
        **(told | more),
    )


def decide(
    one: Lead,
    *,
    source: Source = SOURCE,
    known: gate.Known | None = None,
    request: CrawlRequest = REQUEST,
    fetched: int = 0,
    leads: int = 0,
    now: datetime = NOW,
) -> gate.Fetch | gate.Skip:
    return gate.decide(
        one, source, known, request, fetched_of_source=fetched, leads_of_source=leads, now=now
    )


def outcome(decision: gate.Fetch | gate.Skip) -> Outcome | None:
    assert decision.reason
    return decision.outcome if isinstance(decision, gate.Skip) else None


def test_a_new_lead_is_fetched() -> None:
    assert isinstance(decide(lead()), gate.Fetch)


def test_topic_goes_before_recency_and_recency_before_nothing() -> None:
    old = NOW - timedelta(days=9)
    on_topic = decide(lead(published_at=old))
    fresh = decide(lead(title="Weather"))
    stale = decide(lead(title="Weather", published_at=old))
    assert isinstance(on_topic, gate.Fetch)
    assert isinstance(fresh, gate.Fetch)
    assert isinstance(stale, gate.Fetch)
    assert on_topic.priority > fresh.priority > stale.priority


# --- addresses and scope


def test_inner_addresses_are_refused_unless_the_request_allows_them() -> None:
    inner = lead("http://127.0.0.1:8000/a")
    assert outcome(decide(inner)) is Outcome.REFUSED_ADDRESS
    allowed = replace(REQUEST, allow_private_hosts=True)
    assert isinstance(decide(inner, request=allowed), gate.Fetch)


@pytest.mark.parametrize(
    ("url", "kind", "hosts", "expected"),
    [
        ("https://www.herald.example/a", LeadKind.PAGE, (), None),
        ("https://sport.herald.example/a", LeadKind.PAGE, (), None),
        ("https://other.example/a", LeadKind.PAGE, (), Outcome.OFF_SCOPE),
        ("https://notherald.example/a", LeadKind.PAGE, (), Outcome.OFF_SCOPE),
        ("https://other.example/a", LeadKind.FEED, (), None),
        ("https://other.example/a", LeadKind.SITEMAP, (), None),
        ("https://other.example/a", LeadKind.FEED, ("sister.example",), Outcome.OFF_SCOPE),
        ("https://sister.example/a", LeadKind.FEED, ("sister.example",), None),
        ("https://www.sister.example/a", LeadKind.PAGE, ("sister.example",), None),
        ("https://www.herald.example/a", LeadKind.SITEMAP, ("sister.example",), None),
    ],
)
def test_scope(url: str, kind: LeadKind, hosts: tuple[str, ...], expected: Outcome | None) -> None:
    decision = decide(lead(url, kind=kind), source=replace(SOURCE, hosts=hosts))
    assert outcome(decision) is expected


# --- dates


def test_what_was_published_before_every_watch_begins_is_too_old() -> None:
    old = lead(published_at=datetime(2023, 6, 30, 12, tzinfo=UTC))
    assert outcome(decide(old)) is Outcome.TOO_OLD
    earlier = WatchTerms(
        watch="b", sources=("herald",), terms=(), since=datetime(2023, 6, 1, tzinfo=UTC)
    )
    assert isinstance(decide(old, request=replace(REQUEST, watches=(WATCH, earlier))), gate.Fetch)
    unlimited = WatchTerms(watch="c", sources=("herald",), terms=())
    assert isinstance(decide(old, request=replace(REQUEST, watches=(WATCH, unlimited))), gate.Fetch)
    elsewhere = replace(earlier, sources=("gazette",))
    both = replace(REQUEST, watches=(WATCH, elsewhere))
    assert outcome(decide(old, request=both)) is Outcome.TOO_OLD


def test_the_day_that_a_page_bears_counts_wherever_it_was_written() -> None:
    late = datetime(2023, 6, 30, 22, tzinfo=UTC)  # 1 July, 03:00 in Kabul
    assert isinstance(decide(lead(published_at=late, published_offset=270)), gate.Fetch)
    assert outcome(decide(lead(published_at=late))) is Outcome.TOO_OLD


def test_without_a_date_the_last_change_speaks_and_without_both_nothing_is_too_old() -> None:
    changed = lead(published_at=None, modified_at=datetime(2023, 6, 1, tzinfo=UTC))
    assert outcome(decide(changed)) is Outcome.TOO_OLD
    assert isinstance(decide(lead(published_at=None)), gate.Fetch)


# --- what earlier runs know


def known(state: Outcome, **more: Any) -> gate.Known:
    return gate.Known(outcome=state, **({"fetched_at": NOW - timedelta(hours=6)} | more))


def test_a_known_article_is_not_asked_for_again_before_its_time() -> None:
    later = known(Outcome.STORED, next_visit_at=NOW + timedelta(hours=1))
    decision = decide(lead(), known=later)
    assert outcome(decision) is Outcome.UNCHANGED
    assert "2023-07-12T06:00:00Z" in decision.reason


def test_a_young_article_is_asked_for_again_when_its_time_has_come() -> None:
    due = known(Outcome.STORED, next_visit_at=NOW)
    assert isinstance(decide(lead(), known=due), gate.Fetch)


def test_an_article_that_is_no_longer_young_is_left_alone() -> None:
    aged = known(Outcome.UNCHANGED, published_at=NOW - timedelta(hours=49), next_visit_at=NOW)
    assert outcome(decide(lead(), known=aged)) is Outcome.UNCHANGED


def test_a_lead_that_says_it_changed_is_fetched_at_any_age() -> None:
    aged = known(Outcome.STORED, published_at=NOW - timedelta(days=9))
    changed = lead(modified_at=NOW - timedelta(hours=1))
    unchanged = lead(modified_at=NOW - timedelta(hours=7))
    assert isinstance(decide(changed, known=aged), gate.Fetch)
    assert outcome(decide(unchanged, known=aged)) is Outcome.UNCHANGED


def test_seen_is_not_stored() -> None:
    """Peers mark a page as seen before they have it, and lose it at the first failure."""
    deferred = known(Outcome.DEFERRED, tries=1, fetched_at=None)
    assert isinstance(decide(lead(), known=deferred), gate.Fetch)


def test_a_deferred_lead_waits_for_its_time() -> None:
    at = NOW + timedelta(minutes=5)
    decision = decide(lead(), known=known(Outcome.DEFERRED, tries=1, next_visit_at=at))
    assert isinstance(decision, gate.Skip)
    assert (decision.outcome, decision.retry_at) == (Outcome.DEFERRED, at)


def test_a_lead_that_was_deferred_too_often_is_quarantined() -> None:
    often = known(Outcome.DEFERRED, tries=REQUEST.retries)
    assert outcome(decide(lead(), known=often)) is Outcome.QUARANTINED
    assert outcome(decide(lead(), known=known(Outcome.QUARANTINED))) is Outcome.QUARANTINED


@pytest.mark.parametrize(
    "state",
    [Outcome.GONE, Outcome.NOT_ARTICLE, Outcome.PAYWALLED, Outcome.DUPLICATE_URL, Outcome.BLOCKED],
)
def test_what_was_asked_keeps_its_outcome_until_it_is_due_or_has_changed(state: Outcome) -> None:
    assert outcome(decide(lead(), known=known(state))) is state
    assert isinstance(decide(lead(), known=known(state, next_visit_at=NOW)), gate.Fetch)
    assert isinstance(decide(lead(modified_at=NOW), known=known(state)), gate.Fetch)


@pytest.mark.parametrize(
    "state", [Outcome.TOO_OLD, Outcome.OFF_TOPIC, Outcome.OFF_SCOPE, Outcome.BUDGET, Outcome.ROBOTS]
)
def test_what_was_never_asked_is_decided_anew(state: Outcome) -> None:
    assert isinstance(decide(lead(), known=known(state, fetched_at=None)), gate.Fetch)


# --- topic, pause, budget


@pytest.mark.parametrize(
    ("title", "summary", "on_topic"),
    [
        ("THREADS opens its doors", None, True),
        ("Nothing", "They talk about threads.", True),
        ("Sao Tome votes", None, True),
        ("聖多美的選舉", None, True),
        ("Анас Хаккани говорит", None, True),
        ("Unthreaded", "threadsafe code", False),
        ("Anas speaks", "Haqqani listens", False),
        (None, None, True),
    ],
)
def test_off_topic_only_where_the_source_asks_for_it(
    title: str | None, summary: str | None, on_topic: bool
) -> None:
    one = lead(title=title, summary=summary)
    picky = replace(SOURCE, on_topic_only=True)
    assert outcome(decide(one, source=picky)) is (None if on_topic else Outcome.OFF_TOPIC)
    assert isinstance(decide(one), gate.Fetch)


def test_a_paused_source_waits() -> None:
    assert outcome(decide(lead(), source=replace(SOURCE, paused=True))) is Outcome.DEFERRED


@pytest.mark.parametrize(
    ("fetched", "leads", "max_pages", "expected"),
    [
        (9, 99, None, None),
        (10, 0, None, Outcome.BUDGET),
        (0, 100, None, Outcome.BUDGET),
        (2, 0, 2, Outcome.BUDGET),
        (10, 0, 20, None),
        (0, 0, 0, Outcome.BUDGET),
    ],
)
def test_budget(fetched: int, leads: int, max_pages: int | None, expected: Outcome | None) -> None:
    source = replace(SOURCE, max_pages=max_pages)
    decision = decide(lead(), source=source, fetched=fetched, leads=leads)
    assert outcome(decision) is expected


def test_known_and_too_old_do_not_use_up_the_budget() -> None:
    stored = known(Outcome.STORED, next_visit_at=NOW + timedelta(hours=1))
    assert outcome(decide(lead(), known=stored, fetched=99)) is Outcome.UNCHANGED
