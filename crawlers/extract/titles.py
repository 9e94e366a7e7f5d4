"""The article's title, without the site's name, from what several places of the page agree on."""

from __future__ import annotations

import re
from typing import Any

from crawlers.extract.blocks import words
from crawlers.extract.jsonld import article_of, first, types_of
from crawlers.extract.page import Page, one_line, text_of

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:/~\\]+\s+|\s*[|»]\s*|\s*::\s*|(?<=\S): (?=[A-Z][\w.]+$)")
_MAX = 300
_SHARED = 0.3  # of a heading's words


def title_of(page: Page, *, site_name: str | None, lead_title: str | None) -> str:
    """The title; "" when the page and its lead have none."""
    article = article_of(page.items) or {}
    element = page.tree.find(".//title")
    told = [
        page.meta("og:title"),
        first(article.get("headline")) or first(article.get("name")),
        page.meta("twitter:title", "parsely-title", "dc.title", "sailthru.title"),
        lead_title,
        text_of(element) if element is not None else None,
    ]
    others = [clean for text in told if text and (clean := without_site(text, site_name))]
    headings = headings_of(page)
    if others and page.meta("og:title") and _is_news(page, article):
        # Editors write it; elsewhere it is written for search engines.
        return _without_suffix(others[0], headings)
    return _from_headings(headings, others) or _agreed(others) or (headings[0] if headings else "")


def _is_news(page: Page, article: dict[str, Any]) -> bool:
    if any("News" in name or "Report" in name for name in types_of(article)):
        return True
    return bool(article) and page.meta("article:published_time") is not None


def _without_suffix(title: str, headings: list[str]) -> str:
    """The heading, where the title is the same with a site's name behind a separator."""
    for heading in headings:
        rest = title[len(heading) :].strip()
        if rest and title.startswith(heading) and _SEPARATOR.match(f" {rest[:1]} "):
            return heading
    return title


def _from_headings(headings: list[str], others: list[str]) -> str | None:
    for heading in headings:
        if any(_same(heading, value) for value in others):
            return heading
    if len(headings) == 1 and _sounds_like(headings[0], others):
        return headings[0]
    return None


def _sounds_like(heading: str, others: list[str]) -> bool:
    """Enough of the heading's words are in one of the other titles."""
    own = set(words(heading))
    return len(own) >= 3 and any(
        len(own & set(words(other))) >= _SHARED * len(own) for other in others
    )


def headings_of(page: Page) -> list[str]:
    """The page's visible first-level headings."""
    texts = (text_of(element) for element in list(page.tree.iter("h1"))[:6])
    return [text for text in texts if 0 < len(text) <= _MAX]


def _agreed(values: list[str]) -> str:
    for value in values:
        if sum(_same(value, other) for other in values) > 1:
            return value
    return values[0] if values else ""


def _same(one: str, other: str) -> bool:
    """The same words, or one cut short of the other."""
    a, b = words(one), words(other)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not short:
        return False
    return a == b or (
        len(short) >= 4 and long[: len(short)] == short and len(long) <= 3 * len(short)
    )


def without_site(title: str, site_name: str | None) -> str:
    """`title` without the parts at its ends that only name the site."""
    title = one_line(title)[: _MAX * 2]
    own = "".join(words(site_name)) if site_name else ""
    if not own:
        return title
    while True:
        ends = list(_SEPARATOR.finditer(title))
        if not ends:
            return title
        first_part, last_part = title[: ends[0].start()], title[ends[-1].end() :]
        if _names_site(last_part, own):
            title = title[: ends[-1].start()]
        elif _names_site(first_part, own):
            title = title[ends[0].end() :]
        else:
            return title


def _names_site(part: str, own: str) -> bool:
    letters = "".join(words(part))
    return bool(letters) and (
        letters == own
        or (
            len(letters) > 4
            and (letters in own or own in letters)
            and len(letters) <= 2 * len(own) + 8
        )
    )
