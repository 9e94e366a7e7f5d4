"""JSON-LD as pages really write it: read leniently, flattened, nothing resolved over the network.

The vocabulary is schema.org's; `@graph`, lists and nested `mainEntity` are opened, `@id`
references inside the page are followed once by those who ask.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|Report|Review|SocialMediaPosting|NewsItem)$"
)
_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*;?\s*$", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MAX_BYTES = 2_000_000  # of one script
_MAX_ITEMS = 2_000
_MAX_NESTING = 12
_OPENED = ("@graph", "mainEntity", "mainEntityOfPage")  # an ItemList's parts are other pages


def items_of(tree: HtmlElement) -> tuple[dict[str, Any], ...]:
    """Every JSON-LD object of the page in order; broken scripts give nothing."""
    items: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for item in _flatten(_load(script.text), 0):
                items.append(item)
                if len(items) >= _MAX_ITEMS:
                    return tuple(items)
    return tuple(items)


def _load(text: str) -> Any:
    text = text.strip()
    if not text.startswith(("{", "[")) or not text.endswith(("}", "]")):
        text = _COMMENT.sub("", text).strip()
    for attempt in _readings(text[:_MAX_BYTES]):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _readings(text: str) -> Iterator[str]:
    yield text
    yield _TRAILING_COMMA.sub(r"\1", text)
    yield _TRAILING_COMMA.sub(r"\1", unescape(text))


def _flatten(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MAX_NESTING:
        return
    if isinstance(value, list):
        for part in value:
            yield from _flatten(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _OPENED:
            if isinstance(value.get(key), dict | list):
                yield from _flatten(value[key], depth + 1)


def types_of(item: dict[str, Any]) -> tuple[str, ...]:
    """Names of the item's types without schema.org's prefix."""
    return tuple(name.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in strings(item.get("@type")))


def is_article(item: dict[str, Any]) -> bool:
    return any(_ARTICLE.search(name) for name in types_of(item))


def article_of(items: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
    """The object that describes the page's own article: the one that knows most of it."""
    articles = [item for item in items if is_article(item)]
    known = (
        "headline",
        "datePublished",
        "author",
        "articleBody",
        "description",
        "mainEntityOfPage",
    )
    return max(articles, key=lambda item: sum(1 for key in known if item.get(key)), default=None)


def strings(value: Any) -> tuple[str, ...]:
    """The plain strings in a value that may be a string, a list, or nested in `@value`, `name`."""
    if isinstance(value, str):
        text = unescape(value).strip() if "&" in value else value.strip()
        return (text,) if text else ()
    if isinstance(value, list):
        return tuple(text for part in value for text in strings(part))
    if isinstance(value, dict):
        for key in ("@value", "name", "url", "@id"):
            if value.get(key):
                return strings(value[key])
    return ()


def first(value: Any) -> str | None:
    return next(iter(strings(value)), None)
