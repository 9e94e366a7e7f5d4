"""A crawl ends in time, whatever hangs or drips; what is left comes first the next time."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta

from crawling import articles, endings, fates, fetches, run_folder, small_web, source

from crawlers import deadline
from crawlers.newsstand import Newsstand
from crawlers.run import crawl
from warehouse import landing
from warehouse.records import CrawlRequest, Outcome, Purpose, now_utc
from warehouse.state import State

AT = datetime(2023, 7, 14, 12, tzinfo=UTC)
HANG = '[[rule]]\npath = "/*"\nbody = "too late"\ndelay = 600\n'
DRIP = '[[rule]]\npath = "/a*"\nbody = "<p>drop by drop</p>"\nrepeat = 500\ntrickle = 5\n'
HANG_PAGES = '[[rule]]\npath = "/a*"\nbody = "too late"\ndelay = 600\n'


def outlet(web, name, rules, pages=4):
    """An outlet with a feed of so many pages, and rules of its own."""
    host = web / f"{name}.example"
    shutil.copytree(web / "town1.example", host)
    feed = "".join(
        f"<item><link>http://{name}.example/a{n}.html</link></item>" for n in range(1, pages + 1)
    )
    (host / "feed.rss").write_text(f'<rss version="2.0"><channel>{feed}</channel></rss>')
    (host / "site.toml").write_text(rules)
    return source(name)


def test_hosts_that_hang_or_drip_cost_the_others_nothing(tmp_path):
    """Twelve hosts that never answer, on four lines; two that drip; one that names 3,000 pages."""
    web = tmp_path / "web"
    good = small_web(web, hosts=2, pages=3, delay=0)
    bad = [outlet(web, f"hangs{n}", HANG) for n in range(12)]
    bad += [outlet(web, f"drips{n}", DRIP) for n in range(2)]
    bad.append(outlet(web, "deaf", HANG_PAGES, pages=3_000))
    with Newsstand(web) as stand:
        folder = run_folder(tmp_path / "run", [*bad, *good], stand.proxy, timeout_seconds=1.5,
                            concurrency=4, crawl_minutes=2.0)  # fmt: skip
        stats = crawl(folder)
    begun = deadline.begun_at(folder, AT)
    # Not 3,000 × 1.5 s; twelve hosts on four lines are 4.5 s.
    assert (stats.ended_at - begun).total_seconds() < 60
    assert Counter(a.source for a in articles(folder).values()) == {"town1": 4, "town2": 4}
    assert stats.found == sum(stats.outcomes.values()) + stats.articles == 3_020
    assert stats.outcomes["deferred"] == 3_008
    assert stats.left == 0
    asked = Counter(f.source for f in fetches(folder) if f.status is None and f.seconds > 1)
    assert asked == {**{f"hangs{n}": 1 for n in range(12)}, "drips0": 3, "drips1": 3, "deaf": 3}


def test_what_a_run_had_no_time_for_is_deferred_and_comes_first(tmp_path):
    web, data = tmp_path / "web", tmp_path / "data"
    (town,) = small_web(web, hosts=1, pages=9, delay=0)
    state = State(data / "state.sqlite")
    with Newsstand(web) as stand:

        def run(number, **more):
            folder = run_folder(data / "runs" / f"r{number}", [town], stand.proxy, **more)
            state.export_known(folder / "known.sqlite", ["town1"], now_utc())
            stats = crawl(folder)
            assert (
                stats.found == len(endings(folder)) == stats.articles + sum(stats.outcomes.values())
            )
            landing.land_run(data, folder, now=now_utc())
            state.absorb(folder)
            return folder, stats

        first, stats = run(1, pace_seconds=0.4, crawl_minutes=0.04)
        left = {url for url, fate in fates(first).items() if fate.outcome is Outcome.DEFERRED}
        assert 4 < len(left) < 12
        assert stats.left == len(left)
        assert {(f.reason, f.retry_at) for f in fates(first).values() if f.url in left} == {
            ("the 0.04 minutes of the crawl were over", None)
        }
        for path in (web / "town1.example").glob("a*.html"):
            shutil.copy(path, path.with_name(f"b{path.name}"))
        feed = web / "town1.example" / "feed.rss"
        new = "".join(
            f"<item><link>http://town1.example/ba{n}.html</link></item>" for n in range(1, 10)
        )
        feed.write_text(feed.read_text().replace("<item>", new + "<item>", 1))
        stand.edition = 2
        seen = len(stand.requests)
        _, stats = run(2, pace_seconds=0.25, crawl_minutes=0.04)
        asked = [r.url for r in stand.requests[seen:] if r.path not in ("/feed.rss", "/robots.txt")]
        assert asked
        assert set(asked[: len(left)]) <= left | {"http://town1.example/moved-on"}
        with closing(sqlite3.connect(data / "state.sqlite")) as db:
            assert db.execute("SELECT max(tries) FROM urls").fetchone() == (0,)
        _, stats = run(3, pace_seconds=0)
    assert stats.left == 0
    with closing(sqlite3.connect(data / "state.sqlite")) as db:
        outcomes = Counter(outcome for (outcome,) in db.execute("SELECT outcome FROM urls"))
    assert outcomes == {"stored": 19, "gone": 1}


def test_each_start_has_its_minutes_but_not_for_ever(tmp_path):
    request = CrawlRequest(run="r", started_at=AT, user_agent="t", sources=(), watches=(),
                           crawl_minutes=10)  # fmt: skip
    minutes = [0, 5, 25, 35, 300]
    ends = [deadline.ends_at(request, AT, AT + timedelta(minutes=m)) - AT for m in minutes]
    assert ends == [timedelta(minutes=m) for m in (10, 15, 35, 40, 40)]
    assert deadline.begun_at(tmp_path, AT) == AT
    assert deadline.begun_at(tmp_path, AT + timedelta(hours=1)) == AT


def test_a_folder_found_long_after_is_closed_without_asking(tmp_path):
    web = tmp_path / "web"
    sources = small_web(web, hosts=1, pages=3, delay=0)
    with Newsstand(web) as stand:
        folder = run_folder(tmp_path / "run", sources, stand.proxy, crawl_minutes=5)
        (folder / "begun").write_text("2023-07-14T12:00:00Z\n")
        stats = crawl(folder)
        assert stand.requests == []
    assert (stats.found, stats.left) == (0, 1)  # its feed, which bears no line, will be asked again
    assert [f for f in fetches(folder) if f.purpose is Purpose.FEED] == []
