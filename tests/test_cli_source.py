"""`slugline source`: find, list, check, remove, OPML in and out."""

import pytest
from commanding import WEB

from flows import sources
from warehouse.records import now_utc


@pytest.fixture
def stand(newsstand):
    return newsstand(WEB)


def test_add_finds_feeds_and_news_sitemaps_from_a_home_page(desk, stand):
    sources.remove(desk.seeds, "one")
    done = desk("source", "add", "http://one.example/", "--group", "town", proxy=stand.proxy)
    assert done.code == 0, done.err
    assert [(row["kind"], row["leads"], row["says"]) for row in done.rows] == [
        ("feed", 3, ""),
        ("feed", 0, "answers 404"),
        ("sitemap", 1, ""),
    ]
    assert {row["source"] for row in done.rows} == {"one.example"}
    found = sources.read(desk.seeds)[-1]
    assert (found.source, found.title, found.language) == ("one.example", "One Daily", "en")
    assert found.feeds == ("http://one.example/feed.rss",)
    assert found.sitemaps == ("http://one.example/news-sitemap.xml",)
    again = desk("source", "add", "http://one.example/", proxy=stand.proxy)
    assert (again.code, "already" in again.err) == (2, True)


def test_add_takes_a_feed_and_writes_nothing_on_a_dry_run(desk, stand):
    before = sources.read(desk.seeds)
    url = "http://two.example/feed.rss"
    done = desk("source", "add", url, "--name", "second", "--dry-run", proxy=stand.proxy)
    assert (done.code, [row["leads"] for row in done.rows]) == (0, [1])
    assert sources.read(desk.seeds) == before


@pytest.mark.parametrize(
    ("url", "code", "says"),
    [
        ("http://one.example/nothing", 2, "answers 404"),
        ("http://two.example/mill-copy.html", 2, "no feed and no news sitemap"),
        ("http://dead.example/", 2, "answers 502"),
        ("ftp://one.example/", 2, "is not a web address"),
    ],
)
def test_add_of_what_is_no_outlet(desk, stand, url, code, says):
    done = desk("source", "add", url, "--name", "x", proxy=stand.proxy)
    assert done.code == code
    assert says in done.err


def test_check_says_what_each_feed_answers(desk, stand):
    with (desk.seeds / "sources.toml").open("a") as file:
        file.write('\n[source.false]\nhome = "http://one.example/"\n'
                   'feeds = ["http://one.example/page.rss"]\n')  # fmt: skip
    done = desk("source", "check", proxy=stand.proxy)
    assert done.code == 1
    assert [row["status"] for row in done.rows] == [200, 200, 200]
    assert "not a feed" in done.rows[2]["says"]
    good = desk("source", "check", "--group", "town", proxy=stand.proxy)
    assert good.code == 0
    assert good.rows[0]["newest"] == "2026-03-04T12:00:00Z"


def test_check_writes_the_day_for_those_that_answer(desk, stand):
    path = desk.seeds / "sources.toml"
    text = path.read_text().replace("[source.one]", '[source.one]\nchecked = "never"  # mine')
    text += '[source.gone]\nhome = "http://one.example/"\nchecked = "never"\n'
    path.write_text(text + 'feeds = ["http://one.example/gone.rss"]\n')
    assert desk("source", "check", proxy=stand.proxy).code == 1
    found = {s.source: s.checked for s in sources.read(desk.seeds)}
    today = now_utc().date()
    assert found == {"one": today.isoformat(), "two": None, "gone": "never"}
    assert f"checked = {today}  # mine" in path.read_text()


def test_groups_are_counted(desk):
    rows = {row["group"]: row for row in desk("source", "groups").rows}
    assert rows["all"]["sources"] == 2
    assert (rows["town"]["sources"], rows["town"]["addresses"]) == (1, 1)
    assert [row["source"] for row in desk("source", "list", "--group", "town").rows] == ["one"]


def test_an_unreachable_source_is_one_line(desk):
    done = desk("source", "add", "http://nobody.invalid/", "--name", "x")
    assert done.code == 1
    assert len(done.err.splitlines()) == 1


def test_list_remove_and_unknown(desk):
    assert [row["source"] for row in desk("source", "list").rows] == ["one", "two"]
    assert [row["source"] for row in desk("source", "list", "town").rows] == ["one"]
    assert "did you mean 'town'?" in desk("source", "list", "towns").err
    assert desk("source", "remove", "two").code == 0
    assert desk("source", "remove", "two").code == 2
    assert [row["source"] for row in desk("source", "list").rows] == ["one"]


def test_opml_out_and_in(desk):
    path = desk.folder / "feeds.opml"
    assert desk("source", "export", str(path)).code == 0
    sources.remove(desk.seeds, "two")
    done = desk("source", "import", str(path))
    assert done.code == 0
    assert "added 1 sources with 1 feeds" in done.err  # by its host: two.example
    assert "there already: one" in done.err
    assert desk("source", "import", str(path)).err.startswith("added 0 sources")
    path.write_text("<opml><body><outline")
    assert desk("source", "import", str(path)).code == 2


def test_a_list_that_was_exported_comes_back_as_nothing_new(desk):
    path = desk.folder / "feeds.opml"
    before = sources.read(desk.seeds)
    assert desk("source", "export", str(path)).code == 0
    text = path.read_text().replace('http://one.example/"', 'http://elsewhere.example/"')
    path.write_text(text)
    done = desk("source", "import", str(path))
    assert (done.code, "added 0 sources with 0 feeds" in done.err) == (0, True)
    assert sources.read(desk.seeds) == before
