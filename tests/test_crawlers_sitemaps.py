"""Sitemaps of every kind and fault, as documents beside the leads they should give."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reading import DATA, NOW, documents, expectation, read, told

from crawlers.discover import Found, markup, read_sitemap
from warehouse.records import LeadKind


def sitemap(body: bytes) -> Found:
    url = "https://herald.example/sitemap.xml"
    return read_sitemap(body, url, source="herald", content_type=None, now=NOW)


@pytest.mark.parametrize("path", documents("sitemaps"), ids=lambda path: path.name)
def test_sitemap(path: Path) -> None:
    assert told(read("sitemaps", path)) == json.loads(expectation(path).read_text("utf-8"))


def test_leads_of_a_feed_that_serves_as_sitemap_are_a_sitemaps() -> None:
    found = read("sitemaps", DATA / "sitemaps" / "feed-as-sitemap.xml")
    assert {lead.kind for lead in found.leads} == {LeadKind.SITEMAP}


def test_truncated_gzip_gives_what_could_be_read_and_an_error() -> None:
    urls = [f"https://herald.example/{number * 7919 % 100_003}" for number in range(2_000)]
    body = "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    packed = gzip.compress(body.encode())
    found = sitemap(packed[: len(packed) // 2])
    read_urls = [lead.url for lead in found.leads]
    assert read_urls == urls[: len(read_urls)]
    assert len(read_urls) > 500
    assert "truncated" in (found.error or "")


def test_half_an_address_is_no_address() -> None:
    found = sitemap(b"<urlset><url><loc>https://e.example/abc</loc></url><url><loc>https://e.exam")
    assert [lead.url for lead in found.leads] == ["https://e.example/abc"]
    lines = gzip.compress(b"https://e.example/abc\n" * 9 + b"https://e.example/abcdef")
    cut = sitemap(lines[:-9])
    assert {lead.url for lead in cut.leads} == {"https://e.example/abc"}


def test_broken_gzip_gives_what_came_before_the_fault() -> None:
    body = "<urlset>" + "".join(
        f"<url><loc>https://herald.example/{number * 7919 % 100_003}</loc></url>"
        for number in range(5_000)
    )
    packed = bytearray(gzip.compress(body.encode()))
    packed[len(packed) // 2 :] = bytes(len(packed) // 2)
    found = sitemap(bytes(packed))
    assert len(found.leads) > 500
    assert "gzip" in (found.error or "")


def test_several_gzip_members_are_one_file() -> None:
    members = (b"<urlset><url><loc>https://e.example/a</loc></url>", b"</urlset>")
    assert len(sitemap(b"".join(map(gzip.compress, members))).leads) == 1


def test_a_gzip_bomb_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_UNPACKED", 10_000)
    bomb = gzip.compress(b"<urlset><url><loc>https://e.example/a</loc></url>" + b" " * 1_000_000)
    unpacked, error = markup.unpack(bomb)
    assert len(unpacked) <= 10_000
    assert "the rest is unread" in (error or "")


def test_nested_sitemaps_can_be_chosen_by_their_last_change() -> None:
    found = read("sitemaps", DATA / "sitemaps" / "index.xml")
    assert len(found.sitemaps_since(None)) == 3
    assert found.sitemaps_since(datetime(2023, 7, 1, tzinfo=UTC)) == (
        "https://herald.example/sitemap-undated.xml",
        "https://herald.example/sitemap-2023.xml.gz",
    )


def test_all_fifty_thousand_addresses_are_read() -> None:
    lines = "\n".join(f"https://herald.example/{number}" for number in range(50_000))
    assert len(sitemap(lines.encode()).leads) == 50_000
