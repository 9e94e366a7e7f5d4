"""Where an article links to: every link of its body, and those to other sites from around it.

Links around the body to the site's own pages are its furniture, and buttons for sharing tell
nothing; neither is kept.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawlers.extract.metadata import resolved
from crawlers.extract.page import Page, one_line, raw_text
from crawlers.extract.pieces import squeezed
from crawlers.urls import site
from warehouse.records import Link

_BLOCKS = frozenset(("p", "li", "blockquote", "td", "h2", "h3", "figcaption"))
_FURNITURE = ("nav", "footer", "form")
_LEVELS = 5  # from a link up to its paragraph
_NOWHERE = ("#", "javascript:", "mailto:", "tel:", "data:")
_SHARES = re.compile(
    r"//(?:[\w-]+\.)*(?:facebook|twitter|x|linkedin|pinterest|whatsapp|telegram|t|reddit|instagram|"
    r"youtube|tiktok|threads|bsky|flipboard|tumblr|vk|line|xing|getpocket|mastodon)\.\w+(?:/|$)|"
    r"[?&](?:text|url|u)=https?|/share\b|apps\.apple\.com|play\.google\.com",
    re.IGNORECASE,
)
_MAX_BODY, _MAX_AROUND = 200, 40
_MAX_SEEN = 2_000  # links of a page that are looked at
_PROBE = 30  # letters that tell a paragraph from others
_ANCHOR = 200


def links_of(page: Page, text: str) -> tuple[Link, ...]:
    """Each address once, in the order of the page."""
    inside: dict[str, Link] = {}
    around: dict[str, Link] = {}
    letters, own = squeezed(text), site(page.url)
    blocks: dict[HtmlElement, bool] = {}  # whether it is one of the body's: one block, many links
    for element in list(page.tree.iter("a"))[:_MAX_SEEN]:
        address = (element.get("href") or "").strip()
        if not address or address.startswith(_NOWHERE):
            continue
        # Addresses are taken apart last: it costs more than all else here.
        words = (element.text or "").strip()
        if len(inside) < _MAX_BODY and words in text and _stands_in(element, letters, blocks):
            url = resolved(page.url, address)
            if url and url != page.url and url not in inside:
                inside[url] = Link(url=url, anchor=_anchor(element), in_body=True)
        elif len(around) < _MAX_AROUND and _leads_away(element, address, own):
            url = resolved(page.url, address)
            if url and site(url) != own and url not in around:
                around[url] = Link(url=url, anchor=_anchor(element))
    return (*inside.values(), *(link for url, link in around.items() if url not in inside))


def _leads_away(element: HtmlElement, address: str, own: str) -> bool:
    """To another site, with words, from outside of menus and footers."""
    return (
        address.startswith(("http://", "https://", "//"))
        and own not in address
        and not _SHARES.search(address)
        and _anchor(element) is not None
        and next(element.iterancestors(*_FURNITURE), None) is None
    )


def _stands_in(element: HtmlElement, letters: str, known: dict[HtmlElement, bool]) -> bool:
    """The block around the link is one of the body's."""
    block = element.getparent()
    for _ in range(_LEVELS):
        if block is None or block.tag in _BLOCKS:
            break
        block = block.getparent()
    if block is None or block.tag not in _BLOCKS:
        return False
    if block not in known:
        probe = squeezed(raw_text(block)[: 4 * _PROBE])[:_PROBE]
        known[block] = len(probe) >= _PROBE // 2 and probe in letters
    return known[block]


def _anchor(element: HtmlElement) -> str | None:
    return one_line(raw_text(element))[:_ANCHOR] or None
