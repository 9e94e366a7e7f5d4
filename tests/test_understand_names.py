"""Names in raw text: offsets hold for any text; languages get what docs/languages.md says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.errors import WarehouseError
from warehouse.records import Document, Label
from warehouse.understand import reading
from warehouse.understand.candidates import candidates
from warehouse.understand.decoding import decode
from warehouse.understand.known import Known, KnownNames
from warehouse.understand.names import find
from warehouse.understand.tagger import MODELS, Tagger
from warehouse.understand.tokens import sentences, straighten, words
from warehouse.understand.windows import Pieces

ODD = (
    "Anna Öberg’s U.S. said, “ ” \n\n İstanbul नई दिल्ली 東京で الرياض Москве met",
    "Al-Noor J. K. ǅ ß e\u0301 … - ( ) 3.5",
)
PROSE = st.lists(st.sampled_from(" ".join(ODD).split(" ")), max_size=40).map(" ".join)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


@given(st.one_of(st.text(max_size=200), PROSE))
@settings(max_examples=150, deadline=None)
def test_tokens_and_words_stand_where_they_say(text: str) -> None:
    plain = straighten(text)
    assert len(plain) == len(text)
    tokens = [t for sentence in sentences(text) for t in sentence]
    assert all(plain[t.start : t.end] == t.text for t in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert all(text[w.start : w.end].strip() for w in words(text))


@given(
    st.one_of(st.text(max_size=120), PROSE), st.sampled_from(["en", "de", "es", "ru", "ja", None])
)
@settings(max_examples=60, deadline=None)
def test_surface_is_always_the_text_at_its_offsets(text: str, language: str | None) -> None:
    known = KnownNames.of([Known("Anna Öberg", Label.PER, "Anna Öberg")])
    names = find(text, language, tagger=Tagger.load(), known=known)
    assert all(text[n.start : n.end] == n.surface for n in names)
    assert all(a.end <= b.start for a, b in pairwise(names))


def test_tagger_names_people_bodies_and_places(tagger: Tagger) -> None:
    text = "Maria Silva of the World Bank told Reuters in Nairobi that Kenya’s budget would grow."
    found = {(n.surface, n.label) for n in find(text, "en", tagger=tagger)}
    assert ("Maria Silva", Label.PER) in found
    assert ("World Bank", Label.ORG) in found
    assert {("Nairobi", Label.LOC), ("Kenya", Label.LOC)} <= found


def test_what_a_batch_holds_changes_nothing_but_rounding(tagger: Tagger) -> None:
    """Windows lie end to end in a batch; none of them hears of another."""
    first, other, plain = (
        sentence.split()
        for sentence in (
            "Maria Silva of the World Bank told Reuters in Nairobi that Kenya would grow .",
            "The Bank of England met the Treasury in London after a long and quiet week .",
            "nothing of all this is of any use to them .",
        )
    )
    alone = tagger.tag([first, plain, plain]) + tagger.tag([other, plain, plain])
    both = tagger.tag([first, plain, plain, other, plain, plain])
    found = [[(s.first, s.last, s.label) for s in row] for row in both]
    assert found == [[(s.first, s.last, s.label) for s in row] for row in alone]


def test_words_far_from_any_name_are_not_read_but_keep_their_place() -> None:
    pieces = Pieces(MODELS / "names.tokenizer.json")
    text = "Oslo said that it would not go on in this unbelievable way with Bergen now"
    words = text.split()
    flags = [word[0].isupper() for word in words]
    whole, read = (pieces.encode([words], [flags], near=n) for n in (None, 3))
    assert read.words == whole.words == [0, 13]
    assert [whole.places[i] for i in whole.asked] == [read.places[i] for i in read.asked]
    assert len(read.ids) == len(read.places) < len(whole.ids)


def test_long_table_of_one_line_is_cut_into_windows(tagger: Tagger) -> None:
    names = find("Oslo 12 Bergen 14 " * 400, "en", tagger=tagger)
    assert all(n.end - n.start < 40 for n in names)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("the cat sat on the mat", [True] * 6),  # no capital at all: anything may be a name
        ("The cat sat on the mat", [False] * 6),
        ("The Bank of England said", [True, True, True, True, False]),
        ("Paris", [True]),
    ],
)
def test_candidates_are_words_that_could_be_part_of_a_name(
    sentence: str, expected: list[bool]
) -> None:
    assert candidates(sentence.split()) == expected


def test_decoding_never_begins_a_name_in_its_middle() -> None:
    import numpy as np

    scores = np.full((2, 9), -5.0)
    scores[0, 0], scores[1, 2] = 0.0, 0.0  # O, then I-PER: not a valid path
    scores[1, 1] = -0.5
    assert [(s.first, s.last, s.label) for s in decode(scores)] == [(1, 2, "PER")]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Ayer llegó a Lima la ministra Rosa Quispe. Quispe habló.", "Rosa Quispe"),
        ("de", "Die Kanzlerin traf Lena Brandauer in der Bibliothek.", "Lena Brandauer"),
        ("pl", "Wczoraj prezydent spotkał Zofię Malinową.", "Zofię Malinową"),
    ],
)
def test_capitalised_runs_are_names_without_a_model(
    language: str, text: str, expected: str
) -> None:
    assert expected in [n.surface for n in find(text, language, tagger=None)]


def test_german_nouns_are_not_names() -> None:
    text = "Der Minister sprach über die Verordnung. Die Sitzung der Kommission dauerte lange."
    assert find(text, "de", tagger=None) == []


def test_countries_are_found_as_each_language_calls_them() -> None:
    names = find("Le ministre quitte l’Allemagne pour la Suède.", "fr", tagger=None)
    assert {(n.surface, n.known_as) for n in names} >= {
        ("Allemagne", "Germany"),
        ("Suède", "Sweden"),
    }


@pytest.mark.parametrize(
    ("language", "text", "surface"),
    [
        ("ru", "Компания Твиттер отвергла жалобу.", "Твиттер"),
        ("ru", "Об этом сообщили в Твиттере.", "Твиттере"),
        ("tr", "Twitter'da yazdı.", "Twitter"),
        ("fr", "Les comptes Twitter restent.", "Twitter"),
    ],
)
def test_known_names_are_found_in_other_scripts_and_cases(
    language: str, text: str, surface: str
) -> None:
    known = KnownNames.of([Known("Twitter", Label.ORG, "Twitter")])
    assert [(n.surface, k.name) for n, k in known.find(text, language)] == [(surface, "Twitter")]


def test_known_names_keep_their_capital() -> None:
    known = KnownNames.of([Known("Threads", Label.ORG, "Threads")])
    assert known.find("She pulled the threads apart.", "en") == []


def test_reading_gives_the_whole_understanding() -> None:
    text = (
        "“We will rebuild the harbour wall before the winter,” Mayor Ingrid Holm said in Tromso. "
        "The harbour wall broke on Monday. Holm thanked the Norwegian navy for its help."
    )
    read = reading.read(Document(id="a", text=text, title="Harbour wall to be rebuilt"))
    assert read.language == "en"
    assert {m.entity for m in read.mentions if m.label is Label.PER} == {"Ingrid Holm"}
    assert read.quotes[0].speaker == "Ingrid Holm"
    assert text[read.quotes[0].start : read.quotes[0].end] == read.quotes[0].quote
    assert "harbour wall" in [k.keyword.lower() for k in read.keywords[:3]]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "12 34", "?!"])
def test_texts_without_words_give_nothing(text: str) -> None:
    read = reading.read(Document(id="a", text=text))
    assert (read.mentions, read.quotes) == ((), ())


def test_a_missing_model_is_told_in_one_line(tmp_path):
    with pytest.raises(WarehouseError, match=r"gone.onnx: the name model is missing"):
        Tagger.load(tmp_path / "gone.onnx")
