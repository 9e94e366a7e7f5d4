"""Posts on social platforms that a page embeds or links to, each with platform, account and id.

Only addresses of single posts count; share buttons and profile links have none.
"""
# ruff: noqa: E501 -- tables of patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.metadata import resolved
from crawlers.extract.page import Page, text_of
from warehouse.records import Citation

# Asking for the attribute and going up is twice as fast as testing every element.
_DIVISIONS = etree.XPath(".//div/@data-href/.. | .//div/@data-tweet-url/..")
_MAX = 300
_MAX_ANCHOR = 200


@dataclass(frozen=True, slots=True)
class _Platform:
    name: str
    pattern: re.Pattern[str]


def _platform(name: str, pattern: str) -> _Platform:
    return _Platform(
        name, re.compile(r"^https?://(?:www\.|m\.|mobile\.)?" + pattern, re.IGNORECASE)
    )


# account and post are named groups; a platform may have several forms of address.
_PLATFORMS = (
    _platform("x", r"(?:twitter|x)\.com/(?!i/|intent|share)(?P<account>\w{1,15})/status(?:es)?/(?P<post>\d+)"),
    _platform("x", r"(?:twitter|x)\.com/i/(?:web/)?status/(?P<post>\d+)"),
    _platform("x", r"platform\.(?:twitter|x)\.com/embed/[^#]*[?&]id=(?P<post>\d+)"),
    _platform("threads", r"threads\.(?:net|com)/@?(?P<account>[\w.]+)/(?:post|t)/(?P<post>[\w-]+)"),
    _platform("instagram", r"instagram\.com/(?:(?P<account>[\w.]+)/)?(?:p|reels?|tv)/(?P<post>[\w-]+)"),
    _platform("tiktok", r"tiktok\.com/@(?P<account>[\w.]+)/(?:video|photo)/(?P<post>\d+)"),
    _platform("tiktok", r"tiktok\.com/embed(?:/v2)?/(?P<post>\d+)"),
    _platform("bluesky", r"bsky\.app/profile/(?P<account>[\w.:-]+)/post/(?P<post>\w+)"),
    _platform("bluesky", r"embed\.bsky\.app/embed/(?P<account>[\w.:-]+)/app\.bsky\.feed\.post/(?P<post>\w+)"),
    _platform("telegram", r"t\.me/(?:s/)?(?P<account>[A-Za-z]\w{3,})/(?P<post>\d+)"),
    _platform("youtube", r"(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)|youtu\.be/)(?P<post>(?!videoseries)[\w-]{11})(?![\w-])"),
    _platform("reddit", r"(?:old\.|embed\.)?reddit(?:media)?\.com/r/(?P<account>\w+)/comments/(?P<post>\w+)"),
    _platform("facebook", r"facebook\.com/(?!plugins|sharer|share\b|dialog)(?P<account>[\w.-]+)/(?:posts|videos)/(?:[^/?#]+/)?(?P<post>\w+)"),
    _platform("facebook", r"facebook\.com/(?:permalink|story)\.php\?story_fbid=(?P<post>\w+)"),
    _platform("facebook", r"facebook\.com/watch/?\?v=(?P<post>\d+)"),
    _platform("facebook", r"facebook\.com/(?:reel|share/[pvr])/(?P<post>\w+)"),
    _platform("facebook", r"facebook\.com/groups/(?P<account>[\w.-]+)/(?:posts|permalink)/(?P<post>\d+)"),
    _platform("facebook", r"facebook\.com/(?P<account>[\w.-]+)/photos/(?:[\w.]+/)?(?P<post>\d+)"),
    _platform("facebook", r"fb\.watch/(?P<post>[\w-]+)"),
    _platform("reddit", r"redd\.it/(?P<post>\w{4,})"),
    _platform("mastodon", r"[\w.-]+/@(?P<account>\w+(?:@[\w.-]+)?)/(?P<post>\d{15,20})(?:/embed)?/?$"),
)  # fmt: skip
_EMBEDS = re.compile(
    r"twitter-tweet|twitter-video|instagram-media|tiktok-embed|bluesky-embed|text-post-media|"
    r"fb-post|fb-video|reddit-embed|reddit-card|mastodon-embed|telegram-post|embed",
    re.IGNORECASE,
)
# Elements of AMP and of web components that name a post by its id alone.
_BY_ID = {
    "amp-twitter": ("data-tweetid", "https://x.com/i/status/"),
    "amp-instagram": ("data-shortcode", "https://www.instagram.com/p/"),
    "amp-youtube": ("data-videoid", "https://www.youtube.com/watch?v="),
    "lite-youtube": ("videoid", "https://www.youtube.com/watch?v="),
    "amp-tiktok": ("data-src", ""), "amp-facebook": ("data-href", ""),
    "amp-reddit": ("data-src", ""),
}  # fmt: skip
_ADDRESSES = {
    "a": ("href",), "iframe": ("src", "data-src", "data-lazy-src"),
    "blockquote": ("cite", "data-instgrm-permalink", "data-text-post-permalink"),
    "div": ("data-href", "data-tweet-url"), "script": ("data-telegram-post",),
}  # fmt: skip


def citations_of(page: Page) -> tuple[Citation, ...]:
    """Each post once, in the order of the page; embedded if it is embedded anywhere."""
    found: dict[tuple[str, str], Citation] = {}
    for citation in _all(page):
        key = (citation.platform or "", citation.post or "")
        known = found.get(key)
        if (known is None and len(found) < _MAX) or (
            known is not None and citation.embedded and not known.embedded
        ):
            found[key] = citation
    return tuple(found.values())


def _all(page: Page) -> Iterator[Citation]:
    for element in (*page.tree.iter("a", "iframe", "blockquote", "script"), *_DIVISIONS(page.tree)):
        for attribute in _ADDRESSES[element.tag]:
            address = element.get(attribute)
            if not address or "/" not in address:
                continue
            if attribute == "href" and not _HOSTS.search(address):
                continue  # nearly all
            if attribute == "data-telegram-post":
                address = "https://t.me/" + address
            citation = _cited(page.url, address, element)
            if citation is not None:
                yield citation
    for element in page.tree.iter(*_BY_ID):
        attribute, before = _BY_ID[element.tag]
        post = element.get(attribute)
        citation = _cited(page.url, before + post, element) if post else None
        if citation is not None:
            yield citation


def _cited(base: str, address: str, element: HtmlElement) -> Citation | None:
    if not _HOSTS.search(address):
        return None
    if "facebook.com/plugins/" in address:
        address = unquote(address.partition("href=")[2].partition("&")[0]) or address
    url = resolved(base, address)
    for platform in _PLATFORMS if url else ():
        match = platform.pattern.match(url or "")
        if match:
            return _citation(url or "", platform.name, match, element)
    return None


_HOSTS = re.compile(
    r"twitter\.|x\.com/|threads\.|instagram\.|tiktok\.|bsky\.|t\.me/|youtu|redd|facebook\.|fb\.watch|/@"
)


def _citation(url: str, platform: str, match: re.Match[str], element: HtmlElement) -> Citation:
    is_link = element.tag == "a"
    return Citation(
        url=url,
        platform=platform,
        account=match.groupdict().get("account"),
        post=match["post"],
        anchor=(text_of(element)[:_MAX_ANCHOR] or None) if is_link else None,
        embedded=not is_link or _inside_embed(element),
    )


def _inside_embed(element: HtmlElement) -> bool:
    for count, parent in enumerate(element.iterancestors("blockquote", "div", "figure")):
        if parent.tag == "blockquote" and _EMBEDS.search(parent.get("class") or ""):
            return True
        if count >= 3:
            return False
    return False
