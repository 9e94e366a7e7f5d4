"""The published database: empty, moved, from anywhere, of older files, and under open sessions."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import answers, collect, landing, manifest, migrate, publish, relations
from warehouse.errors import NewerWarehouse, WarehouseError


@pytest.fixture
def data(tmp_path):
    return fresh(tmp_path / "data")


def _land(data, run, *articles, **more):
    folder = write_run(data / "runs", run, articles=list(articles))
    return landing.land_run(data, folder, now=more.pop("now", NOW), **more)


def _bare(data, sql, cwd="/"):
    """What a plain DuckDB client in another process says."""
    code = (
        "import duckdb, sys\n"
        "con = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print(con.execute(sys.argv[2]).fetchall())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data / "slugline.db"), sql],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_an_empty_warehouse_answers_with_no_rows(data):
    with warehouse.connect(data) as con:
        names = {row[0] for row in con.execute("SHOW TABLES").fetchall()}
        assert set(relations.declared()) <= names
        for name in names - {"freshness", "index_stats"}:
            assert con.execute(f"FROM {name}").fetchall() == [], name
    assert _bare(data, "SELECT count(*) FROM articles") == "[(0,)]"


def test_the_views_have_the_columns_and_types_of_the_tables(data):
    _land(data, "r1", article(1))
    with warehouse.connect(data) as con:
        for relation, columns in relations.declared().items():
            got = {row[0]: row[1] for row in con.execute(f"DESCRIBE {relation}").fetchall()}
            assert got == columns, relation


def test_it_opens_from_any_directory_through_the_symlink(data, tmp_path):
    _land(data, "r1", article(1))
    assert (data / "slugline.db").is_symlink()
    for cwd in ("/", str(tmp_path)):
        assert _bare(data, "SELECT count(*) FROM articles", cwd) == "[(1,)]"


def test_a_relative_data_directory_works_too(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    relative = data.relative_to(tmp_path)
    _land(relative, "r1", article(1))
    monkeypatch.chdir("/")
    assert _bare(data, "SELECT count(*) FROM articles") == "[(1,)]"


def test_a_moved_folder_reads_at_once_in_python_and_everywhere_after_publish(data, tmp_path):
    _land(data, "r1", article(1))
    moved = tmp_path / "it's moved"
    shutil.move(data, moved)
    with warehouse.connect(moved) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]
    assert "No files found" in _bare(moved, "SELECT count(*) FROM articles")
    publish.publish(moved)
    assert _bare(moved, "SELECT count(*) FROM articles") == "[(1,)]"


def test_publishing_again_changes_nothing(data):
    _land(data, "r1", article(1))
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    publish.publish(data)
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


def test_a_lost_published_file_is_made_again(data):
    _land(data, "r1", article(1))
    (data / "slugline.db").resolve().unlink()
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_new_macros_or_views_are_published_as_a_new_generation(data, monkeypatch):
    first = _land(data, "r1", article(1)).generation
    monkeypatch.setattr(publish, "surface", lambda: "another")
    publish.publish(data)
    assert manifest.read(data, schema=99).generation == first + 1
    assert _bare(data, "SELECT count(*) FROM articles") == "[(1,)]"


def _as_of_before(data, relation, *columns):
    """Rewrites the files of `relation` as a version of Slugline without `columns` wrote them."""
    current = manifest.read(data, schema=99)
    with duckdb.connect() as con:
        for file in current.files[relation]:
            path = data / file.path
            con.execute(
                f"COPY (SELECT * EXCLUDE ({', '.join(columns)}) FROM '{path}') TO '{path}.new'"
                " (FORMAT parquet)"
            )
            path.with_name(f"{path.name}.new").replace(path)
    (layout,) = current.layouts[relation]
    older = {relation: (tuple(name for name in layout if name not in columns),)}
    manifest.write(data, replace(current, layouts=current.layouts | older, surface="older"))


def test_files_written_before_a_column_was_added_read_as_null(data, monkeypatch):
    monkeypatch.setattr("warehouse.compact.MERGED_AT", 3)
    _land(data, "r1", article(1))
    _as_of_before(data, "articles", "text_hash", "canonical_key")
    _as_of_before(data, "outcomes", "retry_at")
    sql = "SELECT url, authors, text_hash IS NULL FROM articles ORDER BY url"
    with warehouse.connect(data) as con:  # only older files
        assert con.execute(sql).fetchall() == [("https://tern.example/1", [], True)]
    _land(data, "r2", article(2))
    with warehouse.connect(data) as con:  # older and newer files
        assert [row[2] for row in con.execute(sql).fetchall()] == [True, False]
        assert con.execute("SELECT count(*), count(retry_at) FROM outcomes").fetchall() == [(2, 0)]
    _land(data, "r3", article(3))
    assert len(manifest.read(data, schema=99).files["articles"]) == 1
    with warehouse.connect(data) as con:  # merged
        assert [row[2] for row in con.execute(sql).fetchall()] == [True, False, False]


def test_migrations_in_order_give_the_tables_of_today():
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA contract; USE contract")
        for migration in migrate.migrations():
            con.execute(relations.script(migration.file))
        migrated: dict[str, dict[str, str]] = {}
        for relation, column, kind in con.execute(
            relations.script("schema/columns.sql")
        ).fetchall():
            migrated.setdefault(relation, {})[column] = kind
    assert migrated == relations.declared()
    versions = [migration.version for migration in migrate.migrations()]
    assert versions == list(range(1, len(versions) + 1))


@pytest.mark.parametrize("change", [{"schema": 9_999}, {"format": 9_999}])
def test_a_newer_warehouse_is_left_alone(data, change):
    _land(data, "r1", article(1))
    content = json.loads(manifest.path(data).read_text())
    manifest.path(data).write_text(json.dumps(content | change | {"unheard_of": 1}))
    for attempt in (
        lambda: _land(data, "r2", article(2)),
        lambda: warehouse.connect(data),
        lambda: publish.publish(data),
    ):
        with pytest.raises(NewerWarehouse, match="newer Slugline"):
            attempt()


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "sche'])
def test_a_broken_manifest_is_told_of_and_not_overwritten(data, text):
    _land(data, "r1", article(1))
    manifest.path(data).write_text(text)
    with pytest.raises(WarehouseError, match="not a manifest"):
        warehouse.connect(data)
    with pytest.raises(WarehouseError, match="not a manifest"):
        _land(data, "r2", article(2))
    assert manifest.path(data).read_text() == text


def test_missing_tables_are_told_of_in_one_line(data):
    _land(data, "r1", article(1))
    shutil.rmtree(data / "tables")
    (data / "slugline.db").unlink()
    for file in (data / "pub").glob("news-*.db"):
        file.unlink()
    with pytest.raises(WarehouseError, match="tables cannot be read: IO Error: No files") as told:
        publish.publish(data)
    assert len(str(told.value).splitlines()) == 1


def test_an_open_session_sees_its_generation_through_landings_and_merges(data, monkeypatch):
    monkeypatch.setattr("warehouse.compact.MERGED_AT", 3)
    _land(data, "r0", article(0))
    with warehouse.connect(data) as con:
        for n in range(1, 7):
            _land(data, f"r{n}", article(n), article(0, text=f"Text {n}."))
            assert con.execute("SELECT count(*), max(revision) FROM articles").fetchall() == [
                (1, 1)
            ]
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*), max(revision) FROM articles").fetchall() == [(7, 7)]


def test_replaced_files_go_after_the_time_they_are_kept(data, monkeypatch):
    monkeypatch.setattr("warehouse.compact.MERGED_AT", 3)
    for n in range(4):
        _land(data, f"r{n}", article(n))
    first_three = sorted((data / "tables" / "articles").glob("*-r[012].parquet"))
    assert len(first_three) == 3
    _land(data, "r7", article(7), now=NOW + timedelta(days=7))
    assert all(path.exists() for path in first_three)
    _land(data, "r9", article(9), now=NOW + timedelta(days=9))
    assert not any(path.exists() for path in first_three)
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(6,)]


def test_what_a_killed_landing_left_goes_after_an_hour(data):
    _land(data, "r1", article(1))
    orphan = data / "tables" / "articles" / "00000009-killed.parquet"
    orphan.write_bytes(b"half")
    current = manifest.read(data, schema=99)
    (data / "tables" / ".collected").unlink()
    soon, later = (collect._modified(orphan) + timedelta(minutes=minutes) for minutes in (30, 95))
    collect.collect(data, current, now=soon)
    assert orphan.exists()
    collect.collect(data, current, now=later)
    assert not orphan.exists()
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]


def test_older_published_files_are_collected_and_the_newest_stays(data):
    for n in range(3):
        _land(data, f"r{n}", article(n))
    (data / "tables" / ".collected").unlink()
    current = manifest.read(data, schema=99)
    with duckdb.connect(str(data / "pub" / "news-00000002.db"), read_only=True) as con:
        far = collect._modified(data / "manifest.json") + timedelta(hours=25)
        collect.collect(data, current, now=far)
        assert [it.name for it in (data / "pub").glob("news-*")] == ["news-00000003.db"]
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(2,)]
    assert _bare(data, "SELECT count(*) FROM articles") == "[(3,)]"


def test_the_python_door_is_cheap_to_import():
    code = "import sys, warehouse; print('duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_says_so(data):
    data.chmod(0o555)
    try:
        with pytest.raises(WarehouseError, match="may not be written"):
            answers.open_reader(data)
    finally:
        data.chmod(0o755)


def test_nothing_is_drawn_on_standard_output_however_long_a_query_takes(tmp_path):
    from warehouse.answers import open_reader

    for locked in (False, True):
        with open_reader(fresh(tmp_path / f"{locked}"), locked=locked) as con:
            shown = "SELECT current_setting('enable_progress_bar')"
            assert con.execute(shown).fetchall() == [(False,)]
