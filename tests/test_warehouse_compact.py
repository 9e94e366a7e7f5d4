"""Merging small files: a year of short runs stays a few dozen files, and no row is lost."""

from collections import Counter
from datetime import timedelta

import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import compact, landing, manifest
from warehouse.manifest import Manifest, TableFile


def _file(n, level=0, size=1_000):
    return TableFile(path=f"{level}-{n}", rows=1, bytes=size, layout=0, level=level)


def test_few_files_are_left_alone_and_many_of_a_level_are_merged():
    few = tuple(_file(n) for n in range(compact.MERGED_AT - 1))
    assert compact.mergeable(few) == ()
    higher = tuple(_file(n, level=1) for n in range(3))
    assert compact.mergeable((*higher, *few, _file("x"))) == (*few, _file("x"))
    large = tuple(_file(n, size=compact.LARGEST) for n in range(99))
    assert compact.mergeable(large) == ()


def test_a_year_of_quarter_hours_stays_a_few_dozen_files():
    files: tuple[TableFile, ...] = ()
    rewritten = Counter()
    most = 0
    for n in range(35_040):
        files = (*files, _file(n))
        while merged := compact.mergeable(files):
            size = sum(file.bytes for file in merged)
            rewritten[merged[0].level] += size
            kept = tuple(file for file in files if file not in merged)
            files = (*kept, _file(n, level=merged[0].level + 1, size=size))
        most = max(most, len(files))
    assert most <= 64
    assert sum(file.bytes for file in files) == 35_040_000
    assert sum(rewritten.values()) <= 4 * 35_040_000


def test_merging_keeps_every_row_and_what_supersedes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(compact, "MERGED_AT", 3)
    data = fresh(tmp_path / "data")
    for n in range(10):
        now = NOW + timedelta(hours=n)
        pages = [article(n), article("live", text=f"State of things {n}.", fetched_at=now)]
        landing.land_run(data, write_run(data / "runs", f"r{n}", articles=pages), now=now)
        row = {"watch": "w", "article_id": "a", "relevance": n / 10}
        landing.land_rows(
            data, f"c{n}", {"coverage": [row]}, supersede={"coverage": ["w/a"]}, now=now
        )
    current = manifest.read(data, schema=99)
    assert all(len(files) <= 5 for files in current.files.values())
    assert {"articles", "outcomes", "coverage", "superseded"} <= {
        relation for relation, files in current.files.items() if any(it.level for it in files)
    }
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchall() == [
            (11, 11)
        ]
        assert con.execute(
            "SELECT text, revision FROM articles WHERE url LIKE '%live'"
        ).fetchall() == [("State of things 9.", 10)]
        assert con.execute("SELECT count(*) FROM articles_history").fetchall() == [(9,)]
        assert con.execute("SELECT relevance FROM coverage").fetchall() == [(0.9,)]
        assert con.execute("SELECT count(*) FROM runs").fetchall() == [(10,)]


def test_the_names_of_old_batches_move_out_of_the_manifest_and_still_count(tmp_path, monkeypatch):
    monkeypatch.setattr(manifest, "_KEPT_INLINE", 4)
    data = fresh(tmp_path / "data")
    for n in range(8):
        landing.land_rows(data, f"k{n}", {}, now=NOW)
    current = manifest.read(data, schema=99)
    assert len(current.batches) <= 4
    assert current.older_batches is not None
    assert all(landing.land_rows(data, f"k{n}", {}, now=NOW).already for n in range(8))
    assert not manifest.has_landed(data, current, "k")


@pytest.mark.parametrize("name", ["r/1", "..", "käse & brot", "x" * 300])
def test_a_batch_may_have_any_name(tmp_path, name):
    data = fresh(tmp_path / "data")
    landing.land_rows(data, name, {"keywords": [{"keyword": "k"}]}, now=NOW)
    assert landing.land_rows(data, name, {}, now=NOW).already
    with warehouse.connect(data) as con:
        assert con.execute("SELECT batch FROM keywords").fetchall() == [(name,)]


def test_a_manifest_survives_being_written_and_read(tmp_path):
    there = Manifest(
        schema=1,
        generation=3,
        root="/x",
        surface="s",
        files={"articles": (_file(1),)},
        layouts={"articles": (("a", "b"), ("a",))},
        superseded={"articles": 2},
        batches={"r1": 3},
        older_batches="tables/batches/x.txt",
    )
    manifest.write(tmp_path, there)
    assert manifest.read(tmp_path, schema=1) == there
