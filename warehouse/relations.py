"""The relations of the warehouse: their columns and keys, and the SQL that reads their files.

Builds SQL from names of our own only; opens nothing by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from warehouse import quiet
from warehouse.manifest import Manifest, TableFile

# What names a row for superseding: later rows with the key take the place of earlier ones.
KEYS = {
    "articles": "article_id",
    "citations": "article_id",
    "understood": "article_id",
    "mentions": "article_id",
    "keywords": "article_id",
    "quotes": "article_id",
    "copies": "article_id",
    "readings": "article_id",
    "docs": "article_id",
    "coverage": "watch || '/' || article_id",
    "watches": "watch",
    "profiles": "watch",
    "sources": "source",
    "entities": "entity_id",
    "aliases": "entity_id",
    "feeds": "url",
}

# Rows that are superseded together with those of another relation, which alone says so.
WITH = {"docs": "articles"}

# Of these only the newest row of a key is kept, so that a year of polling stays small.
SNAPSHOTS = frozenset({"feeds"})

# What the rows of merged files are sorted by, so that a look-up reads a small part of them.
# Entities in slices of 131,072 readings: so also the names of a few weeks are a small part.
SORTED = {
    "article_entities": "reading >> 17, entity_id, reading",
    "readings": "reading",
    "aliases": "words",
    "entities": "entity_id",
    "entity_numbers": "entity_no",
    "docs": "doc",
    "recent": "term, doc",
}

# Rows; so that a text is fetched without reading many others, and a word without many others.
_ROW_GROUP = {
    "articles": 2_048,
    "recent": 61_440,
    "docs": 2_048,
    "article_entities": 40_960,
    "aliases": 20_480,
    "readings": 61_440,
}

# Columns that packed files keep in two, the rest of a long value beside it (see sql/pack).
_IN_TWO = {("articles", "text"): "text_rest"}
# Of these some packed files have empty rows beside the others (see pack.py).
_WITH_EMPTY_ROWS = frozenset({"articles"})

Columns = dict[str, str]  # name → type, in order


@cache
def script(name: str) -> str:
    """The text of `warehouse/sql/<name>`."""
    return (resources.files("warehouse") / "sql" / name).read_text(encoding="utf-8")


def row_group(relation: str) -> int:
    """Rows in a row group of the relation's files."""
    return _ROW_GROUP.get(relation, 122_880)


@cache
def declared() -> dict[str, Columns]:
    """Every relation with its columns, as tables.sql declares them."""
    relations: dict[str, Columns] = {}
    with quiet.connect(config={"threads": 1}) as con:
        con.execute(f"CREATE SCHEMA contract; USE contract; {script('schema/tables.sql')}")
        for relation, column, type_ in con.execute(script("schema/columns.sql")).fetchall():
            relations.setdefault(relation, {})[column] = type_
    return relations


def select_files(manifest: Manifest, relation: str, columns: Columns, root: str) -> str:
    """A SELECT of all rows ever landed; `root` is an SQL expression for the data directory.

    Files that lack a newer column give NULL for it. One SELECT for each list of columns the
    files were written with: cheaper than union_by_name, which opens every file to plan.
    """
    files = manifest.files.get(relation, ())
    if not files:
        return nothing(columns)
    alike: dict[tuple[bool, int], list[TableFile]] = defaultdict(list)
    for file in files:
        alike[is_packed(file.path), file.layout].append(file)
    return " UNION ALL ".join(
        _select(those, relation, frozenset(manifest.layouts[relation][layout]), columns, root)
        for (_, layout), those in sorted(alike.items(), key=_newest_first)
    )


def _newest_first(kind: tuple[tuple[bool, int], object]) -> tuple[bool, int]:
    # Packed files last: they hold older rows, and whoever asks for the newest skips most.
    (packed, layout), _ = kind
    return packed, -layout


def select_current(
    manifest: Manifest, relation: str, declared: dict[str, Columns], root: str
) -> str:
    """A SELECT of the rows that no later batch has superseded."""
    rows = select_files(manifest, relation, declared[relation], root)
    if not n_superseded(manifest, relation):
        return rows
    return f"SELECT r.* FROM ({rows}) r ANTI JOIN {_taken_back(manifest, relation, declared, root)}"


def select_history(
    manifest: Manifest, relation: str, declared: dict[str, Columns], root: str
) -> str:
    """A SELECT of the rows that a later batch has superseded."""
    if not n_superseded(manifest, relation):
        return nothing(declared[relation])
    rows = select_files(manifest, relation, declared[relation], root)
    return f"SELECT r.* FROM ({rows}) r SEMI JOIN {_taken_back(manifest, relation, declared, root)}"


def n_superseded(manifest: Manifest, relation: str) -> int:
    """How many rows of the relation have been superseded."""
    return manifest.superseded.get(WITH.get(relation, relation), 0)


def quoted(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _taken_back(manifest: Manifest, relation: str, declared: dict[str, Columns], root: str) -> str:
    rows = select_files(manifest, "superseded", declared["superseded"], root)
    return (
        f"(SELECT key, batch FROM ({rows}) WHERE relation = '{WITH.get(relation, relation)}') s"
        f" ON {KEYS[relation]} = s.key AND r.batch = s.batch"
    )


def is_packed(path: str) -> bool:
    """Whether it is a DuckDB file instead of Parquet (see pack.py)."""
    return path.endswith(".db")


def scan(table: str, files: Sequence[TableFile], root: str) -> str:
    """A FROM clause for the rows of these files as they are kept, all packed or none.

    `table`: which of a DuckDB file's, named like the relation; a segment of the index has two.
    """
    if is_packed(files[0].path):
        return f"read_duckdb([{paths_of(files, root)}], table_name := '{table}')"
    return f"read_parquet([{paths_of(files, root)}])"


def _select(
    files: Sequence[TableFile],
    relation: str,
    present: frozenset[str],
    columns: Columns,
    root: str,
) -> str:
    rests = _rests(relation, files[0].path)

    def chosen(name: str, type_: str) -> str:
        if name not in present:
            return f'NULL::{type_} AS "{name}"'
        if name in rests:
            return f'"{name}" || coalesce({rests[name]}, \'\') AS "{name}"'
        return f'"{name}"'

    columns_ = ", ".join(chosen(name, type_) for name, type_ in columns.items())
    selected = f"SELECT {columns_} FROM {scan(relation, files, root)}"
    if relation in _WITH_EMPTY_ROWS and is_packed(files[0].path) and KEYS[relation] in columns:
        # Who asks for nothing but texts by number need not say so, and DuckDB uses the index.
        return f'{selected} WHERE "{KEYS[relation]}" IS NOT NULL'
    return selected


def _rests(relation: str, path: str) -> dict[str, str]:
    """The columns of a file that are kept in two, and what the second is called."""
    if not is_packed(path):
        return {}
    return {name: rest for (of, name), rest in _IN_TWO.items() if of == relation}


def kept_columns(relation: str, path: str, layout: Iterable[str]) -> set[str]:
    """The columns that a file has which was written with those of `layout`."""
    return {*layout, *_rests(relation, path).values()}


def paths_of(files: Iterable[TableFile], root: str) -> str:
    """SQL for a list of paths, the smallest file first.

    Whenever DuckDB plans a query it reads what the first file tells of all of its parts; of a
    large one that takes longer than many a query.
    """
    ranked = sorted(files, key=lambda file: (file.bytes, file.path))
    return ", ".join(f"{root} || {quoted('/' + file.path)}" for file in ranked)


def nothing(columns: Columns) -> str:
    """A SELECT of no rows with these columns."""
    chosen = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in columns.items())
    return f"SELECT {chosen} WHERE false"
