"""The stages alone: NDJSON objects in and out, other keys passed on, texts for people on errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from warehouse.records import Document, Profile, Term
from warehouse.understand.stages import (
    Group,
    document_of,
    relate_all_pairs,
    relate_line,
    understand_line,
)

TEXT = (
    "The harbour wall of Tromso broke in the storm, said Mayor Ingrid Holm. "
    "Holm asked the navy for pumps."
)


def test_understand_adds_its_keys_and_passes_the_others_on() -> None:
    out = understand_line({"id": 7, "text": TEXT, "mine": [1]})
    assert out["id"] == "7"
    assert out["mine"] == [1]
    assert out["language"] == "en"
    assert all(TEXT[e["start"] : e["end"]] == e["surface"] for e in out["entities"])
    assert {"Ingrid Holm"} == {e["entity"] for e in out["entities"] if e["label"] == "PER"}
    assert "story_id" not in out


def test_extracts_lines_are_taken_as_they_are() -> None:
    line = {
        "id": "x",
        "outcome": "stored",
        "article": {"text": TEXT, "title": "Wall", "published_at": "2024-03-05T10:00:00+01:00"},
    }
    doc = document_of(line)
    assert (doc.text, doc.title) == (TEXT, "Wall")
    assert doc.published_at == datetime(2024, 3, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({}, "no text"),
        ({"text": None}, "no text"),
        ({"text": 5}, "no text"),
        ({"outcome": "robots"}, "robots"),
        ({"text": TEXT, "published_at": "yesterday"}, "yesterday"),
        ({"text": TEXT, "published_at": 5}, "published_at"),
    ],
)
def test_a_bad_line_says_what_is_wrong(obj: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        understand_line(obj)


def test_the_identifier_defaults_to_the_address() -> None:
    assert document_of({"url": "https://a.example/1", "text": TEXT}).id == "https://a.example/1"


def test_relate_gives_relevance_tier_and_reasons() -> None:
    profile = Profile(
        watch="w",
        profile_version="1",
        title="Harbour wall",
        language="en",
        terms=(Term(text="Ingrid Holm", kind="person", weight=1.0),),
        seed_text=TEXT,
    )
    out = relate_line(profile, {"id": "a", "text": TEXT})
    assert out["tier"] == "same_story"
    assert sum(r["gave"] for r in out["reasons"]) == pytest.approx(out["relevance"], abs=1e-6)


def test_group_marks_copies_and_leaves_out_what_is_not_built() -> None:
    group = Group()
    long = " ".join(f"word{i}" for i in range(60))
    first = group.line({"id": "a", "text": long, "published_at": "2024-03-05T10:00:00Z"})
    again = group.line({"id": "b", "text": long + ".", "published_at": "2024-03-05T11:00:00Z"})
    assert (first["copy_of"], first["copy_kind"]) == (None, None)
    assert (again["copy_of"], again["copy_kind"]) == ("a", "exact")
    assert "story_id" not in again


def test_all_pairs_takes_every_document_as_seed_within_the_window() -> None:
    at = datetime(2024, 3, 5, tzinfo=UTC)
    docs = [
        Document(id="a", text=TEXT, published_at=at),
        Document(id="b", text="Mayor Ingrid Holm of Tromso lost a harbour wall.", published_at=at),
        Document(id="c", text=TEXT, published_at=at + timedelta(days=30)),
    ]
    pairs = list(relate_all_pairs(docs, window=timedelta(days=7), top=5))
    assert {(p["seed_id"], p["id"]) for p in pairs} == {("a", "b"), ("b", "a")}
    assert len(list(relate_all_pairs(docs, top=1))) == 3
