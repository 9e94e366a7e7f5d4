"""The integrity check: each kind of damage is found, by one line that says how to mend it."""

import json
import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from runfolders import NOW, article, fresh, lead, write_run

from warehouse import integrity, landing, manifest
from warehouse.state import State

LATER = datetime.now(UTC) + timedelta(hours=2)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Three landings, the state, and a revision."""
    data = fresh(tmp_path_factory.mktemp("whole") / "data")
    for n in range(3):
        now = NOW + timedelta(hours=n)
        pages = [article(n), article("live", text=f"State of things {n}.", fetched_at=now)]
        folder = write_run(data / "runs", f"r{n}", articles=pages, now=now)
        landing.land_run(data, folder, now=now)
        (folder / "LANDED").touch()
        State(data / "state.sqlite").absorb(folder)
    return data


@pytest.fixture(scope="module")
def pristine(whole, tmp_path_factory):
    return shutil.copytree(whole, tmp_path_factory.mktemp("copy") / "data", symlinks=True)


@pytest.fixture
def data(whole, pristine):
    """The same place each time, so that nothing need be published anew, and undamaged."""
    shutil.rmtree(whole)
    return shutil.copytree(pristine, whole, symlinks=True)


def files(data, relation):
    return [data / file.path for file in manifest.read(data, schema=99).files[relation]]


def rewrite(data, change):
    content = json.loads((data / "manifest.json").read_text())
    change(content)
    (data / "manifest.json").write_text(json.dumps(content))


def missing(data):
    files(data, "articles")[1].unlink()


def truncated(data):
    path = files(data, "articles")[0]
    assert path != files(data, "articles")[1]
    os.truncate(path, path.stat().st_size - 7)


def flipped(data):
    path = files(data, "outcomes")[0]
    content = bytearray(path.read_bytes())
    among_the_rows = len(content) // 5  # what the file tells of itself is at its end
    content[among_the_rows] ^= 0xFF
    path.write_bytes(content)


def swapped(data):
    first, second, *_ = files(data, "articles")
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


def named_twice(data):
    rewrite(data, lambda m: m["files"]["found_in"].append(m["files"]["found_in"][0]))


def doubled(data):
    path = files(data, "found_in")[0]
    shutil.copy(path, path.with_name("again.parquet"))

    def change(content):
        file = content["files"]["found_in"][0]
        content["files"]["found_in"].append(file | {"path": "tables/found_in/again.parquet"})

    rewrite(data, change)


def miscounted(data):
    rewrite(data, lambda m: m["files"]["runs"][0].update(rows=77))


def unlisted_batch(data):
    rewrite(data, lambda m: m["batches"].pop("r1"))


def from_the_future(data):
    rewrite(data, lambda m: m.update(schema=9_999))


def torn_manifest(data):
    (data / "manifest.json").write_text('{"format": 1, "sch')


def no_manifest(data):
    (data / "manifest.json").unlink()


def no_link(data):
    (data / "slugline.db").unlink()


def dead_published_file(data):
    path = (data / "slugline.db").resolve()
    path.write_bytes(b"\0" * path.stat().st_size)


def broken_state(data):
    path = data / "state.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)


def broken_backfill(data):
    (data / "backfills").mkdir()
    (data / "backfills" / "mill.sqlite").write_bytes(b"no database" * 1_000)


def state_ahead(data):
    db = sqlite3.connect(data / "state.sqlite")
    db.execute("UPDATE absorbed SET generation = 999")
    db.commit()
    db.close()


def words_lost(data):
    rewrite(data, lambda m: m["files"]["recent"].pop(0))


def version_unknown(data):
    rewrite(data, lambda m: m["files"]["docs"].pop())


def superseded_miscounted(data):
    rewrite(data, lambda m: m["superseded"].update(articles=0))


def number_taken(data):
    rewrite(data, lambda m: m.update(next_doc=1))


def landed_mark_alone(data):
    folder = write_run(data / "runs", "r9", articles=[article(9)], leads=[lead(article(9).url)])
    (folder / "LANDED").touch()


BACKUP, PUBLISH, DELETE = "backup", "slugline publish", "delete"

# Each list is done to one directory: its damages do not hide each other.
DAMAGES = {
    "nothing": [],
    "tables": [
        (missing, "is missing", BACKUP),
        (truncated, "bytes instead of", BACKUP),
        (flipped, "not what was written", BACKUP),
        (doubled, "same rows as", BACKUP),
        (broken_state, "state.sqlite", DELETE),
        (landed_mark_alone, "has not landed", DELETE),
    ],
    "names": [
        (swapped, "another file", BACKUP),
        (named_twice, "named 2 times", BACKUP),
        (miscounted, "rows instead of 77", BACKUP),
        (state_ahead, "knows generation 999", DELETE),
        (broken_backfill, "mill.sqlite: cannot be read", DELETE),
    ],
    "batches": [(unlisted_batch, "batch r1 is not listed", BACKUP)],
    "index": [
        (words_lost, "articles without words", BACKUP),
        (version_unknown, "versions it lacks", BACKUP),
    ],
    "superseded": [(superseded_miscounted, "counts wrong how many rows were superseded", BACKUP)],
    "numbers": [(number_taken, "would give numbers that are taken", BACKUP)],
    "future": [(from_the_future, "newer Slugline", "upgrade")],
    "torn": [(torn_manifest, "not a manifest", BACKUP)],
    "lost": [(no_manifest, "is missing, but there are tables", BACKUP)],
    "link": [(no_link, "does not lead to generation", PUBLISH)],
    "published": [(dead_published_file, "does not open", PUBLISH)],
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_each_damage_is_found_and_how_to_mend_it_is_said(data, kind):
    for damage, _, _ in DAMAGES[kind]:
        damage(data)
    found = [str(finding) for finding in integrity.check(data, now=LATER)]
    for _, said, mended_by in DAMAGES[kind]:
        assert any(said in line and mended_by in line for line in found), (said, found)
    assert bool(found) == bool(DAMAGES[kind])
    assert all("\n" not in line for line in found)


def test_a_foreign_file_only_takes_room_and_a_young_one_may_be_a_landings(data):
    (data / "tables" / "articles" / "mine.parquet").write_bytes(b"not yours")
    (data / "tables" / "deeper").mkdir()
    (data / "tables" / "deeper" / "notes.txt").write_text("not yours")
    assert integrity.check(data, now=datetime.now(UTC)) == []
    found = integrity.check(data, now=LATER)
    assert {it.where for it in found} == {
        "tables/articles/mine.parquet",
        "tables/deeper/notes.txt",
    }
    assert not any(it.broken for it in found)


def test_looking_at_sizes_alone_reads_no_file(data):
    flipped(data)
    assert integrity.check(data, now=LATER, contents=False) == []
    truncated(data)
    assert len(integrity.check(data, now=LATER, contents=False)) == 1
