"""The groups of sources.toml: what is in each, and which of them fit a seed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warehouse.records import Source

_SHARE = 0.8  # of a group's sources that are of one language or country: then it is its group
_FEW = 5  # sources that are proposed by name where they have no group of their own


@dataclass(frozen=True, slots=True)
class Group:
    """The sources that name a group."""

    group: str
    sources: tuple[Source, ...]

    @property
    def addresses(self) -> int:
        """How many feeds, sitemaps and section pages that is."""
        return addresses_of(self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Where to look for more of a seed, and why."""

    group: str | None  # None: these sources have no group of their own
    sources: tuple[Source, ...]
    why: str


def addresses_of(sources: Iterable[Source]) -> int:
    return sum(len(s.feeds) + len(s.sitemaps) + len(s.pages) for s in sources)


def gather(sources: Iterable[Source]) -> list[Group]:
    """All groups by name."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        for group in source.groups:
            found.setdefault(group, []).append(source)
    return [Group(name, tuple(found[name])) for name in sorted(found)]


def fitting(
    sources: Iterable[Source], language: tuple[str, str] | None, countries: Mapping[str, str]
) -> list[Fit]:
    """What fits a seed in this language (tag, English name) that names these countries.

    A group is of a language or country when nearly all of its sources are; of several such the
    one with the most is proposed, and where there is none, the few sources themselves.
    """
    there = [source for source in sources if not source.paused]
    groups = gather(there)
    found = []
    if language:
        tag, name = language
        of_it = {s.source for s in there if _primary(s.language) == _primary(tag)}
        found.append(_fit(groups, there, of_it, name, f"the seed is in {name}"))
    for code, name in countries.items():
        of_it = {s.source for s in there if s.country == code}
        found.append(_fit(groups, there, of_it, name, f"the seed names {name}"))
    return [fit for fit in found if fit]


def _fit(
    groups: list[Group], sources: list[Source], of_it: set[str], name: str, why: str
) -> Fit | None:
    rated = []
    for one in groups:
        n = sum(s.source in of_it for s in one.sources)
        if n >= _SHARE * len(one.sources):
            named = one.group == name.lower().replace(" ", "-")  # japanese before japan
            rated.append((n, n / len(one.sources), named, one))
    if rated:
        best = max(rated, key=lambda row: row[:3])[3]
        return Fit(group=best.group, sources=best.sources, why=why)
    alone = tuple(s for s in sources if s.source in of_it)
    return Fit(group=None, sources=alone, why=why) if 0 < len(alone) <= _FEW else None


def _primary(tag: str | None) -> str | None:
    return tag.replace("_", "-").split("-")[0].lower() if tag else None
