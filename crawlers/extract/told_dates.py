"""Every date that a page's markup, its feed and its address tell, each with where it was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawlers.extract.jsonld import article_of, first, is_article
from crawlers.extract.language import declared_of
from crawlers.extract.moments import Moment, day_moment, read_moment
from crawlers.extract.page import Page, text_of
from warehouse.records import DateCandidate, Lead, LeadKind, Precision

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
_ASIDE = etree.XPath(
    "boolean(ancestor::aside or ancestor::nav or ancestor::footer[not(ancestor::article)] or"
    " ancestor::*[not(self::body or self::html or self::main or self::article)]"
    "[contains(@class,'comment') or contains(@id,'comment')])"
)
# Microdata, RDFa as Drupal writes it, and microformats as Blogger does.
_ITEMPROP = etree.XPath(
    ".//@itemprop[.='datePublished' or .='dateCreated']/.. | .//@property[.='datePublished'"
    " or .='schema:datePublished' or .='schema:dateCreated' or .='dc:date dc:created'"
    " or .='dc:created']/.. | .//abbr[contains(concat(' ', @class, ' '), ' published ')]"
)
_MONTH_FIRST = re.compile(r"en-(?:US|PH)|es-PR$|en$", re.IGNORECASE)
_AMERICAN_SITES = ("com", "org", "net", "us", "edu", "gov", "info", "io", "co")
_CHANGED = re.compile(
    r"updat|modif|edited|aktualisiert|mis(?:e)? à jour|actualizad|aggiornat|atualizad|bijgewerkt|"
    r"uppdatera|oppdater|opdater|zaktualizow|обновл|оновл|güncelle|"
    r"تحديث|最終更新|수정|cập nhật|diperbarui",
    re.IGNORECASE,
)
_IN_SCRIPT = re.compile(
    r"""["'](?:date_?published|published_?(?:at|date|time|on)|publish_?date|publication_?date|"""
    r"""first_?published(?:_?at|_?date)?|pub_?date|date_?created|post_?date)["']\s*:\s*"""
    r"""["']([^"'\\]{8,40})["']""",
    re.IGNORECASE,
)
_MAX_SCRIPT = 500_000  # letters of a script that are looked at


def month_first(page: Page) -> bool | None:
    """Whether 03/04/2023 on this page is March 4th; None where nobody can say."""
    language = declared_of(page) or ""
    if not _MONTH_FIRST.search(language):
        return False if language else None
    top = (urlsplit(page.url).hostname or "").rsplit(".", 1)[-1]
    return True if language.lower() != "en" else top in _AMERICAN_SITES


def told_dates(page: Page, lead: Lead | None) -> Iterator[DateCandidate]:
    """Dates of publication; of structured data the article's own come first."""
    first_month = month_first(page)
    for item in _items(page):
        # A page without an article object may still date its WebPage or VideoObject.
        for key in ("datePublished", "dateCreated", "uploadDate"):
            value = first(item.get(key))
            if value:
                yield from _read(value, "json-ld", first_month)
                break
    told = False
    for name in _PUBLISHED:
        for value in page.meta_all(name)[:1]:
            for one in _read(value, "meta", first_month):
                told = True
                yield one
    for element in [] if told else _ITEMPROP(page.tree)[:2]:  # microdata; costs a whole walk
        said = (element.get(name) for name in ("content", "datetime", "title"))
        value = next(filter(None, said), None) or text_of(element)
        yield from _read(value, "meta", first_month)
    if lead is not None and lead.published_at is not None:
        yield _of_lead(lead, lead.published_at)
    yield from _times(page.tree, first_month)
    yield from _in_url(page.url)


def _items(page: Page) -> list[dict[str, Any]]:
    article = article_of(page.items)
    if article is None:
        return list(page.items)
    others = [item for item in page.items if item is not article and is_article(item)]
    return [article, *others]


def in_scripts(page: Page) -> Iterator[DateCandidate]:
    """The one day that the page's scripts call its publication; nothing if they name several."""
    found: list[DateCandidate] = []
    for script in page.tree.iter("script"):
        for match in _IN_SCRIPT.finditer((script.text or "")[:_MAX_SCRIPT]):
            found += _read(match[1], "script", None)
    if len({candidate.at.date() for candidate in found}) == 1:
        yield found[0]


def modifications(page: Page) -> Iterator[Moment]:
    """When the page says it was last changed, the article's own word first."""
    values = [first(item.get("dateModified")) for item in page.items if is_article(item)]
    values += [page.meta(name) for name in _MODIFIED]
    for value in values:
        moment = read_moment(value) if value else None
        if moment is not None:
            yield moment


def _read(value: str, found_in: str, first_month: bool | None) -> Iterator[DateCandidate]:
    moment = read_moment(value, month_first=first_month)
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


def _times(tree: HtmlElement, first_month: bool | None) -> Iterator[DateCandidate]:
    """`<time>` elements of the article itself: labelled ones, else the first one."""
    elements = [e for e in list(tree.iter("time"))[:40] if not _ASIDE(e)][:20]
    elements = [e for e in elements if not _says_changed(e)]
    labelled = [
        e for e in elements if e.get("pubdate") is not None or _TIME_CLASS.search(_label(e))
    ]
    for element in (labelled or elements)[:1]:
        read = list(_read(element.get("datetime") or "", "time", first_month))
        yield from read or _read(text_of(element), "time", first_month)


def _says_changed(time: HtmlElement) -> bool:
    before = time.getprevious()
    around = f"{text_of(before)[-30:] if before is not None else ''} {text_of(time)[:30]}"
    return bool(_UPDATE_CLASS.search(_label(time)) or _CHANGED.search(around))


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
