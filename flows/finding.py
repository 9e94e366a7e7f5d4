"""Finds an outlet's feeds and news sitemaps from its home page, and tries what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from flows.config import Settings
from warehouse.errors import BadInput, SluglineError, Unreachable
from warehouse.records import LeadKind, Source, isoformat, now_utc

if TYPE_CHECKING:
    from crawlers.discover import Announced, Found
    from crawlers.run import Fetched

_MOST = 12  # candidates of a site that are tried
_NEWS = ("news", "latest", "recent", "today")  # in the address of a sitemap worth reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What one feed, sitemap or section page answered."""

    source: str
    kind: LeadKind
    url: str
    ok: bool  # it can be read and names addresses, or further sitemaps
    status: int | None = None
    leads: int = 0
    newest: str | None = None  # publication date of its newest entry, ISO 8601
    title: str | None = None
    language: str | None = None
    says: str = ""  # what is wrong, in words


def ask(url: str, settings: Settings) -> Fetched:
    """Fetch one address with the crawl's manners; raises Unreachable."""
    from crawlers.run import fetch_one  # noqa: PLC0415  start-up stays quick

    return fetch_one(
        url,
        user_agent=settings.user_agent,
        proxy=settings.proxy,
        timeout=settings.timeout_seconds,
        max_bytes=settings.max_bytes,
        allow_private_hosts=settings.allow_private_hosts,
    )


def attempt(kind: LeadKind, url: str, settings: Settings, source: str = "") -> Tried:
    """Ask one feed, sitemap or page and read the answer; whatever goes wrong is in `says`."""
    from crawlers.discover import read_leads  # noqa: PLC0415

    try:
        answer = ask(url, settings)
    except Unreachable as silent:
        return Tried(source=source, kind=kind, url=url, ok=False, says=silent.what)
    if answer.status != 200:
        says = f"answers {answer.status}"
        return Tried(source=source, kind=kind, url=url, ok=False, status=answer.status, says=says)
    found = read_leads(
        kind, answer.body, answer.final_url, source, answer.headers.get("content-type"), now_utc()
    )
    dates = [lead.published_at for lead in found.leads if lead.published_at]
    return Tried(
        source=source,
        kind=kind,
        url=url,
        ok=bool(found.leads or found.sitemaps),
        status=answer.status,
        leads=len(found.leads),
        newest=isoformat(max(dates)) if dates else None,
        title=found.title,
        language=found.language,
        says=found.error or _nested(found),
    )


def _nested(found: Found) -> str:
    if found.sitemaps:
        return f"names {len(found.sitemaps)} more sitemaps"
    return "" if found.leads else "names nothing"


def of_source(source: Source, settings: Settings) -> Iterator[Tried]:
    """What each of its feeds, sitemaps and section pages answers."""
    for kind, addresses in (
        (LeadKind.FEED, source.feeds),
        (LeadKind.SITEMAP, source.sitemaps),
        (LeadKind.PAGE, source.pages),
    ):
        for url in addresses:
            yield attempt(kind, url, settings, source.source)


def discover(url: str, settings: Settings, source: str = "") -> tuple[str, list[Tried]]:
    """The home page's final address, and what the feeds and sitemaps it announces answer.

    Raises Unreachable when the page does not answer, BadInput when it is an error page.
    """
    home = ask(url, settings)
    if home.status >= 400:
        raise BadInput(f"answers {home.status}", where=url, try_="give the outlet's home page")
    as_feed = attempt(LeadKind.FEED, url, settings, source)
    if as_feed.ok and as_feed.leads:  # somebody gave the feed itself
        parts = urlsplit(home.final_url)
        return f"{parts.scheme}://{parts.netloc}/", [as_feed]
    candidates = [*_announced(home), *_from_robots(home.final_url, settings)]
    return home.final_url, [
        attempt(LeadKind(one.kind), one.url, settings, source) for one in _worth_trying(candidates)
    ]


def _announced(page: Fetched) -> list[Announced]:
    from crawlers.discover import announced  # noqa: PLC0415

    return announced(page.body, page.final_url)


def _from_robots(home: str, settings: Settings) -> list[Announced]:
    try:
        robots = ask(urljoin(home, "/robots.txt"), settings)
    except SluglineError:
        return []
    return _announced(robots) if robots.status == 200 else []


def _worth_trying(found: Iterable[Announced]) -> list[Announced]:
    """All feeds; of the sitemaps those for news, or the first when none says so."""
    unique = {one.url: one for one in found}
    feeds = [one for one in unique.values() if one.kind == "feed"]
    maps = [one for one in unique.values() if one.kind == "sitemap"]
    news = [one for one in maps if any(word in one.url.lower() for word in _NEWS)]
    return (feeds + (news or maps[:1]))[:_MOST]


def as_source(name: str, home: str, tried: Iterable[Tried], **more: object) -> Source:
    """The record of what was found; raises BadInput where nothing answered with news."""
    good = [one for one in tried if one.ok]
    if not good:
        what = "no feed and no news sitemap was found that answers"
        raise BadInput(what, where=home, try_="give the feed's own address, or edit sources.toml")
    said = next((one.language for one in good if one.language), None)
    return Source(
        source=name,
        home=home,
        feeds=tuple(one.url for one in good if one.kind is LeadKind.FEED),
        sitemaps=tuple(one.url for one in good if one.kind is LeadKind.SITEMAP),
        language=str(more.get("language") or said or "") or None,
        title=next((one.title for one in good if one.title), None),
        country=str(more.get("country") or "").upper() or None,
        groups=tuple(more.get("groups") or ()),  # type: ignore[arg-type]
    )
