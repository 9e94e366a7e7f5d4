"""What lacks the current version is derived once, in any order, and follows revisions and edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from warehouse import derive, landing
from warehouse.answers import open_reader
from warehouse.records import Article, Profile, Term, Watch
from warehouse.understand import profile

NOW = datetime(2024, 3, 10, 12, tzinfo=UTC)
WALL = """The harbour wall of Tromso broke in a storm on Monday night, said the mayor, Ingrid
Holm. Water ran into forty cellars on the quay. Holm asked the navy for pumps and said
that the wall would be rebuilt."""
AGAIN = """Forty cellars on the quay of Tromso are still under water. The mayor, Ingrid Holm,
thanked the navy for its pumps after the harbour wall broke in a storm, and wants the
wall rebuilt before the winter."""
POTATO = """Potato growers in Ireland expect a poor crop after a dry spring. Prices in the shops of
Dublin have gone up by a tenth since April, and farmers ask the government for help with
watering."""
GERMAN = (
    "In Tromso brach die Hafenmauer. Die Bürgermeisterin Ingrid Holm rief am Dienstag "
    "die Marine zu Hilfe."
)


def article(name: str, text: str, *, hour: int = 0, title: str = "Harbour wall broken") -> Article:
    url = f"https://paper.example/{name}"
    return Article(
        url=url,
        key=f"paper.example/{name}",
        source="paper",
        final_url=url,
        canonical_url=url,
        fetched_at=NOW,
        title=title,
        text=text,
        digest=name,
        extractor_version="1",
        published_at=datetime(2024, 3, 5, tzinfo=UTC) + timedelta(hours=hour),
    )


def watch_of(name: str = "wall", **changes: Any) -> Profile:
    term = Term(text="Ingrid Holm", kind="person", weight=1.0, spellings=("Holm",))
    place = Term(text="Tromso", kind="place", weight=0.8)
    watch = Watch(watch=name, title="Harbour wall broken", language="en", terms=(term, place))
    return profile.of_watch(replace(watch, **changes), WALL)


def rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_reader(data) as con:
        return con.execute(sql).fetchall()


STATE = {
    "coverage": "SELECT watch, article_id, relevance, tier FROM coverage ORDER BY ALL",
    "copies": "SELECT article_id, copy_of, copy_kind, similarity FROM copies ORDER BY ALL",
    "mentions": 'SELECT article_id, entity_id, surface, "start", label FROM mentions ORDER BY ALL',
    "entities": "SELECT entity_id, entity, label FROM entities ORDER BY ALL",
    "aliases": "SELECT entity_id, alias, folded FROM aliases ORDER BY ALL",
    "keywords": "SELECT article_id, keyword, score FROM keywords ORDER BY ALL",
    "understood": "SELECT article_id, revision, language FROM understood ORDER BY ALL",
}


def state(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {relation: rows(data, sql) for relation, sql in STATE.items()}


@pytest.fixture
def landed(tmp_path: Path) -> Path:
    articles = [
        article("wall", WALL),
        article("again", AGAIN, hour=5),
        article("wire", WALL, hour=2),
        article("potato", POTATO, title="A poor crop"),
        article("mauer", GERMAN, hour=6, title="Hafenmauer gebrochen"),
    ]
    landing.land_articles(tmp_path, "first", articles, now=NOW)
    return tmp_path


def tiers(data: Path, watch: str = "wall") -> dict[str, str]:
    found = rows(
        data,
        f"SELECT a.url, c.tier FROM coverage c JOIN articles a ON a.article_id = c.article_id "
        f"WHERE c.watch = '{watch}'",
    )
    return {url.rsplit("/", 1)[1]: tier for url, tier in found}


def test_each_batch_says_when_it_landed(landed: Path) -> None:
    later = (NOW + timedelta(hours=n) for n in count(1))
    done = derive.understand(
        landed, profiles=[watch_of()], now=NOW, clock=lambda: next(later), batch_size=2
    )
    told = dict(rows(landed, "SELECT batch, landed_at FROM batches"))
    times = [told[batch] for batch in done.batches]
    assert len(times) >= 3
    assert times == sorted(set(times))
    assert rows(landed, "FROM freshness")[0][::2] == (times[-1], done.batches[-1])


def test_everything_is_derived_once(landed: Path) -> None:
    told: list[tuple[int, int]] = []
    first = derive.understand(
        landed, profiles=[watch_of()], now=NOW, on_progress=lambda *p: told.append(p)
    )
    assert (first.understood, first.related, first.copies) == (5, 5, 1)
    assert told[-1] == (5, 5)
    before = state(landed)
    again = derive.understand(landed, profiles=[watch_of()], now=NOW)
    assert (again.understood, again.related, again.batches) == (0, 0, ())
    assert state(landed) == before
    assert rows(
        landed,
        "SELECT count(*) FROM mentions m JOIN articles a USING (article_id) "
        'WHERE a.text[m."start" + 1 : m."end"] <> m.surface',
    ) == [(0,)]


def test_tiers_copies_and_names_of_other_languages(landed: Path) -> None:
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    found = tiers(landed)
    assert found["potato"] == "off"
    assert {found[n] for n in ("wall", "wire", "again", "mauer")} <= {"same_story", "follow_up"}
    assert rows(
        landed,
        "SELECT a.url[-4:], b.url[-4:], c.copy_kind FROM copies c "
        "JOIN articles a ON a.article_id = c.article_id "
        "JOIN articles b ON b.article_id = c.copy_of",
    ) == [("wire", "wall", "exact")]
    holm = rows(
        landed,
        "SELECT count(DISTINCT m.article_id) FROM entities e "
        "JOIN mentions m USING (entity_id) WHERE e.entity = 'Ingrid Holm'",
    )
    assert holm == [(4,)]


def test_any_batch_size_and_any_order_of_landing_end_the_same(landed: Path, tmp_path: Path) -> None:
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    other = tmp_path / "other"
    other.mkdir()
    for i, one in enumerate(
        [
            article("wire", WALL, hour=2),
            article("potato", POTATO, title="A poor crop"),
            article("again", AGAIN, hour=5),
            article("wall", WALL),
            article("mauer", GERMAN, hour=6, title="Hafenmauer gebrochen"),
        ]
    ):
        landing.land_articles(other, f"batch-{i}", [one], now=NOW)
        derive.understand(other, profiles=[watch_of()], now=NOW, batch_size=1)
    assert state(other) == state(landed)


def test_a_new_watch_meets_everything_and_an_edit_replaces_its_rows(landed: Path) -> None:
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    second = watch_of("second", must=("potato",))
    assert derive.understand(landed, profiles=[watch_of(), second], now=NOW).related == 5
    assert set(tiers(landed, "second").values()) == {"off"}
    before = tiers(landed)
    for profiles in ([watch_of(not_=("navy",))], [watch_of()], [watch_of(not_=("navy",))]):
        assert derive.understand(landed, profiles=profiles, now=NOW).related == 5
    assert tiers(landed)["wall"] == "off"
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    assert tiers(landed) == before


def test_a_watch_that_is_gone_leaves_its_rows(landed: Path) -> None:
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    before = tiers(landed)
    derive.understand(landed, profiles=[], now=NOW)
    assert tiers(landed) == before


def test_a_revision_is_read_again(landed: Path) -> None:
    derive.understand(landed, profiles=[watch_of()], now=NOW)
    new = replace(article("potato", WALL, title="Harbour wall broken"), digest="2")
    landing.land_articles(landed, "second", [new], now=NOW)
    done = derive.understand(landed, profiles=[watch_of()], now=NOW)
    assert (done.understood, done.related) == (1, 1)
    assert tiers(landed)["potato"] == "same_story"
    assert rows(landed, "SELECT count(*), count(DISTINCT article_id) FROM understood") == [(5, 5)]
    assert "Dublin" not in {s for (s,) in rows(landed, "SELECT surface FROM mentions")}


def test_an_empty_warehouse_has_nothing_to_derive(tmp_path: Path) -> None:
    assert derive.understand(tmp_path, profiles=[watch_of()], now=NOW).batches == ()
