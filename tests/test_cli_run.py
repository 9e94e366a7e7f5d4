"""`slugline run` from a seed to answers, on the test web; and every way to be stopped."""

import errno
import fcntl
import json
import shutil
import signal
import time

from commanding import SEED, WEB

from flows import pipeline

_BAD_SOURCES = """
[source.false]
home = "http://one.example/"
feeds = ["http://one.example/page.rss"]

[source.dead]
home = "http://dead.example/"
feeds = ["http://dead.example/feed.rss"]
"""


def watch(desk, *more):
    done = desk("watch", "add", str(SEED), "--slug", "mill", "--group", "all", *more)
    assert done.code == 0, done.err


def run(desk, stand, *more):
    done = desk("run", *more, proxy=stand.proxy)
    assert done.code == 0, done.err
    return done


def test_two_runs_bring_what_is_new_and_the_counts_add_up(desk, newsstand):
    with (desk.seeds / "sources.toml").open("a") as file:
        file.write(_BAD_SOURCES)
    watch(desk)
    stand = newsstand(WEB)
    done = run(desk, stand)
    assert "http://one.example/page.rss" in done.err  # told, and the rest lands
    assert "http://dead.example/feed.rss" in done.err
    first = done.rows[0]
    assert first["found"] == sum(first["outcomes"].values()) == 4
    assert first["outcomes"] == {"stored": 3, "gone": 1}
    (news,) = first["watches"]
    assert [(row["source"], row["tier"]) for row in news["new"]] == [("one", "same_story")]
    assert [row["source"] for row in news["copies"]] == ["two"]
    assert news["new"][0]["reasons"]

    stand.edition = 2
    second = run(desk, stand).rows[0]
    assert second["found"] == sum(second["outcomes"].values())
    assert second["outcomes"]["stored"] == 1
    urls = [row["url"] for row in second["watches"][0]["new"]]
    assert urls == ["http://one.example/2026/chimney.html"]

    (desk.seeds / "settings.toml").write_text('contact = "tests@slugline.example"\n')
    asked = len(stand.requests)
    waiting = run(desk, stand, "--format", "table")
    assert "4 sources are not due yet; slugline run --now asks them too" in waiting.err
    assert "0 new, 0 revised" in waiting.out
    assert len(stand.requests) == asked
    asks_after_a_run(desk)


def asks_after_a_run(desk):
    """Every question of the command line, of what two runs brought."""
    url = "http://one.example/2026/mill.html"
    found = desk("search", '"paper mill" AND NOT bakers').rows
    assert {row["source"] for row in found} == {"one", "two"}
    assert desk("search", "caraway").rows[0]["title"].startswith("Bakers")
    bad = desk("search", "mill AND (")
    assert bad.code == 2
    assert bad.err.splitlines()[-1].strip() == "^"
    shown = desk("show", url).rows[0]
    assert shown["text"].startswith("The river council")
    assert {row["watch"] for row in shown["coverage"]} == {"mill"}
    assert len(shown["copies"]) == 2
    assert "text" not in desk("show", url, "--no-text").rows[0]
    table = desk("show", url, "--format", "table").out
    assert "Petra Lindqvist" in table
    assert len(desk("entity", "Petra Lindqvist").rows) == 3
    nobody = desk("entity", "Petra Lindquist")
    assert (nobody.code, "did you mean 'Petra Lindqvist'?" in nobody.err) == (2, True)
    days = desk("timeline", "Petra Lindqvist").rows
    assert [row["articles"] for row in days if row["articles"]] == [2, 1]
    assert "██" in desk("timeline", "Petra Lindqvist", "--format", "table").out
    company = [row["entity"] for row in desk("together", "Petra Lindqvist").rows]
    assert "Brackwater Holdings" in company
    covered = desk("coverage", "mill").rows
    assert {row["url"] for row in covered} >= {url, "http://two.example/mill-copy.html"}
    assert desk("coverage", "mil").code == 2
    assert desk("why", "mill", url).rows[0]["gave"] > 0
    assert "Bakers" in desk("why", "mill", "http://one.example/2026/loaf.html",
                            "--format", "table").out  # fmt: skip
    assert [row["outcome"] for row in desk("fate", url).rows] == ["stored"]
    assert desk("fate", "http://one.example/never").code == 2
    kinds = {row["copy_kind"] for row in desk("copies", url).rows}
    assert kinds == {"original", "exact"}
    totals = desk("outcomes", "--total").rows
    assert sum(row["n"] for row in totals) == sum(row["n"] for row in desk("outcomes").rows)
    (gone,) = desk("outcomes", "--urls", "gone").rows
    assert gone["url"].endswith("/lost.html")
    assert desk("outcomes", "--urls", "gonne").code == 2
    assert desk("sql", "SELECT count(*) AS n FROM articles").rows == [{"n": 4}]
    writes = desk("sql", "DELETE FROM articles")
    assert (writes.code, len(writes.err.splitlines())) == (2, 1)
    assert desk("sql", "FROM read_text('/etc/hostname')").code == 2
    moved = desk.folder / "moved"
    desk.data.rename(moved)
    assert desk("--data", str(moved), "publish").code == 0
    moved_rows = desk("--data", str(moved), "sql", "SELECT count(*) AS n FROM articles").rows
    assert moved_rows == [{"n": 4}]


def test_an_empty_warehouse_answers(desk):
    for args in (["search", "mill"], ["timeline", "mill"], ["entity", "Nobody"], ["outcomes"],
                 ["together", "Nobody"]):  # fmt: skip
        done = desk(*args)
        assert (done.code, done.out) == (0, ""), done.err
    assert desk("show", "http://one.example/x").code == 2


def test_run_without_watches_and_without_sources(desk):
    none = desk("run")
    assert none.code == 2
    assert "slugline watch add" in none.err
    desk("watch", "add", str(SEED), "--slug", "mill")
    done = desk("run")
    assert done.code == 0
    assert done.err.count("mill: nothing is crawled for it: it names no source") == 1


def test_a_newer_warehouse_is_told_before_anything_is_asked(desk, newsstand):
    watch(desk)
    assert desk("publish").code == 0
    path = desk.data / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 9_999}))
    stand = newsstand(WEB)
    done = desk("run", proxy=stand.proxy)
    assert (done.code, "newer Slugline" in done.err) == (1, True)
    assert stand.requests == []


def test_questions_of_missing_tables_and_of_nothing(desk):
    (desk.folder / "a.ndjson").write_text('{"url": "http://a.example/1", "text": "A mill."}')
    assert desk("import", str(desk.folder / "a.ndjson")).code == 0
    empty = desk("search", "")
    assert (empty.code, empty.err.splitlines()[0]) == (2, "error: it is empty")
    shutil.rmtree(desk.data / "tables" / "articles")
    done = desk("search", "mill")
    assert (done.code, "the tables cannot be read" in done.err) == (1, True)


def test_a_second_run_is_skipped_and_says_so(desk):
    watch(desk)
    with (desk.data / "crawl.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = desk("run")
    assert (done.code, done.out) == (0, "")
    assert "skipped: another run is crawling" in done.err


def started(desk, stand):
    """A run that hangs on a slow feed, with some articles fetched."""
    text = (desk.seeds / "sources.toml").read_text()
    slow = text.replace('feed.rss"]  #', 'feed.rss", "http://one.example/slow.rss"]  #')
    (desk.seeds / "sources.toml").write_text(slow)
    process = desk.child("run", proxy=stand.proxy)
    until(lambda: any(r.path.endswith("mill.html") for r in stand.requests))
    return process


def until(condition, seconds=300.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_an_interrupted_run_is_continued_by_the_next(desk, newsstand):
    """What kill -9 leaves is in test_chaos.py."""
    watch(desk)
    stand = newsstand(WEB)
    process = started(desk, stand)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert b"interrupted; what was fetched is kept" in err
    assert b"Traceback" not in err
    assert out == b""
    (folder,) = (desk.data / "runs").iterdir()
    assert not (folder / "DONE").exists()
    done = run(desk, stand).rows[0]
    assert folder.name in done["runs"]
    assert done["found"] == sum(done["outcomes"].values())
    landed = desk("sql", "SELECT count(*) AS n, count(DISTINCT key) AS k FROM articles").rows
    assert landed == [{"n": 3, "k": 3}]
    (folder / "LANDED").unlink()  # as if it had died between the commit and here
    again = run(desk, stand)
    assert (folder / "LANDED").exists()
    landed = desk("sql", "SELECT count(*) AS n, count(DISTINCT key) AS k FROM articles").rows
    assert landed == [{"n": 3, "k": 3}], again.err


def test_full_disk_is_one_line(desk, monkeypatch):
    """What the system says becomes one clear line; a real full disk is in the warehouse's tests."""

    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    watch(desk)
    monkeypatch.setattr(pipeline, "_run", full)
    done = desk("run")
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert line.startswith("error: the disk is full")
