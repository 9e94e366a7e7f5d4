"""When an article was published and changed: all candidates, each with where it was found.

The page's own structured data rank above the feed's entry, that above visible `<time>`s, the
address and the text. The crawl's own day is never taken from a weak candidate, impossible
dates are refused, and "unknown" is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.jsonld import article_of, first, is_article
from crawlers.extract.moments import Moment, day_moment, read_moment
from crawlers.extract.page import Page, text_of
from warehouse.records import DateCandidate, Lead, LeadKind, Precision

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the web had news
_AHEAD = timedelta(days=2)  # time zones, and clocks that are wrong
_MAX_TREE = 20_000  # elements beyond which htmldate is not asked
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "article.published", "article:published",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "datecreated", "date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "originalpublicationdate", "article_date_original",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "citation_publication_date",
    "citation_date", "rnews:datepublished", "timestamp", "date_published", "published_at",
    "bt:pubdate", "iso-8601-publish-date", "dcsext.articlefirstpublished", "displaydate",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "article:updated_time",
    "cxenseparse:recs:articlemodified", "revision_date", "date_updated",
)  # fmt: skip
_IN_URL = re.compile(
    r"[/\-_.](?P<y>(?:19|20)\d{2})[/\-_.]?(?P<m>0[1-9]|1[0-2])[/\-_.]?(?P<d>0[1-9]|[12]\d|3[01])(?=[/\-_.]|$)"
    r"|/(?P<y2>(?:19|20)\d{2})/(?P<m2>[1-9]|[a-z]{3})/(?P<d2>0?[1-9]|[12]\d|3[01])(?=/|$)"
)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME_CLASS = re.compile(r"publish|posted|entry-date|created|pubdate|dateline|date-?time|^date$")
_UPDATE_CLASS = re.compile(r"updat|modif|edited|revis|changed", re.IGNORECASE)
_ASIDE = etree.XPath("boolean(ancestor::aside or ancestor::nav or ancestor::footer)")
_ITEMPROP = etree.XPath(".//*[@itemprop='datePublished' or @itemprop='dateCreated']")
_RANK = {"json-ld": 0, "meta": 1, "feed": 2, "sitemap": 3, "time": 4, "url": 5, "text": 6}


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of an article's times; `published` is one of the candidates or None."""

    published: DateCandidate | None
    candidates: tuple[DateCandidate, ...]
    modified_at: datetime | None


def dates_of(page: Page, *, lead: Lead | None, fetched_at: datetime) -> Dates:
    """All dates of the page; `fetched_at` bounds what is possible."""
    found = [c for c in _candidates(page, lead) if _possible(c.at, fetched_at)]
    strong = [c for c in found if not _suspicious(c, fetched_at)]
    if not strong and page.elements <= _MAX_TREE:
        strong = [c for c in _from_text(page) if _possible(c.at, fetched_at)]
        strong = [c for c in strong if not _suspicious(c, fetched_at)]
        found += strong
    published = choose(strong)
    return Dates(
        published, tuple(dict.fromkeys(found)), _modified(page, lead, published, fetched_at)
    )


def choose(candidates: list[DateCandidate]) -> DateCandidate | None:
    """The best ranked candidate, or one that says the same more exactly."""
    if not candidates:
        return None
    best = min(candidates, key=lambda c: _RANK[c.found_in])
    same = [c for c in candidates if _agree(best, c)]
    return max(same, key=lambda c: (*_exactness(c), -_RANK[c.found_in]))


def _agree(one: DateCandidate, other: DateCandidate) -> bool:
    """The same moment, or the same clock once with and once without its zone, or the day."""
    if one.precision is Precision.DAY:
        return abs(_local(one).date() - _local(other).date()) <= timedelta(0)
    if other.precision is Precision.DAY:
        return False
    close = timedelta(minutes=1)
    if abs(one.at - other.at) < close:
        return True
    # The same clock with another zone: an offset of zero is often a zone nobody thought of.
    return not one.offset and abs(_local(one) - _local(other)) < close


def _exactness(candidate: DateCandidate) -> tuple[int, int, int]:
    timed = candidate.precision is not Precision.DAY
    known = candidate.offset is not None
    return (int(timed), int(bool(candidate.offset)), int(known))


def _local(candidate: DateCandidate) -> datetime:
    return candidate.at + timedelta(minutes=candidate.offset or 0)


def _possible(at: datetime, fetched_at: datetime) -> bool:
    return EARLIEST <= at <= fetched_at + _AHEAD


def _suspicious(candidate: DateCandidate, fetched_at: datetime) -> bool:
    """A weak candidate that says the crawl's own day is today's date in the page's header."""
    weak = candidate.found_in == "text"
    return weak and abs(candidate.at.date() - fetched_at.date()) <= timedelta(days=1)


def _candidates(page: Page, lead: Lead | None) -> Iterator[DateCandidate]:
    article = article_of(page.items)
    for item in [article] if article else page.items:
        # A page without an article object may still date its WebPage or VideoObject.
        for key in ("datePublished", "dateCreated", "uploadDate"):
            yield from _said(item, key)
            if item.get(key):
                break
    for name in _PUBLISHED:
        for value in page.meta_all(name)[:1]:
            yield from _read(value, "meta")
    for element in _ITEMPROP(page.tree)[:2]:
        value = element.get("content") or element.get("datetime") or text_of(element)
        yield from _read(value, "meta")
    if lead is not None and lead.published_at is not None:
        yield _of_lead(lead, lead.published_at)
    yield from _times(page.tree)
    yield from _in_url(page.url)


def _said(item: dict[str, Any], key: str) -> Iterator[DateCandidate]:
    value = first(item.get(key))
    if value:
        yield from _read(value, "json-ld")


def _read(value: str, found_in: str) -> Iterator[DateCandidate]:
    moment = read_moment(value)
    if moment is not None:
        yield candidate(moment, found_in)


def candidate(moment: Moment, found_in: str) -> DateCandidate:
    return DateCandidate(
        at=moment.at, offset=moment.offset, precision=moment.precision, found_in=found_in
    )


def _of_lead(lead: Lead, at: datetime) -> DateCandidate:
    midnight = at.hour == at.minute == at.second == 0 and not lead.published_offset
    return DateCandidate(
        at=at,
        offset=lead.published_offset,
        precision=Precision.DAY if midnight else Precision.SECOND,
        found_in="sitemap" if lead.kind is LeadKind.SITEMAP else "feed",
    )


def _times(tree: HtmlElement) -> Iterator[DateCandidate]:
    """`<time>` elements of the article itself: labelled ones, else the first one."""
    elements = [e for e in tree.iter("time") if not _ASIDE(e)][:20]
    elements = [e for e in elements if not _UPDATE_CLASS.search(_label(e))]
    labelled = [
        e for e in elements if e.get("pubdate") is not None or _TIME_CLASS.search(_label(e))
    ]
    for element in (labelled or elements)[:1]:
        value = element.get("datetime") or text_of(element)
        yield from _read(value, "time")


def _label(element: HtmlElement) -> str:
    parent = element.getparent()
    own = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    return own + (f" {parent.get('class') or ''}" if parent is not None else "")


def _in_url(url: str) -> Iterator[DateCandidate]:
    match = _IN_URL.search(url.split("?", 1)[0])
    if match is None:
        return
    if match["y"]:
        year, month, day = match["y"], int(match["m"]), match["d"]
    else:
        name = match["m2"]
        if name.isalpha() and name not in _MONTH_NAMES:
            return
        year, day = match["y2"], match["d2"]
        month = _MONTH_NAMES.index(name) + 1 if name.isalpha() else int(name)
    moment = day_moment(int(year), month, int(day))
    if moment is not None:
        yield candidate(moment, "url")


def _from_text(page: Page) -> Iterator[DateCandidate]:
    """The last resort: htmldate without its extensive search, which can take seconds."""
    try:
        day = find_date(page.tree, extensive_search=False, original_date=True)
    except (AssertionError, AttributeError, ValueError, OverflowError, etree.LxmlError):
        return
    if day:
        yield from _read(day, "text")


def _modified(
    page: Page, lead: Lead | None, published: DateCandidate | None, fetched_at: datetime
) -> datetime | None:
    values = [first(item.get("dateModified")) for item in page.items if is_article(item)]
    values += [page.meta(name) for name in _MODIFIED]
    for value in values:
        moment = read_moment(value) if value else None
        if moment is None or not _possible(moment.at, fetched_at):
            continue
        if published is None or moment.at >= published.at - timedelta(days=1):
            return moment.at
    return lead.modified_at if lead is not None else None
