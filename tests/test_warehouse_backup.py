"""Backups, the way back from them, and snapshots: whole, verified, and made while others land."""

import os
import shutil
from datetime import timedelta

import duckdb
import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import backup, handed, integrity, landing, manifest, snapshot, state
from warehouse.errors import BadInput, WarehouseError


def land(data, n, **changes):
    now = NOW + timedelta(hours=n)
    folder = write_run(data / "runs", f"r{n}", articles=[article(n, **changes)], now=now)
    landing.land_run(data, folder, now=now)
    state.State(data / "state.sqlite").absorb(folder)
    (folder / "LANDED").touch()


def urls(data):
    with warehouse.connect(data) as con:
        return [url for (url,) in con.execute("SELECT url FROM articles ORDER BY url").fetchall()]


@pytest.fixture
def data(tmp_path):
    data = fresh(tmp_path / "data")
    land(data, 1)
    land(data, 2)
    return data


def test_a_backup_is_whole_while_others_land_and_comes_back(data, tmp_path):
    waiting = write_run(data / "runs", "r3", articles=[article(3)])
    to = tmp_path / "backup"
    made = backup.back_up(data, to, now=NOW, on_step=lambda at: at == "copied" and land(data, 4))
    assert made.generation == 2
    assert urls(to) == urls(data)[:2]
    assert f"runs/{waiting.name}/DONE" in made.beside
    land(data, 5)
    inodes = {p.name: p.stat().st_ino for p in (to / "tables/articles").iterdir()}
    made = backup.back_up(data, to, now=NOW)
    assert urls(to) == urls(data)
    assert (
        inodes.items()
        <= {p.name: p.stat().st_ino for p in (to / "tables/articles").iterdir()}.items()
    )
    assert [it.kind for it in handed.out(data)] == ["backup"]
    shutil.rmtree(data)
    back = backup.restore(to, data, now=NOW)
    assert back == made
    assert urls(data) == urls(to)
    assert integrity.check(data, now=NOW) == []
    landing.land_run(data, data / "runs" / "r3", now=NOW)
    state.State(data / "state.sqlite").absorb(data / "runs" / "r3")
    assert len(urls(data)) == 5
    with pytest.raises(BadInput, match="is there already"):
        backup.restore(to, data, now=NOW)


def test_a_backup_that_is_killed_leaves_the_one_before(data, tmp_path):
    to = tmp_path / "backup"
    backup.back_up(data, to, now=NOW)
    land(data, 3)
    child = os.fork()
    if not child:
        backup.back_up(
            data, to, now=NOW, on_step=lambda at: os._exit(9) if at == "copied" else None
        )
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    back = tmp_path / "back"
    backup.restore(to, back, now=NOW)
    assert urls(back) == urls(data)[:2]
    backup.back_up(data, to, now=NOW)
    assert urls(to) == urls(data)


def test_damage_is_noticed_on_both_ways_and_no_folder_of_others_is_touched(data, tmp_path):
    to = tmp_path / "backup"
    backup.back_up(data, to, now=NOW)
    (file, *_) = manifest.read(to, schema=99).files["articles"]
    with (to / file.path).open("r+b") as damaged:
        damaged.seek(30)
        damaged.write(b"xx")
    with pytest.raises(WarehouseError, match="not what was written"):
        backup.restore(to, tmp_path / "back", now=NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"backup", "data"}, "not even half of it"
    backup.back_up(data, to, now=NOW)  # renews what was damaged
    assert urls(to) == urls(data)
    shutil.copy(to / file.path, tmp_path / "x.parquet")
    (data / file.path).write_bytes(b"nothing")
    with pytest.raises(WarehouseError, match="not what was written"):
        backup.back_up(data, tmp_path / "other", now=NOW)
    with pytest.raises(BadInput, match="not empty and no backup"):
        backup.back_up(data, tmp_path, now=NOW)
    with pytest.raises(BadInput, match="lies in the data directory"):
        backup.back_up(data, data / "runs", now=NOW)
    with pytest.raises(BadInput, match="no backup that was completed"):
        backup.restore(tmp_path, tmp_path / "back", now=NOW)


def test_a_snapshot_needs_nothing_else_and_searches(data, tmp_path):
    land(data, 3, text="The ferry was sold.\n\nNobody knew to whom.")
    to = tmp_path / "news.db"
    made = snapshot.snapshot(data, to, now=NOW)
    assert made.rows["articles"] == 3
    with warehouse.connect(data) as con:
        told = con.execute("SELECT url FROM search('ferry sold')").fetchall()
    shutil.rmtree(data)
    with duckdb.connect(str(to), read_only=True) as con:
        assert con.execute("SELECT url FROM search('ferry sold')").fetchall() == told
        assert len(told) == 1
        kind = "SELECT table_type FROM information_schema.tables WHERE table_name = 'articles'"
        assert con.execute(kind).fetchall() == [("BASE TABLE",)]
        comment = "SELECT comment FROM duckdb_tables() WHERE table_name = 'articles'"
        assert con.execute(comment).fetchone()[0]
        assert con.execute("SELECT n_batches FROM freshness").fetchone() == (3,)
    with pytest.raises(BadInput, match="is there already"):
        snapshot.snapshot(tmp_path / "data2", to, now=NOW)
    assert {path.name for path in tmp_path.iterdir()} == {"news.db"}
