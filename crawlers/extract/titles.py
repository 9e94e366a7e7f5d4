"""The article's title, without the site's name, from what several places of the page agree on."""

from __future__ import annotations

import re

from crawlers.extract.blocks import words
from crawlers.extract.jsonld import article_of, first
from crawlers.extract.page import Page, one_line, text_of

_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:/~\\]+\s+|\s*[|»]\s*|\s*::\s*|(?<=\S): (?=[A-Z][\w.]+$)")
_MAX = 300
_SHARED = 0.3  # of a heading's words


def title_of(page: Page, *, site_name: str | None, lead_title: str | None) -> str:
    """The title; "" when the page and its lead have none."""
    article = article_of(page.items)
    head = text_of(page.tree.find(".//title")) if page.tree.find(".//title") is not None else ""
    shared = [
        page.meta("og:title") or "",
        first(article.get("headline")) or first(article.get("name")) or "" if article else "",
        page.meta("twitter:title", "parsely-title", "dc.title", "sailthru.title") or "",
        lead_title or "",
        head,
    ]
    shared = [clean for value in shared if (clean := without_site(value, site_name))]
    headings = _headings(page)
    for heading in headings:
        if any(_same(heading, value) for value in shared):
            return heading
    if len(headings) == 1 and _sounds_like(headings[0], shared):
        return headings[0]  # what readers see; the others are often written for search engines
    return _agreed(shared) or (headings[0] if headings else "")


def _sounds_like(heading: str, others: list[str]) -> bool:
    """Enough of the heading's words are in one of the other titles."""
    own = set(words(heading))
    return len(own) >= 3 and any(
        len(own & set(words(other))) >= _SHARED * len(own) for other in others
    )


def _headings(page: Page) -> list[str]:
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
