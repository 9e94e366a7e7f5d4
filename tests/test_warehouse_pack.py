"""Large files of articles are DuckDB files with an index: the same rows, each fetched alone."""

import os
from datetime import UTC, datetime

import duckdb
import pytest
from runfolders import NOW, article, fresh, killed_while_tidying, write_run

import warehouse
from warehouse import backup, integrity, landing, manifest, pack, publish, tidy

LONG = "The quay was long. " * 3_000
WIDE = "港湾新聞。" * 4_000  # three bytes a letter
EVERY = "FROM articles UNION ALL FROM articles_history"


def landed(data):
    """Five runs with a text of each kind, and one that was revised."""
    texts = [LONG, WIDE, "", "The ferry did not leave.", "x" * 15_999]
    for n, text in enumerate(texts):
        pages = [article(n, text=text), article(f"again-{n}")]
        if n in {0, 3}:
            pages.append(article("both", text=f"Version {n} of the zebra.", title="Both"))
        landing.land_run(data, write_run(data / "runs", f"r{n}", articles=pages), now=NOW)
    return data


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same landings as they came, and packed."""
    folder = tmp_path_factory.mktemp("pack")
    plain, packed = (landed(fresh(folder / name)) for name in ("plain", "packed"))
    tidy.tidy(packed, now=NOW, keep_days=8, many=2)
    return plain, packed


def files(data, relation):
    return [data / file.path for file in manifest.read(data, schema=99).files[relation]]


def answers(data, sql):
    with warehouse.connect(data) as con:
        return sorted(con.execute(sql).fetchall(), key=repr)


@pytest.mark.parametrize(
    "sql",
    [
        EVERY,
        "FROM docs",
        "FROM texts WHERE doc IS NOT NULL",
        "SELECT url, snippet FROM search('zebra')",
        "SELECT url, snippet FROM search('quay', top_n := 60)",
        "SELECT url, snippet FROM search('港湾 source:tern')",
        "SELECT url FROM search('ferry', since := '2023-07-01', source := 'tern')",
        "SELECT * EXCLUDE (batch, seen_at) FROM revisions",
    ],
)
def test_packed_or_not_the_answers_are_the_same(both, sql):
    plain, packed = both
    assert [path.suffix for path in files(packed, "articles")] == [".db"]
    assert [path.suffix for path in files(packed, "docs")] == [".db"]
    found = answers(packed, sql)
    assert found
    assert found == answers(plain, sql)


def test_a_revised_article_is_found_by_its_newest_text_only(both):
    _, packed = both
    snippets = answers(packed, "SELECT snippet FROM search('zebra')")
    assert snippets == [("Version 3 of the **zebra**.",)]


def test_rows_are_fetched_by_the_index_from_a_file_that_any_client_opens(both):
    (path,) = files(both[1], "articles")
    with duckdb.connect(str(path), read_only=True) as con:
        plan = con.execute(
            "EXPLAIN ANALYZE SELECT text FROM articles JOIN (SELECT unnest([2, 5]) doc) USING (doc)"
        ).fetchall()[0][1]
    assert "Index Scan" in plan
    numbers = f"SELECT doc FROM read_duckdb('{path}') WHERE article_id IS NOT NULL"
    docs = [doc for (doc,) in duckdb.sql(numbers).fetchall()]
    assert docs == sorted(docs, reverse=True)  # whoever asks for the newest skips the rest
    assert not path.with_name(f"{path.name}.wal").exists()


# Of hexadecimal digits alone Zstandard makes no less than what packs texts one by one.
RANDOM = "(SELECT string_agg(md5((i * 20 + j)::VARCHAR), '') FROM range(20) AS w(j))"
REPEATED = "repeat(md5(i::VARCHAR), 20)"


@pytest.mark.parametrize(("text", "each"), [(RANDOM, 1), (REPEATED, 8)])
def test_a_packed_file_has_no_room_that_nothing_is_in(tmp_path, text, each):
    made = f"""CREATE TABLE small.articles AS
        SELECT i::INTEGER AS doc, i AS article_id, {text} AS text FROM range(60_000) AS r(i)"""
    new = tmp_path / "new.db"
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute(f"ATTACH '{tmp_path}/small.db' AS small (ROW_GROUP_SIZE 8192)")
        con.execute(made)
        con.execute("DETACH small")
        rows = f"FROM read_duckdb('{tmp_path}/small.db')"
        assert pack.pack(con, rows, new, "articles") == 60_000
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(2,)]
        columns = "doc, article_id, text || coalesce(text_rest, '') AS text"
        packed = f"SELECT {columns} FROM read_duckdb('{new}') WHERE article_id IS NOT NULL"
        for one, other in ((rows, packed), (packed, rows)):
            assert con.execute(f"({one}) EXCEPT ALL ({other})").fetchall() == []
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["new.db", "small.db"]
    with duckdb.connect(str(new), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(60_000 * each,)]
        _, _, _, blocks, _, free, *_ = con.execute("PRAGMA database_size").fetchall()[0]
    assert blocks > 20
    assert free == 0


def test_small_files_and_other_relations_stay_parquet():
    assert pack.suffix("articles", pack.MANY - 1) == ".parquet"
    assert pack.suffix("articles", pack.MANY) == ".db"
    assert pack.suffix("outcomes", 10 * pack.MANY) == ".parquet"


def test_landing_goes_on_beside_packed_files_and_the_next_night_packs_them_together(tmp_path):
    data = landed(fresh(tmp_path / "data"))
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    before = answers(data, EVERY)
    for n in range(5, 9):
        pages = [article(n), article("both", text=f"Version {n}.", title="Both")]
        landing.land_run(data, write_run(data / "runs", f"r{n}", articles=pages), now=NOW)
    assert len(answers(data, EVERY)) == len(before) + 8
    while tidy.tidy(data, now=NOW, keep_days=8, many=2).merged:
        pass
    assert {path.suffix for path in files(data, "articles")} == {".db"}
    assert len(answers(data, EVERY)) == len(before) + 8
    assert integrity.check(data, now=datetime.now(UTC)) == []
    assert answers(data, "SELECT snippet FROM search('version')") == [("**Version** 8.",)]


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: os.truncate(path, path.stat().st_size - 4_096), "cut short"),
        (flip, "damaged or another file"),
    ],
)
def test_damage_to_a_packed_file_is_found(tmp_path, damage, told):
    data = landed(fresh(tmp_path / "data"))
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    (path,) = files(data, "articles")
    damage(path)
    found = integrity.check(data, now=datetime.now(UTC))
    assert [it.where for it in found] == [str(path.relative_to(data))]
    assert told in found[0].what


def test_other_rows_or_columns_than_were_written_are_found(tmp_path):
    data = landed(fresh(tmp_path / "data"))
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    (file,) = manifest.read(data, schema=99).files["docs"]
    layouts = manifest.read(data, schema=99).layouts["docs"]

    def flaw(sql):
        with duckdb.connect(str(data / file.path)) as con:
            con.execute(sql)
        written = manifest.TableFile(
            path=file.path,
            rows=file.rows,
            bytes=(data / file.path).stat().st_size,
            layout=file.layout,
        )
        with duckdb.connect() as con:
            return integrity.flaw_of(data, "docs", written, con, layouts, contents=True)

    assert flaw("CHECKPOINT") is None
    more = "DROP INDEX by_number; ALTER TABLE docs ADD COLUMN extra INTEGER"
    assert "other columns than it was written with: extra" in flaw(more)
    assert "rows instead of" in flaw("DELETE FROM docs WHERE doc = 1")


def test_a_backup_of_packed_files_is_restored(tmp_path, both):
    data = tmp_path / "data"
    copy = tmp_path / "copy"
    backup.back_up(both[1], copy, now=NOW)
    backup.restore(copy, data, now=NOW)
    assert answers(data, EVERY) == answers(both[0], EVERY)


def test_killed_while_packing_every_article_is_there_once(tmp_path):
    data = landed(fresh(tmp_path / "data"))
    before = answers(data, EVERY)
    for point in ("merged", "merged", "before commit", "after commit"):
        assert killed_while_tidying(data, point, many=2)
        assert answers(data, EVERY) == before
    publish.publish(data)
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    assert answers(data, EVERY) == before
    assert {path.suffix for path in files(data, "articles")} == {".db"}
    assert integrity.check(data, now=datetime.now(UTC)) == []
