"""Opens DuckDB so that it says nothing by itself.

DuckDB's Python draws a bar of its own on standard output for every query that takes two seconds,
also where that is a file or a pipe, and there belongs nothing but data.
"""

from __future__ import annotations

from typing import Any

import duckdb


def connect(database: str = ":memory:", **options: Any) -> duckdb.DuckDBPyConnection:
    """duckdb.connect() without the bar."""
    con = duckdb.connect(database, **options)
    con.execute("SET enable_progress_bar = false")
    return con
