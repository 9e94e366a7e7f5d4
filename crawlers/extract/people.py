"""Who wrote an article: people in `authors`, nobody else.

A desk, a date, an address, an agency or the site itself is not an author.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawlers.extract.blocks import words
from crawlers.extract.bylines import NO_ONE, bylines, opening, signature, signed
from crawlers.extract.jsonld import article_of, is_article, strings, types_of
from crawlers.extract.names import is_called, is_person, people_in
from crawlers.extract.page import Page, one_line
from warehouse.records import Lead

_METAS = (
    "article:author", "author", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "citation_author", "article.author", "og:article:author",
    "cxenseparse:author", "article:author_name", "rnews:author", "twitter:data1",
)  # fmt: skip
_MAX_AUTHORS = 12


def authors_of(
    page: Page, *, lead: Lead | None, site_name: str | None, text: str = ""
) -> tuple[str, ...]:
    """Names of people, as written, each once; the first place that names one wins."""
    publishers = [name for item in page.items for name in strings(item.get("publisher"))]
    nobody = {_key(name) for name in (site_name, *publishers) if name}
    typed = {_key(name) for name in _typed(page)}
    lower = {_key(name) for name in page.meta_all("author") if name.islower()}
    for place in _places(page, lead, text):
        names = [
            name
            for text in place
            for name in (people_in(text) if _key(text) not in typed | lower else _as_typed(text))
            if _key(name) not in nobody - typed
        ]
        if names:
            shown = [name for text in signed(page.tree) for name in people_in(text)]
            return _unique(shown if _all_and_more(names, shown) else names)
    return ()


def _all_and_more(told: list[str], shown: list[str]) -> bool:
    """The byline names everybody that the markup does, and others as well."""
    return {_key(name) for name in told} < {_key(name) for name in shown}


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple({_key(name): name for name in reversed(names)}.values())[::-1][:_MAX_AUTHORS]


def _typed(page: Page) -> Iterator[str]:
    """Names of the authors that structured data call persons."""
    for item in page.items:
        for author in (
            item["author"] if isinstance(item.get("author"), list) else [item.get("author")]
        ):
            if isinstance(author, dict) and "Person" in types_of(author):
                yield from strings(author.get("name"))


def _as_typed(text: str) -> Iterator[str]:
    """A person by type may be written in lower case; desks and agencies stay out."""
    parts = text.split()
    lower = all(part.islower() for part in parts) and 2 <= len(parts) <= 4
    if is_called(one_line(text)) or (lower and is_person(text.title())):
        yield one_line(text)
    else:
        yield from people_in(text)


def _key(name: str) -> str:
    return "".join(words(name))


def _places(page: Page, lead: Lead | None, text: str) -> Iterator[list[str]]:
    yield opening(text)
    article = article_of(page.items)
    if article is not None:
        yield _named_in(page, article.get("author")) or _named_in(page, article.get("creator"))
    for item in page.items:
        if item is not article and is_article(item):
            yield _named_in(page, item.get("author"))
    for name in _METAS:
        yield list(page.meta_all(name))
    yield bylines(page.tree)
    if lead is not None:
        yield list(lead.authors)
    yield signature(text)


def _named_in(page: Page, value: Any) -> list[str]:
    """Names in a JSON-LD author; organisations are left out, references looked up."""
    if isinstance(value, list):
        return [name for part in value for name in _named_in(page, part)]
    if not isinstance(value, dict):
        return list(strings(value))
    kinds = types_of(value)
    if any(NO_ONE.search(address) for key in ("@id", "url") for address in strings(value.get(key))):
        return []
    if kinds and "Person" not in kinds and any("Organization" in kind for kind in kinds):
        return []
    if not value.get("name") and value.get("@id"):
        for item in page.items:
            if item is not value and item.get("@id") == value["@id"] and item.get("name"):
                return _named_in(page, item)
        return []
    return list(strings(value.get("name"))) or _in_parts(value)


def _in_parts(value: dict[str, Any]) -> list[str]:
    """A name that is told as given and family name."""
    parts = [text for key in ("givenName", "familyName") for text in strings(value.get(key))]
    return [" ".join(parts)] if len(parts) == 2 else []
