"""state.sqlite: what the next crawl is told, and that it is a replay of what has landed."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from runfolders import FEED, NOW, article, fate, fetch, fresh, write_run

from crawlers.known import KnownUrls
from warehouse import landing, visits
from warehouse.errors import BrokenRun
from warehouse.records import Outcome, Purpose, Source
from warehouse.state import State


@pytest.fixture
def data(tmp_path):
    return fresh(tmp_path / "data")


def _land(data, run, **what):
    now = what.get("now", NOW)
    folder = write_run(data / "runs", run, **what)
    landing.land_run(data, folder, now=now)
    return folder


def _known(data, *sources, now=NOW):
    path = data / "known.sqlite"
    State(data / "state.sqlite").export_known(path, sources or ("tern",), now)
    return KnownUrls(path)


def _rows(data):
    with closing(sqlite3.connect(data / "state.sqlite")) as db:
        ordered = "SELECT * FROM {} ORDER BY 1"
        return {table: db.execute(ordered.format(table)).fetchall() for table in ("urls", "feeds")}


_PAGE = "https://tern.example/1"
_KEY = "tern.example/1"


def test_the_crawl_reads_what_was_exported(data):
    page = article(1)
    folder = _land(
        data,
        "r1",
        articles=[page],
        fates=[fate("https://tern.example/gone", Outcome.GONE, status=404)],
        fetches=[
            fetch(_PAGE, etag='"e1"', last_modified="Mon", digest="d1", fetched_at=NOW),
            fetch(FEED, purpose=Purpose.FEED, etag='"f1"', digest="fd"),
            fetch("https://tern.example/robots.txt", purpose=Purpose.ROBOTS),
        ],
    )
    state = State(data / "state.sqlite")
    assert state.absorb(folder) == 2
    assert state.absorb(folder) == 0
    known = _known(data)
    url = known.url(_KEY)
    assert (url.outcome, url.etag, url.last_modified, url.digest) == (
        Outcome.STORED,
        '"e1"',
        "Mon",
        "d1",
    )
    assert (url.fetched_at, url.published_at) == (NOW, page.published_at)
    assert url.next_visit_at == NOW + timedelta(hours=1)
    assert known.url("tern.example/gone").outcome is Outcome.GONE
    assert known.url("tern.example/unheard") is None
    assert (known.feed(FEED).etag, known.feed(FEED).failures) == ('"f1"', 0)
    assert known.feed("https://tern.example/robots.txt") is None
    known.close()


def test_a_run_that_has_not_landed_is_not_absorbed(data):
    folder = write_run(data / "runs", "r1", articles=[article(1)])
    with pytest.raises(BrokenRun, match="has not landed"):
        State(data / "state.sqlite").absorb(folder)


def test_an_empty_warehouse_knows_nothing(data):
    known = _known(data)
    assert known.url(_KEY) is None
    known.close()
    assert State(data / "state.sqlite").checked() == {}


def test_tries_are_counted_and_forgotten_after_another_fate(data):
    state = State(data / "state.sqlite")
    seen = []
    for n, (outcome, retry) in enumerate(
        [
            (Outcome.DEFERRED, 10),
            (Outcome.DEFERRED, 10),  # not asked: it still waits
            (Outcome.DEFERRED, 70),
            (Outcome.DEFERRED, None),  # its source was paused
            (Outcome.QUARANTINED, None),
            (Outcome.GONE, None),
        ]
    ):
        at = NOW + timedelta(minutes=n)
        retry_at = NOW + timedelta(minutes=retry) if retry else None
        told = fate(_PAGE, outcome, decided_at=at, retry_at=retry_at)
        state.absorb(_land(data, f"r{n}", fates=[told], now=at))
        known = _known(data, now=at)
        url = known.url(_KEY)
        seen.append((url.outcome.value, url.tries, url.next_visit_at == retry_at))
        known.close()
    assert seen == [
        ("deferred", 1, True),
        ("deferred", 1, True),
        ("deferred", 2, True),
        ("deferred", 2, True),
        ("quarantined", 2, True),
        ("gone", 0, True),
    ]


def test_a_304_keeps_the_validators_and_moves_the_next_visit(data):
    state = State(data / "state.sqlite")
    state.absorb(_land(data, "r1", articles=[article(1)], fetches=[fetch(_PAGE, etag='"e1"')]))
    later = NOW + timedelta(hours=2)
    answer = fetch(_PAGE, status=304, fetched_at=later)
    same = fate(_PAGE, Outcome.UNCHANGED, decided_at=later)
    state.absorb(_land(data, "r2", fates=[same], fetches=[answer], now=later))
    known = _known(data, now=later)
    url = known.url(_KEY)
    assert (url.outcome, url.etag, url.fetched_at) == (Outcome.STORED, '"e1"', later)
    assert url.next_visit_at == later + timedelta(hours=2)  # it is four hours old by now
    known.close()


def test_redirects_are_followed_to_the_answer(data):
    hop = "https://tern.example/hop"
    fetches = [
        fetch(_PAGE, status=301, location=hop),
        fetch(hop, status=302, location="https://tern.example/end"),
        fetch("https://tern.example/end", etag='"end"', digest="d"),
    ]
    State(data / "state.sqlite").absorb(_land(data, "r1", articles=[article(1)], fetches=fetches))
    known = _known(data)
    assert known.url(_KEY).etag == '"end"'
    known.close()


def test_redirects_in_a_circle_end(data):
    other = "https://tern.example/2"
    fetches = [
        fetch(_PAGE, status=301, location=other),
        fetch(other, status=301, location=_PAGE),
    ]
    loop = [fate(_PAGE, Outcome.HTTP_ERROR)]
    State(data / "state.sqlite").absorb(_land(data, "r1", fates=loop, fetches=fetches))


def test_a_second_spelling_of_an_address_does_not_hide_the_first(data):
    twin = fate(f"{_PAGE}?utm=1", Outcome.DUPLICATE_URL, key=_KEY)
    state = State(data / "state.sqlite")
    state.absorb(_land(data, "r1", articles=[article(1)], fates=[twin]))
    known = _known(data)
    assert known.url(_KEY).outcome is Outcome.STORED
    known.close()


def test_a_failing_feed_keeps_its_validators_and_counts(data):
    state = State(data / "state.sqlite")
    for n, (status, error) in enumerate([(200, None), (503, None), (None, "timeout"), (304, None)]):
        at = NOW + timedelta(hours=n)
        etag = '"f"' if status == 200 else None
        answer = fetch(
            FEED, purpose=Purpose.FEED, status=status, error=error, etag=etag, fetched_at=at
        )
        state.absorb(_land(data, f"r{n}", fetches=[answer], now=at))
        known = _known(data, now=at)
        feed = known.feed(FEED)
        assert (feed.etag, feed.failures, feed.checked_at) == ('"f"', [0, 1, 2, 0][n], at)
        known.close()


def test_it_is_rebuilt_from_what_has_landed(data):
    state = State(data / "state.sqlite")
    url = "https://tern.example/late"
    for n in range(4):
        at = NOW + timedelta(hours=n)
        retry = at + timedelta(minutes=10)
        folder = _land(
            data,
            f"r{n}",
            articles=[
                article(n, fetched_at=at),
                article(0, fetched_at=at, text=f"Text {n}.") if n else article(10),
                article(f"amp/{n}", canonical_url="https://tern.example/10"),
            ],
            fates=[
                fate(
                    url, Outcome.DEFERRED if n < 3 else Outcome.GONE, decided_at=at, retry_at=retry
                )
            ],
            fetches=[
                fetch(f"https://tern.example/{n}", etag=f"{n}", fetched_at=at),
                fetch("https://tern.example/0", etag=f"0-{n}", fetched_at=at),
                fetch(FEED, purpose=Purpose.FEED, status=[200, 503, 304, 200][n], fetched_at=at),
            ][n == 0 :],
            now=at,
        )
        state.absorb(folder)
    landing.land_articles(data, "import-1", [article("imported")], now=NOW + timedelta(hours=9))
    state.catch_up()
    before = _rows(data)
    assert len(before["urls"]) == 11
    (data / "state.sqlite").unlink()
    assert state.catch_up() > 0
    assert _rows(data) == before


def test_old_fates_of_what_we_do_not_hold_are_forgotten(data):
    gone = fate("https://tern.example/gone", Outcome.GONE)
    state = State(data / "state.sqlite")
    state.absorb(_land(data, "r1", articles=[article(1)], fates=[gone]))
    known = _known(data, now=NOW + timedelta(days=61))
    assert known.url("tern.example/gone") is None
    assert known.url(_KEY).outcome is Outcome.STORED
    known.close()


def test_a_page_of_a_source_that_is_not_asked_is_known_while_it_is_news(data):
    State(data / "state.sqlite").absorb(_land(data, "r1", articles=[article(1)]))
    known = _known(data, "gull", now=NOW + timedelta(days=59))
    assert known.url(_KEY).outcome is Outcome.STORED
    assert list(known.due("gull", NOW + timedelta(days=59))) == []  # its own source sees to that
    known.close()
    old = _known(data, "gull", now=NOW + timedelta(days=61))
    assert old.url(_KEY) is None
    old.close()


def test_the_exported_file_has_the_columns_of_the_contract(data):
    _known(data).close()
    with closing(sqlite3.connect(data / "known.sqlite")) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(urls)")]
        assert columns == [
            "key",
            "url",
            "source",
            "outcome",
            "etag",
            "last_modified",
            "digest",
            "fetched_at",
            "published_at",
            "tries",
            "next_visit_at",
        ]
        columns = [row[1] for row in db.execute("PRAGMA table_info(feeds)")]
        assert columns == [
            "url",
            "source",
            "etag",
            "last_modified",
            "digest",
            "checked_at",
            "failures",
        ]


def test_sources_are_due_when_their_time_has_come(data):
    sources = [
        Source(source="tern", home="https://tern.example/"),
        Source(source="gull", home="https://gull.example/", every_minutes=60),
        Source(source="auk", home="https://auk.example/", paused=True),
        Source(source="new", home="https://new.example/"),
    ]
    fetches = [
        fetch(FEED, purpose=Purpose.FEED),
        fetch("https://gull.example/feed", source="gull", purpose=Purpose.FEED),
    ]
    state = State(data / "state.sqlite")
    state.absorb(_land(data, "r1", fetches=fetches))
    due = state.due(sources, every_minutes=15, now=NOW + timedelta(minutes=20))
    assert [it.source for it in due] == ["tern", "new"]


@pytest.mark.parametrize(
    ("age_hours", "wait_hours"),
    [(0, 0.5), (0.5, 0.5), (2, 1), (12, 6), (24, 12), (72, 24), (167, 24), (169, None), (-5, 0.5)],
)
def test_young_articles_are_visited_sooner(age_hours, wait_hours):
    fetched = datetime(2023, 7, 10, tzinfo=UTC)
    got = visits.next_visit_at(fetched - timedelta(hours=age_hours), fetched)
    assert got == (fetched + timedelta(hours=wait_hours) if wait_hours else None)
