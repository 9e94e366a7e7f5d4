"""Puts an article together from one parsed page, or says why there is none.

The cheap questions come first: is it HTML at all, is there markup, is it an article?
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawlers.extract.agencies import agency_of
from crawlers.extract.blocks import assemble, count_words
from crawlers.extract.citations import citations_of
from crawlers.extract.dates import dates_of
from crawlers.extract.encoding import decode, header
from crawlers.extract.headings import headings_of
from crawlers.extract.kind import kind_of
from crawlers.extract.language import declared_of, detect, script_of
from crawlers.extract.links import links_of
from crawlers.extract.metadata import said_of
from crawlers.extract.overrides import own_authors, own_date, own_title
from crawlers.extract.page import Page, parse
from crawlers.extract.people import authors_of
from crawlers.extract.text import body_of
from crawlers.extract.titles import title_of
from warehouse.records import Article, Lead, Outcome, Overrides

EXTRACTOR_VERSION = "5"  # of the rules in this package; a new one when results change

_HTML = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain",
         "application/octet-stream")  # fmt: skip
_MAGIC = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"), (b"RIFF", "audio, video or an image"), (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "compressed data"), (b"ID3", "audio"), (b"\x00\x00\x00\x18ftyp", "a video"),
)  # fmt: skip
_BOMS = re.compile(rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff|(?:<\x00|\x00<)")  # UTF-16, UTF-32
_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\f\r\x1b"))  # NUL is padding on real pages


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page gave no article; and what kind of page it is, where that was the reason."""

    outcome: Outcome
    reason: str
    kind: str | None = None  # "index", "error", "challenge", "consent" or "paywall"
    confidence: float | None = None  # 0-1, of the kind
    evidence: tuple[str, ...] = ()  # what told it, strongest first


def extract(
    body: bytes,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    lead: Lead | None = None,
    fetched_at: datetime,
    source: str = "",
    key: str = "",
    final_url: str | None = None,
    overrides: Overrides | None = None,
) -> Article | Refusal:
    """The article in `body`, as fetched at `fetched_at` (aware) from `final_url` or `url`.

    `headers` are the response's; `lead` brings what the feed or sitemap said of the page,
    `overrides` what its source says of all its pages.
    Never raises on any bytes; a page that is no article is a Refusal with its outcome.
    """
    refusal = _not_html(body, headers or {})
    if refusal is not None:
        return refusal
    decoded = decode(body, headers)
    page = parse(decoded.text, final_url or url, overrides)
    if page is None:
        return Refusal(Outcome.BAD_CONTENT, "neither markup nor text in it")
    found = _article(page, body, url, lead, fetched_at, source, key)
    if isinstance(found, Refusal):
        return found
    return dataclasses.replace(found, encoding=decoded.encoding, encoding_repaired=decoded.repaired)


def _not_html(body: bytes, headers: Mapping[str, str]) -> Refusal | None:
    if not body.strip():
        return Refusal(Outcome.BAD_CONTENT, "an empty page")
    kind = (header(headers, "content-type") or "").split(";")[0].strip().lower()
    if kind and "/" in kind and kind not in _HTML:
        return Refusal(Outcome.BAD_CONTENT, f"{kind} is not a web page")
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return Refusal(Outcome.BAD_CONTENT, f"{what}, not a web page")
    if _BOMS.match(body) is None and len(body[:4096].translate(None, _CONTROLS)) < 0.9 * len(
        body[:4096]
    ):
        return Refusal(Outcome.BAD_CONTENT, "binary data, not a web page")
    return None


def _article(  # noqa: PLR0917 -- private, called once
    page: Page,
    body: bytes,
    url: str,
    lead: Lead | None,
    fetched_at: datetime,
    source: str,
    key: str,
) -> Article | Refusal:
    said = said_of(page)
    title = own_title(page) or title_of(
        page, site_name=said.site_name, lead_title=lead.title if lead else None
    )
    dates = dates_of(page, lead=lead, fetched_at=fetched_at)
    published = own_date(page) or dates.published
    pieces = body_of(page)
    kind = kind_of(
        page, pieces, title=title, said=said, published=published.found_in if published else None
    )
    if kind.outcome is not None:
        return Refusal(kind.outcome, kind.reason, kind.kind, kind.confidence, kind.evidence)
    text, blocks = assemble(pieces, titles=(title, *headings_of(page)), standfirst=said.description)
    if not text:
        return Refusal(Outcome.NOT_ARTICLE, "nothing but a title on it")
    declared = declared_of(page)
    return Article(
        url=url,
        key=key or (lead.key if lead else ""),
        source=source or (lead.source if lead else ""),
        final_url=page.url,
        canonical_url=said.canonical_url,
        fetched_at=fetched_at,
        title=title,
        text=text,
        digest=hashlib.sha256(body).hexdigest(),
        extractor_version=EXTRACTOR_VERSION,
        blocks=blocks,
        authors=own_authors(page)
        or authors_of(page, lead=lead, site_name=said.site_name, text=text),
        agency=agency_of(page, text),
        published_at=published.at if published else None,
        published_offset=published.offset if published else None,
        published_precision=published.precision if published else None,
        published_from=published.found_in if published else None,
        published_candidates=dates.candidates,
        published_confidence=dates.confidence,
        published_refused=dates.refused,
        modified_at=dates.modified_at,
        language=detect(text, declared),
        language_declared=declared,
        script=script_of(text),
        kind=kind.kind,
        kind_confidence=kind.confidence,
        kind_evidence=kind.evidence,
        section=said.section,
        tags=said.tags,
        site_name=said.site_name,
        publisher=said.publisher,
        description=said.description,
        image=said.image,
        is_accessible_for_free=said.is_accessible_for_free,
        word_count=count_words(text),
        citations=citations_of(page),
        links=links_of(page, text),
        found_on=lead.found_on if lead else None,
        lead_kind=lead.kind if lead else None,
    )
