"""SQL that people type: it reads the warehouse and nothing else, and for as long as it may."""

from pathlib import Path

import pytest
from runfolders import NOW, article, write_run

from warehouse import answers, landing
from warehouse.errors import BadSql

_HOSTILE = Path(__file__).parent / "data" / "warehouse" / "hostile.sql"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("guard")
    landing.land_run(
        data, write_run(data / "runs", "r1", articles=[article(n) for n in range(5)]), now=NOW
    )
    (data / "state.sqlite").touch()
    return data


def _statements():
    return [line for line in _HOSTILE.read_text().splitlines() if not line.startswith("--")]


def _files(data):
    return {path: path.stat().st_mtime_ns for path in data.rglob("*")}


def test_every_hostile_statement_is_refused_with_one_line(data):
    before = _files(data)
    said = []
    for statement in _statements():
        try:
            _, rows = answers.sql(data, statement.format(data=data), max_seconds=20)
            list(rows)
            said.append((statement, ""))
        except BadSql as error:
            said.append((statement, str(error)))
    assert [it for it in said if not it[1] or "\n" in it[1]] == []
    assert _files(data) == before
    assert not list(Path("/tmp").glob("slugline-hostile*"))


@pytest.mark.parametrize(
    "question",
    [
        "FROM articles SELECT count(*)",
        "SELECT count(*) FROM articles;",
        "-- how many?\nSELECT count(*) FROM articles -- articles",
        "WITH a AS (FROM articles) SELECT count(*) FROM a",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE FROM articles",
        "DESCRIBE articles",
        "SHOW TABLES",
        "SUMMARIZE SELECT 1 AS x",
        "VALUES (5)",
        "SELECT * FROM articles WHERE title LIKE '%query%' OR title = 'enable_logging(x)'",
        "SELECT comment FROM duckdb_columns()",
    ],
)
def test_reading_statements_pass(data, question):
    _, rows = answers.sql(data, question)
    list(rows)


def test_a_wrong_name_gets_a_hint_and_the_line(data):
    with pytest.raises(BadSql, match=r'"titel" not found.*\(line 2\) \(Candidate.*"title"'):
        answers.sql(data, "SELECT\n titel FROM articles")


def test_rows_up_to_the_limit_come_and_then_the_error(data):
    _, rows = answers.sql(data, "SELECT title FROM articles", max_rows=5)
    assert len(list(rows)) == 5
    _, rows = answers.sql(data, "SELECT title FROM articles", max_rows=4)
    got = []
    with pytest.raises(BadSql, match="more than 4 rows"):
        got.extend(rows)
    _, rows = answers.sql(data, "FROM range(10_000_000_000)", max_rows=2_500)
    with pytest.raises(BadSql, match="more than 2,500 rows"):
        list(rows)


def test_a_query_without_end_is_stopped(data):
    endless = (
        "SELECT count(*) FROM range(100_000_000_000) a, range(1_000) b WHERE a.range = b.range + 1"
    )
    with pytest.raises(BadSql, match=r"took longer than 0.2 s"):
        answers.sql(data, endless, max_seconds=0.2)


def _read(data, question, **limits):
    _, rows = answers.sql(data, question, **limits)
    return list(rows)


def test_a_query_that_goes_on_between_rows_is_stopped_too(data):
    rare = "FROM range(100_000_000_000) r WHERE r.range < 10 OR r.range % 1_000_000_007 = 5"
    with pytest.raises(BadSql, match="took longer"):
        _read(data, rare, max_seconds=0.3)


def test_a_query_that_wants_too_much_memory_is_refused(data):
    with pytest.raises(BadSql, match=r"(?i)memory"):
        _read(data, "SELECT list(repeat('x', 1_000_000)) FROM range(3_000)")


def test_a_reader_that_is_not_locked_reads_with_parameters(data):
    with answers.open_reader(data) as con:
        columns, rows = answers.rows(
            con, "SELECT url FROM articles WHERE key = $key", {"key": "tern.example/3"}
        )
        assert (columns, list(rows)) == (["url"], [("https://tern.example/3",)])
        with pytest.raises(BadSql, match="nosuch"):
            answers.rows(con, "FROM nosuch")
