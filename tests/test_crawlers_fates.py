"""What an HTTP exchange means, which bodies can be decoded, and how leads are put together."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.bodies import BadBody, TooLarge, decoded
from crawlers.fates import ending_of
from crawlers.jobs import in_order, listings_of, merged
from warehouse.records import Fetch, Lead, LeadKind, Outcome, Purpose, Source

NOW = datetime(2023, 7, 14, 12, tzinfo=UTC)
TEXT = b"<p>Some text</p>" * 50


def ending(status=None, error=None, content_type="text/html", tries=0, headers=None, **kwargs):
    fetch = Fetch(url="http://a.example/", source="a", purpose=Purpose.ARTICLE, fetched_at=NOW,
                  seconds=0, status=status, error=error, content_type=content_type)  # fmt: skip
    return ending_of(fetch, headers or {}, tries=tries, retries=3, now=NOW, **kwargs)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(304, "unchanged"), (400, "http_error"), (401, "blocked"), (402, "paywalled"),
     (403, "blocked"), (404, "gone"), (405, "http_error"), (408, "deferred"), (410, "gone"),
     (429, "deferred"), (451, "blocked"), (500, "deferred"), (503, "deferred"), (204, "http_error"),
     (206, "http_error"), (999, "deferred")],
)  # fmt: skip
def test_a_status_has_its_outcome(status, outcome):
    assert ending(status).outcome == outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [("timeout: late", "deferred"), ("no such host: x", "deferred"), ("cut short: x", "deferred"),
     ("network: reset", "deferred"), ("certificate: expired", "network_error"),
     ("broken HTTP: x", "network_error"), ("too large: x", "too_large"),
     ("refused address: 10.0.0.1", "refused_address")],
)  # fmt: skip
def test_a_trouble_has_its_outcome(error, outcome):
    assert ending(error=error).outcome == outcome


def test_only_pages_that_may_be_html_are_read():
    for kind in ("text/html; charset=x", "application/xhtml+xml", None, "text/plain"):
        assert ending(200, content_type=kind) is None
    for kind in ("application/pdf", "image/png", "application/json"):
        assert ending(200, content_type=kind).outcome is Outcome.BAD_CONTENT


def test_a_challenge_is_told_from_a_block():
    headers = {"cf-mitigated": "challenge"}
    assert ending(403, headers=headers).outcome is Outcome.CHALLENGE


def test_deferrals_wait_longer_each_time_and_then_end():
    waits = [ending(500, tries=n).retry_at - NOW for n in range(3)]
    assert waits == [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)]
    assert ending(500, tries=3).outcome is Outcome.QUARANTINED
    asked = NOW + timedelta(hours=24)
    assert ending(429, retry_at=asked).retry_at == asked


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(TEXT)), ("x-gzip", gzip.compress(TEXT)), ("GZIP", TEXT),
     ("deflate", zlib.compress(TEXT)), ("deflate", zlib.compress(TEXT)[2:-4]),
     ("gzip, gzip", gzip.compress(gzip.compress(TEXT))), ("identity", TEXT), ("", TEXT),
     ("gzip", gzip.compress(TEXT[:80]) + gzip.compress(TEXT[80:])),
     ("gzip", gzip.compress(TEXT) + b"\0\0")],
    ids=lambda part: part if isinstance(part, str) else "",  # gzip writes the second of day
)  # fmt: skip
def test_bodies_are_decoded(coding, body):
    assert decoded(body, {"content-encoding": coding}, 10_000) == TEXT


def test_bodies_that_are_cut_or_foreign_or_bombs_are_refused():
    packed = gzip.compress(TEXT)
    for coding, body in (("gzip", packed[:-20]), ("br", TEXT), ("gzip", packed[:20] + b"xxxx" * 9)):
        with pytest.raises(BadBody):
            decoded(body, {"content-encoding": coding}, 10_000)
    with pytest.raises(TooLarge):
        decoded(gzip.compress(b"0" * 50_000_000), {"content-encoding": "gzip"}, 1_000_000)


def lead(path, **fields):
    url = f"http://a.example{path}"
    return Lead(**{"url": url, "key": url.partition("?")[0], "source": "a", "kind": LeadKind.FEED,
                   "found_on": "f", "found_at": NOW, "position": 1, **fields})  # fmt: skip


def test_leads_are_sent_newest_first_and_doubles_shortest_first():
    day = timedelta(days=1)
    leads = [lead("/old", published_at=NOW - 5 * day), lead("/new?utm_x=1", published_at=NOW),
             lead("/undated"), lead("/new")]  # fmt: skip
    paths = [found.url.removeprefix("http://a.example") for found in in_order(leads, NOW)]
    assert paths == ["/new", "/new?utm_x=1", "/undated", "/old"]


def test_a_lead_found_twice_keeps_what_either_place_told():
    one = lead("/a", title="A title", modified_at=NOW)
    two = lead("/a", kind=LeadKind.SITEMAP, published_at=NOW, published_offset=120, title="Other")
    both = merged([one, two])
    assert (both.title, both.kind, both.published_at) == ("A title", LeadKind.FEED, NOW)
    assert (both.published_offset, both.modified_at) == (120, NOW)


def test_a_source_names_each_listing_once():
    named = Source(source="a", home="h", feeds=("f", "f2"), sitemaps=("s", "f"), pages=("p",))
    assert [(x.url, x.kind.value) for x in listings_of(named)] == [
        ("f", "feed"), ("f2", "feed"), ("s", "sitemap"), ("p", "page"),
    ]  # fmt: skip
