"""Sitemaps to leads (sitemaps.org, Google News extension): plain, index, gzip, text, or a feed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lxml import etree

from crawlers.discover import markup
from crawlers.discover.dates import read_date
from crawlers.discover.feeds import read_feed
from crawlers.discover.found import Entry, Found, Instant, Origin
from crawlers.discover.pieces import Pieces, read_pieces
from crawlers.urls import clean
from warehouse.records import LeadKind

_TAGS = ("url", "sitemap")
_FEED_ROOTS = ("rss", "feed", "rdf", "channel")


@dataclass(frozen=True, slots=True)
class _Listed:
    """One `<url>` or `<sitemap>`."""

    nested: bool
    entry: Entry


def read_sitemap(
    body: bytes, url: str, *, source: str, content_type: str | None, now: datetime
) -> Found:
    """All pages that a sitemap lists, and the sitemaps that an index names, newest first.

    A truncated file gives what could be read, and an error. Never raises on any bytes.
    """
    origin = Origin(source=source, kind=LeadKind.SITEMAP, found_on=url, now=now)
    unpacked, packing_error = markup.unpack(body)
    text = markup.decode(unpacked, content_type)
    if "<" not in text[:10_000]:
        found = _read_lines(text if packing_error is None else _whole_lines(text), origin)
    else:
        found = _read_xml(text, url, origin)
        if found.kind in _FEED_ROOTS:  # the protocol allows RSS and Atom as sitemaps
            found = read_feed(
                unpacked, url, source=source, content_type=content_type, now=now,
                kind=LeadKind.SITEMAP,
            )  # fmt: skip
    return replace(found, error=packing_error) if packing_error else found


def _read_lines(text: str, origin: Origin) -> Found:
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    entries = [
        Entry(position=position, url=clean(line) if "://" in line else None)
        for position, line in enumerate(lines, start=1)
    ]
    leads = tuple(lead for entry in entries if (lead := origin.lead(entry)))
    if not leads:
        return Found(kind="unknown", error="no addresses in it" if lines else "empty document")
    return Found(kind="text", leads=leads, entries=len(lines), without_link=len(lines) - len(leads))


def _whole_lines(text: str) -> str:
    """Without the last line of a file that breaks off in it."""
    return text[: text.rfind("\n") + 1]


def _read_xml(text: str, url: str, origin: Origin) -> Found:
    pieces = read_pieces(markup.mend(text), _TAGS, _listed)
    if pieces.root_name in _FEED_ROOTS:
        return Found(kind=pieces.root_name)
    if not pieces.entries and pieces.root_name not in ("urlset", "sitemapindex"):
        return Found(kind="unknown", error=pieces.error or _no_sitemap(pieces))
    for position, listed in enumerate(pieces.entries, start=1):
        listed.entry.position = position
        listed.entry.url = clean(listed.entry.url, url) if listed.entry.url else None
    pages = [listed.entry for listed in pieces.entries if not listed.nested]
    nested = [listed.entry for listed in pieces.entries if listed.nested and listed.entry.url]
    nested.sort(key=_last_change, reverse=True)
    unique = {entry.url: entry for entry in reversed(nested)}
    kept = [entry for entry in nested if unique[entry.url] is entry and entry.url != url]
    leads = tuple(lead for entry in pages if (lead := origin.lead(entry)))
    return Found(
        kind="index" if nested and not pages else "urlset",
        leads=leads,
        sitemaps=tuple(entry.url for entry in kept if entry.url),
        sitemaps_modified=tuple(e.modified.at if e.modified else None for e in kept),
        error=pieces.error,
        entries=len(pages),
        without_link=len(pages) - len(leads),
    )


def _no_sitemap(pieces: Pieces[_Listed]) -> str:
    if pieces.root_name == "html":
        return "a web page (HTML), not a sitemap"
    return f"not a sitemap (root element {pieces.root_name!r})"


def _last_change(entry: Entry) -> datetime:
    # Those that do not say when they changed may well be new.
    return entry.modified.at if entry.modified else datetime.max.replace(tzinfo=UTC)


def _listed(element: etree._Element, whole: bool) -> _Listed:
    """Direct children hold the page; those of `news` its title, date and language."""
    nested = markup.local_name(element.tag) == "sitemap"
    entry = Entry(position=0)
    for child in element if whole else element.iterdescendants():
        name = markup.local_name(child.tag)
        if name == "loc" and entry.url is None:
            entry.url = _text(child)
        elif name == "lastmod" and entry.modified is None:
            entry.modified = read_date(_text(child))
        elif name == "news" and entry.title is None:
            _read_news(child, entry)
    return _Listed(nested, entry)


def _read_news(news: etree._Element, entry: Entry) -> None:
    for child in news.iterdescendants():
        name = markup.local_name(child.tag)
        if name == "title":
            entry.title = _text(child)
        elif name == "publication_date":
            entry.published = _earlier(entry.published, read_date(_text(child)))
        elif name == "language":
            entry.language = _text(child)


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    known = [instant for instant in (one, other) if instant]
    return min(known, key=lambda instant: instant.at) if known else None


def _text(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()
