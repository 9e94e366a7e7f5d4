"""A crawl from its request to DONE: every URL ends in the outcome it should."""

import hashlib
import shutil
import sqlite3
import tomllib
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from crawling import (
    AGENT,
    articles,
    endings,
    fates,
    fetches,
    leads,
    run_folder,
    small_web,
    source,
)

from crawlers import urls, warc
from crawlers.newsstand import Newsstand
from crawlers.run import crawl
from warehouse.errors import BrokenRun, CrawlFailed
from warehouse.records import LeadKind, Outcome, Purpose, Source, from_json

WEB = Path(__file__).parent / "newsweb"
BASE = "http://town5.example"
# What an outlet names in its own feed counts as its own wherever it lies, and a feed that dates a
# page vouches for its one word.
DISPUTED = {"http://elsewhere.example/story", "http://vices.example/refresh"}
LONG_AGO, FAR_AHEAD = "2023-07-01T00:00:00Z", "2099-01-01T00:00:00Z"


def newsweb_sources():
    listed = tomllib.loads((WEB / "sources.toml").read_text(encoding="utf-8"))["source"]
    return [from_json(Source, {"source": name, **settings}) for name, settings in listed.items()]


def build_web(at):
    """The test web, without the page that silences its host, and five towns with one trait each."""
    shutil.copytree(WEB, at)
    feed = at / "vices.example" / "feed.rss"
    text = feed.read_text(encoding="utf-8")
    feed.write_text(text.replace("vices.example/busy<", "vices.example/gone<"), encoding="utf-8")
    # 40,000 open elements are 5 s of one processor; 5,000 show the same.
    vices = at / "vices.example" / "site.toml"
    vices.write_text(vices.read_text().replace("repeat = 40000", "repeat = 5000"))
    town1, _, town3, town4, town5 = small_web(at, hosts=5, pages=4, delay=0)
    shutil.copy(at / "town5.example" / "a4.html", at / "town5.example" / "a5.html")
    add_rule(at / "town3.example", 'status = 429\nheaders = { Retry-After = "3600" }')
    add_rule(at / "town4.example", "status = 500")
    (at / "secure.example").mkdir()
    (at / "secure.example" / "feed.rss").write_text(
        '<rss version="2.0"><channel><title>Secure</title><item><title>A</title>'
        "<link>https://secure.example/a.html</link></item></channel></rss>"
    )
    mirror = Source(source="mirror", home=town1.home, feeds=town1.feeds)
    budget = source("town2", max_pages=2)
    return [town1, budget, town3, town4, town5, mirror, source("secure"), *newsweb_sources()]


def add_rule(host, answer):
    site = host / "site.toml"
    rule = f'[[rule]]\npath = "/a*"\n{answer}\n'
    site.write_text(rule + site.read_text(encoding="utf-8"), encoding="utf-8")


def known_row(url, name, outcome, *, etag=None, digest=None, tries=0, next_visit=None):
    fetched = "2026-01-01T00:00:00Z"
    return (urls.key(url), url, name, outcome, etag, None, digest, fetched, FAR_AHEAD, tries,
            next_visit)  # fmt: skip


def write_known(at, stand):
    etag = {
        path: next(v for n, v in stand.sites["town5.example"].answer(asked(path), 1).headers
                   if n.lower() == "etag")
        for path in ("/feed.rss", "/a1.html")
    }  # fmt: skip
    as_sent = stand.sites["town5.example"].answer(asked("/a5.html"), 1).body
    same = hashlib.sha256(as_sent).hexdigest()
    rows = [
        known_row(f"{BASE}/a1.html", "town5", "stored", etag=etag["/a1.html"], next_visit=LONG_AGO),
        known_row(f"{BASE}/a2.html", "town5", "stored", next_visit=FAR_AHEAD),
        known_row(f"{BASE}/a3.html", "town5", "deferred", tries=1, next_visit=FAR_AHEAD),
        known_row(f"{BASE}/a4.html", "town5", "deferred", tries=1, next_visit=LONG_AGO),
        known_row(f"{BASE}/a5.html", "town5", "stored", digest=same, next_visit=LONG_AGO),
        known_row(f"{BASE}/moved", "town5", "quarantined", tries=3),
        known_row("http://town4.example/a1.html", "town4", "deferred", tries=3),
    ]
    with sqlite3.connect(at) as db:
        db.execute(
            "CREATE TABLE urls (key TEXT PRIMARY KEY, url, source, outcome, etag, last_modified,"
            " digest, fetched_at, published_at, tries INTEGER, next_visit_at)"
        )
        db.execute(
            "CREATE TABLE feeds (url TEXT PRIMARY KEY, source, etag, last_modified, digest,"
            " checked_at, failures INTEGER)"
        )
        db.executemany("INSERT INTO urls VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
        feed = (f"{BASE}/feed.rss", "town5", etag["/feed.rss"], None, None, LONG_AGO, 0)
        db.execute("INSERT INTO feeds VALUES (?,?,?,?,?,?,?)", feed)
    db.close()


def asked(path):
    from crawlers.newsstand_site import Request

    return Request(method="GET", scheme="http", host="town5.example", target=path, headers={})


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    at = tmp_path_factory.mktemp("crawled")
    sources = build_web(at / "web")
    certificate = at / "self-signed.pem"
    trustme.CA().issue_cert("secure.example").private_key_and_cert_chain_pem.write_to_path(
        certificate
    )
    told = []
    with Newsstand(at / "web", certificate=certificate) as stand:
        folder = run_folder(at / "run", sources, stand.proxy, workers=2, timeout_seconds=2)
        write_known(folder / "known.sqlite", stand)
        stats = crawl(folder, on_event=told.append)
        again = crawl(folder)  # done: it is only read
        log = list(stand.requests)
    return SimpleNamespace(folder=folder, stats=stats, again=again, told=told, log=log)


def outcomes(folder, host):
    found = {url: f.outcome.value for url, f in fates(folder).items()}
    found |= dict.fromkeys(articles(folder), "stored")
    prefix = f"http://{host}.example"
    return {url.removeprefix(prefix): o for url, o in found.items() if url.startswith(prefix)}


def test_every_vice_of_the_web_has_its_outcome(crawled):
    expected = tomllib.loads((WEB / "expected.toml").read_text(encoding="utf-8"))
    got = {url: fate.outcome.value for url, fate in fates(crawled.folder).items()}
    got |= dict.fromkeys(articles(crawled.folder), "stored")
    both = (got.keys() & expected.keys()) - DISPUTED
    assert {url: got[url] for url in both if got[url] not in expected[url]} == {}
    assert len(both) > 45


def test_found_is_articles_plus_outcomes(crawled):
    stats = crawled.stats
    found = {lead.url for lead in leads(crawled.folder)}
    assert set(endings(crawled.folder)) == found
    assert stats.found == len(found) == stats.articles + sum(stats.outcomes.values())
    assert sum(counts["found"] for counts in stats.sources.values()) == stats.found
    last = [event for event in crawled.told if event.event == "progress"][-1]
    assert last.found == last.done == stats.found
    assert crawled.again == stats


def test_the_parent_hears_the_log_and_how_long_hosts_took(crawled):
    lines = [(e.level, e.message) for e in crawled.told if e.event == "log"]
    assert ("INFO", "town2: 7 addresses found, 2 to ask for") in lines
    assert ("WARNING", "feeds: http://feeds.example/down.rss: HTTP 503") in lines
    written = (crawled.folder / "crawl.log").read_text(encoding="utf-8")
    assert all(message in written for _, message in lines)
    slowest = list(crawled.stats.hosts.values())
    assert slowest[0]["slowest"] == max(f.seconds for f in fetches(crawled.folder))
    assert (
        crawled.stats.hosts["town1.example"]["requests"] == 9
    )  # robots.txt, feed, 4 pages, 2 hops, 404


def test_nothing_forbidden_or_refused_was_asked_for(crawled):
    asked = [request.url for request in crawled.log]
    assert not [url for url in asked if "/private/" in url or "127.0.0.1" in url or "@" in url]
    assert not [url for url in asked if "robots-down" in url and "robots.txt" not in url]
    assert {r.headers["user-agent"] for r in crawled.log if r.method == "GET"} == {AGENT}


def test_each_exchange_has_its_line_and_no_address_is_asked_twice(crawled):
    lines = Counter(f.url for f in fetches(crawled.folder) if f.status is not None)
    asked = Counter(r.url for r in crawled.log if r.status is not None and r.method == "GET")
    assert lines.items() <= asked.items()
    assert {url for url, n in asked.items() if n > 1} == set()


def test_one_page_in_two_sources_has_two_leads_and_one_ending(crawled):
    found = [lead for lead in leads(crawled.folder) if lead.url == "http://town1.example/a1.html"]
    assert {lead.source for lead in found} == {"town1", "mirror"}
    assert outcomes(crawled.folder, "town1") == {
        "/a1.html": "stored", "/a2.html": "stored", "/a3.html": "stored", "/a4.html": "stored",
        "/moved": "stored", "/dead.html": "gone", "/a1.html?utm_source=feed": "duplicate_url",
    }  # fmt: skip


def test_a_budget_is_kept(crawled):
    assert Counter(outcomes(crawled.folder, "town2").values())["budget"] == 4
    pages = [f for f in fetches(crawled.folder) if f.source == "town2"]
    assert len([f for f in pages if f.purpose is Purpose.ARTICLE]) == 2


def test_a_busy_host_is_left_in_peace(crawled):
    assert len([r for r in crawled.log if "town3" in r.url and "/a" in r.url]) == 1
    late = [f for f in fates(crawled.folder).values() if f.retry_at and f.source == "town3"]
    assert {f.outcome for f in late} == {Outcome.DEFERRED}
    assert all((f.retry_at - f.decided_at).total_seconds() > 3500 for f in late)


def test_failures_are_deferred_until_the_retries_are_used_up(crawled):
    got = outcomes(crawled.folder, "town4")
    assert got["/a1.html"] == "quarantined"
    assert got["/a2.html"] == "deferred"


def test_what_is_known_is_asked_conditionally_or_not_at_all(crawled):
    status = {r.target: r.status for r in crawled.log if r.host == "town5.example"}
    assert status == {
        "/robots.txt": 404, "/feed.rss": 304, "/a1.html": 304, "/a4.html": 200, "/a5.html": 200,
    }  # fmt: skip
    assert outcomes(crawled.folder, "town5") == {
        "/a1.html": "unchanged", "/a4.html": "stored", "/a5.html": "unchanged",
    }  # fmt: skip
    assert fates(crawled.folder)[f"{BASE}/a5.html"].reason == "the same bytes as before"
    found = [lead for lead in leads(crawled.folder) if lead.source == "town5"]
    assert {lead.kind for lead in found} == {LeadKind.KNOWN}


def test_a_certificate_nobody_vouches_for_is_refused(crawled):
    fate = fates(crawled.folder)["https://secure.example/a.html"]
    assert fate.outcome is Outcome.NETWORK_ERROR
    assert "certificate" in fate.reason
    assert not [r for r in crawled.log if r.url == "https://secure.example/a.html"]


def test_a_listing_that_gives_nothing_says_why(crawled):
    errors = {f.url: f.error for f in fetches(crawled.folder) if f.purpose is Purpose.FEED}
    assert errors["http://feeds.example/down.rss"] == "HTTP 503"
    assert errors["http://feeds.example/not-a-feed.rss"]
    assert errors["http://good.example/feed.rss"] is None
    assert "robots.txt" in errors["http://robots-down.example/feed.rss"]


def test_the_warc_holds_each_body_as_received(crawled):
    page = next(
        f for f in fetches(crawled.folder) if f.url.endswith("good.example/2023/07/ferry.html")
    )
    stored = warc.read(crawled.folder / page.warc_file, page.warc_offset)
    assert ("Content-Encoding", "gzip") in stored.headers
    assert stored.body.startswith(b"\x1f\x8b")
    assert len(stored.body) == page.bytes


def test_a_broken_request_is_said_so(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "request.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CrawlFailed, match="no usable request"):
        crawl(folder)
    (folder / "DONE").touch()
    with pytest.raises(BrokenRun, match="no usable counts"):
        crawl(folder)
