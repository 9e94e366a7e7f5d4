"""A backfill: others crawl between its slices; killed it goes on, done twice it asks nothing."""

import json
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import history
import pytest

from flows import archives, folders, tomlfile
from warehouse.frontier import Place
from warehouse.records import LeadKind, Source, Window

WATCH = """
title = "The old paper mill"
groups = ["all"]
terms = [{ weight = 1.0, kind = "person", text = "Petra Lindqvist" }]
"""
SETTINGS = """
contact = "tests@slugline.example"
pace_seconds = 0.1
every_minutes = 0
timeout_seconds = 5
workers = 1
"""
DATES = ("--since", "2023-06-10", "--until", "2023-07-20")
# By source: pages within the dates, and dead links among them.
EXPECTED = {"monthly": (5, 2), "announced": (6, 2), "daily": (6, 0), "paged": (6, 0)}


@pytest.fixture
def past(desk, newsstand):
    history.build(desk.folder / "web")
    (desk.seeds / "sources.toml").write_text(history.SOURCES)
    (desk.seeds / "settings.toml").write_text(SETTINGS)
    (desk.seeds / "mill").mkdir()
    (desk.seeds / "mill" / "watch.toml").write_text(WATCH)
    (desk.seeds / "mill" / "article.txt").write_text("Petra Lindqvist of the old paper mill.\n")
    return desk, newsstand(desk.folder / "web")


def pages_of(stand):
    return [r.url for r in stand.requests if "/2023/" in r.url and "archive" not in r.url]


def until(condition, seconds=300.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_killed_and_shared_and_done_twice(past):
    desk, stand = past

    def start(*more):
        return desk.child("backfill", "mill", *DATES, "--slice-minutes", "0.04", *more,
                          proxy=stand.proxy)  # fmt: skip

    first = start()
    until(lambda: len(pages_of(stand)) >= 3)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    begun = sorted((desk.data / "runs").glob("2*"))
    assert not (begun[-1] / "LANDED").exists()
    assert folders.unlanded(desk.data) == []  # it is left to the backfill

    again = start()
    until(lambda: len(list((desk.data / "runs").glob("2*"))) > len(begun))
    monitor = desk.child("run", proxy=stand.proxy)
    out, err = monitor.communicate(timeout=300)
    assert monitor.returncode == 0, err
    assert b"skipped" not in err
    assert json.loads(out)["outcomes"] == {"stored": 2}
    out, err = again.communicate(timeout=300)
    assert again.returncode == 0, err
    summary = json.loads(out)
    says_what_was_found(summary)
    assert err.count(b"backfill: slice") == summary["slices"] >= 2
    nothing_is_asked_twice(stand)
    leaves_the_state_of_feeds_alone(desk)

    n = len(stand.requests)
    twice = desk("backfill", "mill", *DATES, proxy=stand.proxy)
    assert twice.code == 0, twice.err
    assert len(stand.requests) == n
    assert {**twice.rows[0], "slices": 0} == {**summary, "slices": 0}
    assert "down: http://down.example/sitemap.xml HTTP 503" in twice.err
    assert "feedonly: there is no way to go back" in twice.err


def says_what_was_found(summary):
    assert summary["status"] == "done"
    stored, gone = (sum(n) for n in zip(*EXPECTED.values(), strict=True))
    assert summary["outcomes"] == {"gone": gone, "stored": stored}
    assert summary["found"] == stored + gone
    assert summary["left"] == 0
    assert sum(summary["tiers"].values()) == stored
    assert Counter(row["source"] for row in summary["related"]) == {
        source: n for source, (n, _) in EXPECTED.items()
    }
    assert list(summary["without"]) == ["feedonly", "down"]
    down = "could not be read: http://down.example/sitemap.xml HTTP 503"
    assert summary["without"]["down"] == down


def nothing_is_asked_twice(stand):
    asked = Counter(r.url for r in stand.requests if r.status == 200 and "feed" not in r.url)
    robots = {url for url in asked if url.endswith("/robots.txt")}
    # What is asked when the process is killed has no line yet, and is asked again.
    assert sum(n - 1 for url, n in asked.items() if url not in robots) <= len(EXPECTED)


def leaves_the_state_of_feeds_alone(desk):
    with closing(sqlite3.connect(desk.data / "state.sqlite")) as db:
        feeds = {url for (url,) in db.execute("SELECT url FROM feeds")}
    assert feeds == {"http://monthly.example/feed.rss", "http://feedonly.example/feed.rss",
                     "http://down.example/sitemap.xml"}  # fmt: skip


def test_max_pages_stops_and_the_same_command_goes_on(past):
    desk, stand = past
    (desk.seeds / "settings.toml").write_text(SETTINGS.replace("0.1", "0"))
    one = history.SOURCES.split("\n\n")[1]
    (desk.seeds / "sources.toml").write_text(one)
    done = desk("backfill", "mill", *DATES, "--max-pages", "3", proxy=stand.proxy)
    assert done.code == 0, done.err
    row = done.rows[0]
    assert row["status"] == "stopped"
    assert sum(row["outcomes"].values()) == 3
    assert row["found"] == 3 + row["left"] > 3
    assert "the same command goes on" in done.err
    more = desk("backfill", "mill", *DATES[:2], "--max-pages", "1", proxy=stand.proxy).rows[0]
    assert more["until"] == row["until"]  # of the one that is not finished
    assert sum(more["outcomes"].values()) == 4


def test_another_process_has_it_and_wrong_dates(past):
    desk, _ = past
    name = "mill-20230610T0000-20230720T2359.lock"
    (desk.data / "backfills").mkdir(parents=True)
    with (desk.data / "backfills" / name).open("w") as file:
        folders.fcntl.flock(file, folders.fcntl.LOCK_EX)
        done = desk("backfill", "mill", *DATES)
    assert (done.code, done.out) == (0, "")
    assert "carried out by another process" in done.err
    wrong = desk("backfill", "mill", "--since", "2023-07-20", "--until", "2023-06-10")
    assert (wrong.code, "until is before since" in wrong.err) == (2, True)


# --- patterns of archives --------------------------------------------------------------------

WINDOW = Window(since=datetime(2023, 6, 29, tzinfo=UTC), until=datetime(2023, 7, 1, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("pattern", "urls"),
    [
        ("https://x/{year}/{month:02}/{day:02}",
         ["https://x/2023/06/28", "https://x/2023/06/29", "https://x/2023/06/30",
          "https://x/2023/07/01", "https://x/2023/07/02"]),
        ("https://x/{year}-{month}.xml", ["https://x/2023-6.xml", "https://x/2023-7.xml"]),
        ("https://x/{year}?p={page}", ["https://x/2023?p=1"]),
        ("https://x/all/{page}", ["https://x/all/1"]),
    ],
    ids=["days", "months", "years", "pages"],
)  # fmt: skip
def test_a_pattern_stands_for_the_addresses_of_these_dates(pattern, urls):
    source = Source(source="x", home="https://x/", archives=archives.patterns([pattern]))
    assert [place.url for place in archives.places(source, WINDOW)] == urls


@pytest.mark.parametrize(
    "pattern",
    ["https://x/{day}", "https://x/{year.real}", "https://x/", "no address {page}", "https://x/{}"],
    ids=["day alone", "attribute", "no field", "no address", "empty field"],
)
def test_a_pattern_with_a_mistake_is_told(pattern):
    with pytest.raises(tomlfile.WrongValue):
        archives.patterns([pattern])


@pytest.mark.parametrize(
    ("page", "sides", "n_new", "after"),
    [
        (1, {"within": 2}, 2, [2]),
        (2, {"newer": 5}, 0, [3, 4]),
        (16, {"within": 2, "older": 3}, 1, list(range(17, 25))),
        (4, {"older": 5}, 0, []),
        (4, {"within": 5}, 0, []),
        (4, {}, 0, []),
    ],
    ids=["goes on", "newer", "eight at most", "older", "repeated", "empty"],
)
def test_pages_go_on_while_there_is_something_of_these_dates(page, sides, n_new, after):
    place = Place(url=f"https://x/{page}", source="x", kind=LeadKind.PAGE,
                  pattern="https://x/{page}", page=page)  # fmt: skip
    assert [p.page for p in archives.next_pages(place, sides, n_new)] == after
