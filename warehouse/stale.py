"""What a step of the derivation would derive again: which articles, and made by which version.

Reads only, and leaves no trace in the data directory; deriving is in derive.py, and what the
crawlers extract again lands through reextracted.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.landed import open_tables
from warehouse.records import Profile
from warehouse.relations import script
from warehouse.understand.copies import COPIES_VERSION
from warehouse.understand.language import MODELLED
from warehouse.understand.reading import UNDERSTANDING_VERSION
from warehouse.understand.relevance import RELEVANCE_VERSION

VERSIONS = {
    "understand": UNDERSTANDING_VERSION,
    "copies": COPIES_VERSION,
    "relevance": RELEVANCE_VERSION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles are meant. `started_at`: also what this very version made before then."""

    since: datetime | None = None  # published (or first seen) then or later
    until: datetime | None = None
    watches: tuple[str, ...] = ()  # related to one of these; none: all articles
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An article whose text is to be extracted again."""

    from_version: str
    article_id: str
    revision: int
    run: str
    url: str
    final_url: str
    source: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """An article to be derived again."""

    from_version: str
    article_id: str
    modelled: bool = True  # may be in a language with a name model


def to_extract(data: Path, chosen: Selection, version: str) -> list[Extracted]:
    """Articles that another version of the extraction made, run by run, newest first.

    None of those that were imported: there never was a page.
    """
    found = _ask(data, "again_extract.sql", chosen, version=version)
    names = Extracted.__slots__
    return [Extracted(**dict(zip(names, row, strict=True))) for row in found]


def to_understand(data: Path, chosen: Selection) -> list[Stale]:
    """Articles that the current version has not read; those with a name model first."""
    more = {"version": UNDERSTANDING_VERSION, "modelled": sorted(MODELLED)}
    return [
        Stale(from_version=version, article_id=id_, modelled=modelled)
        for version, id_, modelled in _ask(data, "again_understand.sql", chosen, **more)
    ]


def is_modelled(language: str | None) -> bool:
    """Whether a text may be in a language with a name model, as again_understand.sql says."""
    return language is None or language in MODELLED


def to_compare(data: Path, chosen: Selection) -> list[Stale]:
    """Articles whose copies are looked for again: all that are chosen."""
    found = _ask(data, "again_copies.sql", chosen)
    return [Stale(from_version=version, article_id=id_) for version, id_ in found]


def to_relate(data: Path, chosen: Selection, profile: Profile) -> list[Stale]:
    """Articles that were not compared with this version of the profile."""
    found = _ask(
        data,
        "again_relevance.sql",
        chosen,
        watch=profile.watch,
        profile=profile.profile_version,
        version=RELEVANCE_VERSION,
    )
    return [Stale(from_version=version, article_id=id_) for version, id_ in found]


def _ask(data: Path, query: str, chosen: Selection, **more: object) -> list[tuple[Any, ...]]:
    asked: dict[str, object] = {
        "since": _naive(chosen.since),
        "until": _naive(chosen.until),
        "watches": list(chosen.watches) or None,
        "started": _naive(chosen.started_at),
    }
    text = script(f"derive/{query}")
    known = {name: value for name, value in (asked | more).items() if f"${name}" in text}
    with open_tables(data) as con:
        return con.execute(text, known).fetchall()


def _naive(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def counted(stale: Sequence[Stale | Extracted]) -> dict[str, int]:
    """How many were made by which version."""
    counts: dict[str, int] = {}
    for one in stale:
        counts[one.from_version] = counts.get(one.from_version, 0) + 1
    return dict(sorted(counts.items()))
