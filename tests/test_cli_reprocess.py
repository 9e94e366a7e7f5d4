"""`slugline reprocess`: derive again with the current version, told before, interrupted, beside."""

import hashlib
import json
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from commanding import SEED, WEB, Desk, fill
from runfolders import NOW, article, fresh, write_run

import warehouse
from crawlers.extract import EXTRACTOR_VERSION
from crawlers.newsstand import Newsstand
from flows import config, pipeline, rederiving, reprocessing
from flows.cli.main import run as command_line
from flows.reprocessing import Choice
from warehouse import derive, derived, landing, reextracted
from warehouse.records import now_utc
from warehouse.reextracted import Reextracted
from warehouse.understand.reading import UNDERSTANDING_VERSION


def aged(data):
    """Let an older extraction have made two of the articles that are about to land: one wrongly."""
    (path,) = (data / "runs").glob("*/articles-*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for number, line in enumerate(sorted(lines, key=lambda line: line["url"])):
        if number < 2:
            line["extractor_version"] = "0"
        if number == 0:
            line["text"] = line["text"].partition("\n\n")[0]
            line.pop("blocks", None)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return lines


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run has landed what an older extraction made, read by an older understanding."""
    folder = tmp_path_factory.mktemp("made") / "desk"
    fill(folder)
    seeds, data = folder / "seeds", folder / "data"
    group = ("--seeds", str(seeds), "--data", str(data), "watch", "add", str(SEED))
    assert command_line([*group, "--slug", "mill", "--group", "all"]) == 0

    def do(step, work):
        if step == "land":
            aged(data)
        return work()

    with pytest.MonkeyPatch.context() as patch, Newsstand(WEB) as stand:
        patch.setitem(derived._VERSION, "understanding_version", "1")
        settings = config.load(data=data, seeds=seeds, environment={}, proxy=stand.proxy)
        assert not pipeline.run(settings, do=do).failures
    shutil.copytree(folder, folder.with_name("kept"), symlinks=True)
    return folder


@pytest.fixture
def place(made, capsys, monkeypatch):
    """The same place each time, so that nothing need be published anew."""
    shutil.rmtree(made)
    shutil.copytree(made.with_name("kept"), made, symlinks=True)
    return Desk(made, capsys, monkeypatch)


def ask(data, sql):
    with warehouse.connect(data) as con:
        return con.execute(sql).fetchall()


def everything(folder):
    """Every file with its bytes and its time of change."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*")
        if path.is_file()
    }


TEXTS = "SELECT article_id, revision, length(text), extractor_version FROM articles ORDER BY url"


def test_a_dry_run_tells_and_writes_nothing_then_it_is_done_once(place):
    data = place.data
    before, rows = everything(place.folder), ask(data, TEXTS)
    told = place("reprocess", "--from", "extract", "--dry-run", "--format", "ndjson")
    assert everything(place.folder) == before
    counts = {(r["step"], r["from_version"], r["to_version"]): r["articles"] for r in told.rows}
    assert counts == {
        ("extract", "0", EXTRACTOR_VERSION): 2,
        ("understand", "1", UNDERSTANDING_VERSION): 3,
    }

    done = place("reprocess", "--from", "extract")
    assert done.code == 0, done.err
    assert "2 articles extracted again (1 the same); 3 understood again" in done.err
    after = ask(data, TEXTS)
    assert [(row[0], row[1]) for row in after] == [(row[0], row[1]) for row in rows]
    assert {row[3] for row in after} == {EXTRACTOR_VERSION}
    assert [b[2] > a[2] for a, b in zip(rows, after, strict=True)] == [True, False, False]
    assert ask(data, "SELECT count(*) FROM articles_history") == [(2,)]
    assert ask(data, "SELECT count(*) FROM revisions") == [(0,)]  # no outlet changed anything
    odd = "SELECT count(*) FROM mentions m JOIN articles a USING (article_id)"
    odd += ' WHERE substring(a.text, m."start" + 1, m."end" - m."start") <> m.surface'
    assert ask(data, odd) == [(0,)]
    assert ask(data, "SELECT DISTINCT understanding_version FROM understood") == [
        (UNDERSTANDING_VERSION,)
    ]

    before = everything(data / "tables")
    assert "nothing to do" in place("reprocess", "--from", "extract").err
    assert everything(data / "tables") == before


def test_what_cannot_be_extracted_again_is_told_and_kept(place):
    for warc in (place.data / "runs").glob("*/warc-*"):
        warc.unlink()
    rows = ask(place.data, TEXTS)
    told = place("reprocess", "--from", "extract", "--dry-run", "--format", "ndjson").rows
    assert [(r["cannot"], r["why"]) for r in told if r["cannot"]] == [
        (2, "its body was kept long enough, and is gone (keep_warc_days)")
    ]
    done = place("reprocess", "--from", "extract")
    assert done.code == 0
    assert "2 cannot: its body was kept long enough" in done.err
    assert ask(place.data, TEXTS) == rows


@pytest.mark.parametrize("step", ["names", "copies", "relevance"])
def test_all_again_goes_on_where_it_was_interrupted(place, monkeypatch, step):
    monkeypatch.setattr(rederiving, "_BATCH", 1)
    settings = config.load(data=place.data, seeds=place.seeds, environment={})
    choice = Choice(from_step=step, again=True)
    n = sum(count.articles for count in reprocessing.plan(settings, choice))
    assert n >= 3
    rows = ask(place.data, "SELECT watch, article_id, tier FROM coverage ORDER BY ALL")

    def interrupt(event):
        if event.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reprocessing.run(settings, choice, on_event=interrupt)
    rest = reprocessing.run(settings, choice)
    done = {"names": rest.understood, "copies": rest.compared, "relevance": rest.related}[step]
    assert done == {"names": 2, "copies": 3, "relevance": 0}[step]
    assert ask(place.data, "SELECT watch, article_id, tier FROM coverage ORDER BY ALL") == rows
    assert ask(place.data, "SELECT count(*), count(DISTINCT article_id) FROM understood") == [
        (3, 3)
    ]
    assert not (place.data / "reprocessing.json").exists()


def test_a_selection_is_kept_to(place):
    imported = article("brought", extractor_version="import", text="Somebody's own text.")
    landing.land_articles(place.data, "import-1", [imported], now=NOW)
    told = place("reprocess", "--from", "extract", "--dry-run", "--format", "ndjson").rows
    assert [r["articles"] for r in told if r["step"] == "extract"] == [2]  # it never had a page
    told = place("reprocess", "--until", "1999-01-01", "--dry-run", "--format", "ndjson")
    assert told.rows == []
    told = place("reprocess", "--watch", "mill", "--dry-run", "--format", "ndjson").rows
    related = ask(place.data, "SELECT count(*) FROM coverage WHERE tier <> 'off'")[0][0]
    assert [r["articles"] for r in told if r["step"] == "understand"] == [related]
    assert place("reprocess", "--watch", "no-such-watch").code == 2
    assert place("reprocess", "--from", "nothing").code == 2


def test_a_newer_version_of_the_page_is_not_replaced_by_an_older_one(tmp_path):
    data = fresh(tmp_path / "data")
    landing.land_run(data, write_run(data / "runs", "r1", articles=[article(1)]), now=NOW)
    (id_,) = ask(data, "SELECT article_id FROM articles")[0]
    newer = article(1, text="What the outlet says now.", digest="newer")
    landing.land_run(data, write_run(data / "runs", "r2", articles=[newer]), now=NOW)
    old = Reextracted(article_id=id_, revision=1, digest="1", article=article(1, text="Before."))
    assert reextracted.land(data, [old], now=now_utc()).overtaken == 1
    assert ask(data, "SELECT revision, text FROM articles") == [(2, "What the outlet says now.")]


def test_two_that_derive_at_once_name_nobody_twice(tmp_path):
    data = fresh(tmp_path / "data")
    text = "The mayor of Tromso, Ingrid Holm, met Olaf Berg in Oslo on Monday, item {}."
    pages = [article(n, text=text.format(n), language="en") for n in range(4)]
    landing.land_run(data, write_run(data / "runs", "r1", articles=pages), now=NOW)
    ids = [id_ for (id_,) in ask(data, "SELECT article_id FROM articles ORDER BY ALL")]

    def read(part):
        return derive.again(data, part, modelled=True, profiles=(), now=now_utc()).understood

    with ThreadPoolExecutor(2) as two:
        assert sum(two.map(read, [ids[:2], ids[2:], ids[1:3]])) == 6
    for sql in ("SELECT entity_id FROM entities", "SELECT entity_id || alias FROM aliases",
                "SELECT article_id FROM understood"):  # fmt: skip
        found = Counter(key for (key,) in ask(data, sql))
        assert found
        assert set(found.values()) == {1}, sql


def test_the_flow_works_with_its_decorator_deleted(place):
    from flows.reprocess import reprocess

    folders = {"data": str(place.data), "seeds": str(place.seeds)}
    assert reprocess.fn(dry_run=True, from_step="extract", **folders) == {"derived": 5}
    done = reprocess.fn(from_step="extract", **folders)
    assert done == {"extracted": 2, "understood": 3, "related": 0, "cannot": 0}
