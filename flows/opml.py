"""OPML in and out: how feed readers hand over lists of feeds.

Subscription lists as of OPML 2.0 (http://opml.org/spec2.opml). Feeds of one site become one
source; the outlines around them become groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from flows.sources import fits, name_of
from warehouse.errors import BadInput
from warehouse.records import Source


def read(body: bytes, name: str | Path) -> list[Source]:
    """The sources of a subscription list; raises BadInput where it is none."""
    from lxml import etree  # noqa: PLC0415  start-up stays quick

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as wrong:
        raise BadInput(f"not an OPML file: {wrong.msg}", where=name) from wrong
    if etree.QName(root).localname.lower() != "opml":
        raise BadInput(f"not an OPML file but <{etree.QName(root).localname}>", where=name)
    found: dict[str, Source] = {}
    for outline in root.iter("outline"):
        feed = outline.get("xmlUrl") or ""
        if re.match(r"https?://[^\s/]", feed):
            groups = [_group(above) for above in outline.iterancestors("outline")]
            _merge(found, outline.attrib, feed, tuple(g for g in reversed(groups) if g))
    if not found:
        raise BadInput("the OPML file names no feeds", where=name)
    return list(found.values())


def _group(outline: object) -> str:
    title = outline.get("text") or outline.get("title") or ""  # type: ignore[attr-defined]
    return "-".join(re.findall(r"\w+", title.lower()))


def _merge(
    found: dict[str, Source], outline: dict[str, str], feed: str, groups: tuple[str, ...]
) -> None:
    page = outline.get("htmlUrl") or ""
    home = (
        page
        if re.match(r"https?://[^\s/]", page)
        else "{0.scheme}://{0.netloc}/".format(urlsplit(feed))
    )
    name = name_of(urlsplit(home).hostname or "")
    if not fits(name):
        return
    known = found.get(name)
    found[name] = Source(
        source=name,
        home=known.home if known else home,
        title=known.title if known else (outline.get("title") or outline.get("text") or None),
        language=(known.language if known else None) or outline.get("language") or None,
        feeds=tuple(dict.fromkeys([*(known.feeds if known else ()), feed])),
        groups=tuple(dict.fromkeys([*(known.groups if known else ()), *groups])),
    )


def not_yet(found: Iterable[Source], there: Iterable[Source]) -> tuple[list[Source], list[str]]:
    """What of `found` is new, less the feeds that are there already; and names of what is not.

    A feed is known by its address, so that a list that was exported comes back as nothing new
    also where its sources have been given other names.
    """
    there = list(there)
    taken = {one.source for one in there}
    owner = {feed: one.source for one in there for feed in one.feeds}
    new, known = [], []
    for one in found:
        fresh = tuple(feed for feed in one.feeds if feed not in owner)
        if one.source in taken:
            known.append(one.source)
        elif fresh:
            new.append(replace(one, feeds=fresh))
        else:
            known += [owner[feed] for feed in one.feeds]
    return new, list(dict.fromkeys(known))


def write(sources: Iterable[Source]) -> str:
    """An OPML 2.0 subscription list, one outline a feed, under the first group of its source."""
    by_group: dict[str, list[str]] = {}
    for source in sources:
        lines = by_group.setdefault(source.groups[0] if source.groups else "", [])
        lines += [_outline(source, feed) for feed in source.feeds]
    body = []
    for group, lines in by_group.items():
        if group and lines:
            body += [f"    <outline text={quoteattr(group)}>", *lines, "    </outline>"]
        else:
            body += lines
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            "  <head><title>Slugline sources</title></head>",
            "  <body>",
            *body,
            "  </body>",
            "</opml>\n",
        ]
    )


def _outline(source: Source, feed: str) -> str:
    facts = {
        "type": "rss",
        "text": source.title or source.source,
        "title": source.title or source.source,
        "xmlUrl": feed,
        "htmlUrl": source.home,
        "language": source.language,
    }
    pairs = " ".join(f"{key}={quoteattr(value)}" for key, value in facts.items() if value)
    return f"      <outline {pairs}/>"
