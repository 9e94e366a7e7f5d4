"""SQL that people type: it reads the warehouse and nothing else, and takes no more than it may."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commanding import command, environment
from runfolders import NOW, article, write_run

from warehouse import answers, landing, sandbox
from warehouse.errors import BadSql
from warehouse.sandbox import Limits, Sandbox

_HOSTILE = Path(__file__).parent / "data" / "hostile_sql"
_ENDLESS = "SELECT max(a.range + b.range) FROM range(10_000_000) a, range(10_000_000) b"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("guard")
    landing.land_run(
        data, write_run(data / "runs", "r1", articles=[article(n) for n in range(5)]), now=NOW
    )
    (data / "state.sqlite").touch()
    return data


@pytest.fixture(scope="module")
def box(data):
    with Sandbox(data, Limits(max_seconds=20)) as box:
        yield box


def _statements(name):
    lines = (_HOSTILE / name).read_text().splitlines()
    return [line for line in lines if not line.startswith("-- ")]


def _files(data):
    return {path: path.stat().st_mtime_ns for path in data.rglob("*")}


def test_every_hostile_statement_is_refused_with_one_line(data, box):
    before = _files(data)
    files = sorted({file.name for file in _HOSTILE.iterdir()} - {"too_much.sql"})
    statements = [one for name in files for one in _statements(name)]
    assert len(statements) > 240
    said = []
    for statement in [*statements, "SELECT '\ud800'", f"SELECT {'[' * 9_000}", " " * 1_000_001]:
        try:
            _, rows = box.ask(statement.format(data=data))
            said.append((statement, f"{list(rows)}\n"))
        except BadSql as error:
            said.append((statement, str(error)))
    assert [it for it in said if not it[1] or "\n" in it[1]] == []
    assert [it for it in said if "broke DuckDB" in it[1] or "took longer" in it[1]] == []
    assert _files(data) == before
    assert not list(Path("/tmp").glob("slugline-hostile*"))


# In a process of its own, since the system tells of the largest child that a process ever had.
_ASK_AND_WEIGH = """
import pathlib, resource, sys
from warehouse import sandbox
from warehouse.errors import BadSql
try:
    list(sandbox.sql(pathlib.Path(sys.argv[1]), sys.argv[2], max_seconds=0.4, max_memory_mb=100)[1])
except BadSql as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.parametrize("statement", _statements("too_much.sql"))
def test_what_duckdb_does_not_count_is_ended_from_outside(data, statement):
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_AND_WEIGH, str(data), statement],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told, largest = asked.stdout.splitlines()
    assert any(limit in told for limit in ("took longer", "more memory", "needed more"))
    assert int(largest) < 900_000  # KiB


def test_reading_statements_pass(box):
    for question in [
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
        "SELECT * FROM articles WHERE title LIKE '%query%' OR title <> 'enable_logging(x)'",
        "SELECT comment FROM duckdb_columns()",
        "FROM search('ferry') AS s JOIN articles_at(s.url) ON true",
        "FROM news.main.timeline('ferry')",
        "SELECT unnest([1, 2]), r FROM range(3) AS t(r)",
        "SELECT value FROM json_each('{\"a\": 1}')",
        "FROM (FROM articles SELECT source, kind) PIVOT (count(*) FOR kind IN ('article'))",
    ]:
        columns, rows = box.ask(question)
        assert columns, question
        assert list(rows), question


def test_a_wrong_name_gets_a_hint_and_the_line(box):
    with pytest.raises(BadSql, match=r'"titel" not found.*\(line 2\) \(Candidate.*"title"'):
        box.ask("SELECT\n titel FROM articles")


def test_values_come_as_they_are(box):
    made = "SELECT DATE '2023-07-10' d, 1.5::DECIMAL(9,2) n, uuid() u, {'a': [1, NULL]} s, NULL x"
    columns, rows = box.ask(f"{made}, 'é\n' t, INTERVAL 2 DAY i, '\\xAA'::BLOB b")
    ((day, number, _, struct, nothing, text, span, blob),) = rows
    assert columns == list("dnusxtib")
    assert (f"{day}", f"{number}", nothing, f"{span}") == ("2023-07-10", "1.50", None,
                                                           "2 days, 0:00:00")  # fmt: skip
    assert (struct, text, blob) == ({"a": [1, None]}, "é\n", b"\xaa")


def test_rows_up_to_the_limit_come_and_then_the_error(data, box):
    with Sandbox(data, Limits(max_rows=5)) as five:
        assert len(list(five.ask("SELECT title FROM articles")[1])) == 5
        got = []
        with pytest.raises(BadSql, match="more than 5 rows"):
            got.extend(five.ask("FROM range(10_000_000_000)")[1])
        assert next(five.ask("FROM range(10_000_000_000)")[1]) == (0,)
        assert list(five.ask("SELECT 7")[1]) == [(7,)]  # what was not read is not in the way


def test_a_question_without_end_is_ended(data):
    with Sandbox(data, Limits(max_seconds=0.5)) as box:
        begun = time.monotonic()
        with pytest.raises(BadSql, match=r"took longer than 0.5 s"):
            list(box.ask(_ENDLESS)[1])
        assert time.monotonic() - begun < 30  # the machine may be busy


def test_ctrl_c_ends_a_question_and_all_its_processes(data):
    asked = subprocess.Popen(
        command("sql", _ENDLESS),
        env=environment(data, data / "seeds"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    child = _child_of(asked)
    asked.send_signal(signal.SIGINT)
    out, err = asked.communicate(timeout=300)
    assert (asked.returncode, out, err) == (130, b"", b"interrupted\n")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def _child_of(process):
    """Its process id, once it is at work."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("no /proc here")
    while process.poll() is None:
        for child in map(int, children.read_text().split()):
            threads = len(list(Path(f"/proc/{child}/task").iterdir()))
            if threads > 2 and "sandboxed" in Path(f"/proc/{child}/cmdline").read_text():
                return child
        time.sleep(0.01)
    raise AssertionError(process.communicate())


def test_a_folder_called_like_ours_is_not_imported(data, tmp_path, monkeypatch):
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "__init__.py").write_text("raise SystemExit('theirs')")
    monkeypatch.chdir(tmp_path)
    assert list(sandbox.sql(data, "SELECT 7")[1]) == [(7,)]
    assert "duckdb" not in subprocess.run(
        [sys.executable, "-P", "-c", "import sys, warehouse.sandbox; print(*sys.modules)"],
        capture_output=True, text=True, check=True).stdout.split()  # fmt: skip


def test_a_reader_that_is_not_locked_reads_with_parameters(data):
    with answers.open_reader(data) as con:
        columns, rows = answers.rows(
            con, "SELECT url FROM articles WHERE key = $key", {"key": "tern.example/3"}
        )
        assert (columns, list(rows)) == (["url"], [("https://tern.example/3",)])
        with pytest.raises(BadSql, match="nosuch"):
            answers.rows(con, "FROM nosuch")
