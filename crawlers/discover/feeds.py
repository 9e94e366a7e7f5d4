"""Feeds to leads: RSS 0.9x, 1.0 and 2.0, Atom, CDF, and by `jsonfeed` JSON Feed.

Only reads; which of the leads are fetched is the gate's to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache, partial

from lxml import etree

from crawlers.discover import jsonfeed, markup
from crawlers.discover.dates import read_date
from crawlers.discover.found import Entry, Found, Instant, Origin, language_tag, plain
from crawlers.discover.pieces import Pieces, read_pieces
from crawlers.urls import clean
from warehouse.records import LeadKind

ENTRY_TAGS = ("item", "entry")
_ROOTS = {"rss": "rss", "rdf": "rss", "channel": "rss", "feed": "atom"}
_XML = "{http://www.w3.org/XML/1998/namespace}"

# Namespaces by what they stand for; those of RSS and Atom themselves in all versions are "".
_FAMILIES = (
    (re.compile(r"purl\.org/dc/terms"), "dcterms"),
    (re.compile(r"purl\.org/dc/elements"), "dc"),
    (re.compile(r"purl\.org/rss/1\.0/modules/content"), "content"),
    (re.compile(r"rssnamespace\.org/feedburner"), "feedburner"),
    (re.compile(r"pheedo\.com"), "feedburner"),
    (re.compile(r"search\.yahoo\.com/mrss"), "media"),
    (re.compile(r"itunes\.com|google\.com/schemas/play"), "itunes"),
    (re.compile(r"purl\.org/rss/1\.0/modules|w3\.org/1999/xhtml|w3\.org/1999/02/22-rdf"), "other"),
    (re.compile(r"(?i)/(?:rss|atom|rdf)|rss1\.1#|2005/atom|newformat#"), ""),
)
_LINKS = ("link", "feedburner:origlink", "guid", "id", "content")
_SUMMARIES = ("description", "summary", "content:encoded", "content", "media:description")
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "created", "date")
_MODIFIED = ("updated", "modified", "dcterms:modified")
_FIELDS_ONLY = frozenset({"link", "guid", "pubdate", "description", "creator", "category"})
_NO_ADDRESS = 9
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)")


@dataclass(slots=True)
class _Raw:
    """An entry before its address is resolved: what follows may still name the base."""

    entry: Entry
    addresses: list[str] = field(default_factory=list)  # best first, may be relative
    base: str | None = None  # by xml:base


def read_feed(
    body: bytes,
    url: str,
    *,
    source: str,
    content_type: str | None,
    now: datetime,
    kind: LeadKind = LeadKind.FEED,
) -> Found:
    """All entries of a feed, in its order; what is no feed gives no leads and an error.

    `url` is where it was fetched. Leads may come together with an error: a truncated or
    ill-formed feed gives what could be read. Never raises on any bytes.
    """
    origin = Origin(source=source, kind=kind, found_on=url, now=now)
    unpacked, packing_error = markup.unpack(body)
    text = markup.decode(unpacked, content_type)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        found = jsonfeed.read(text, url, origin)
    else:
        found = _read_xml(text, url, origin)
    return replace(found, error=packing_error) if packing_error else found


def _read_xml(text: str, url: str, origin: Origin) -> Found:
    inherits = "xml:base" in text or "xml:lang" in text
    make = partial(_raw_entry, inherits=inherits)
    pieces = read_pieces(markup.mend(text), ENTRY_TAGS, make)
    if not pieces.entries and (reason := _no_feed(text, pieces)):
        return Found(kind="unknown", error=reason)
    kind = _ROOTS.get(pieces.root_name, "rss")
    channel = _channel(pieces.root)
    head = {} if channel is None else _fields(channel, True)
    home = clean(_first_text(head, "link") or "", url)
    default_base = home if home and kind == "rss" else url
    language = language_tag(_first_text(head, "language", "dc:language") or _lang(channel))
    leads = []
    for position, raw in enumerate(pieces.entries, start=1):
        raw.entry.position = position
        raw.entry.url = _address(raw, default_base, url)
        leads.append(origin.lead(raw.entry, language))
    return Found(
        kind=kind,
        leads=tuple(lead for lead in leads if lead),
        error=pieces.error,
        title=plain(_first_text(head, "title", "dc:title")),
        language=language,
        entries=len(leads),
        without_link=leads.count(None),
    )


def _no_feed(text: str, pieces: Pieces[_Raw]) -> str | None:
    """Why a document without entries is no feed; None where it is an empty one."""
    if not text.strip("\ufeff \t\r\n\x00"):
        return "empty document"
    if pieces.root_name == "html" or re.match(r"(?i)\s*<(?:!doctype )?html", text):
        return "a web page (HTML), not a feed"
    if pieces.root_name in ("urlset", "sitemapindex"):
        return "a sitemap, not a feed"
    if pieces.root_name in _ROOTS:
        return None
    return f"not a feed (root element {pieces.root_name!r})" if pieces.root_name else "not a feed"


def _raw_entry(element: etree._Element, whole: bool, *, inherits: bool) -> _Raw:
    """`inherits`: the document says xml:base or xml:lang somewhere; looking costs time."""
    fields = _fields(element, whole)
    entry = Entry(
        position=0,
        title=_first_text(fields, "title", "dc:title", "media:title"),
        summary=_first_text(fields, *_SUMMARIES, "itunes:summary"),
        published=_first_date(fields, _PUBLISHED),
        modified=_first_date(fields, _MODIFIED),
        language=(_lang(element) if inherits else None)
        or _first_text(fields, "dc:language", "language"),
        authors=_authors(fields),
    )
    base = _base(fields.get("link", [element])[0]) if inherits else None
    return _Raw(entry, _addresses(element, fields), base)


def _fields(element: etree._Element, whole: bool) -> dict[str, list[etree._Element]]:
    """Children by name ("title", "dc:date"); all descendants where nesting cannot be trusted."""
    own = element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""
    fields: dict[str, list[etree._Element]] = {}
    for child in element if whole else element.iterdescendants():
        if isinstance(child.tag, str):
            fields.setdefault(_name(child.tag, own), []).append(child)
    return fields


@lru_cache(maxsize=4_096)
def _name(tag: str, own: str) -> str:
    namespace, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix, _, local = local.lower().rpartition(":")  # a prefix that was never declared
    if prefix in ("", "atom", "atom10", "a10", "rss") and namespace in ("", own):
        return local
    if namespace:
        prefix = next((name for form, name in _FAMILIES if form.search(namespace)), "other")
    return f"{prefix}:{local}" if prefix else local


def _channel(root: etree._Element | None) -> etree._Element | None:
    if root is None or markup.local_name(root.tag) not in ("rss", "rdf"):
        return root
    return next((el for el in root if markup.local_name(el.tag) == "channel"), root)


def _addresses(element: etree._Element, fields: dict[str, list[etree._Element]]) -> list[str]:
    """Everything that may be the page's address, the most trustworthy first."""
    ranked: list[tuple[int, str]] = []
    for name in _LINKS:
        for el in fields.get(name, ()):
            rank = _rank(name, el)
            if rank < _NO_ADDRESS:
                ranked.append((rank, el.get("href") or el.get("src") or _text(el)))
    about = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    ranked += [(6, about or ""), (6, element.get("href") or element.get("HREF") or "")]
    return [address for _, address in sorted(ranked, key=lambda r: r[0]) if address]


def _rank(name: str, element: etree._Element) -> int:
    """0 is best; `_NO_ADDRESS` is none of the page."""
    if name == "feedburner:origlink":
        return 0  # the page behind a counting redirect
    if name == "guid":
        return 8 if element.get("isPermaLink", "true").strip().lower() == "false" else 5
    if name == "id":
        return 7
    if name == "content":
        return 8 if element.get("src") else _NO_ADDRESS
    rel = (element.get("rel") or "alternate").strip().lower().rpartition("/")[2]
    if rel != "alternate":
        usable = rel in ("self", "related", "via") and element.get("href")
        return 8 if usable else _NO_ADDRESS
    html = "html" in (element.get("type") or "html")
    return 1 if html else 3


def _address(raw: _Raw, default_base: str, url: str) -> str | None:
    base = clean(raw.base, url) if raw.base else default_base
    for place, address in enumerate(raw.addresses):
        # Escaped twice; no page is chosen by a parameter called "amp;…".
        tidy = address.strip().replace("&amp;", "&")
        if tidy.lower().startswith("www."):
            tidy = f"http://{tidy}"
        # Identifiers are no relative addresses: only the first, a link, may be one.
        found = clean(tidy, base if place == 0 and _is_relative(tidy) else None)
        if found:
            return found
    return None


def _is_relative(address: str) -> bool:
    return bool(address) and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", address)


def _base(element: etree._Element) -> str | None:
    """The xml:base in force, relative ones resolved on outer ones; None where none is set."""
    bases = [el.get(f"{_XML}base") for el in (element, *element.iterancestors())]
    base: str | None = None
    for one in reversed([b for b in bases if b]):
        base = (clean(one, base) or base) if base else one
    return base


def _lang(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    langs = (el.get(f"{_XML}lang") for el in (element, *element.iterancestors()))
    return next((lang for lang in langs if lang), None)


def _text(element: etree._Element) -> str:
    if len(element) == 0:
        return (element.text or "").strip()
    return " ".join("".join(_texts(element)).split())


def _texts(element: etree._Element) -> Iterator[str]:
    """The text inside, up to a field of the feed that only an unclosed tag put in there."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            if markup.local_name(child.tag) in _FIELDS_ONLY:
                return
            yield from _texts(child)
        yield child.tail or ""


def _first_text(fields: dict[str, list[etree._Element]], *names: str) -> str | None:
    for name in names:
        for element in fields.get(name, ()):
            text = _text(element) or (element.get("href") or "" if name == "link" else "")
            if text:
                return text
    return None


def _first_date(fields: dict[str, list[etree._Element]], names: tuple[str, ...]) -> Instant | None:
    dates = (read_date(_text(element)) for name in names for element in fields.get(name, ()))
    return next((date for date in dates if date), None)


def _authors(fields: dict[str, list[etree._Element]]) -> tuple[str, ...]:
    found = []
    for element in (*fields.get("author", ()), *fields.get("dc:creator", ())):
        names = [el for el in element if markup.local_name(el.tag) == "name"]
        found.append(_person(_text(names[0] if names else element)))
    return tuple(dict.fromkeys(name for name in found if name))


def _person(text: str) -> str | None:
    """The name in "name", "mail (name)" or "name <mail>"; None for a bare address."""
    inside = _MAIL_AND_NAME.fullmatch(text.strip())
    if inside:
        return plain(inside[1])
    if "@" in text:
        return parseaddr(text)[0] or None
    return plain(text)
