"""What the published database shows of the index: views over its files of one generation.

Builds SQL; opens nothing.
"""

from __future__ import annotations

from dataclasses import replace

from warehouse import relations
from warehouse.index import segments
from warehouse.manifest import Manifest
from warehouse.relations import Columns

Declared = dict[str, Columns]


def postings(manifest: Manifest, _relation: str, _declared: Declared, root: str) -> str:
    """Words of the compacted articles: lists of up to 256 articles, with impacts and places."""
    files = manifest.files.get("postings", ())
    if not files:
        return relations.nothing(segments.COLUMNS)
    return f"SELECT {', '.join(segments.COLUMNS)} FROM {relations.scan('postings', files, root)}"


def lexicon(manifest: Manifest, _relation: str, declared: Declared, root: str) -> str:
    """Words and how many articles hold them: a row for each segment and each recent article."""
    recent = relations.select_files(manifest, "recent", declared["recent"], root)
    parts = [f"SELECT r.term, r.p3, r.stem, 1::INTEGER AS df FROM ({recent}) r"]
    files = manifest.files.get("postings", ())
    if files:
        parts.append(f"SELECT term, p3, stem, df FROM {relations.scan('lexicon', files, root)}")
    return " UNION ALL ".join(parts)


def dead_docs(manifest: Manifest, _relation: str, declared: Declared, root: str) -> str:
    """Numbers of articles that have another version by now."""
    return f"SELECT doc FROM ({relations.select_history(manifest, 'docs', declared, root)})"


def index_stats(manifest: Manifest, _relation: str, _declared: Declared, _root: str) -> str:
    """How many articles the index holds, without those that have another version."""
    n = sum(file.rows for file in manifest.files.get("docs", ()))
    return f"SELECT {n - manifest.superseded.get('articles', 0)}::BIGINT AS n_docs"


def texts(manifest: Manifest, _relation: str, declared: Declared, root: str) -> str:
    """The texts of all versions by their numbers: what a snippet needs, and quick to plan."""
    columns = {name: declared["articles"][name] for name in ("doc", "text")}
    return relations.select_files(manifest, "articles", columns, root)


def entity_counts(manifest: Manifest, _relation: str, declared: Declared, root: str) -> str:
    """In how many readings an entity is named: to be added up, superseded ones count below 0."""
    files = manifest.files.get("readings", ())
    packed = [file for file in files if relations.is_packed(file.path)]
    loose = tuple(file for file in files if file not in packed)
    only = replace(manifest, files=manifest.files | {"readings": loose})
    counted = [
        (relations.select_files(only, "readings", declared["readings"], root), 1),
        (relations.select_history(manifest, "readings", declared, root), -1),
    ]
    parts = [
        f"SELECT unnest(r.entity_nos) AS entity_no, {n}::INTEGER AS n FROM ({rows}) r"
        for rows, n in counted
    ]
    if packed:
        rows = relations.scan("entity_counts", packed, root)
        parts.append(f"SELECT c.entity_no, c.n FROM {rows} c")
    return " UNION ALL ".join(parts)


# What a database with real tables shows instead of these views.
OF_TABLES = {
    "texts": "SELECT doc, text FROM articles UNION ALL SELECT doc, text FROM articles_history",
    "entity_counts": "SELECT unnest(entity_nos) AS entity_no, 1::INTEGER AS n FROM readings",
}

VIEWS = {
    "texts": texts,
    "postings": postings,
    "lexicon": lexicon,
    "dead_docs": dead_docs,
    "index_stats": index_stats,
    "entity_counts": entity_counts,
}
