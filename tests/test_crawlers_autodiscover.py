"""Feeds and sitemaps that a home page or robots.txt announces."""

from __future__ import annotations

from crawlers.discover import Announced, announced

HOME = "https://herald.example/"


def found(body: str, url: str = HOME) -> list[tuple[str, str, str | None]]:
    return [(one.url, one.kind, one.title) for one in announced(body.encode(), url)]


def test_links_in_the_head_come_first_and_each_address_once() -> None:
    page = """<html><head>
    <link rel="alternate" type="application/rss+xml" title="All news" href="/rss.xml">
    <link rel="ALTERNATE feed" type="application/atom+xml; charset=utf-8" href="atom">
    <link rel="alternate" type="application/feed+json" href="https://herald.example/feed.json">
    <link rel="alternate" type="application/json" href="/wp-json/pages">
    <link rel="alternate" hreflang="fr" href="/fr/">
    <link rel="alternate" type="application/rss+xml" title="Comments Feed"
     href="/comments/feed/">
    <link rel="sitemap" type="application/xml" href="/sitemap.xml">
    </head><body><a href="/rss.xml">RSS</a> <a href="/sport/rss">Sport</a>
    <a href="/feeding-the-birds">Birds</a> <a href="https://else.example/rss">Theirs</a>
    <a href="https://feeds.burner.example/herald">Burner</a></body></html>"""
    assert found(page) == [
        ("https://herald.example/rss.xml", "feed", "All news"),
        ("https://herald.example/atom", "feed", None),
        ("https://herald.example/feed.json", "feed", None),
        ("https://herald.example/sitemap.xml", "sitemap", None),
        ("https://herald.example/sport/rss", "feed", "Sport"),
        ("https://feeds.burner.example/herald", "feed", "Burner"),
    ]


def test_robots_txt_names_sitemaps() -> None:
    robots = (
        "\ufeffUser-agent: *\nDisallow: /\nSitemap: https://herald.example/a.xml\nsitemap:/b.xml\n"
    )
    assert found(robots, "https://herald.example/robots.txt") == [
        ("https://herald.example/a.xml", "sitemap", None),
        ("https://herald.example/b.xml", "sitemap", None),
    ]


def test_pages_that_announce_nothing() -> None:
    assert found("") == []
    assert found("<html><body><p>Hello</p></body></html>") == []
    assert announced(b"\xff\x00\x80", HOME) == []


def test_base_and_relative_addresses() -> None:
    page = '<base href="/en/"><link rel=alternate type=application/rss+xml href=feed.xml>'
    assert announced(page.encode(), HOME) == [
        Announced("https://herald.example/en/feed.xml", "feed")
    ]
