"""Names that somebody is known by only after articles have landed in which they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from asking import NOW

import warehouse
from warehouse import landing, learned

# Nobody is recognised in these; in the last text, which lands later, everybody is.
TEXTS = {
    "a1": ("The mayor", "On Monday ana brook  opened the Harbour Trust, said Meta and Petrel."),
    "a2": ("Ana Brook", "Nobody knows the meta of it. Brook, Ana: no."),
    "a3": ("Ana", "Brook came late; a trust of the harbour was there."),
    "a4": ("نص", "قال بارزاني إن العبارة وصلت"),
}
NAMES = {  # entity → its names
    "ana": ["Ana Brook"],
    "trust": ["Harbour Trust", "The Harbour Trust of Norhaven"],
    "meta": ["Meta"],
    "barzani": ["بارزاني"],
    "petrel1": ["Petrel"],
    "petrel2": ["Petrel"],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    landing.land_rows(folder, "b1", _rows(TEXTS), now=NOW)
    later = _rows({"b1": ("Later", "All of them.")}) | {
        "entities": [{"entity_id": id_, "entity": names[0]} for id_, names in NAMES.items()],
        "aliases": [
            {"entity_id": id_, "alias": name, "folded": name.lower()}
            for id_, names in NAMES.items()
            for name in names
        ],
        "mentions": [{"article_id": "b1", "entity_id": id_, "surface": "x"} for id_ in NAMES],
    }
    landing.land_rows(folder, "b2", later, now=NOW)
    assert learned.look_for_names(folder, now=NOW) > 0
    return folder


def _rows(texts: dict[str, tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "articles": [
            {"article_id": id_, "url": f"https://tern.example/{id_}", "title": title, "text": text,
             "language": "en"}
            for id_, (title, text) in texts.items()
        ],
        "understood": [{"article_id": id_, "revision": 1} for id_ in texts],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Ana Brook", "a1 a2"),  # in a text and in a title, but not from one into the other
        ("Harbour Trust", "a1"),
        ("Meta", "a1"),  # and not the word
        ("بارزاني", "a4"),
        ("Petrel", ""),  # two bear it
    ],
)
def test_a_name_learned_later_is_found_in_older_articles(
    data: Path, name: str, wanted: str
) -> None:
    with warehouse.connect(data) as con:
        rows = con.execute("SELECT article_id, found_by FROM entity(?)", [name]).fetchall()
    assert ("b1", "mention") in rows
    assert sorted(id_ for id_, how in rows if how == "phrase") == wanted.split()


def test_looking_again_finds_nothing_more(data: Path) -> None:
    with warehouse.connect(data) as con:
        before = _pairs(con)
    assert learned.look_for_names(data, now=NOW) == 0
    with warehouse.connect(data) as con:
        assert _pairs(con) == before


def _pairs(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("SELECT entity_id, reading FROM article_entities ORDER BY ALL").fetchall()
