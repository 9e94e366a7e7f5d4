"""What a page says of itself beyond text, title, dates and people: site, section, tags, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawlers.extract.jsonld import article_of, first, strings, types_of
from crawlers.extract.page import Page, one_line
from crawlers.urls import site

_TAG_SPLIT = re.compile(r"\s*[,;|]\s*")
_MAX_TAGS = 50
_MAX_TAG = 80  # letters; longer ones are sentences
_HOME = re.compile(r"^/?(?:index\.\w+|home|[a-z]{2}(?:[-_][a-zA-Z]{2})?)?/?$")
_NOT_FREE = frozenset(("false", "no", "0", "locked", "premium", "paid", "subscriber"))
_FREE = frozenset(("true", "yes", "1", "free"))


@dataclass(frozen=True, slots=True)
class Said:
    """A page's own words about itself; absent ones are None or empty."""

    site_name: str | None
    publisher: str | None
    section: str | None
    tags: tuple[str, ...]
    image: str | None
    description: str | None
    canonical_url: str
    is_accessible_for_free: bool | None


def said_of(page: Page) -> Said:
    article = article_of(page.items) or {}
    return Said(
        site_name=_site_name(page, article),
        publisher=_short(
            first(article.get("publisher"))
            or page.meta("article:publisher_name", "dc.publisher", "dcterms.publisher", "publisher")
        ),
        section=_short(
            first(article.get("articleSection"))
            or page.meta("article:section", "section", "parsely-section")
        ),
        tags=_tags(page, article),
        image=_image(page, article),
        description=_line(
            page.meta("og:description", "description", "twitter:description")
            or first(article.get("description"))
        ),
        canonical_url=canonical_of(page),
        is_accessible_for_free=_free(page, article),
    )


def _line(text: str | None) -> str | None:
    return (one_line(text) or None) if text else None


def _short(text: str | None) -> str | None:
    line = _line(text)
    return line if line and len(line) <= _MAX_TAG else None


def _site_name(page: Page, article: dict[str, Any]) -> str | None:
    named = page.meta("og:site_name", "application-name") or first(article.get("publisher"))
    if not named:
        sites = [
            i
            for i in page.items
            if "WebSite" in types_of(i) or "NewsMediaOrganization" in types_of(i)
        ]
        named = next((name for item in sites if (name := first(item.get("name")))), None)
    return _short(named) if named and "://" not in named else None


def _tags(page: Page, article: dict[str, Any]) -> tuple[str, ...]:
    given = [part for value in strings(article.get("keywords")) for part in _TAG_SPLIT.split(value)]
    given += page.meta_all("article:tag", "parsely-tags", "news_keywords")
    if not given:
        given = list(page.meta_all("keywords"))
    parts = [one_line(part) for value in given for part in _TAG_SPLIT.split(value)]
    unique = {part.casefold(): part for part in reversed(parts) if 1 < len(part) <= _MAX_TAG}
    return tuple(unique.values())[::-1][:_MAX_TAGS]


def _image(page: Page, article: dict[str, Any]) -> str | None:
    image = article.get("image")
    if isinstance(image, list):
        image = image[0] if image else None
    if isinstance(image, dict):
        image = image.get("url") or image.get("contentUrl")
    named = page.meta("og:image", "og:image:url", "twitter:image") or first(image)
    return resolved(page.url, named) if named else None


def resolved(base: str, address: str) -> str | None:
    """An absolute http(s) address without fragment, or None."""
    try:
        url = address.strip()
        if not url.startswith(("http://", "https://")) or "/." in url:
            url = urljoin(base, url)
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or len(url) > 2083:
        return None
    return url.partition("#")[0]


def canonical_of(page: Page) -> str:
    """What the page calls itself if that can be believed: its own site, and no home page."""
    links = [
        e.get("href") for e in page.tree.iter("link") if (e.get("rel") or "").lower() == "canonical"
    ]
    for said in [*links[:1], *page.meta_all("og:url")[:1]]:
        url = resolved(page.url, said) if said else None
        if url and _believable(url, page.url):
            return url
    return page.url


def _believable(canonical: str, fetched: str) -> bool:
    path, own = urlsplit(canonical).path, urlsplit(fetched).path
    if _HOME.match(path) and not urlsplit(canonical).query and not _HOME.match(own):
        return False
    # A section above the page is no other name of the page.
    if (
        own != path
        and own.startswith(path.rstrip("/") + "/")
        and "/" in own.strip("/")[len(path.strip("/")) :].strip("/")
    ):
        return False
    return bool(site(canonical)) and site(canonical) == site(fetched)


def _free(page: Page, article: dict[str, Any]) -> bool | None:
    said = article.get("isAccessibleForFree")
    values = [str(said).lower()] if isinstance(said, bool) else [v.lower() for v in strings(said)]
    values += [v.lower() for v in page.meta_all("article:content_tier", "isaccessibleforfree")]
    if any(value.rsplit("/", 1)[-1] in _NOT_FREE for value in values):
        return False
    return True if any(value.rsplit("/", 1)[-1] in _FREE for value in values) else None
