"""Erasing: afterwards no file of the data directory holds it, read in whatever form it is kept."""

import gzip
import json
import os
import re
import sqlite3
import zlib
from datetime import timedelta

import duckdb
import pytest
from runfolders import NOW, article, fresh, lead, write_run

import warehouse
from crawlers import warc
from flows import erasing, folders
from flows.erasing import Wanted
from warehouse import integrity, landing, manifest, state, tidy
from warehouse.errors import Unknown
from warehouse.records import Fetch, Link, Outcome, Purpose

SECRET = "https://tern.example/quorndale"
TEXT = "Zebulonia was seen. Anna Quorndale did not answer."
FEED = "https://tern.example/feed"


def warc_of(folder, *pages):
    """Keeps bodies as received; returns the lines of their fetches."""
    writer = warc.WarcWriter(folder)
    fetches = []
    for url, body, headers in pages:
        name, offset = writer.write(url, NOW, 200, headers, body)
        fetches.append(
            Fetch(
                url=url, source="tern", purpose=Purpose.ARTICLE, fetched_at=NOW, seconds=0.1,
                status=200, warc_file=name, warc_offset=offset,
            )
        )  # fmt: skip
    writer.close()
    return fetches


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Three runs, names, a backfill, a revision of what is to go, and a page that cites it."""
    data = fresh(tmp_path_factory.mktemp("erase") / "data")
    secret = article("q", url=SECRET, title="Quorndale", text=TEXT)
    for n in range(3):
        now = NOW + timedelta(hours=n)
        pages = [article(n), secret if n == 0 else article(f"x{n}")]
        if n == 1:
            pages.append(article("q", url=SECRET, title="Quorndale", text=f"{TEXT} Twice."))
        run = f"r{n}"
        folder = write_run(data / "runs", run, articles=pages, now=now)
        feed = gzip.compress(f"<rss><link>{SECRET}</link></rss>".encode())
        fetches = warc_of(
            folder,
            (FEED, feed, [("Content-Encoding", "gzip")]),
            (SECRET, TEXT.encode(), []),
            (pages[0].url, b"<p>kept</p>", []),
        )
        lines = "".join(json.dumps(_plain(f)) + "\n" for f in fetches)
        (folder / "fetches-00001.jsonl").write_text(lines)
        (folder / "crawl.log").write_text(f"asking {SECRET}\nasking {pages[0].url}\n")
        landing.land_run(data, folder, now=now)
        state.State(data / "state.sqlite").absorb(folder)
        folders.mark_landed(folder)
    with warehouse.connect(data) as con:
        ids = dict(con.execute("SELECT url, article_id FROM articles").fetchall())
    landing.land_rows(data, "understood", _names(ids), now=NOW + timedelta(hours=3))
    return data


def _plain(record):
    from warehouse.records import to_json

    return to_json(record)


def _names(ids):
    one, other = ids[SECRET], ids[article(0).url]
    told = [(one, "e1", "Anna Quorndale"), (one, "e2", "Zebulonia"), (other, "e2", "Harbour")]
    return {
        "understood": [{"article_id": i, "revision": 1} for i in ids.values()],
        "mentions": [
            {"article_id": i, "entity_id": e, "surface": s, "start": 0, "end": 4, "label": "PER"}
            for i, e, s in told
        ],
        "entities": [
            {"entity_id": "e1", "entity": "Anna Quorndale", "label": "PER"},
            {"entity_id": "e2", "entity": "Harbour", "label": "LOC"},
        ],
        "aliases": [{"entity_id": e, "alias": s, "folded": s.lower()} for _, e, s in told],
        "keywords": [{"article_id": one, "keyword": "zebulonia", "score": 1.0}],
        "copies": [{"article_id": other, "copy_of": one, "copy_kind": "near"}],
    }


@pytest.fixture
def data(full, tmp_path_factory):
    """The very same place each time, whole again."""
    import shutil

    pristine = full.with_name("pristine")
    if not pristine.exists():
        shutil.copytree(full, pristine, symlinks=True)
    shutil.rmtree(full)
    return shutil.copytree(pristine, full, symlinks=True)


@pytest.mark.parametrize("wanted", [Wanted(source="nosuch"), Wanted(entity="Nobody Known")])
def test_a_name_that_is_mistyped_erases_nothing_and_refuses_nothing(data, wanted):
    before = manifest.read(data, schema=99)
    with pytest.raises(Unknown, match=r"nosuch|Nobody Known"):
        erasing.erase(data, wanted)
    assert manifest.read(data, schema=99) == before
    assert erasing.preview(data, Wanted(source="tern")).articles


def everything(data):
    """The content of every file, each in every form in which something can be found in it."""
    for path in sorted(p for p in data.rglob("*") if p.is_file() and not p.is_symlink()):
        raw = path.read_bytes()
        yield path, raw
        if path.suffix == ".gz":
            yield path, b"".join(_members(raw))
        if path.suffix == ".parquet":
            yield path, str(duckdb.sql(f"FROM read_parquet('{path}')").fetchall()).encode()
        if path.suffix == ".db":
            with duckdb.connect(str(path), read_only=True) as con:
                for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    yield path, str(con.execute(f'FROM "{name}"').fetchall()).encode()
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as db:
                yield path, "\n".join(db.iterdump()).encode()


def _members(raw):
    while raw:
        stream = zlib.decompressobj(31)
        content = stream.decompress(raw)
        yield content
        for body in re.findall(rb"\x1f\x8b\x08.*", content, re.DOTALL):
            yield zlib.decompressobj(31).decompress(body.removesuffix(b"\r\n\r\n"))
        raw = stream.unused_data


def found(data, *needles):
    return {
        (str(path.relative_to(data)), needle)
        for path, content in everything(data)
        for needle in needles
        if needle.lower().encode() in content.lower()
    }


def sound(data):
    assert integrity.check(data, now=NOW) == []


WORDS = ("quorndale", "zebulonia")


def test_an_article_is_nowhere_afterwards_and_does_not_come_back(data):
    before = {path for path, _ in found(data, *WORDS)}
    assert {path.split("/")[0] for path in before} >= {"tables", "runs", "state.sqlite"}
    report = erasing.erase(data, Wanted(url=SECRET + "?utm_source=mail"))
    assert (report.articles, report.busy) == (1, ())
    assert report.rows["articles"] == 2
    assert found(data, *WORDS) == set()
    sound(data)
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (5,)
        names = con.execute("SELECT entity_id, alias FROM aliases").fetchall()
        assert names == [("e2", "Harbour")]
        assert con.execute("SELECT count(*) FROM copies").fetchone() == (0,)
        assert con.execute("SELECT n_found FROM runs ORDER BY run").fetchall() == [(2,), (3,), (2,)]
    folder = data / "runs" / "r0"
    kept = [json.loads(line) for line in (folder / "fetches-00001.jsonl").read_text().splitlines()]
    assert [line["url"] for line in kept] == [article(0).url]
    body = warc.read(folder / kept[0]["warc_file"], kept[0]["warc_offset"]).body
    assert body == b"<p>kept</p>"
    assert len(gzip.decompress((folder / kept[0]["warc_file"]).read_bytes()))
    back(data)
    assert found(data, *WORDS) == set()
    sound(data)


def test_an_article_is_nowhere_in_packed_files_either(data):
    for n in range(3, 6):
        folder = write_run(data / "runs", f"r{n}", articles=[article(n)])
        landing.land_run(data, folder, now=NOW)
        folders.mark_landed(folder)
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    packed = {path for path, _ in found(data, *WORDS) if path.endswith(".db")}
    assert {path.split("/")[1] for path in packed} >= {"articles", "docs"}
    erasing.erase(data, Wanted(url=SECRET))
    assert found(data, *WORDS) == set()
    assert {path.suffix for path in (data / "tables" / "articles").iterdir()} == {".db"}
    sound(data)
    with warehouse.connect(data) as con:
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (8,)


def back(data):
    """Crawled again, imported again, derived again, and an old run folder landed again."""
    secret = article("q", url=SECRET, title="Quorndale", text=TEXT)
    other = article("q", url="https://mirror.example/1", canonical_url=SECRET, text=TEXT)
    pages = [secret, other, article(99)]
    leads = [lead(page.url, title=page.title) for page in pages]
    folder = write_run(data / "runs", "again", articles=pages, leads=leads)
    landed = landing.land_run(data, folder, now=NOW)
    assert (landed.counts, landed.refused) == ({"stored": 1}, 2)
    erasing.after_landing(data, folder)
    assert json.loads((folder / "stats.json").read_text())["found"] == 1
    fates = landing.land_articles(data, "import-1", [secret, article(98)], now=NOW)
    assert [fate.outcome for fate in fates] == [Outcome.REFUSED_ADDRESS, Outcome.STORED]
    late = _names({SECRET: landed_id(secret), article(0).url: "other"})
    landing.land_rows(data, "late", {"keywords": late["keywords"]}, now=NOW)
    known = data / "known.sqlite"
    state.State(data / "state.sqlite").export_known(known, ["tern"], NOW)
    from crawlers.known import KnownUrls

    there = KnownUrls(known)
    assert there.is_erased("x", SECRET)
    assert not there.is_erased("tern.example/1")
    there.close()


def landed_id(page):
    from warehouse import versions

    return versions.article_id(page)


def test_somebody_is_erased_with_every_article_that_names_her(data):
    report = erasing.erase(data, Wanted(entity="anna quorndale"))
    assert report.articles == 1
    page = article("new", text="Ms ANNA  Quorndale was back.")
    landing.land_run(data, write_run(data / "runs", "n", articles=[page, article(7)]), now=NOW)
    erasing.after_landing(data, data / "runs" / "n")
    assert found(data, "quorndale was back") == set()
    sound(data)


def test_links_to_what_is_erased_go_however_they_are_written(data):
    gone = [SECRET, f"{SECRET}#comments", SECRET.replace("https://", "http://www.")]
    links = tuple(Link(url=url, anchor="she said") for url in [*gone, "https://gull.example/1"])
    page = article("citing", links=links)
    landing.land_run(data, write_run(data / "runs", "c", articles=[page]), now=NOW)
    erasing.erase(data, Wanted(url=SECRET))
    with warehouse.connect(data) as con:
        asked = "SELECT list_transform(links, lambda l: l.url) FROM articles WHERE url = ?"
        assert con.execute(asked, [page.url]).fetchall() == [(["https://gull.example/1"],)]
    sound(data)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Νίκος Παππάς", "Ο Νίκος Παππάς είπε όχι."),
        ("Karl Weiß", "Gestern kam Karl Weiß an."),
        ("김정은", "어제 김정은 위원장이"),
        ("Jane O’Neil", "Then Jane O’Neil left."),
        ("İlker Ay", "Dün İlker Ay geldi."),
        ("प्रिया शर्मा", "कल प्रिया शर्मा आई"),
        ("อันวาร์", "เมื่อวานอันวาร์มา"),
        ("山田太郎", "昨日、山田太郎が来た。"),
    ],
)
def test_a_name_that_the_tagger_missed_is_erased_in_any_script(tmp_path, name, text):
    data = fresh(tmp_path / "data")
    pages = [article("q", text=text), article("r", text=f"{text} 2"), article("s")]
    landing.land_run(data, write_run(data / "runs", "r", articles=pages), now=NOW)
    with warehouse.connect(data) as con:
        ids = dict(con.execute("SELECT url, article_id FROM articles").fetchall())
    named = {"article_id": ids[pages[0].url], "entity_id": "e1", "surface": name, "label": "PER"}
    landing.land_rows(
        data,
        "understood",
        {
            "understood": [{"article_id": i, "revision": 1} for i in ids.values()],
            "mentions": [named | {"start": 0, "end": 4}],
            "entities": [{"entity_id": "e1", "entity": name, "label": "PER"}],
            "aliases": [{"entity_id": "e1", "alias": name, "folded": name.lower()}],
        },
        now=NOW,
    )
    assert erasing.erase(data, Wanted(entity=name)).articles == 2
    with warehouse.connect(data) as con:
        assert con.execute("SELECT url FROM articles").fetchall() == [(pages[2].url,)]


def test_a_source_is_erased_with_all_that_came_from_it(data):
    page = article("1", url="https://gull.example/1", source="gull")
    landing.land_run(data, write_run(data / "runs", "g", articles=[page]), now=NOW)
    folders.mark_landed(data / "runs" / "g")
    report = erasing.erase(data, Wanted(source="tern"))
    assert report.articles == 6
    with warehouse.connect(data) as con:
        assert con.execute("SELECT source FROM articles").fetchall() == [("gull",)]
        counts = con.execute("SELECT DISTINCT source FROM run_counts ORDER BY 1").fetchall()
        assert counts == [("(erased)",), ("gull",)]
    assert found(data, "tern.example/q", "zebulonia") == set()
    sound(data)
    late = write_run(data / "runs", "late", articles=[article(50)])
    assert landing.land_run(data, late, now=NOW).refused == 1


@pytest.mark.parametrize(
    "point",
    ["written down", "writing", "before commit", "after commit", "before swap", "swept", "state",
     "folders"],
)  # fmt: skip
def test_killed_it_is_finished_later(data, point):
    child = os.fork()
    if not child:
        erasing.erase(
            data,
            Wanted(url=SECRET),
            on_step=lambda at: os._exit(9) if at.startswith(point) else None,
        )
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert erasing.unfinished(data)
    assert any("erasing" in it.where for it in integrity.check(data, now=NOW))
    assert erasing.finish(data, now=NOW)
    assert found(data, *WORDS) == set()
    sound(data)
    assert manifest.read(data, schema=99).generation > 4
