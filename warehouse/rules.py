"""Which rows of a relation an erasure takes out, and what becomes of the others. Pure: makes SQL.

Decided by the names of columns, so that a relation that is added later is erased from too, if it
names an article, address, source or entity as others do.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse import tombstones
from warehouse.relations import Columns

ERASED = "(erased)"  # what run_counts says instead of a source, so that the sums stay right


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """SQL about the rows `r` of a relation."""

    gone: str  # they go; empty: never
    changed: str  # they stay, in another form
    columns: tuple[str, ...]


_IS_GONE = {
    **dict.fromkeys(tombstones.ARTICLES, "articles"),
    **dict.fromkeys(tombstones.ADDRESSES, "addresses"),
    "source": "sources",
    "entity_id": "names_of_entities",
    "reading": "readings",
}


def rule(relation: str, columns: Columns) -> Rule:
    """By the names of its columns, so that a relation that is added later is erased from too."""
    if relation == "run_counts":
        told = f"CASE WHEN {_among('source')} THEN '{ERASED}' ELSE r.source END AS source"
        return _written_as(columns, {"source": told}, {"source": _among("source")})
    if relation == "tombstones":
        return Rule(gone="", changed="false", columns=())
    others, when = {}, {}
    if "sources" in columns:
        left = "list_filter(r.sources, lambda s: NOT list_contains(getvariable('gone_sources'), s))"
        others["sources"] = f"{left} AS sources"
        when["sources"] = "list_has_any(r.sources, getvariable('gone_sources'))"
    if "links" in columns:
        bare = "regexp_replace(l.url, '^https?://(?:www[.])?|#.*$', '', 'g')"
        named = (
            "(list_contains(getvariable('gone_addresses'), l.url)"
            f" OR list_contains(getvariable('gone_addresses'), {bare}))"
        )
        others["links"] = f"list_filter(r.links, lambda l: NOT {named}) AS links"
        when["links"] = f"len(list_filter(r.links, lambda l: {named})) > 0"
    conditions = [_among(name) for name in columns if name in _IS_GONE]
    if relation == "superseded":
        conditions = [_SUPERSEDED]
    if relation == "aliases":
        conditions.append(f"r.entity_id || '/' || r.alias IN {_SELECT.format('spellings')}")
    return _written_as(columns, others, when, " OR ".join(conditions) or "false")


_SELECT = "(SELECT g.value FROM gone_{} g)"
_SUPERSEDED = " OR ".join(
    f"{key} IN {_SELECT.format(which)}"
    for key, which in (
        ("r.key", "articles"),
        ("split_part(r.key, '/', 2)", "articles"),
        ("r.key", "names_of_entities"),
        ("r.key", "sources"),
    )
)


def _among(column: str) -> str:
    return f"r.{column}::VARCHAR IN {_SELECT.format(_IS_GONE[column])}"


def _written_as(
    columns: Columns, others: dict[str, str], when: dict[str, str], gone: str = "false"
) -> Rule:
    return Rule(
        gone=gone,
        changed=" OR ".join(when.values()) or "false",
        columns=tuple(others.get(name, f'r."{name}"') for name in columns),
    )
