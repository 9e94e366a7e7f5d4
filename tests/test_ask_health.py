"""source_health() on hand-made outlets, each with one thing right or wrong with it.

All are asked every hour, and their feed answers 200, unless the case says otherwise. The clock
stands at the end of a Sunday.
"""

import json
import math
from datetime import datetime, timedelta

import duckdb
import pytest

from warehouse import relations

NOW = datetime.fromisoformat("2031-06-09")  # Monday, 00:00: the last 24 hours are a Sunday
RARE = (1, 0, 2, 0, 1, 2, 0)  # articles a day


def every_day(n, days=36, *, first=0):
    """So many articles a day, day 0 being the last 24 hours."""
    return dict.fromkeys(range(first, days), n)


def workdays(n, weekend, days=36, *, first=0):
    return {day: weekend if day % 7 in (0, 1) else n for day in range(first, days)}


def rare(*, first):
    return {day: RARE[day % 7] for day in range(first, 40)}


# name: articles by day; "answers": of the feed by hours ago; "asked": hours ago of the runs;
# "pages": outcomes of the last days
CASES = {
    "steady": ({"articles": every_day(50)}, "ok"),
    "stopped-a-week-ago": ({"articles": every_day(50, first=7)}, "silent"),
    "stopped-today": ({"articles": every_day(50, first=1)}, "silent"),
    "stopped-long-ago": ({"articles": every_day(5, 140, first=100)}, "silent"),
    "fewer-today": ({"articles": every_day(50) | {0: 15}}, "quiet"),
    "somewhat-fewer-today": ({"articles": every_day(50) | {0: 30}}, "ok"),
    "rests-at-weekends": ({"articles": workdays(40, 0)}, "ok"),
    "low-at-weekends": ({"articles": workdays(40, 6)}, "ok"),
    "stopped-before-the-weekend": ({"articles": workdays(40, 0, first=3)}, "silent"),
    "an-empty-day-of-few": ({"articles": rare(first=1)}, "ok"),
    "three-empty-days-of-few": ({"articles": rare(first=3)}, "ok"),
    "eleven-empty-days-of-few": ({"articles": rare(first=11)}, "silent"),
    "weekly": ({"articles": dict.fromkeys(range(6, 36, 7), 1)}, "ok"),
    "new-today": ({"articles": {0: 90}, "asked": range(5)}, "new"),
    "new-and-stopped": ({"articles": {2: 90, 1: 9}, "asked": range(72)}, "new"),
    "first-day-had-all-the-feed-kept": (
        {"articles": every_day(10, 12) | {11: 800}, "asked": range(288)},
        "ok",
    ),
    "never-an-article": ({}, "silent"),
    "all-off-topic": ({"pages": {"off_topic": 9}}, "ok"),
    "gone": ({"articles": every_day(50, first=2), "answers": {range(48): "HTTP 404"}}, "failing"),
    "forbidden": ({"articles": every_day(50), "answers": {range(5): "HTTP 403"}}, "failing"),
    "too-often": ({"articles": every_day(50), "answers": {range(5): "HTTP 429"}}, "failing"),
    "slow": (
        {"articles": every_day(50), "answers": {range(5): "timeout: no answer in 30 s"}},
        "failing",
    ),
    "failed-twice-just-now": ({"articles": every_day(50), "answers": {range(2): "HTTP 503"}}, "ok"),
    "failed-and-came-back": (
        {"articles": every_day(50), "answers": {range(1, 20): "HTTP 503"}},
        "ok",
    ),
    "one-of-two-feeds-gone": ({"articles": every_day(50), "second": "HTTP 410"}, "ok"),
    "pages-fail": (
        {"articles": every_day(50), "pages": {"stored": 4, "timeout": 3, "http_error": 5}},
        "failing",
    ),
    "walled": (
        {"articles": every_day(50), "pages": {"stored": 4, "challenge": 9, "blocked": 3}},
        "blocked",
    ),
    "for-subscribers": (
        {"articles": every_day(1), "pages": {"stored": 1, "paywalled": 3}},
        "blocked",
    ),
    "somewhat-walled": (
        {"articles": every_day(50), "pages": {"stored": 30, "paywalled": 10, "consent_wall": 2}},
        "ok",
    ),
    "one-page-walled": ({"articles": every_day(1), "pages": {"robots": 1}}, "ok"),
    "asleep": ({"articles": every_day(50, first=2), "asked": range(48, 960)}, "unknown"),
    "asked-a-quarter-of-today": (
        {"articles": every_day(50, first=1), "asked": [*range(3), *range(24, 960)]},
        "unknown",
    ),
    "asked-every-third-day": (
        {"articles": dict.fromkeys(range(2, 36, 3), 4), "asked": range(50, 960, 72)},
        "ok",
    ),
    "not-in-use": ({"asked": ()}, "unknown"),
    "resting": ({"paused": True, "articles": every_day(50, first=9)}, "paused"),
}


@pytest.fixture(scope="module")
def health(tmp_path_factory):
    """What source_health says of each case, by source and column."""
    folder = tmp_path_factory.mktemp("health")
    with duckdb.connect() as con:
        con.execute(relations.script("schema/tables.sql"))
        for name in ("21_moments", "80_health"):
            con.execute(relations.script(f"macros/{name}.sql"))
        _insert(con, "sources", _sources(), "source, paused", folder)
        _insert(con, "runs", _runs(), "run, started_at, sources", folder)
        _insert(
            con, "fetches", list(_fetches()), "run, source, url, purpose, fetched_at, error", folder
        )
        _insert(con, "articles", list(_articles()), "article_id, source, first_seen_at", folder)
        _insert(con, "outcomes", list(_outcomes()), "source, url, outcome, decided_at", folder)
        told = con.execute("FROM source_health(ts := '2031-06-09')")
        columns = [column[0] for column in told.description]
        rows = [dict(zip(columns, row, strict=True)) for row in told.fetchall()]
    return {row["source"]: row for row in rows}


def _insert(con, relation, rows, columns, folder):
    names = columns.split(", ")
    file = folder / f"{relation}.json"  # binding lists of lists takes DuckDB a minute
    file.write_text(
        "\n".join(json.dumps(dict(zip(names, r, strict=True)), default=str) for r in rows)
    )
    con.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM read_json('{file}')")


def _ago(hours):
    return NOW - timedelta(hours=hours, minutes=20)


def _sources():
    return [(name, case.get("paused", False)) for name, (case, _) in CASES.items()]


def _runs():
    hours = range(960)
    asked = {name: set(case.get("asked", hours)) for name, (case, _) in CASES.items()}
    return [(f"r{h}", _ago(h), [n for n, those in asked.items() if h in those]) for h in hours]


def _fetches():
    for name, (case, _) in CASES.items():
        answers = {h: error for hours, error in case.get("answers", {}).items() for h in hours}
        for h in sorted(set(case.get("asked", range(960))) & set(range(160))):
            error = answers.get(h)
            yield f"r{h}", name, f"https://{name}/feed", "feed", _ago(h), error
            if "second" in case:
                yield f"r{h}", name, f"https://{name}/two", "feed", _ago(h), case["second"]
    yield "r0", "steady", "https://steady/a", "article", _ago(0), "HTTP 500"


def _articles():
    for name, (case, _) in CASES.items():
        for day, n in case.get("articles", {}).items():
            for i in range(n):
                yield f"{name}-{day}-{i}", name, NOW - timedelta(days=day, minutes=1 + i)


def _outcomes():
    for name, (case, _) in CASES.items():
        for outcome, n in case.get("pages", {}).items():
            for i in range(n):
                yield name, f"https://{name}/{outcome}/{i}", outcome, _ago(3)


@pytest.mark.parametrize("name", CASES)
def test_the_verdict(health, name):
    told = health[name]
    assert told["verdict"] == CASES[name][1], told


def test_every_verdict_says_why_and_every_bad_one_what_to_try(health):
    for told in health.values():
        assert told["why"], told
        assert told["advice"] or told["verdict"] in {"ok", "new", "paused"}, told


def test_expected_and_p_are_exact(health):
    def poisson(seen, expected):
        return sum(math.exp(-expected) * expected**i / math.factorial(i) for i in range(seen + 1))

    fewer = health["fewer-today"]
    assert (fewer["seen"], fewer["expected_per_day"]) == (15, 50)
    assert fewer["p_value"] == pytest.approx(poisson(15, 50))
    assert health["steady"]["p_value"] == pytest.approx(poisson(50, 50))
    assert health["stopped-a-week-ago"]["p_value"] == pytest.approx(math.exp(-350))
    assert health["rests-at-weekends"]["expected_per_day"] == 0
    assert health["low-at-weekends"]["expected_per_day"] == 6
    rarely = health["eleven-empty-days-of-few"]
    assert rarely["expected_per_day"] == pytest.approx(6 / 7)
    assert rarely["p_value"] == pytest.approx(math.exp(-66 / 7))
    assert health["first-day-had-all-the-feed-kept"]["expected_per_day"] == 10
    assert rarely["last_article_at"] == NOW - timedelta(days=11, minutes=1)


def test_what_is_closed_to_us_is_told_apart(health):
    walled = health["walled"]
    assert (walled["pages"], walled["challenge"], walled["blocked"]) == (16, 9, 3)
    assert walled["blocked_share"] == 0.75
    assert walled["why"] == "75 % of 16 pages are closed to us: 3 blocked, 9 challenge"
    assert "subscribers" in health["for-subscribers"]["advice"]
    assert health["somewhat-walled"]["consent_wall"] == 2


def test_failures_are_counted_and_each_has_its_advice(health):
    gone, slow = health["gone"], health["slow"]
    assert (gone["listings_asked"], gone["listings_failed"]) == (24, 24)
    assert gone["why"] == (
        "nothing it lists could be read since 2031-06-07 00:40 UTC (48 times): HTTP 404"
    )
    assert "address has changed" in gone["advice"]
    assert slow["listings_failed"] == 5
    assert "pace_seconds" in health["too-often"]["advice"]
    half = health["one-of-two-feeds-gone"]
    assert half["failing_listings"] == ["https://one-of-two-feeds-gone/two: HTTP 410"]
    assert "fails: https://one-of-two-feeds-gone/two: HTTP 410" in half["why"]


def test_the_worst_come_first(health):
    order = [told["verdict"] for told in health.values()]
    ranks = {verdict: n for n, verdict in reversed(list(enumerate(order)))}
    assert sorted(ranks, key=ranks.get) == [
        "failing",
        "silent",
        "blocked",
        "quiet",
        "unknown",
        "new",
        "ok",
        "paused",
    ]
    assert len(order) == len(CASES)
