"""The article's title, without the site's name, from what several places of the page agree on."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawlers.extract.blocks import same_words, words
from crawlers.extract.headings import LONGEST, headings_of, headlines, seen
from crawlers.extract.jsonld import article_of, first, types_of
from crawlers.extract.page import Page, one_line, text_of
from crawlers.extract.slugs import spelt_by

_SEPARATOR = re.compile(
    r"\s+[|\-–—·•»«‹›<>:/~\\_]+\s+|\s*[|»｜：]\s*|\s*::\s*|\s*--\s*|(?<=\S): (?=[A-Z][\w.]+$)"
    r"|(?<=[^\x00-\x7f])_(?=[^\x00-\x7f])"
)
_ENDS = " -–—|:·•»/｜："
_MARKDOWN = re.compile(r"^#{1,6}\s+")
_LESSER = 12  # headings of lower levels that are compared with the title
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
    own = _site_names(page, site_name)
    others = [clean for text in told if text and (clean := without_site(text, *own))]
    headings = list(dict.fromkeys([*headlines(page), *headings_of(page)]))
    if others and page.meta("og:title") and _is_news(page, article):
        # Editors write it; elsewhere it is written for search engines.
        title = _editors(told, own, headings)
    else:
        title = (
            _from_headings(headings, others)
            or _lesser_heading(page, others)
            or _agreed(others)
            or (headings[0] if headings else "")
        )
    told = [told[1], *headings[:1], told[0]]
    title = _uncut(title, headings)
    return spelt_by(page.url, title, [without_site(text or "", *own) for text in told]) or title


def _uncut(title: str, headings: list[str]) -> str:
    """The heading of which the title is the beginning, where that ends in dots."""
    stem = title.rstrip("….").rstrip()
    if len(title) - len(stem) < 2 and not title.endswith("…"):
        return title
    return next((heading for heading in headings if heading.startswith(stem)), title)


def _is_news(page: Page, article: dict[str, Any]) -> bool:
    if any("News" in name or "Report" in name for name in types_of(article)):
        return True
    return bool(article) and page.meta("article:published_time") is not None


def _editors(told: list[str | None], own: tuple[str, ...], headings: list[str]) -> str:
    """og:title, unless it bears the marks of one that was written for search engines."""
    shared, named, _, _, element = (without_site(text or "", *own) for text in told)
    heading = headings[0] if headings else ""
    if same_words(named, heading) and not same_words(shared, told[0] or ""):
        return heading  # what bears the site's name was written for other sites
    if not named or any(same_words(shared, one) for one in headings):
        return _without_suffix(shared, headings)
    if same_words(named, heading) and (heading in shared or same_words(shared, element)):
        return heading
    if heading and same_words(named, element) and not same_words(named, heading):
        return _without_suffix(named, headings)
    return _without_suffix(shared, headings)


def _without_suffix(title: str, headings: list[str]) -> str:
    """The heading, where the title is the same with a site's name behind a separator."""
    for heading in headings:
        rest = title[len(heading) :].strip()
        if rest and title.startswith(heading) and _SEPARATOR.match(f" {rest[:1]} "):
            return heading
    return title


def _from_headings(headings: list[str], others: list[str]) -> str | None:
    for heading in headings:
        if any(
            _same(heading, value)
            or (
                _without_suffix(value, [heading]) == heading
                and not _is_site(heading, value, others)
            )
            for value in others
        ):
            return heading
    if headings and any(_is_end(headings[0], value) for value in others):
        return headings[0]
    if len(headings) == 1 and _sounds_like(headings[0], others):
        return headings[0]
    return None


def _is_site(heading: str, title: str, others: list[str]) -> bool:
    """What a title says behind this heading is the whole of another title: "Blog: Headline"."""
    return any(same_words(title[len(heading) :], other) for other in others)


def _lesser_heading(page: Page, titles: list[str]) -> str | None:
    """The heading of a lower level that a title repeats, beside the site's or section's name."""
    for element in islice(page.tree.iter("h2", "h3", "h4"), _LESSER):
        text = seen(text_of(element))
        if (len(words(text)) > 1 or not text.isascii()) and any(
            text != title and (_without_suffix(title, [text]) == text or _is_end(text, title))
            for title in titles
        ):
            return text
    return None


def _is_end(heading: str, title: str) -> bool:
    """The heading stands at the end of the title, behind a separator: the rest is above it."""
    before = title[: -len(heading)]
    return bool(heading) and title.endswith(heading) and before.strip() != before.strip(_ENDS)


def _sounds_like(heading: str, others: list[str]) -> bool:
    """Enough of the heading's words are in one of the other titles."""
    own = set(words(heading))
    return len(own) >= 3 and any(
        len(own & set(words(other))) >= _SHARED * len(own) for other in others
    )


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


def _site_names(page: Page, site_name: str | None) -> tuple[str, ...]:
    """What the site is called: by itself, in short, and in its address."""
    short = re.search(r"\(([^()]{2,12})\)", site_name or "")
    parts = (site_name or "").split()
    initials = "".join(part[0] for part in parts) if len(parts) > 2 else None
    labels = (urlsplit(page.url).hostname or "").split(".")
    label = labels[-2] if len(labels) > 1 else ""
    names = (site_name, short[1] if short else None, initials, label if len(label) > 4 else None)
    return tuple(name for name in names if name)


def without_site(title: str, *names: str | None) -> str:
    """`title` without the parts at its ends that only name the site."""
    title = _MARKDOWN.sub("", one_line(seen(title))[: LONGEST * 2])
    own = [letters for name in names if name and (letters := "".join(words(name)))]
    while own:
        ends = list(_SEPARATOR.finditer(title))
        if not ends:
            break
        first_part, last_part = title[: ends[0].start()], title[ends[-1].end() :]
        if any(_names_site(last_part, name) for name in own):
            title = title[: ends[-1].start()]
        elif any(_names_site(first_part, name) for name in own):
            title = title[ends[0].end() :]
        else:
            break
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
