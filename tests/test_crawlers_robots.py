"""robots.txt by RFC 9309: verdicts with their rule, unreachable hosts, delays, sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.robots import MAX_BYTES, MAX_CRAWL_DELAY, rules_from

AT = datetime(2023, 7, 10, tzinfo=UTC)
CASES = Path(__file__).parent / "data" / "robots" / "cases.tsv"


def cases() -> list[list[str]]:
    lines = CASES.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("robots", "agent", "path", "allowed"), cases())
def test_verdicts(robots: str, agent: str, path: str, allowed: str) -> None:
    body = robots.replace("\\r", "\r").replace("\\n", "\n").encode()
    verdict = rules_from(200, body, fetched_at=AT).allows(f"https://news.example{path}", agent)
    assert verdict.allowed is (allowed == "yes")
    assert verdict.rule


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_refused_robots_txt_forbids_nothing_whatever_its_body_says(status: int) -> None:
    rules = rules_from(status, b"User-agent: *\nDisallow: /", fetched_at=AT)
    assert rules.allows("https://news.example/a", "Slugline").allowed
    assert not rules.unreachable


@pytest.mark.parametrize("status", [None, 429, 500, 502, 503])
def test_an_unreachable_robots_txt_forbids_all_for_now(status: int | None) -> None:
    rules = rules_from(status, None, fetched_at=AT)
    verdict = rules.allows("https://news.example/a", "Slugline")
    assert rules.unreachable
    assert not verdict.allowed
    assert "unreachable" in verdict.rule


def test_the_verdict_names_the_rule_of_the_own_group() -> None:
    body = b"User-agent: other\nDisallow: /a/b/c\n\nUser-agent: *\nDisallow: /a\nDisallow: /a/b\n"
    verdict = rules_from(200, body, fetched_at=AT).allows("https://news.example/a/b/c", "Slugline")
    assert verdict.rule == "Disallow: /a/b"


@pytest.mark.parametrize(
    ("body", "delay"),
    [
        (b"User-agent: *\nCrawl-delay: 7", 7.0),
        (b"User-agent: *\nCrawl-delay: 2.5", 2.5),
        (b"User-agent: *\nCrawl-delay: 86400", MAX_CRAWL_DELAY),
        (b"User-agent: *\nCrawl-delay: soon", None),
        (b"User-agent: other\nCrawl-delay: 7", None),
        (b"", None),
    ],
)
def test_crawl_delay_is_capped(body: bytes, delay: float | None) -> None:
    assert rules_from(200, body, fetched_at=AT).crawl_delay("Slugline/1") == delay


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str) -> None:
    body = "User-agent: *\nDisallow: /a".encode(encoding)
    assert not rules_from(200, body, fetched_at=AT).allows("https://e.example/a", "x").allowed


def test_sitemaps_are_absolute_and_listed_once() -> None:
    body = b"Sitemap: https://e.example/s.xml\nSITEMAP: /news.xml\nSitemap: https://e.example/s.xml"
    rules = rules_from(200, body, fetched_at=AT, url="https://e.example/robots.txt")
    assert rules.sitemaps == ("https://e.example/s.xml", "https://e.example/news.xml")


def test_only_the_first_500_kib_count() -> None:
    body = b"User-agent: *\n" + b"# filler\n" * (MAX_BYTES // 9 + 1) + b"Disallow: /"
    assert rules_from(200, body, fetched_at=AT).allows("https://e.example/a", "x").allowed


def test_any_bytes_are_answered() -> None:
    body = bytes(range(256)) * 20
    rules_from(200, body, fetched_at=AT).allows("https://e.example/a", "Slugline")
