"""The product's database and what is understood of its texts: land, understand, answer.

`warehouse.connect(data)` is the way in from Python; nothing heavy is imported before it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect(data: str | Path = "data") -> duckdb.DuckDBPyConnection:
    """A read-only DuckDB connection to what has landed in `data`, with all views and macros.

    It sees one whole generation for as long as it is open; connect again to see the newest.
    """
    from warehouse.answers import open_reader  # noqa: PLC0415 - DuckDB loads only when asked for

    return open_reader(Path(data))
