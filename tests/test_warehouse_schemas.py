"""Data directories that earlier versions of the tables left behind: asked, landed on, moved on.

tests/data/warehouse/schema-<n> holds one of each, as the program of its time wrote it: a watch, a
source, two articles of which the second run revised one, and an address that was gone.
"""

import os
import shutil
import signal
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import compact, integrity, landing, manifest, migrate, publish, tidy
from warehouse.errors import WarehouseError

CASES = Path(__file__).parent / "data" / "warehouse"
OLDER = sorted(path.name for path in CASES.glob("schema-*"))


@pytest.fixture(params=OLDER)
def older(request, tmp_path):
    data = fresh(tmp_path / "data")
    shutil.copytree(CASES / request.param, data, dirs_exist_ok=True)
    return data


def test_there_is_one_of_every_version_before_this():
    assert [f"schema-{n}" for n in range(1, migrate.newest())] == OLDER


def test_it_is_read_as_it_is(older):
    with warehouse.connect(older) as con:
        sql = "SELECT url, revision, text LIKE '%sold%' FROM articles ORDER BY url"
        assert con.execute(sql).fetchall() == [
            ("https://tern.example/1", 2, True),
            ("https://tern.example/2", 1, False),
        ]
        assert con.execute("SELECT watch, expect_low FROM watches").fetchall() == [("ferry", None)]
        assert con.execute("FROM missed_slots").fetchall() == []


def test_a_migration_that_fails_on_a_copy_changes_nothing(older):
    (path,) = (older / "tables" / "articles").glob("00000002-*")
    path.write_bytes(b"PAR1 is no file PAR1")
    before = {
        p: p.read_bytes() for p in older.rglob("*") if p.is_file() and "land.lock" not in p.name
    }
    with pytest.raises(WarehouseError, match="tried on a copy"):
        landing.land_rows(older, "any", {"sources": [{"source": "x"}]}, now=NOW)
    after = {
        p: p.read_bytes() for p in older.rglob("*") if p.is_file() and "land.lock" not in p.name
    }
    assert after == before


def _landing_process(older, point=""):
    """A process that lands a page, and dies at `point`."""
    folder = write_run(older / "runs", "r3", articles=[article(3)])
    child = os.fork()
    if not child:
        now = NOW + timedelta(hours=2)
        landing.land_run(older, folder, now=now, on_step=lambda at: at == point and os._exit(9))
        os._exit(0)
    return child, folder


def _killed(child):
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) in {9, -signal.SIGKILL}


def _whole_again(older, folder):
    landing.land_run(older, folder, now=NOW + timedelta(hours=2))
    assert manifest.read(older, schema=99).schema == migrate.newest()
    with warehouse.connect(older) as con:
        assert con.execute("SELECT count(*), max(revision) FROM articles").fetchall() == [(3, 2)]
    assert not (older / "trial").exists()
    assert not [it for it in integrity.check(older, now=NOW) if it.broken]


@pytest.mark.parametrize("point", ["written", "before commit", "after commit", "before swap"])
def test_a_migration_that_is_killed_is_done_once_by_the_next_landing(older, point):
    child, folder = _landing_process(older, point)
    assert _killed(child)
    _whole_again(older, folder)


def test_a_migration_that_is_killed_while_it_is_tried_has_changed_nothing(older):
    before = (older / "manifest.json").read_bytes()
    child, folder = _landing_process(older)
    while not (older / "trial" / "manifest.json").exists():
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    assert _killed(child)
    assert (older / "manifest.json").read_bytes() == before
    _whole_again(older, folder)


@pytest.mark.parametrize(
    "tidied", [publish.publish, partial(tidy.tidy, now=NOW, keep_days=0, many=2)]
)
def test_who_appears_with_whom_is_known_of_what_landed_before_entities_had_numbers(
    tmp_path, tidied, monkeypatch
):
    monkeypatch.setattr(compact, "FEW", 2)
    data = fresh(tmp_path / "data")
    shutil.copytree(CASES / "schema-4", data, dirs_exist_ok=True)
    tidied(data)
    sql = "SELECT entity, articles, articles_of_entity, articles_of_name FROM together('Tern')"
    with warehouse.connect(data) as con:
        assert con.execute(sql).fetchall() == [("Skagen", 1, 1, 2)]
    named = {
        "understood": [{"article_id": "5c2e2d35647a998e", "revision": 1}],
        "mentions": [{"article_id": "5c2e2d35647a998e", "entity_id": it, "surface": it}
                     for it in ("org/tern", "org/ropeworks")],
        "entities": [{"entity_id": "org/ropeworks", "entity": "Ropeworks", "label": "ORG"}],
    }  # fmt: skip
    landing.land_rows(
        data, "again", named, supersede={name: ["5c2e2d35647a998e"] for name in named}, now=NOW
    )
    with warehouse.connect(data) as con:
        assert sorted(con.execute(sql).fetchall()) == [("Ropeworks", 1, 1, 2), ("Skagen", 1, 1, 2)]
        given = con.execute("SELECT entity_id, entity_no FROM entity_numbers ORDER BY 2").fetchall()
        assert given[-1] == ("org/ropeworks", len(given))


def test_the_next_landing_brings_it_up_to_date(older):
    landing.land_run(
        older, write_run(older / "runs", "r3", articles=[article(3)]), now=NOW + timedelta(hours=2)
    )
    source = {"source": "tern", "home": "https://tern.example/", "expect_low": 5.0}
    landing.land_rows(
        older,
        "registry-2",
        {"sources": [source], "missed_slots": [{"flow": "monitor", "scheduled_at": NOW}]},
        supersede={"sources": ["tern"]},
        now=NOW + timedelta(hours=3),
    )
    assert manifest.read(older, schema=99).schema == migrate.newest()
    with warehouse.connect(older) as con:
        assert con.execute("SELECT count(*), max(revision) FROM articles").fetchall() == [(3, 2)]
        assert con.execute("SELECT source, expect_low, expect_high FROM sources").fetchall() == [
            ("tern", 5.0, None)
        ]
        assert con.execute("SELECT flow, batch FROM missed_slots").fetchall() == [
            ("monitor", "registry-2")
        ]
        assert con.execute("FROM dead_docs").fetchall() == [(1,)]
        by_pairs = con.execute(
            "SELECT p.reading, count(*) FROM article_entities p WHERE p.n > 0 GROUP BY ALL"
            " ORDER BY ALL"
        ).fetchall()
        by_lists = con.execute(
            "SELECT reading, len(entity_nos) FROM (FROM readings UNION ALL FROM readings_history)"
            " WHERE entity_nos <> [] ORDER BY reading"
        ).fetchall()
        assert by_lists == by_pairs
        applied = con.execute("SELECT DISTINCT version FROM schema_migrations ORDER BY 1")
        assert [row[0] for row in applied.fetchall()] == list(range(1, migrate.newest() + 1))
