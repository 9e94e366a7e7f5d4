"""The bench of extraction over our own pages: the text, dates, titles and authors are right."""

import pytest

from bench.extraction import answers, cases, scores, tables
from bench.extraction.tally import tally


@pytest.fixture(scope="module")
def own():
    return tally("slugline", cases.cases(cases.folder(), ["ours"]), answers.ours)


@pytest.mark.parametrize(
    "what", ["kept", "refused", "title", "authors", "day", "minute", "offset", "undated"]
)
def test_our_own_pages_are_read_right(own, what):
    assert [score.shown for score in own.of(what) if score.value < 1] == []
    assert own.of(what)


def test_the_text_of_our_own_pages_is_clean_and_whole(own):
    assert own.mean("text") > 0.99, list(tables.losses(own, "text", 1.0))


def test_the_tables_have_a_row_for_each_tool(own):
    for table in (tables.text, tables.dates, tables.titles, tables.authors):
        assert table([own, own]).count("| slugline |") == 2


def test_the_scores_are_those_of_the_benchmarks():
    true, false, missed = scores.shingle_sums("a b c d e", "a b c d x")
    assert (true, false, missed) == (1 / 3, 1 / 3, 1 / 3)
    assert scores.word_f1("one two", "one three", wide=False) == 0.5
    assert scores.same_people(("Ana Díaz", "Bo Li"), ("Bo Li", "Ana Diaz")) == (False, True, True)
