"""Decides what a fetched page is to the warehouse: a new article, a new version, or nothing new.

Pure: values in, values and a reason out. What must not make a version: a clock, an advert, a
counter, another way to write the same quotation mark.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from warehouse.records import Article, Outcome

# Short paragraphs that change by themselves. Matched whole, on normalised text.
_FURNITURE = re.compile(
    r"""(?:last\ )?(?:updated|published|posted|modified)\b.{0,60}\d.{0,40}
    | (?:\d+|an?|one)\ (?:second|minute|min|hour|day|week)s?\ (?:ago|read|min\ read)\b.{0,20}
    | [\d.,]+\s?[km]?\ (?:views?|shares?|comments?|likes?|reads?|reactions?|retweets?)
    | (?:views?|shares?|comments?|likes?|reads?)\s?[:(]?\s?[\d.,]+\s?[km]?\)?
    | advertisements?|anzeige|werbung|publicité|publicidad|pubblicità|story\ continues\ below.{0,40}
    | (?:mon|tues|wednes|thurs|fri|satur|sun)day,?\ \d{1,2}.{0,40}\d{2}:\d{2}.{0,20}
    | \d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\.?)?(?:\s?[a-z]{2,5})?""",
    re.VERBOSE,
)
_FURNITURE_LENGTH = 120  # code points; nothing longer is dropped
_MARKS = str.maketrans("‘’‚‛“”„‟«»–—−‐‑", '\'\'\'\'""""""-----')


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article as it has landed, or as decided earlier in the same batch."""

    article_id: str
    revision: int
    key: str  # of the address whose page the article is
    url: str
    title: str
    text: str
    text_hash: str
    first_seen_at: datetime
    in_this_batch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a fetched article; `known` is the article it belongs to, if there was one."""

    outcome: Outcome
    reason: str
    known: Known | None = None
    title_changed: bool = False
    text_changed: bool = False


def decide(article: Article, known: Known | None) -> Decision:
    """What `article` is, given the article that its address or its canonical address led to."""
    if known is None:
        return Decision(outcome=Outcome.STORED, reason="new article")
    if known.in_this_batch or known.key != article.key:
        reason = f"another address of {known.url}"
        return Decision(outcome=Outcome.DUPLICATE_URL, reason=reason, known=known)
    title = normalised(known.title) != normalised(article.title)
    text = known.text_hash != text_hash(article.text)
    changed = " and ".join(name for name, is_so in (("title", title), ("text", text)) if is_so)
    if not changed:
        return Decision(
            outcome=Outcome.UNCHANGED, reason="fetched again, the same text", known=known
        )
    return Decision(
        outcome=Outcome.REVISED,
        reason=f"{changed} changed",
        known=known,
        title_changed=title,
        text_changed=text,
    )


def normalised(text: str) -> str:
    """`text` without what may differ between two visits to the same version."""
    straight = unicodedata.normalize("NFKC", text).translate(_MARKS).lower()
    paragraphs = (" ".join(part.split()) for part in straight.split("\n"))
    return "\n".join(part for part in paragraphs if part and not _is_furniture(part))


def text_hash(text: str) -> str:
    """Equal for texts that are the same after normalising; hex."""
    return hashlib.sha256(normalised(text).encode("utf-8", "replace")).hexdigest()[:32]


def word_changes(old: str, new: str) -> tuple[int, int]:
    """Words added and removed, counted as bags of words: moved sentences count nothing."""
    before, after = Counter(normalised(old).split()), Counter(normalised(new).split())
    return (after - before).total(), (before - after).total()


def canonical_key(article: Article) -> str:
    """Identity of the address that the page says is its own: two such are the same page."""
    try:
        parts = urlsplit(article.canonical_url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # a port or a host in brackets that cannot be: then it is only itself
        return article.canonical_url
    host = (parts.hostname or "").lower()
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}{parts.path or '/'}{query}"


def article_id(article: Article) -> str:
    """The id of an article that is new: 16 hex digits of its canonical address."""
    return hashlib.sha256(canonical_key(article).encode("utf-8", "replace")).hexdigest()[:16]


def order(articles: list[Article]) -> list[Article]:
    """The order of deciding: whichever crawl brought them, the same page speaks for an article."""
    return sorted(articles, key=lambda a: (a.url != a.canonical_url, len(a.url), a.url))


def is_change(
    outcome: str, retry_at: datetime | None, last: str | None, last_retry_at: datetime | None
) -> bool:
    """Whether a fate is worth a row after the `last` one that was written down of its address.

    An article that stays what it was is no news, nor is an address that still waits for its
    next try; each try is, because tries are counted. Times are naive UTC.
    """
    if outcome == Outcome.UNCHANGED and last in (Outcome.STORED, Outcome.REVISED):
        return False
    if outcome == Outcome.DEFERRED:
        return last != outcome or retry_at != last_retry_at
    return outcome == Outcome.REVISED or outcome != last


def _is_furniture(paragraph: str) -> bool:
    return len(paragraph) <= _FURNITURE_LENGTH and _FURNITURE.fullmatch(paragraph) is not None
