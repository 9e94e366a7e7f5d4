"""`slugline erase`, `backup`, `restore`, `snapshot` and `doctor --deep`; how long articles stay."""

import os
import shutil
from datetime import timedelta

import duckdb
import pytest
from runfolders import article, fresh, write_run

import warehouse
from warehouse import landing, manifest
from warehouse.records import now_utc

DAYS = {"a": 1, "b": 20, "c": 400}  # name of a page and its age


@pytest.fixture
def filled(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.chdir(desk.folder)
    fresh(desk.data)
    pages = [
        article(name, fetched_at=now_utc() - timedelta(days=days), text=f"The {name}word sank.")
        for name, days in DAYS.items()
    ]
    landing.land_run(desk.data, write_run(desk.data / "runs", "r1", articles=pages), now=now_utc())
    (desk.data / "runs" / "r1" / "LANDED").touch()
    return desk


def urls(data):
    with warehouse.connect(data) as con:
        rows = con.execute("SELECT url FROM articles ORDER BY url").fetchall()
    return [url.rpartition("/")[2] for (url,) in rows]


def test_copies_are_made_told_of_and_brought_back(filled, tmp_path):
    to, file = tmp_path / "copy", tmp_path / "news.duckdb"
    assert "generation 1" in filled("backup", str(to)).err
    assert "3 articles" in filled("snapshot", str(file)).err
    again = filled("snapshot", str(file))
    assert (again.code, "is there already" in again.err) == (2, True)
    looked = filled("erase", "https://tern.example/a", "--dry-run", "--format", "ndjson")
    assert [row["n"] for row in looked.rows] == [1, 2, 0]
    assert filled("erase", "https://tern.example/a").code == 2  # nobody is there to be asked
    assert filled("erase", "--entity", "Nobody Known", "--yes").code == 2
    assert filled("erase").code == 2
    erased = filled("erase", "https://tern.example/a", "--yes", "--format", "ndjson")
    assert "erase: writing tables/articles/" in erased.err
    assert erased.code == 0, erased.err
    assert urls(filled.data) == ["b", "c"]
    handed = {
        row["what"]: row["where"] for row in erased.rows if row["what"] in {"backup", "snapshot"}
    }
    assert handed == {"backup": str(to), "snapshot": str(file)}
    with duckdb.connect(str(file), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM search('aword')").fetchone() == (1,)
    assert filled("restore", str(to)).code == 2
    shutil.rmtree(filled.data)
    assert filled("restore", str(to)).code == 0
    assert urls(filled.data) == ["a", "b", "c"]
    found = {row["what"]: row for row in filled("doctor", "--deep", "--format", "ndjson").rows}
    assert found["every file"]["state"] == "ok"
    (name, *_) = manifest.read(filled.data, schema=99).files["recent"]
    os.truncate(filled.data / name.path, 100)
    told = filled("doctor", "--deep", "--format", "ndjson")
    assert told.code == 1
    assert "restore it from a backup" in next(
        row["advice"] for row in told.rows if row["what"] == name.path
    )


def test_articles_stay_as_long_as_the_longest_wish(filled):
    (filled.seeds / "settings.toml").write_text("keep_articles_days = 10\n")
    rows = [{"watch": "mill", "article_id": id_, "tier": tier} for id_, tier in _tiers(filled.data)]
    landing.land_rows(filled.data, "related", {"coverage": rows}, now=now_utc())
    folder = filled.seeds / "mill"
    folder.mkdir()
    (folder / "watch.toml").write_text('title = "Mill"\nkeep_articles_days = 30\n')
    (folder / "article.txt").write_text("A text.")
    done = filled("maintain")
    assert done.code == 0, done.err
    assert "1 articles kept long enough" in done.err
    assert urls(filled.data) == ["a", "b"]
    with warehouse.connect(filled.data) as con:
        assert con.execute("SELECT count(*) FROM search('cword')").fetchone() == (0,)
        assert con.execute("SELECT count(*) FROM outcomes").fetchone() == (3,)  # the ledger stays
        assert con.execute("SELECT count(*) FROM tombstones").fetchone() == (0,)
    (folder / "watch.toml").write_text('title = "Mill"\n')
    sources = filled.seeds / "sources.toml"
    sources.write_text('[source.tern]\nhome = "https://tern.example/"\nkeep_articles_days = 0\n')
    assert "kept long enough" not in filled("maintain").err
    sources.write_text(sources.read_text().replace("days = 0", "days = 5"))
    assert "1 articles kept long enough" in filled("maintain").err
    assert urls(filled.data) == ["a"]


def _tiers(data):
    with warehouse.connect(data) as con:
        rows = con.execute("SELECT article_id, url FROM articles").fetchall()
    return [(id_, "off" if url.endswith("c") else "background") for id_, url in rows]
