"""docs/sql.md: every recipe runs and answers, and every macro for people is told of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from asking import asked

PAGE = (Path(__file__).parent.parent / "docs" / "sql.md").read_text("utf-8")
RECIPES = [
    statement.strip()
    for block in re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    for statement in re.sub(r"--.*", "", block).split(";")
    if statement.strip()
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with asked(tmp_path_factory.mktemp("ask")) as con:
        yield con


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_answers(news: duckdb.DuckDBPyConnection, recipe: str) -> None:
    assert news.execute(recipe).fetchall()


def test_the_examples_in_the_comments_run(news: duckdb.DuckDBPyConnection) -> None:
    comments = news.execute(
        "SELECT comment FROM duckdb_functions() WHERE database_name = current_database()"
        " AND function_type = 'table_macro'"
    ).fetchall()
    for (comment,) in comments:
        news.execute(comment.split("Example: ")[1].rstrip(".")).fetchall()


def test_every_macro_for_people_is_described_with_its_arguments(
    news: duckdb.DuckDBPyConnection,
) -> None:
    macros = news.execute(
        "SELECT function_name, parameters FROM duckdb_functions()"
        " WHERE function_type = 'table_macro' AND database_name = current_database()"
        " AND function_name NOT IN ('parse_query', 'changes_of', 'ids_named', 'asked_words',"
        " 'plain_leaves', 'hits', 'best_hits', 'shown', 'marked_hits',"
        " 'unmarked_hits', 'bare_hits', 'told_hits', 'shown_hits', 'deep_hits', 'unknown_hits',"
        " 'short_hits', 'phrase_hits', 'short_best', 'long_hits')"
    ).fetchall()
    headings = " ".join(re.findall(r"^## .*", PAGE, re.MULTILINE))
    for name, arguments in macros:
        assert f"{name}(" in PAGE
        heading = re.search(rf"\b{name}\((.*?)\)", headings)
        if heading:
            told = [re.split(r" := ", a)[0].strip() for a in heading.group(1).split(",")]
            assert told == arguments


def test_no_view_numbers_the_rows_of_a_table(news: duckdb.DuckDBPyConnection) -> None:
    """The current version is found without: such a view would read all of them for any one."""
    views = news.execute(
        "SELECT view_name FROM duckdb_views() WHERE regexp_matches(sql, '(?i)\\bover\\s*\\(')"
        " AND database_name = current_database() AND NOT internal"
    )
    assert views.fetchall() == []
