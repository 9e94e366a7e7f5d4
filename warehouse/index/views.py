"""What the published database shows of the index: views over its files of one generation.

Builds SQL; opens nothing.
"""

from __future__ import annotations

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


# What a database with real tables shows instead of these views.
OF_TABLES = {
    "texts": "SELECT doc, text FROM articles UNION ALL SELECT doc, text FROM articles_history"
}

VIEWS = {
    "texts": texts,
    "postings": postings,
    "lexicon": lexicon,
    "dead_docs": dead_docs,
    "index_stats": index_stats,
}
