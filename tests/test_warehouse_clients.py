"""The DuckDB client, Python, pandas, Polars and Arrow open the database at any step of a landing.

Each sees what had landed before or all of what lands, and whoever has it open keeps seeing that.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import polars
import pytest
from runfolders import NOW, article, fresh, write_run
from sharing import after_first

import warehouse
from warehouse import landing

CLIENT = Path(sys.executable).with_name("duckdb")
README = Path(__file__).parents[1] / "README.md"
COUNT = "SELECT count(*) AS n FROM articles"
FOUND = "SELECT count(*) AS n FROM search('ferry', top_n := 100)"


def by_client(data):
    rows = client(data, f"{COUNT};")
    return rows[0]["n"]


def by_python(data):
    with duckdb.connect(str(data / "slugline.db"), read_only=True) as con:
        return con.execute(COUNT).fetchone()[0]


def by_warehouse(data):
    with warehouse.connect(data) as con:
        return con.execute(COUNT).fetchone()[0]


def by_pandas(data):
    with warehouse.connect(data) as con:
        return int(con.sql(COUNT).df()["n"][0])


def by_polars(data):
    with warehouse.connect(data) as con:
        return polars.DataFrame(con.sql(COUNT))["n"][0]


def by_arrow(data):
    with warehouse.connect(data) as con:
        return con.sql(COUNT).to_arrow_table()["n"][0].as_py()


LOOKED = ["written", "after commit", "before swap", "landed"]  # of a landing's steps
CLIENTS = [by_client, by_python, by_warehouse, by_pandas, by_polars, by_arrow]


def client(data, text, *more, cwd=None):
    """What the bare DuckDB client prints as JSON for one statement, as objects."""
    done = subprocess.run(
        [CLIENT, "-readonly", "-bail", "-json", *more, data / "slugline.db"],
        input=text, capture_output=True, text=True, check=False, timeout=300, cwd=cwd,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), (text, done.stderr)
    return json.loads(done.stdout or "[]")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """For each client: what it counted at each step of landing a second run, and afterwards."""
    data = fresh(tmp_path_factory.mktemp("clients") / "data")
    first = write_run(data / "runs", "r1", articles=[article(n) for n in range(3)])
    landing.land_run(data, first, now=NOW)
    counted = {name.__name__: [] for name in CLIENTS}
    long_open = warehouse.connect(data)

    def look(step):
        for one in CLIENTS if step in LOOKED else []:
            counted[one.__name__].append(one(data))

    second = write_run(data / "runs", "r2", articles=[article(n) for n in range(3, 8)])
    landing.land_run(data, second, now=NOW, on_step=look)
    look("landed")
    with long_open:
        counted["long_open"] = [long_open.execute(COUNT).fetchone()[0],
                                long_open.execute(FOUND).fetchone()[0]]  # fmt: skip
    return counted


@pytest.mark.parametrize("name", [one.__name__ for one in CLIENTS])
def test_every_client_reads_whole_generations_while_a_run_lands(seen, name):
    counts = seen[name]
    assert counts == [3, 3, 3, 8]


def test_who_has_it_open_keeps_seeing_what_it_saw(seen):
    assert seen["long_open"] == [3, 3]


def test_all_of_the_readme_can_be_asked_in_the_bare_client(tmp_path, all_of_us):
    """From the first query to the last, in one session, with the client and the file alone."""
    data = tmp_path / "data"
    after_first(all_of_us, data)
    blocks = re.findall(r"```sql\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    bare = "\n".join(line.split("-- ")[0] for block in blocks for line in block.splitlines())
    statements = [one.strip() for one in bare.split(";") if one.strip()]
    assert len(statements) > 15
    session = ";\nSELECT 'next' AS statement;\n".join(statements)
    done = subprocess.run(
        [CLIENT, "-readonly", "-bail", "-json", data / "slugline.db"],
        input=f"{session};", capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split('[{"statement":"next"}]')
    empty = [one for one, told in zip(statements, answers, strict=True)
             if not told.strip("[]{} \n") and not one.startswith("COPY")]  # fmt: skip
    assert empty == []
    assert (tmp_path / "found.csv").stat().st_size > 100


def test_the_python_of_the_readme_runs(tmp_path, all_of_us, monkeypatch):
    after_first(all_of_us, tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    got = {}
    exec(block + "    titles = table['title'].to_pylist()\n", got)
    assert (len(got["rows"]), len(got["days"]) > 2) == (5, True)
    assert len(got["titles"]) > len(got["with_values"]) > 0
