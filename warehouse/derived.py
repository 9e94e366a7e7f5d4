"""Turns what understanding gave into rows of the relations, and what they supersede. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from warehouse.records import Copy, Coverage, Label, Understanding, to_json
from warehouse.understand.copies import COPIES_VERSION
from warehouse.understand.identity import better_name
from warehouse.understand.reading import UNDERSTANDING_VERSION
from warehouse.understand.relevance import RELEVANCE_VERSION
from warehouse.understand.tokens import fold

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Supersede = dict[str, list[str]]

_OF_AN_ARTICLE = ("understood", "mentions", "keywords", "quotes")
_VERSION = {"understanding_version": UNDERSTANDING_VERSION}
# Of several labels an entity that is no person was given, the one that says most.
_TELLING = (Label.PER, Label.ORG, Label.LOC, Label.MISC)


def of_understandings(
    read: Iterable[Understanding], revisions: Mapping[str, int], now: datetime
) -> tuple[Rows, Supersede]:
    """Rows of everything but copies and coverage; entities and aliases as this batch has them."""
    read = list(read)
    rows: Rows = {
        "understood": [
            {
                "article_id": u.id,
                "revision": revisions[u.id],
                "language": u.language,
                "understood_at": now,
                **_VERSION,
            }
            for u in read
        ],
        "mentions": [_of_text(u.id, m) for u in read for m in u.mentions],
        "keywords": [_of_text(u.id, k) for u in read for k in u.keywords],
        "quotes": [_of_text(u.id, q) for u in read for q in u.quotes],
    }
    for row in rows["mentions"]:
        row.pop("entity")
    rows["entities"], rows["aliases"] = _entities(read)
    return rows, {relation: [u.id for u in read] for relation in _OF_AN_ARTICLE}


def _of_text(article_id: str, record: Any) -> Row:
    return {"article_id": article_id, **to_json(record), **_VERSION}


def _entities(read: Iterable[Understanding]) -> tuple[list[Row], list[Row]]:
    """One row for each entity, and one for each spelling of it."""
    named: dict[str, tuple[str, str]] = {}
    spellings: dict[tuple[str, str], Row] = {}
    for mention in (m for u in read for m in u.mentions):
        id_ = mention.entity_id
        named[id_] = _better(named.get(id_), (mention.entity, str(mention.label)))
        for alias in (mention.surface, mention.entity):
            row = {"entity_id": id_, "alias": alias, "folded": fold(alias)}
            spellings[id_, alias] = row
    entities = [
        {"entity_id": id_, "entity": name, "label": label} for id_, (name, label) in named.items()
    ]
    return entities, list(spellings.values())


def _better(before: tuple[str, str] | None, new: tuple[str, str]) -> tuple[str, str]:
    """Name and label to show, the same whatever the order of the articles."""
    if before is None:
        return new
    label = min(before[1], new[1], key=lambda x: _TELLING.index(Label(x)))
    return better_name(before[0], new[0]), label


def merge_entities(
    rows: Rows, entities: Sequence[tuple[str, str, str]], aliases: Sequence[tuple[str, str]]
) -> tuple[Rows, Supersede]:
    """Of a batch's entities and aliases those that are new or better than the ones there are."""
    before = {id_: (name, label) for id_, name, label in entities}
    known = set(aliases)
    changed = []
    for row in rows["entities"]:
        old = before.get(row["entity_id"])
        name, label = _better(old, (row["entity"], row["label"]))
        if (name, label) != old:
            changed.append({"entity_id": row["entity_id"], "entity": name, "label": label})
    new = [row for row in rows["aliases"] if (row["entity_id"], row["alias"]) not in known]
    replaced = [row["entity_id"] for row in changed if row["entity_id"] in before]
    return {"entities": changed, "aliases": new}, {"entities": replaced}


def of_copies(found: Iterable[Copy], concerned: list[str]) -> tuple[Rows, Supersede]:
    rows = [{**to_json(copy), "copies_version": COPIES_VERSION} for copy in found]
    return {"copies": rows}, {"copies": concerned}


def of_coverage(found: Iterable[Coverage], now: datetime) -> tuple[Rows, Supersede]:
    rows = [
        {**to_json(c), "relevance_version": RELEVANCE_VERSION, "related_at": now} for c in found
    ]
    for row in rows:
        row.setdefault("reasons", [])
    return {"coverage": rows}, {"coverage": [f"{r['watch']}/{r['article_id']}" for r in rows]}
