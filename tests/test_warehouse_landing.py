"""Landing a run: the last outcomes, the ledger, and doing it twice."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from runfolders import FEED, NOW, article, fate, fetch, fresh, lead, write_run

import warehouse
from warehouse import landing, tidy
from warehouse.errors import BrokenRun, WarehouseError
from warehouse.records import Block, Citation, LeadKind, Outcome, Purpose


@pytest.fixture
def data(tmp_path):
    return fresh(tmp_path)


def _rows(data, sql):
    with warehouse.connect(data) as con:
        return con.execute(sql).fetchall()


def _land(data, run, **what):
    return landing.land_run(data, write_run(data / "runs", run, **what), now=what.get("now", NOW))


def test_a_warehouse_that_lost_its_manifest_is_not_taken_for_an_empty_one(data):
    _land(data, "r1", articles=[article(1), article(2)])
    (data / "manifest.json").rename(data / "away.json")
    for path in (data / "tables").rglob("*"):
        os.utime(path, (0, 0))  # old enough for what nobody names to be removed
    there = sorted(data.rglob("*.parquet"))
    with pytest.raises(WarehouseError, match="is missing, but there are tables"):
        _land(data, "r2", articles=[article(3)])
    with pytest.raises(WarehouseError, match="is missing, but there are tables"):
        tidy.tidy(data, now=NOW + timedelta(days=99), keep_days=0)
    assert [path for path in there if not path.exists()] == []
    (data / "away.json").rename(data / "manifest.json")
    assert not landing.land_run(data, data / "runs" / "r2", now=NOW).already
    assert _rows(data, "SELECT count(*) FROM articles") == [(3,)]


def test_a_run_lands_with_its_ledger(data):
    landed = _land(
        data,
        "r1",
        articles=[article(1), article(2)],
        fates=[fate("https://tern.example/old", Outcome.TOO_OLD, published_at=NOW)],
        fetches=[
            fetch(FEED, purpose=Purpose.FEED),
            fetch("https://tern.example/1"),
            fetch("https://tern.example/dead", purpose=Purpose.FEED, status=None, error="timeout"),
        ],
    )
    assert landed.counts == {"stored": 2, "too_old": 1}
    assert len(landed.new_article_ids) == 2
    assert not landed.already
    assert _rows(data, "SELECT n_found, sources FROM runs") == [(3, ["tern"])]
    assert _rows(data, "SELECT outcome, n FROM run_counts ORDER BY ALL") == [
        ("stored", 2),
        ("too_old", 1),
    ]
    assert _rows(data, "SELECT count(*), count(article_id) FROM outcomes") == [(3, 2)]
    assert _rows(data, "SELECT kind, status, n_leads, error FROM feeds ORDER BY url") == [
        ("feed", None, 0, "timeout"),
        ("feed", 200, 3, None),
    ]
    assert _rows(data, "SELECT count(*) FROM fetches") == [(3,)]
    assert _rows(data, "SELECT batch, n_batches FROM freshness") == [("r1", 1)]
    for batch in ("b", "a"):  # at one and the same moment, as derived batches are
        landing.land_rows(data, batch, {"understood": []}, now=NOW)
    assert _rows(data, "SELECT batch FROM freshness") == [("a",)]


def test_all_of_an_article_lands(data):
    full = article(
        1,
        text="Lead.\n\nThe ferry \U0001f6a2 left; \x00 it was late.",
        blocks=(Block(kind="standfirst", start=0, end=5),),
        authors=("Ada Gull", "Bo Tern"),
        tags=("ferries",),
        published_offset=120,
        citations=(Citation(url="https://social.example/p/1", platform="x", embedded=True),),
        is_accessible_for_free=True,
    )
    _land(data, "r1", articles=[full, article(2, title="half a \ud83d pair")])
    got = _rows(
        data,
        "SELECT text, blocks, authors, tags, published_at, published_offset, first_seen_at,"
        " is_accessible_for_free, revision, agency, batch, run FROM articles WHERE url LIKE '%/1'",
    )
    assert got == [
        (
            full.text,
            [{"kind": "standfirst", "start": 0, "end": 5}],
            ["Ada Gull", "Bo Tern"],
            ["ferries"],
            full.published_at.replace(tzinfo=None),
            120,
            NOW.replace(tzinfo=None),
            True,
            1,
            None,
            "r1",
            "r1",
        )
    ]
    assert _rows(data, "SELECT url, platform, embedded, revision FROM citations") == [
        ("https://social.example/p/1", "x", True, 1)
    ]
    assert _rows(data, "SELECT title, authors FROM articles WHERE url LIKE '%/2'") == [
        ("half a ? pair", [])
    ]


def test_the_same_run_lands_once(data):
    folder = write_run(data / "runs", "r1", articles=[article(1)])
    first = landing.land_run(data, folder, now=NOW)
    again = landing.land_run(data, folder, now=NOW + timedelta(hours=1))
    assert (again.already, again.generation) == (True, first.generation)
    assert _rows(data, "SELECT count(*) FROM articles") == [(1,)]


def test_a_second_visit_is_unchanged_or_revised(data):
    _land(data, "r1", articles=[article(1), article(2), article(3)])
    later = NOW + timedelta(hours=6)
    landed = _land(
        data,
        "r2",
        articles=[
            article(1, fetched_at=later),
            article(2, fetched_at=later, text="The ferry number 2 sank.\n\nNobody was hurt."),
            article(3, fetched_at=later, title="Another headline"),
        ],
        now=later,
    )
    assert landed.counts == {"revised": 2, "unchanged": 1}
    assert len(landed.revised_article_ids) == 2
    assert _rows(
        data,
        "SELECT url, revision, first_seen_at < fetched_at FROM articles ORDER BY url",
    ) == [
        ("https://tern.example/1", 1, False),
        ("https://tern.example/2", 2, True),
        ("https://tern.example/3", 2, True),
    ]
    assert _rows(data, "SELECT url, revision FROM articles_history ORDER BY url") == [
        ("https://tern.example/2", 1),
        ("https://tern.example/3", 1),
    ]
    assert _rows(
        data,
        "SELECT revision, title_changed, text_changed, words_added, words_removed, old_title,"
        " new_title FROM revisions ORDER BY new_title",
    ) == [
        (2, True, False, 0, 0, "Harbour news 3", "Another headline"),
        (2, False, True, 2, 6, "Harbour news 2", "Harbour news 2"),
    ]
    ids = _rows(
        data, "SELECT article_id FROM articles UNION FROM articles_history SELECT article_id"
    )
    assert len(ids) == 3


def test_an_unchanged_page_is_counted_but_writes_no_fate(data):
    _land(data, "r1", articles=[article(1)])
    _land(data, "r2", articles=[article(1)])
    _land(data, "r3", fates=[fate("https://tern.example/1", Outcome.UNCHANGED)])
    assert _rows(data, "SELECT run, outcome FROM outcomes") == [("r1", "stored")]
    assert _rows(data, "SELECT run, outcome, n FROM run_counts ORDER BY run") == [
        ("r1", "stored", 1),
        ("r2", "unchanged", 1),
        ("r3", "unchanged", 1),
    ]


def test_only_changes_of_fate_are_written(data):
    url = "https://tern.example/x"
    retry = NOW + timedelta(minutes=10)
    for run, outcome, changes in (
        ("r1", Outcome.DEFERRED, {"retry_at": retry}),
        ("r2", Outcome.DEFERRED, {"retry_at": retry}),  # still waiting: no try was made
        ("r3", Outcome.DEFERRED, {"retry_at": retry + timedelta(hours=1)}),
        ("r4", Outcome.GONE, {}),
        ("r5", Outcome.GONE, {}),
    ):
        at = NOW + timedelta(minutes=int(run[1]))
        _land(data, run, fates=[fate(url, outcome, decided_at=at, **changes)])
    assert _rows(data, "SELECT run, outcome FROM outcomes ORDER BY run") == [
        ("r1", "deferred"),
        ("r3", "deferred"),
        ("r4", "gone"),
    ]


def test_another_address_of_an_article_is_a_duplicate(data):
    own = article(1)
    amp = article(
        9, url="https://tern.example/amp/1", canonical_url=own.url, text="Shorter for phones."
    )
    landed = _land(data, "r1", articles=[amp, own])  # in one batch, in whatever order
    assert landed.counts == {"duplicate_url": 1, "stored": 1}
    assert _rows(data, "SELECT url, text FROM articles") == [(own.url, own.text)]
    again = _land(data, "r2", articles=[replace(amp, text="Even shorter.")])
    assert again.counts == {"duplicate_url": 1}
    assert _rows(data, "SELECT DISTINCT url FROM found_in ORDER BY url") == [
        (own.url,),
        (amp.url,),
    ]
    assert _rows(data, "SELECT count(*) FROM articles") == [(1,)]


def test_the_id_of_an_article_stays_when_its_canonical_address_changes(data):
    first = _land(data, "r1", articles=[article(1)])
    moved = article(1, canonical_url="https://tern.example/new-slug", text="Another text.")
    second = _land(data, "r2", articles=[moved])
    assert second.revised_article_ids == first.new_article_ids
    third = _land(data, "r3", articles=[article(3, canonical_url="https://tern.example/new-slug")])
    assert third.counts == {"duplicate_url": 1}


def test_found_in_tells_every_place_once(data):
    url = "https://tern.example/1"
    other = lead(
        url, found_on="https://tern.example/front", kind=LeadKind.PAGE, source="tern-world"
    )
    leads = [lead(url), other, lead(url, position=3)]
    _land(data, "r1", articles=[article(1)], leads=leads)
    third = lead(url, found_on="https://tern.example/map", kind=LeadKind.SITEMAP)
    unchanged = fate(url, Outcome.UNCHANGED)
    _land(data, "r2", fates=[unchanged], leads=[*leads, third])
    assert _rows(data, "SELECT run, source, kind FROM found_in ORDER BY ALL") == [
        ("r1", "tern", "feed"),
        ("r1", "tern-world", "page"),
        ("r2", "tern", "sitemap"),
    ]


def test_feeds_hold_the_last_visit_only(data):
    _land(
        data,
        "r1",
        fetches=[
            fetch(FEED, purpose=Purpose.FEED),
            fetch("https://b.example/", purpose=Purpose.PAGE),
        ],
    )
    later = NOW + timedelta(hours=1)
    _land(data, "r2", fetches=[fetch(FEED, purpose=Purpose.FEED, status=304, fetched_at=later)])
    assert _rows(data, "SELECT url, kind, status, batch FROM feeds ORDER BY url") == [
        ("https://b.example/", "page", 200, "r1"),
        (FEED, "feed", 304, "r2"),
    ]


def _break_done(folder):
    (folder / "DONE").unlink()


def _break_line(folder):
    (folder / "leads-00001.jsonl").write_text('{"url": "x"')


def _break_article(folder):
    (folder / "articles-00001.jsonl").write_text('{"url": "https://tern.example/1"}\n')


def _break_found(folder):
    stats = json.loads((folder / "stats.json").read_text())
    (folder / "stats.json").write_text(json.dumps(stats | {"found": 7}))


def _break_twice(folder):
    part = folder / "articles-00001.jsonl"
    part.write_text(part.read_text() * 2)


def _break_lost(folder):
    (folder / "articles-00001.jsonl").unlink()


def _break_stats(folder):
    (folder / "stats.json").unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_break_done, "not finished"),
        (_break_line, "leads-00001.jsonl:1: is not JSON"),
        (_break_article, "something else than a record of Article"),
        (_break_found, "says it found 7 addresses, but has 1"),
        (_break_twice, "tells the fate of https://tern.example/1 twice"),
        (_break_lost, "tells the fate of 0; one of them: https://tern.example/1"),
        (_break_stats, "stats.json: is missing"),
    ],
)
def test_a_folder_that_does_not_add_up_is_refused_whole(data, harm, says):
    folder = write_run(data / "runs", "r1", articles=[article(1)])
    harm(folder)
    with pytest.raises(BrokenRun, match=says):
        landing.land_run(data, folder, now=NOW)
    assert _rows(data, "SELECT count(*) FROM batches") == [(0,)]


def test_parts_that_are_still_written_are_not_read(data):
    folder = write_run(data / "runs", "r1", articles=[article(1)])
    (folder / "articles-00002.jsonl.part").write_text('{"torn')
    assert landing.land_run(data, folder, now=NOW).counts == {"stored": 1}


def test_derived_rows_supersede_the_earlier_ones_of_their_key(data):
    def cover(watch, article_id, relevance):
        return {"watch": watch, "article_id": article_id, "relevance": relevance}

    landing.land_rows(
        data, "c1", {"coverage": [cover("w", "a", 0.1), cover("w", "b", 0.2)]}, now=NOW
    )
    landed = landing.land_rows(
        data,
        "c2",
        {"coverage": [cover("w", "a", 0.9), cover("v", "a", 0.3)]},
        supersede={"coverage": ["w/a", "v/a", "w/unheard"]},
        now=NOW,
    )
    assert landed.counts == {"coverage": 2}
    current = "SELECT watch, article_id, relevance FROM coverage{} ORDER BY ALL"
    assert _rows(data, current.format("")) == [
        ("v", "a", 0.3),
        ("w", "a", 0.9),
        ("w", "b", 0.2),
    ]
    assert _rows(data, current.format("_history")) == [("w", "a", 0.1)]
    landing.land_rows(data, "c3", {}, supersede={"coverage": ["w/b"]}, now=NOW)
    assert ("w", "b", 0.2) not in _rows(data, current.format(""))


def test_rows_land_once_and_may_be_none(data):
    row = {"keywords": [{"article_id": "a", "keyword": "ferry", "score": 1.0}]}
    assert not landing.land_rows(data, "k1", row, now=NOW).already
    assert landing.land_rows(data, "k1", row, now=NOW).already
    assert not landing.land_rows(data, "k2", {}, now=NOW).already
    assert _rows(data, "SELECT keyword, batch FROM keywords") == [("ferry", "k1")]


def test_a_column_nobody_knows_is_an_error_and_nothing_lands(data):
    landing.land_rows(data, "k1", {}, now=NOW)
    with pytest.raises(ValueError, match="keywords has no column tune"):
        landing.land_rows(data, "k2", {"keywords": [{"tune": 1}]}, now=NOW)
    assert not list((data / "tables" / "keywords").iterdir())
    assert _rows(data, "SELECT batch FROM batches") == [("k1",)]


def test_what_was_derived_from_an_older_text_goes_with_it(data):
    (article_id,) = _land(data, "r1", articles=[article(1)]).new_article_ids
    landing.land_rows(
        data,
        "u1",
        {
            "understood": [{"article_id": article_id, "revision": 1}],
            "mentions": [{"article_id": article_id, "surface": "harbour", "start": 30, "end": 37}],
        },
        now=NOW,
    )
    _land(data, "r2", articles=[article(1, text="Gone.")])
    assert _rows(data, "SELECT count(*) FROM mentions") == [(0,)]
    assert _rows(data, "SELECT count(*) FROM understood") == [(0,)]
    assert _rows(data, "SELECT count(*) FROM mentions_history") == [(1,)]


def test_imported_articles_get_their_fates_in_order(data):
    _land(data, "r1", articles=[article(1)])
    batch = [article(1), article(2), article(3, canonical_url="https://tern.example/2")]
    fates = landing.land_articles(data, "import-1", batch, now=NOW)
    assert [(it.url, it.outcome) for it in fates] == [
        (batch[0].url, "unchanged"),
        (batch[1].url, "stored"),
        (batch[2].url, "duplicate_url"),
    ]
    again = landing.land_articles(data, "import-1", batch, now=NOW)
    assert [it.outcome for it in again] == ["unchanged"] * 3
    assert _rows(data, "SELECT count(*) FROM articles") == [(2,)]
