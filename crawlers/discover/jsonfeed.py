"""JSON Feed (versions 1 and 1.1, jsonfeed.org) to leads, also when the file breaks off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawlers.discover.dates import read_date
from crawlers.discover.found import Entry, Found, Origin, language_tag, plain
from crawlers.urls import clean

_MAX_FAULTS = 1_000  # each costs a look at all before it


def read(text: str, url: str, origin: Origin) -> Found:
    """All items of a JSON Feed; of a broken one those that are whole, and an error."""
    text = text.lstrip("\ufeff \t\r\n")
    error = None
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as problem:
        error = f"broken JSON ({problem})"[:200]
        feed = {"items": list(_whole_items(text))}
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Found(kind="unknown", error=error or "JSON, but not a JSON Feed (no items)")
    language = language_tag(_string(feed.get("language")))
    base = clean(_string(feed.get("home_page_url")) or "", url) or url
    leads = [
        origin.lead(_entry(item, position, base), language)
        for position, item in enumerate(items, start=1)
    ]
    return Found(
        kind="json",
        leads=tuple(lead for lead in leads if lead),
        error=error,
        title=plain(_string(feed.get("title"))),
        language=language,
        entries=len(leads),
        without_link=leads.count(None),
    )


def _entry(item: Any, position: int, base: str) -> Entry:
    if not isinstance(item, dict):
        return Entry(position=position)
    addresses = (_string(item.get("url")), _string(item.get("external_url")))
    found = (clean(address, base) for address in addresses if address)
    by_id = clean(_string(item.get("id")) or "")
    return Entry(
        position=position,
        url=next((address for address in found if address), by_id),
        title=_string(item.get("title")),
        summary=_string(item.get("summary"))
        or _string(item.get("content_text"))
        or _string(item.get("content_html")),
        published=read_date(_string(item.get("date_published"))),
        modified=read_date(_string(item.get("date_modified"))),
        language=_string(item.get("language")),
        authors=_authors(item),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    listed = item.get("authors")  # since version 1.1; before it was one `author`
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = (_string(p.get("name")) for p in people if isinstance(p, dict))
    return tuple(dict.fromkeys(name.strip() for name in names if name and name.strip()))


def _string(value: Any) -> str | None:
    """Strings as they are, numbers (ids are often numbers) in digits, all else None."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _whole_items(text: str) -> Iterator[Any]:
    """The items of a file that breaks off or has a fault: each that can be parsed alone."""
    start = re.search(r'"items"\s*:\s*\[', text)
    decoder = json.JSONDecoder(strict=False)
    place = start.end() if start else len(text)
    faults = 0
    while faults < _MAX_FAULTS and (brace := text.find("{", place)) >= 0:
        try:
            item, place = decoder.raw_decode(text, brace)
        except (ValueError, RecursionError):
            place = _next_item(text, brace)
            faults += 1
        else:
            yield item


def _next_item(text: str, brace: int) -> int:
    """Just after the next `},` that is followed by another object; else the end."""
    after = re.compile(r"\}\s*,\s*(?=\{)").search(text, brace)
    return after.end() if after else len(text)
