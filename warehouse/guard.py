"""Keeps SQL that people typed to reading the warehouse: what it may say and what it may touch.

DuckDB's own locks come first; the rest is what they leave open. Runs where sandboxed.py opened the
connection, which bounds time and memory from outside. Knows no table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import BadSql
from warehouse.relations import quoted

_LONGEST = 1_000_000  # characters of a question: parsing takes many times its size
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?", re.IGNORECASE)
_PICTURE = re.compile(r"\n+LINE (\d+): .*", re.DOTALL)

# What FROM may call besides the warehouse's own macros. All others are refused, also those of
# versions to come: in DuckDB 1.5 enable_logging and enable_profiling write files although the
# configuration is locked, and arrow_scan follows any address in memory.
_IN_FROM = (
    "range generate_series unnest repeat repeat_row json_each json_tree summary histogram"
    " histogram_values regexp_split_to_table duckdb_columns duckdb_constraints duckdb_databases"
    " duckdb_functions duckdb_keywords duckdb_schemas duckdb_tables duckdb_types duckdb_views"
    " pg_timezone_names icu_calendar_names pragma_table_info pragma_show pragma_version"
    " test_all_types"
)
# Functions of single values that do more than tell one.
_REFUSED = (
    "getenv write_log json_execute_serialized_sql nextval setval read_text"
    " read_blob create_external_resource register_external_resource"
    " register_external_resource_type deregister_external_resource"
    " destroy_external_resource"
)
_MACROS = (
    "SELECT lower(function_name) FROM duckdb_functions()"
    " WHERE database_name = current_database() AND function_type = 'table_macro'"
)


def config(memory_mb: int) -> dict[str, Any]:
    """How a connection is opened on which other people's SQL will run."""
    return {
        "temp_directory": "",  # what does not fit into memory is refused, and no file is written
        "memory_limit": f"{memory_mb}MB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,  # a name in FROM is never a variable of ours
    }


def lock(con: duckdb.DuckDBPyConnection, data: Path) -> None:
    """From now on `con` reads the warehouse's own files only, and its settings stay."""
    folders = ", ".join(quoted(f"{data.resolve() / name}/") for name in ("tables", "pub"))
    con.execute(f"SET allowed_directories = [{folders}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def callable_in_from(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """What FROM may call on this connection; takes a while, and stays as it is."""
    return frozenset(_IN_FROM.split()) | {name for (name,) in con.execute(_MACROS).fetchall()}


def one_read(
    con: duckdb.DuckDBPyConnection, text: str, in_from: frozenset[str]
) -> duckdb.Statement:
    """The one statement in `text`, if all it does is read; raises BadSql or duckdb.Error."""
    if len(text) > _LONGEST:
        raise BadSql(f"has more than {_LONGEST:,} characters", try_="ask in several steps")
    statements = con.extract_statements(text)
    if len(statements) != 1:
        raise BadSql(
            "needs exactly one statement", try_="one question at a time; PIVOT needs ON … IN (…)"
        )
    inner = _EXPLAIN.sub("", statements[0].query, count=1)
    found = con.execute("SELECT json_serialize_sql($1)", [inner]).fetchone()
    try:
        tree = json.loads(found[0]) if found else {"error": True}
    except RecursionError as error:
        raise BadSql("is nested too deeply") from error
    if tree["error"]:
        raise BadSql("only reads are possible here", try_="use SELECT, FROM or DESCRIBE")
    for name in _refused(tree, in_from):
        raise BadSql(f"the function {name} is not for reading the warehouse")
    return statements[0]


def _refused(tree: object, in_from: frozenset[str]) -> Iterator[str]:
    """Functions that a parsed statement may not call; without recursion, since trees are deep."""
    never = _REFUSED.split()
    rest = [tree]
    while rest:
        node = rest.pop()
        if isinstance(node, list):
            rest.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "TABLE_FUNCTION":
                function = dict(node["function"])
                name = str(function.pop("function_name")).lower()
                if name not in in_from:
                    yield name
                rest.append(function)
            else:
                name = str(node.get("function_name", "")).lower()
                if name in never:
                    yield name
            rest.extend(value for key, value in node.items() if key != "function")


@contextmanager
def translated() -> Iterator[None]:
    """Errors of DuckDB as one line for people; an interruption stays what it is."""
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.OutOfMemoryException as error:
        raise BadSql("needs more memory than it may have", try_="ask for less") from error
    except duckdb.Error as error:
        raise _bad_sql(str(error)) from error


def _bad_sql(message: str) -> BadSql:
    """The sentence of a DuckDB error with its line and hint, without its picture of the query."""
    sentence, _, hint = _PICTURE.sub("", message).strip().partition("\n")
    line = _PICTURE.search(message)
    place = f" (line {line[1]})" if line and line[1] != "1" else ""
    return BadSql(sentence + place, try_=" ".join(hint.split()) or None)
