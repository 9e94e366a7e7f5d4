"""The database describes itself: nothing that people see in it is without a comment."""

from __future__ import annotations

from pathlib import Path

import pytest

import warehouse

_WITHOUT = {
    "views": """
        SELECT view_name FROM duckdb_views()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
          AND coalesce(comment, '') = ''""",
    "columns": """
        SELECT table_name || '.' || column_name FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
          AND coalesce(comment, '') = ''""",
    "macros": """
        SELECT function_name FROM duckdb_functions()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
          AND coalesce(comment, '') = ''""",
    "times that do not say UTC": """
        SELECT table_name || '.' || column_name FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'main' AND NOT internal
          AND data_type = 'TIMESTAMP' AND NOT contains(comment, 'UTC')""",
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.mark.parametrize("what", _WITHOUT)
def test_nothing_is_without_a_comment(empty: Path, what: str) -> None:
    with warehouse.connect(empty) as con:
        assert con.execute(_WITHOUT[what]).fetchall() == []
