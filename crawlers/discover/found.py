"""What reading a document gives: `Found`, and the one place where a lead is made."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from crawlers import urls
from warehouse.records import Lead, LeadKind

SUMMARY_LENGTH = 2_000  # characters; a summary is for the gate and for people, not the text
TITLE_LENGTH = 500
_READ_AT_MOST = 20_000  # characters of a whole article that sits in a feed

_HIDDEN = re.compile(r"(?is)<(script|style|template)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*")


class Instant(NamedTuple):
    """A time as a document told it; `offset` in minutes east of UTC where it was given."""

    at: datetime
    offset: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one feed, sitemap or section page announced.

    `entries` counts what the document lists, also where an entry has no usable address; those
    are counted in `without_link` and cannot become leads.
    """

    kind: str  # "rss", "atom", "json", "urlset", "index", "text", "page"; "unknown"
    leads: tuple[Lead, ...] = ()
    sitemaps: tuple[str, ...] = ()  # nested ones, newest first
    sitemaps_modified: tuple[datetime | None, ...] = ()  # when each of them last changed
    error: str | None = None  # what was wrong with the document; there may be leads all the same
    title: str | None = None  # of the feed or page
    language: str | None = None
    entries: int = 0
    without_link: int = 0

    def sitemaps_since(self, since: datetime | None) -> tuple[str, ...]:
        """The nested sitemaps that can hold something new: changed since, or silent about it."""
        pairs = zip(self.sitemaps, self.sitemaps_modified, strict=True)
        return tuple(url for url, at in pairs if since is None or at is None or at >= since)


@dataclass(slots=True, kw_only=True)
class Entry:
    """An item of any format on its way to becoming a lead; texts may still be HTML."""

    position: int
    url: str | None = None  # absolute
    title: str | None = None
    summary: str | None = None
    published: Instant | None = None
    modified: Instant | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the leads of one document come from."""

    source: str
    kind: LeadKind
    found_on: str
    now: datetime

    def lead(self, entry: Entry, language: str | None = None) -> Lead | None:
        """The lead of an entry; None where it has no usable address."""
        if entry.url is None:
            return None
        return Lead(
            url=entry.url,
            key=urls.key(entry.url),
            source=self.source,
            kind=self.kind,
            found_on=self.found_on,
            found_at=self.now,
            position=entry.position,
            title=clip(plain(entry.title), TITLE_LENGTH),
            summary=clip(plain(entry.summary), SUMMARY_LENGTH),
            published_at=entry.published.at if entry.published else None,
            published_offset=entry.published.offset if entry.published else None,
            modified_at=entry.modified.at if entry.modified else None,
            language=language_tag(entry.language) or language,
            authors=entry.authors,
        )


def plain(text: str | None) -> str | None:
    """Plain text of what may be HTML: tags and entities resolved, white space collapsed."""
    if not text:
        return None
    text = text[:_READ_AT_MOST]
    if "<" in text:
        text = _TAG.sub(" ", _HIDDEN.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
        if "<" in text:  # was escaped twice
            text = _TAG.sub(" ", _HIDDEN.sub(" ", text))
        text = html.unescape(text)
    return " ".join(text.split()) or None


def clip(text: str | None, length: int) -> str | None:
    """At most `length` characters, cut at a word, with a mark that it was cut."""
    if text is None or len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head) + "…"


def language_tag(text: str | None) -> str | None:
    """A BCP 47 tag in its usual case ("pt-BR"), or None if it does not look like one."""
    found = _LANGUAGE.fullmatch((text or "").strip())
    if not found or found[0].lower() in ("und", "mul", "zxx"):
        return None
    first, *rest = found[0].replace("_", "-").split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
