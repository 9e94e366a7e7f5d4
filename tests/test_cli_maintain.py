"""`slugline maintain` and its flow: what is old goes, what is broken is said, nobody waits."""

import json
import os
import time
from datetime import timedelta

import pytest
from commanding import Desk
from runfolders import article, fresh, write_run

from flows import config, folders, upkeep
from warehouse import disk, landing, manifest
from warehouse.records import now_utc

DAY = 86_400


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    made = Desk(tmp_path, capsys, monkeypatch)
    fresh(made.data)
    return made


def landed(data, name, *, days_ago):
    folder = write_run(data / "runs", name, articles=[article(name)], now=now_utc())
    (folder / "warc-00001.warc.gz").write_bytes(b"bodies")
    landing.land_run(data, folder, now=now_utc())
    folders.mark_landed(folder)
    then = time.time() - days_ago * DAY
    os.utime(folder / "LANDED", (then, then))
    return folder


def test_what_is_old_goes_and_what_is_young_stays(desk):
    old, middle, young = (
        landed(desk.data, f"r{n}", days_ago=days) for n, days in enumerate((31, 9, 1))
    )
    unlanded = write_run(desk.data / "runs", "r8", articles=[article(8)], done=False)
    (desk.data / "runs" / ".gone-r9").mkdir()
    (desk.seeds).mkdir()
    (desk.seeds / "settings.toml").write_text("keep_warc_days = 30\n")
    ran = desk("maintain")
    assert (ran.code, ran.out) == (0, "")
    assert "2 run folders deleted, 0 findings" in ran.err
    assert not old.exists()
    assert (middle / "warc-00001.warc.gz").exists()
    assert young.exists()
    assert unlanded.exists()
    assert not list((desk.data / "runs").glob(".*"))
    (desk.seeds / "settings.toml").write_text("keep_warc_days = 2\nkeep_days = 10\n")
    assert desk("maintain", "--quick").code == 0
    assert [path.name for path in middle.glob("warc*")] == []
    assert (middle / "request.json").exists()
    assert (young / "warc-00001.warc.gz").exists()


def test_what_is_broken_is_one_row_each_and_exit_1(desk):
    landed(desk.data, "r1", days_ago=0)
    current = manifest.read(desk.data, schema=99)
    os.truncate(desk.data / current.files["articles"][0].path, 100)
    (desk.data / current.files["runs"][0].path).unlink()
    ran = desk("maintain", "--format", "ndjson")
    assert ran.code == 1
    assert [(row["broken"], row["try"][:7]) for row in ran.rows] == [(True, "restore")] * 2
    assert "2 things in it are broken (each line says how to mend it)" in ran.err


def test_two_at_once_and_beside_a_crawl(desk):
    """A second one is skipped; a crawl that goes on does not keep it away, nor it the crawl."""
    landed(desk.data, "r1", days_ago=99)
    settings = config.load(data=desk.data, seeds=desk.seeds, environment={})
    with disk.only_one(desk.data, "maintain.lock"):
        assert upkeep.run(settings).status == "skipped"
        assert "skipped: another maintain" in desk("maintain").err
    crawling = []

    def do(_step, work):
        with folders.crawl_lock(desk.data) as mine:
            crawling.append(mine)
            return work()

    assert upkeep.run(settings, do=do).folders == 1
    assert crawling == [True] * 3


def test_an_empty_place_has_nothing_to_mend(desk):
    ran = desk("maintain")
    assert (ran.code, ran.out) == (0, "")


def test_the_flow_works_with_its_decorator_deleted(desk):
    from flows.maintain import maintain

    landed(desk.data, "r1", days_ago=99)
    done = maintain.fn(data=str(desk.data), seeds=str(desk.seeds))
    assert done == {"merged": 0, "removed": 0, "folders": 1}
    content = json.loads((desk.data / "manifest.json").read_text())
    (desk.data / content["files"]["runs"][0]["path"]).unlink()
    with pytest.raises(Exception, match="1 thing in it is broken"):
        maintain.fn(data=str(desk.data), seeds=str(desk.seeds))


def test_forgetting_twice_at_once_harms_nobody(desk):
    for n in range(3):
        landed(desk.data, f"r{n}", days_ago=9)
    before = now_utc() - timedelta(days=8)
    assert folders.forget(desk.data, before=before) == 3
    assert folders.forget(desk.data, before=before) == 0
