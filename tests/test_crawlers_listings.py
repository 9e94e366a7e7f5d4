"""Sitemap indexes: old sitemaps are not read, and no change below an index is missed."""

from datetime import UTC, datetime

from crawling import fetches, leads, run_folder, source

from crawlers.newsstand import Newsstand
from crawlers.run import crawl
from warehouse import landing
from warehouse.records import Purpose, WatchTerms
from warehouse.state import State

HOST = "http://town.example"
TOWN = source("town", feeds=(), sitemaps=(f"{HOST}/index.xml",), max_pages=0)
NOW = datetime(2023, 7, 14, 12, tzinfo=UTC)


def index(*named):
    lines = "".join(
        f"<sitemap><loc>{HOST}/{name}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for name, at in named
    )
    return f"<sitemapindex>{lines}</sitemapindex>"


def urlset(*names):
    return f"<urlset>{''.join(f'<url><loc>{HOST}/{n}</loc></url>' for n in names)}</urlset>"


def write_web(at, files):
    host = at / "town.example"
    host.mkdir(parents=True)
    (host / "site.toml").write_text("etag = true\nmodified = 2023-07-10T08:00:00Z\n")
    for name, text in files.items():
        (host / name).write_text(text, encoding="utf-8")
    return at


def asked(stand):
    return {r.target.strip("/"): r.status for r in stand.requests if r.target != "/robots.txt"}


def test_sitemaps_older_than_every_watch_are_not_asked_for(tmp_path):
    web = write_web(
        tmp_path / "web",
        {
            "index.xml": index(
                ("june.xml", "2023-06-28"),
                ("eve.xml", "2023-06-30T12:00:00Z"),  # 1 July in the furthest east
                ("july.xml", "2023-07-13"),
                ("silent.xml", None),
            ),
            "june.xml": urlset("june"),
            "eve.xml": urlset("eve"),
            "july.xml": urlset("july"),
            "silent.xml": urlset("silent"),
        },
    )
    watches = tuple(
        WatchTerms(
            watch=f"of-{month}", sources=of, terms=(), since=datetime(2023, month, 1, tzinfo=UTC)
        )
        for month, of in ((8, ("town",)), (7, ("town",)), (5, ("elsewhere",)))
    )
    with Newsstand(web) as stand:
        crawl(run_folder(tmp_path / "one", [TOWN], stand.proxy, watches=watches))
        assert set(asked(stand)) == {"index.xml", "eve.xml", "july.xml", "silent.xml"}


def test_an_unchanged_index_in_an_index_does_not_hide_what_changed_below_it(tmp_path):
    web = write_web(
        tmp_path / "web",
        {
            "index.xml": index(("inner.xml", None)),
            "inner.xml": index(("same.xml", None), ("news.xml", None)),
            "same.xml": urlset("a"),
            "news.xml": urlset("b"),
            "news@2.xml": urlset("b", "c"),
        },
    )
    data = tmp_path / "data"
    state = State(data / "state.sqlite")
    with Newsstand(web) as stand:
        first = run_folder(data / "runs" / "one", [TOWN], stand.proxy)
        crawl(first)
    landing.land_run(data, first, now=NOW)
    state.absorb(first)
    with Newsstand(web, edition=2) as stand:
        second = run_folder(data / "runs" / "two", [TOWN], stand.proxy)
        state.export_known(second / "known.sqlite", ["town"], NOW)
        crawl(second)
        got = asked(stand)
    assert got == {"index.xml": 200, "inner.xml": 200, "same.xml": 304, "news.xml": 200}
    assert {lead.url for lead in leads(second)} == {f"{HOST}/b", f"{HOST}/c"}
    kept = {f.url: f.etag is not None for f in fetches(first) if f.purpose is Purpose.SITEMAP}
    assert kept == {
        f"{HOST}/index.xml": False,
        f"{HOST}/inner.xml": False,
        f"{HOST}/same.xml": True,
        f"{HOST}/news.xml": True,
    }
