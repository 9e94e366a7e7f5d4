"""How an article relates to a watch: the arithmetic is the reasons, near misses stay out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.records import Document, Profile, Term, Tier
from warehouse.understand.relevance import relate

SEED = """The harbour wall of Tromso broke in a storm on Monday night, said the mayor, Ingrid Holm.
Water ran into forty cellars on the quay. Holm asked the navy for pumps and said that the
wall, built in 1911, would be rebuilt before the winter. Nordhaven Shipping, which owns the quay,
had warned the town of cracks in May, and engineers will look for the cause."""
PROFILE = Profile(
    watch="wall",
    profile_version="1",
    title="Harbour wall of Tromso breaks in storm",
    language="en",
    terms=(
        Term(text="Ingrid Holm", kind="person", weight=1.0, spellings=("Holm",)),
        Term(text="Tromso", kind="place", weight=0.9, spellings=("Tromsø",)),
        Term(text="Nordhaven Shipping", kind="organisation", weight=0.7, spellings=("Nordhaven",)),
        Term(text="harbour wall", kind="phrase", weight=0.5),
    ),
    since=datetime(2024, 1, 1, tzinfo=UTC),
    seed_text=SEED,
    seed_published_at=datetime(2024, 3, 5, 9, tzinfo=UTC),
)
SAME = """Forty cellars were under water in Tromso on Tuesday after the harbour wall gave way in
the storm.
Mayor Ingrid Holm called in the navy, which sent pumps, and promised to rebuild the wall of 1911
before
winter. Engineers for Nordhaven Shipping, the owner of the quay, had found cracks last May."""
NEAR_MISS = """Ingrid Holm opened the film festival of Tromso on Friday with a speech about her
childhood.
The mayor, who once wanted to be an actress, stayed for three comedies and the prize giving. The
jury
praised a debut about two brothers who keep reindeer, and the audience chose a cartoon."""
OTHER = """Potato growers in Ireland expect a poor crop after the dry spring. Prices in the shops
of Dublin
have gone up by a tenth since April, and farmers ask for help with watering."""
GERMAN = """Im Hafen von Tromsø ist in der Nacht eine Mauer gebrochen. Bürgermeisterin Ingrid Holm
bat die Marine
um Pumpen. Die Reederei Nordhaven Shipping hatte vor Rissen gewarnt, sagte Holm."""


def document(text: str, *, day: int = 5, language: str = "en") -> Document:
    at = datetime(2024, 3, day, 12, tzinfo=UTC)
    return Document(id="a", text=text, published_at=at, language=language)


def test_another_report_of_the_event_is_the_same_story() -> None:
    found = relate(PROFILE, document(SAME))
    assert found.tier is Tier.SAME_STORY
    assert found.relevance > 0.5
    assert "Ingrid Holm" in [r.term for r in found.reasons]


def test_the_same_text_weeks_later_is_a_follow_up() -> None:
    assert relate(PROFILE, document(SAME, day=20)).tier is Tier.FOLLOW_UP


def test_shared_names_alone_do_not_make_the_story() -> None:
    found = relate(PROFILE, document(NEAR_MISS))
    assert found.tier in (Tier.BACKGROUND, Tier.OFF)


def test_other_news_is_off() -> None:
    assert relate(PROFILE, document(OTHER)).tier is Tier.OFF


def test_another_language_is_compared_by_names() -> None:
    found = relate(PROFILE, document(GERMAN, language="de"))
    assert found.tier is Tier.SAME_STORY
    assert {r.kind for r in found.reasons} == {"name"}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"must": ("reindeer",)}, "must"),
        ({"not_": ("Navy",)}, "not"),
        ({"since": datetime(2024, 3, 6, tzinfo=UTC)}, "time"),
        ({"until": datetime(2024, 3, 4, tzinfo=UTC)}, "time"),
    ],
)
def test_must_not_and_the_window_take_an_article_out(change: dict[str, object], kind: str) -> None:
    found = relate(replace(PROFILE, **change), document(SAME))
    assert (found.tier, found.relevance) == (Tier.OFF, 0.0)
    assert [r.kind for r in found.reasons] == [kind]


def test_any_of_the_must_words_is_enough() -> None:
    found = relate(replace(PROFILE, must=("reindeer", "navy")), document(SAME))
    assert found.tier is Tier.SAME_STORY


@pytest.mark.parametrize("text", [SAME, NEAR_MISS, OTHER, SEED, "", "Holm"])
def test_reasons_add_up_to_the_relevance(text: str) -> None:
    found = relate(PROFILE, document(text))
    assert sum(r.gave for r in found.reasons) == pytest.approx(found.relevance, abs=1e-6)


@given(st.lists(st.sampled_from((SEED + SAME + NEAR_MISS + GERMAN).split()), max_size=60))
@settings(max_examples=60, deadline=None)
def test_relevance_is_a_share_whatever_the_text(tokens: list[str]) -> None:
    found = relate(PROFILE, document(" ".join(tokens)))
    assert 0.0 <= found.relevance <= 1.0
    assert sum(r.gave for r in found.reasons) == pytest.approx(found.relevance, abs=1e-6)


def test_a_watch_without_terms_goes_by_its_text() -> None:
    bare = replace(PROFILE, terms=())
    assert relate(bare, document(SAME)).relevance > relate(bare, document(NEAR_MISS)).relevance


def test_a_watch_without_text_goes_by_its_terms() -> None:
    bare = replace(PROFILE, seed_text="")
    assert relate(bare, document(SAME)).relevance > relate(bare, document(OTHER)).relevance
