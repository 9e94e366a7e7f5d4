"""Which feeds and sitemaps a home page or a robots.txt announces, for adding a source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from crawlers.discover import markup
from crawlers.discover.found import plain
from crawlers.discover.links import base_of, parse_page
from crawlers.urls import clean, key, site

_FEED_TYPES = re.compile(
    r"(?i)(?:application/(?:(?:rss|atom|rdf)\+xml|feed\+json)|text/rss\+?xml)\s*(?:;|$)"
)
_JSON = re.compile(r"(?i)application/json\s*(?:;|$)")  # of version 1, but also of any interface
_FEED_ADDRESS = re.compile(
    r"(?i)(?:^|[/._=?&-])(?:rss\d?|atom|feeds?)(?:[/._=?&-]|$)|\.rdf$|feedburner\."
)
_COMMENTS = re.compile(r"(?i)/comments/|comments[-_ ]?feed|comments feed|[?&]withcomments")
_SITEMAP_LINE = re.compile(r"(?im)^\s*site-?maps?\s*:\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Announced:
    """A feed or sitemap that a site names itself; `kind` is "feed" or "sitemap"."""

    url: str
    kind: str
    title: str | None = None


def announced(body: bytes, url: str) -> list[Announced]:
    """Feeds and sitemaps named by a home page or robots.txt, the surest first, each once.

    Feeds of comments are left out. Whether they answer is for the caller to try.
    """
    unpacked, _ = markup.unpack(body)
    text = markup.decode(unpacked)
    if "<" not in text or urlsplit(url).path == "/robots.txt":
        found = [Announced(address, "sitemap") for address in _sitemap_lines(text, url)]
    else:
        tree = parse_page(text)
        found = [] if tree is None else _in_page(tree, url)
    unique: dict[str, Announced] = {}
    for one in found:
        unique.setdefault(key(one.url), one)
    return list(unique.values())


def _sitemap_lines(text: str, url: str) -> list[str]:
    found = (clean(match[1], url) for match in _SITEMAP_LINE.finditer(text.lstrip("\ufeff")))
    return [address for address in found if address]


def _in_page(tree: etree._Element, url: str) -> list[Announced]:
    base = base_of(tree, url)
    found = []
    for link in tree.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        if "alternate" in rel and _is_feed(link):
            found.append(_one(link, base, "feed"))
        elif "sitemap" in rel:
            found.append(_one(link, base, "sitemap"))
    visible = (anchor for anchor in tree.iter("a") if _leads_to_feed(anchor, base))
    found.extend(_one(anchor, base, "feed") for anchor in visible)
    return [one for one in found if one and not _COMMENTS.search(f"{one.url} {one.title}")]


def _is_feed(link: etree._Element) -> bool:
    media_type = (link.get("type") or "").strip()
    if _JSON.match(media_type):
        return bool(_FEED_ADDRESS.search(link.get("href") or ""))
    return bool(_FEED_TYPES.match(media_type))


def _leads_to_feed(anchor: etree._Element, base: str) -> bool:
    """A visible link that names a feed in its address, on the same site or a feed service."""
    address = clean(anchor.get("href") or "", base)
    if address is None or not _FEED_ADDRESS.search(address.partition("//")[2]):
        return False
    return site(address) == site(base) or "feed" in address


def _one(element: etree._Element, base: str, kind: str) -> Announced | None:
    address = clean(element.get("href") or "", base)
    title = element.get("title") or "".join(element.itertext())
    return Announced(address, kind, plain(title)) if address else None
