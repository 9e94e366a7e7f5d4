"""The vocabulary: frozen records that pass between the steps, and how they become JSON lines.

Field name = column name = JSON key = flag. Times are aware datetimes in UTC; in JSON they are
ISO 8601 with a trailing Z. Offsets into a text count Unicode code points. This module knows
no file format but JSON, and nothing of Scrapy, DuckDB or Prefect.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

_T = TypeVar("_T")


class Outcome(StrEnum):
    """The one fate of a URL in a run: a closed list."""

    STORED = "stored"  # landed as a new article
    REVISED = "revised"  # landed as a new version of a known article
    UNCHANGED = "unchanged"  # known, and the same as before (or not due to be asked again)
    DUPLICATE_URL = "duplicate_url"  # another address of an article we have
    TOO_OLD = "too_old"
    OFF_SCOPE = "off_scope"  # not on one of the source's hosts
    OFF_TOPIC = "off_topic"  # skipped before fetching, where a source asks for it
    NOT_ARTICLE = "not_article"
    ROBOTS = "robots"
    RESERVED = "reserved"  # text-and-data-mining reservation
    PAYWALLED = "paywalled"
    CONSENT_WALL = "consent_wall"
    CHALLENGE = "challenge"
    BLOCKED = "blocked"
    GONE = "gone"
    UNRESOLVED = "unresolved"  # an aggregator's link that does not lead to the page
    HTTP_ERROR = "http_error"
    NETWORK_ERROR = "network_error"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    BAD_CONTENT = "bad_content"
    EXTRACT_FAILED = "extract_failed"
    REFUSED_ADDRESS = "refused_address"
    BUDGET = "budget"
    DEFERRED = "deferred"  # will be tried again by a later run
    QUARANTINED = "quarantined"  # deferred too often


# What leaves us with the article of the address, new or as before.
HELD = frozenset({Outcome.STORED, Outcome.REVISED, Outcome.UNCHANGED})


class Tier(StrEnum):
    """How close an article is to a watch, closest first."""

    SAME_STORY = "same_story"
    FOLLOW_UP = "follow_up"
    BACKGROUND = "background"
    OFF = "off"


class Label(StrEnum):
    """What a name stands for."""

    PER = "PER"
    ORG = "ORG"
    LOC = "LOC"
    MISC = "MISC"


class LeadKind(StrEnum):
    """How a lead was found."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"
    KNOWN = "known"  # by an earlier run: deferred then, or due for another visit
    IMPORT = "import"  # in a list that somebody brought


class Purpose(StrEnum):
    """What a fetch was for."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"
    ROBOTS = "robots"
    ARCHIVE = "archive"  # a sitemap or section archive that a backfill looked into


class Precision(StrEnum):
    """How exactly a page told its date."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class CopyKind(StrEnum):
    """How a text comes from another one."""

    EXACT = "exact"
    NEAR = "near"


# --- where to look, what to look for ---------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """CSS selectors of one source's pages, where the general rules of extraction err."""

    body: str | None = None  # all of the text is in what this finds
    remove: tuple[str, ...] = ()  # never text
    title: str | None = None
    author: str | None = None
    date: str | None = None  # when it was published


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An outlet: where its news is announced and how politely to ask."""

    source: str  # its name in sources.toml and in every table
    home: str  # address of the home page
    title: str | None = None  # the outlet's name for people; None: the host
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()  # section pages whose links are leads
    # Addresses of older news, for backfills, with {year} {month:02} {day:02} {page} in them.
    archives: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # further hosts its articles may be on; home's site is implied
    language: str | None = None  # BCP 47, e.g. "en", "pt-BR"
    country: str | None = None  # ISO 3166-1 alpha-2, upper case
    groups: tuple[str, ...] = ()
    found: str | None = None  # where its addresses were found, e.g. a public list and its licence
    checked: str | None = None  # the day it last answered `source check`, "never", or not known
    pace_seconds: float | None = None  # between two requests to one host; None: the setting
    every_minutes: float | None = None  # how often to ask its feeds; None: the setting
    max_pages: int | None = None  # fetched pages a run at most; None: the setting
    respect_reservation: bool = False  # honour text-and-data-mining reservations of pages
    on_topic_only: bool = False  # fetch only leads whose title or summary meets a watch
    expect: tuple[float, float] | None = None  # new articles in 24 hours, fewest and most
    extract: Overrides | None = None
    paused: bool = False
    keep_articles_days: float | None = None  # since first seen; 0: for good; None: the setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing a watch looks for."""

    text: str  # as shown to people
    kind: str  # "person", "organisation", "place", "name" (other or unknown), "phrase"
    weight: float  # 0-1, 1 is the most telling term of its watch
    spellings: tuple[str, ...] = ()  # other forms that count as the same, e.g. other scripts


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One seeds/<slug>/watch.toml: what to look for, where, and when."""

    watch: str  # the slug
    title: str
    language: str | None = None  # of the seed
    terms: tuple[Term, ...] = ()
    must: tuple[str, ...] = ()  # an article without one of these (any) is off
    not_: tuple[str, ...] = ()  # an article with one of these is off; TOML key "not"
    sources: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    since: datetime | None = None  # articles published before are too old
    until: datetime | None = None
    expect: tuple[float, float] | None = None  # related articles in 24 hours, fewest and most
    paused: bool = False
    keep_articles_days: float | None = None  # of related articles; 0: for good; None: no wish
    seed_url: str | None = None
    seed_published_at: datetime | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the seed and the watch file became; any edit gives another version."""

    watch: str
    profile_version: str  # digest of everything below that affects relevance
    title: str
    language: str | None
    terms: tuple[Term, ...]
    must: tuple[str, ...] = ()
    not_: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    seed_text: str = ""  # furniture dropped
    seed_published_at: datetime | None = None


# --- what the crawl finds --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """An address that might be an article, with how and where it was found."""

    url: str  # absolute, as found, without fragment
    key: str  # crawlers.urls.key(url): equal keys are the same page for sure
    source: str
    kind: LeadKind
    found_on: str  # address of the feed, sitemap or page that named it
    found_at: datetime
    position: int  # in that document, from 1
    title: str | None = None
    summary: str | None = None  # plain text
    published_at: datetime | None = None
    published_offset: int | None = None  # minutes east of UTC, where it was given
    modified_at: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One HTTP exchange (redirects are exchanges of their own)."""

    url: str
    source: str
    purpose: Purpose
    fetched_at: datetime
    seconds: float
    status: int | None = None  # None: no answer
    bytes: int | None = None  # of the body as received
    content_type: str | None = None
    digest: str | None = None  # sha256 of the body, hex
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None  # where a redirect points
    error: str | None = None
    robots_rule: str | None = None  # the rule that allowed or forbade it
    warc_file: str | None = None  # name in the run folder
    warc_offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The outcome of one found URL in one run."""

    url: str  # as found
    key: str
    source: str
    outcome: Outcome
    reason: str
    decided_at: datetime
    final_url: str | None = None  # after redirects, where it was fetched
    status: int | None = None
    published_at: datetime | None = None  # as far as known
    retry_at: datetime | None = None  # for deferred: not before


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A marked part of a text: text[start:end]."""

    kind: str  # "standfirst", "subhead", "list", "quotation", "table", "embed"
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A post on a social platform, or another page, that an article cites or embeds."""

    url: str
    platform: str | None = None
    account: str | None = None
    post: str | None = None  # the platform's id of the post
    anchor: str | None = None
    embedded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page that an article links to."""

    url: str
    anchor: str | None = None  # the words that are linked
    in_body: bool = False  # False: beside the article, to another site


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """One thing that said when an article was published."""

    at: datetime
    offset: int | None = None  # minutes east of UTC
    precision: Precision
    found_in: (
        str  # "feed", "sitemap", "json-ld", "meta", "time", "script", "url", "text", "updated"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Clean text and metadata of one page as fetched once."""

    url: str  # as found; key and source as of its lead
    key: str
    source: str
    final_url: str  # after redirects
    canonical_url: str  # what the page says of itself if that can be believed, else final_url
    fetched_at: datetime
    title: str
    text: str  # body: paragraphs joined by blank lines, NFC, without title and captions
    digest: str  # sha256 of the page's bytes
    extractor_version: str
    blocks: tuple[Block, ...] = ()
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published_at: datetime | None = None
    published_offset: int | None = None  # minutes east of UTC, where the page said so
    published_precision: Precision | None = None
    published_from: str | None = None  # as DateCandidate.found_in
    published_candidates: tuple[DateCandidate, ...] = ()
    modified_at: datetime | None = None
    language: str | None = None  # of the text, BCP 47 primary tag
    language_declared: str | None = None  # as the page says
    script: str | None = None  # of most of the text, ISO 15924: "Latn", "Cyrl"
    published_confidence: float | None = None  # 0-1, that the day is right
    published_refused: tuple[str, ...] = ()  # dates that cannot be, each with where and why
    kind: str = "article"  # "article", "brief", "live", "opinion", "press_release", ...
    kind_confidence: float | None = None  # 0-1
    kind_evidence: tuple[str, ...] = ()  # what told the kind, strongest first
    section: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    publisher: str | None = None
    description: str | None = None
    image: str | None = None
    is_accessible_for_free: bool | None = None
    word_count: int = 0
    citations: tuple[Citation, ...] = ()
    links: tuple[Link, ...] = ()
    encoding: str | None = None  # the page was read with, by its Python name
    encoding_repaired: bool = False  # the page named a wrong one
    found_on: str | None = None  # the lead's
    lead_kind: LeadKind | None = None


# --- what understanding gives ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to understand, from the warehouse or from a line of NDJSON."""

    id: str
    text: str
    title: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name in a text: text[start:end] == surface, always."""

    surface: str
    start: int
    end: int
    label: Label
    entity: str  # canonical name for people
    entity_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A telling word or phrase of a text."""

    keyword: str
    score: float  # 0-1, 1 is the most telling of its text


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words in quotation marks and who said them."""

    quote: str
    start: int
    end: int
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """All that is derived from one text alone."""

    id: str
    language: str | None
    mentions: tuple[Mention, ...]
    keywords: tuple[Keyword, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that made an article relevant (or not) to a watch."""

    kind: str  # "name", "phrase", "text" (a word), "words" (their rest), "time", "must", "not"
    term: str  # what was found
    gave: float  # its share of the relevance; negative where it took away
    count: int = 0  # how often it was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """An article's relation to a watch."""

    watch: str
    article_id: str
    relevance: float  # 0-1
    tier: Tier
    reasons: tuple[Reason, ...]
    profile_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A text that comes from another one; `copy_of` is the earliest known."""

    article_id: str
    copy_of: str
    copy_kind: CopyKind
    similarity: float  # Jaccard of word shingles, 1 for exact


# --- one crawl -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTerms:
    """What the gate needs of a watch."""

    watch: str
    sources: tuple[str, ...]
    terms: tuple[Term, ...]
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The dates that a backfill looks into, both included."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRequest:
    """request.json: all a crawl child is told; it reads no settings of its own."""

    run: str  # run id, also the folder's name
    started_at: datetime
    user_agent: str
    sources: tuple[Source, ...]
    watches: tuple[WatchTerms, ...]
    proxy: str | None = None  # http://host:port
    allow_private_hosts: bool = False
    concurrency: int = 16
    pace_seconds: float = 5.0  # between two requests to one host
    timeout_seconds: float = 30.0
    max_bytes: int = 10_000_000
    max_pages: int = 5_000  # of a source in one run
    max_leads: int = 50_000  # of a source in one run
    page_seconds: float = 20.0  # CPU time for the extraction of one page
    workers: int = 2  # extraction processes
    revisit_hours: float = 48.0  # young articles are asked for again while younger than this
    retries: int = 3  # runs that may defer a URL before it is quarantined
    crawl_minutes: float | None = None  # then nothing new is asked; None: until all is decided
    window: Window | None = None  # a slice of a backfill, for what was published then


# --- JSON ------------------------------------------------------------------------------------


def now_utc() -> datetime:
    """The clock, for the outermost callers only."""
    return datetime.now(UTC)


def isoformat(at: datetime) -> str:
    """`at` in UTC with a trailing Z; microseconds only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_json(value: Any) -> Any:
    """A record as plain JSON values; keys that hold None or nothing are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: to_json(v) for name, v in pairs if v is not None and v != ()}
    if isinstance(value, datetime):
        return isoformat(value)
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    return value


def from_json(cls: type[_T], data: dict[str, Any]) -> _T:
    """The record `cls` from what `to_json` gave; raises TypeError or ValueError on other shapes."""
    hints: dict[str, Any] = _hints(typing.cast(Any, cls))
    unknown = data.keys() - hints.keys()
    if unknown:
        raise ValueError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    values = {name: _revive(hints[name], v) for name, v in data.items()}
    return cls(**_empty(cls, hints) | values)


def _empty(cls: Any, hints: dict[str, Any]) -> dict[str, Any]:
    """What is required, but left out by `to_json` where there is nothing in it: lists and None."""
    required = [f.name for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING]
    empty: dict[str, Any] = {n: None for n in required if types.NoneType in _options(hints[n])}
    return empty | {n: () for n in required if typing.get_origin(hints[n]) is tuple}


def _options(hint: Any) -> tuple[Any, ...]:
    united = typing.get_origin(hint) in (types.UnionType, typing.Union)
    return typing.get_args(hint) if united else ()


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _revive(hint: Any, value: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _revive(next(a for a in args if a is not types.NoneType), value)
    if origin is tuple:
        return _revive_tuple(args, value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if hint is float:
        return float(value)
    return (
        from_json(typing.cast("type[Any]", hint), value)
        if dataclasses.is_dataclass(hint)
        else value
    )


def _revive_tuple(args: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_revive(args[0], v) for v in value)
    return tuple(_revive(a, v) for a, v in zip(args, value, strict=True))
