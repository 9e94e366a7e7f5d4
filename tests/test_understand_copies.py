"""Copies: equal and near texts are found, independent reports are not; the earliest leads."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from warehouse.records import CopyKind
from warehouse.understand.copies import CopyIndex, text_of

DAY = datetime(2024, 3, 5, tzinfo=UTC)
WIRE = """Forty cellars were under water on Tuesday after the harbour wall gave way in the storm.
The mayor
called in the navy, which sent pumps, and promised to rebuild the wall of 1911 before the winter.
Engineers
for the owner of the quay had found cracks last May and had written to the town hall, which
answered in
August that there was no money for it this year. Fishermen moved their boats to the northern
basin."""
OWN = """The storm that broke the old sea wall left forty families pumping out their cellars
yesterday. Help
came from the navy, at the request of the mayor, and a new wall is to stand before the first snow.
That
the old one would not last had been known since spring, when a survey for the company that owns
the quay
showed cracks; the letter lay unanswered for three months. Boats have been brought to safety."""


def index_of(*texts: str) -> CopyIndex:
    index = CopyIndex()
    for i, text in enumerate(texts):
        index.add(text_of(f"a{i}", text, DAY + timedelta(hours=i)))
    return index


def test_the_same_words_are_an_exact_copy_whatever_the_setting() -> None:
    copy = index_of(WIRE, WIRE.upper().replace("\n", " ")).original_of("a1")
    assert copy is not None
    assert (copy.copy_of, copy.copy_kind, copy.similarity) == ("a0", CopyKind.EXACT, 1.0)


def test_an_edited_copy_is_near() -> None:
    copy = index_of(
        WIRE, "TROMSO (Lantern) - " + WIRE.replace("called in", "asked for help from")
    ).original_of("a1")
    assert copy is not None
    assert copy.copy_kind is CopyKind.NEAR
    assert 0.3 <= copy.similarity < 1


def test_an_independent_report_is_no_copy() -> None:
    assert index_of(WIRE, OWN).original_of("a1") is None


def test_the_original_has_no_original() -> None:
    assert index_of(WIRE, WIRE).original_of("a0") is None


def test_the_earliest_is_the_original_in_any_order_of_arrival() -> None:
    texts = [text_of(f"a{i}", WIRE, DAY + timedelta(hours=i)) for i in range(5)]
    for seed in range(5):
        index = CopyIndex()
        for text in random.Random(seed).sample(texts, len(texts)):
            index.add(text)
        found = {t.id: c.copy_of if (c := index.original_of(t.id)) else None for t in texts}
        assert found == {"a0": None, "a1": "a0", "a2": "a0", "a3": "a0", "a4": "a0"}


def test_a_late_arrival_of_an_earlier_text_changes_the_others() -> None:
    index = CopyIndex()
    index.add(text_of("late", WIRE, DAY + timedelta(days=1)))
    index.add(text_of("early", WIRE, DAY))
    assert index.changed_by(["early"]) == {"early", "late"}


@pytest.mark.parametrize("text", ["", "No comment.", "Out of office."])
def test_texts_too_short_to_tell_are_never_near(text: str) -> None:
    index = index_of(text, text + " Thanks.")
    assert index.original_of("a1") is None


def test_empty_texts_are_no_copies_of_each_other() -> None:
    assert index_of("", "").original_of("a1") is None


def test_texts_without_spaces_are_compared_too() -> None:
    text = (
        "港の壁が月曜の夜の嵐で壊れた。市長は海軍にポンプを頼み、"
        "冬の前に壁を直すと言った。技師は五月にひびを見つけていた。"
    )
    copy = index_of(text, "号外：" + text).original_of("a1")
    assert copy is not None
    assert copy.copy_kind is CopyKind.NEAR
