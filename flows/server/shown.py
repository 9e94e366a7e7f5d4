"""What a run shows in Prefect when it is over: tables and a brief. Pure: rows and texts in and out.

Titles, names and addresses are other people's text: none of it becomes markup, and only web
addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flows.brief import Brief, Item, WatchNews, because, ledger
from flows.output import cell, printable
from flows.questions import Row

_MOST = 50  # articles of each watch
# Escaped wherever it stands; the colon, the at sign and www. because bare addresses become links.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#!|~&:@]|(?<=www)\.)", re.IGNORECASE)
_SAFE = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
# What would end a link's address, or the address of a bare link, before its time.
_ENCODED = {c: f"%{ord(c):02X}" for c in "()<>[]\\`\"'|* _{}"}


def by_source(counts: Iterable[Row]) -> list[Row]:
    """One row a source: found, what came of it, and the outcomes in words."""
    found: dict[str, dict[str, int]] = {}
    for row in counts:
        found.setdefault(row["source"], {})[row["outcome"]] = row["n"]
    return [
        {
            "source": source,
            "found": sum(outcomes.values()),
            "new": outcomes.get("stored", 0),
            "revised": outcomes.get("revised", 0),
            "outcomes": ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items()),
        }
        for source, outcomes in sorted(found.items())
    ]


def by_outcome(outcomes: Sequence[tuple[str, int]]) -> list[Row]:
    """One row an outcome, with its share of what was found."""
    total = sum(n for _, n in outcomes)
    return [
        {"outcome": outcome, "addresses": n, "share": f"{n / total:.1%}"} for outcome, n in outcomes
    ]


def brief(told: Brief, notes: Sequence[str] = ()) -> str:
    """The brief as Markdown."""
    parts = [part for news in told.watches for part in _watch(news)]
    parts.append(escaped(ledger(told)))
    if notes:
        parts += ["### To look into", "\n".join(f"- {escaped(note)}" for note in notes)]
    return "\n\n".join(parts) + "\n"


def _watch(news: WatchNews) -> Iterable[str]:
    copies = f", {news.n_copies} copies folded" if news.n_copies else ""
    yield f"## {escaped(news.title)} ({escaped(news.watch)})"
    yield f"{len(news.new)} new, {len(news.revised)} revised{copies}"
    for heading, items in (("New", news.new), ("Revised", news.revised)):
        if not items:
            continue
        yield f"### {heading}"
        yield "\n".join(_item(item) for item in items[:_MOST])
        if len(items) > _MOST:
            yield f"… and {len(items) - _MOST} more: `slugline coverage {escaped(news.watch)}`"


def _item(item: Item) -> str:
    row = item.article
    about = " · ".join(
        escaped(part)
        for part in (
            f"{row['relevance']:.2f}",
            str(row["tier"]),
            str(row["source"]),
            cell(row["published_at"]) or "undated",
        )
    )
    lines = [
        f"- **{link(row['title'] or '(no title)', row['url'])}**  ",
        f"  {about}  ",
        f"  because {escaped(because(row))}",
    ]
    if item.copies:
        where = ", ".join(f"{copy['source']} ({copy['copy_kind']})" for copy in item.copies)
        lines[-1] += "  "
        lines.append(f"  copied by {escaped(where)}")
    return "\n".join(lines)


def link(text: str, url: Any) -> str:
    """A Markdown link, or only the text where the address is none of the web's."""
    address = str(url or "")
    if not _SAFE.fullmatch(address):
        return escaped(text)
    safe = "".join(_ENCODED.get(c, c) for c in printable(address))
    return f"[{escaped(text)}]({safe})"


def escaped(text: str) -> str:
    """Text that stays text in Markdown, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(printable(text).split()))
