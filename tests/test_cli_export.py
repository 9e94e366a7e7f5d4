"""What people take along: Parquet by month, CSV, JSON lines that import reads, FollowTheMoney."""

import csv
import gzip
import json
import re
from pathlib import Path

import duckdb
import pytest
from commanding import Desk
from sharing import after_first

import warehouse

FTM = json.loads((Path(__file__).parent / "data" / "export" / "ftm_model.json").read_text())
FORMS = {
    "date": r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?",
    "url": r"https?://\S+",
    "country": r"[a-z]{2}",
    "language": "|".join(FTM["languages"]),
    "entity": r"slugline-(article|name|mention)-[0-9a-f]{20}",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory, all_of_us):
    folder = tmp_path_factory.mktemp("export")
    after_first(all_of_us, folder / "data")
    return folder


@pytest.fixture(scope="module")
def con(demo):
    with warehouse.connect(demo / "data") as con:
        yield con


@pytest.fixture
def desk(demo, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Desk(demo, capsys, monkeypatch)


def count(con, what):
    return con.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


@pytest.mark.parametrize(
    "asked",
    [("export", "out", "--source", "nosuch"), ("export", "out", "--watch", "nosuch"),
     ("search", "ferry", "--source", "nosuch")],
)  # fmt: skip
def test_a_source_or_watch_that_nobody_knows_is_a_mistake_and_no_empty_answer(desk, asked):
    done = desk(*asked)
    assert (done.code, done.out) == (2, "")
    assert re.search(r"no (source|watch) 'nosuch' in the warehouse", done.err)
    assert not Path("out").exists()


def test_parquet_comes_by_month_and_whole(desk, con):
    done = desk("export", "out", "--table", "articles", "--table", "mentions", "--table", "sources")
    n = count(con, "articles"), count(con, "mentions"), count(con, "sources")
    assert done.code == 0, done.err
    told = f"exported {n[0]} articles, {n[1]:,} mentions, {n[2]} sources to out\n"
    assert (done.out, done.err) == ("", told)
    months = sorted(path.name for path in Path("out/articles").iterdir())
    assert months == ["month=2023-07"]
    with duckdb.connect() as out:
        rows = out.execute(
            "SELECT count(*), count(DISTINCT article_id), bool_and(month = strftime(published_at,"
            " '%Y-%m')) FROM read_parquet('out/articles/**/*.parquet', hive_partitioning = true)"
        ).fetchall()
        assert rows == [(n[0], n[0], True)]
        found = out.execute("SELECT * FROM 'out/mentions/*/*.parquet' LIMIT 1").description
        assert {"article_id", "entity_id", "surface"} <= {column[0] for column in found}
        assert not {"batch", "doc"} & {column[0] for column in found}
        assert out.execute("SELECT count(*) FROM 'out/sources/sources.parquet'").fetchone() == n[2:]
    again = desk("export", "out")
    told = "error: out: is there already (name another, or remove it first)\n"
    assert (again.code, again.err) == (2, told)
    assert not list(Path().glob(".*.part"))


def test_json_lines_come_back_as_the_same_articles(desk, con, tmp_path, capsys, monkeypatch):
    assert desk("export", "all.jsonl.gz").code == 0
    other = Desk(tmp_path / "other", capsys, monkeypatch)
    n = count(con, "articles")
    outcomes = [row["outcome"] for row in other("import", "all.jsonl.gz").rows]
    assert outcomes == ["stored"] * n
    same = """SELECT article_id, url, source, title, text, authors, published_at, published_offset,
        published_precision, modified_at, language, kind, tags, blocks, fetched_at
        FROM articles ORDER BY article_id"""
    with warehouse.connect(other.data) as theirs:
        assert theirs.execute(same).fetchall() == con.execute(same).fetchall()
    assert desk("export", "-", "--format", "csv").code == 0
    sheet = tmp_path / "sheet.csv"
    assert desk("export", str(sheet)).code == 0
    assert {row["outcome"] for row in other("import", str(sheet)).rows} == {"unchanged"}


@pytest.mark.parametrize(
    ("flags", "condition"),
    [
        (["--since", "2023-07-11", "--until", "2023-07-12"],
         "published_at >= '2023-07-11' AND published_at < '2023-07-13'"),
        (["--source", "lantern"], "source = 'lantern'"),
        (["--language", "de"], "language = 'de'"),
        (["--query", "haqqani -football"],
         "article_id IN (SELECT article_id FROM matching('haqqani -football'))"),
        (["--watch", "threads"],
         "article_id IN (SELECT article_id FROM coverage_of('threads'))"),
        (["--watch", "threads", "--tier", "background"],
         "article_id IN (SELECT article_id FROM coverage_of('threads', tier := 'background'))"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_every_choice_takes_what_it_says_and_leaves_the_rest(desk, con, flags, condition):
    told = desk("export", "-", *flags).rows
    wanted = con.execute(f"SELECT article_id FROM articles WHERE {condition}").fetchall()
    assert {(row["article_id"],) for row in told} == set(wanted)
    assert 0 < len(wanted) < count(con, "articles")
    rows = desk("export", "-", "--table", "keywords", *flags).rows
    assert {row["article_id"] for row in rows} == {row["article_id"] for row in told}


def test_a_sheet_opens_as_one(desk, con):
    assert desk("export", "names.csv", "--table", "entities").code == 0
    with Path("names.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"entity_id", "entity", "label"} == rows[0].keys()
    assert len(rows) == count(con, "entities")


def test_entities_of_followthemoney_hold_to_its_model(desk, con):
    assert desk("export", "all.ftm.json.gz").code == 0
    with gzip.open("all.ftm.json.gz", "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    by_id = {entity["id"]: entity for entity in found}
    assert len(by_id) == len(found)
    for entity in found:
        check(entity, by_id)
    kinds = [entity["schema"] for entity in found]
    assert kinds.count("Article") == count(con, "articles")
    assert kinds.count("Person") == count(
        con, "entities WHERE label = 'PER' AND entity_id IN (SELECT entity_id FROM mentions)"
    )
    haqqani = next(e for e in found if e["properties"].get("name") == ["Anas Haqqani"])
    mentions = [e["properties"] for e in found if e["schema"] == "Mention"]
    about = {m["document"][0] for m in mentions if m["resolved"] == [haqqani["id"]]}
    assert len(about) == count(con, "entity('Anas Haqqani') WHERE found_by = 'mention'")


def check(entity, by_id):
    schema = FTM["schemata"][entity["schema"]]
    assert set(entity["properties"]) <= set(schema["properties"]), entity
    assert set(schema["required"]) <= set(entity["properties"]), entity
    for name, values in entity["properties"].items():
        kind = schema["properties"][name]
        assert values == list(dict.fromkeys(values)), entity
        for value in values:
            assert isinstance(value, str), (name, value)
            assert 0 < len(value) <= kind["max_length"], (name, value)
            assert re.fullmatch(FORMS.get(kind["type"], r"(?s).+"), value), (name, value)
            assert kind["type"] != "entity" or value in by_id, value


def test_what_cannot_be_is_told(desk):
    assert "did you mean 'mentions'?" in desk("export", "out", "--table", "mention").err
    assert "jsonl holds one table" in desk("export", "-", "--table", "articles", "--table",
                                           "mentions").err  # fmt: skip
    assert "--tier needs --watch" in desk("export", "-", "--tier", "background").err
    assert "Parquet needs a folder" in desk("export", "-", "--format", "parquet").err
    done = desk("export", "half.csv", "--query", "(a")
    assert done.code == 2
    assert "parenthesis" in done.err
    assert not list(Path().iterdir())
