"""Coverage with reasons, what is new, fates of addresses, copies, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from asking import asked


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with asked(tmp_path_factory.mktemp("ask")) as con:
        yield con


OUTCOMES = "gullstored1 terndeferred1 terngone1 ternstored1"  # not what served another watch only
ANSWERS = [
    ("SELECT article_id FROM coverage_of('ferry')", "a01 a02 a03 a04"),
    ("SELECT article_id FROM coverage_of('birds')", "a05"),
    ("SELECT article_id FROM coverage_of('nobody')", ""),
    ("SELECT article_id FROM coverage_of('ferry', tier := 'same_story')", "a01 a02"),
    ("SELECT article_id FROM coverage_of('ferry', tier := 'off')", "a05"),
    ("SELECT article_id FROM coverage_of('ferry', since := '2031-05-03')", "a03 a04"),
    ("SELECT article_id FROM coverage_of('ferry', until := '2031-05-03')", "a01 a02 a03"),
    ("SELECT copy_of FROM coverage_of('ferry') WHERE copy_of IS NOT NULL", "a01"),
    ("SELECT what || article_id FROM new_since('ferry', '2031-05-03')", "reviseda01 newa03 newa04"),
    ("SELECT article_id FROM new_since('ferry', '2031-07-01')", ""),
    ("SELECT article_id FROM new_since('birds', '2031-05-03')", "a05"),
    ("SELECT article_id FROM copies_of('https://gull.example/ferry')", "a01 a02"),
    ("SELECT article_id FROM copies_of('http://tern.example/2031/ferry-sold?id=1')", "a01 a02"),
    ("SELECT article_id FROM copies_of('https://tern.example/2031/birds')", "a05"),
    ("SELECT article_id FROM copies_of('https://tern.example/nothing')", ""),
    ("SELECT article_id FROM articles_at('https://tern.example/2031/ferry-sold')", "a01"),
    ("SELECT run||outcome FROM fate('https://tern.example/gone')", "r1gone"),
    ("SELECT outcome FROM fate('https://tern.example/never')", ""),
    (
        "SELECT run || outcome FROM fate('https://tern.example/2031/ferry-sold?id=1')",
        "r1deferred r2stored r3revised",
    ),
    ("SELECT term FROM why('ferry', 'a05') WHERE kind = 'name'", "Petrel"),
    ("SELECT term FROM why('birds', 'a01')", ""),
    ("SELECT outcome FROM ledger WHERE run = 'r1' ORDER BY outcome", "deferred gone"),
    ("SELECT source FROM by_outlet('ferry')", "tern gull wren"),
    ("SELECT source FROM by_outlet('ferry', since := '2031-05-03')", "tern wren"),
    ("SELECT source FROM by_outlet('birds')", "tern"),
    ("SELECT originals||'/'||copies FROM by_outlet('ferry') WHERE source = 'gull'", "0/1"),
    ("SELECT copied_by_others::VARCHAR FROM by_outlet('ferry', until := '2031-05-01')", "0 1"),
    ("SELECT article_id||copies FROM originals_of('ferry')", "a011 a030 a040"),
    ("SELECT article_id FROM originals_of('ferry', since := '2031-05-02')", "a03 a04"),
    ("SELECT copied_by[1] FROM originals_of('ferry') WHERE copies > 0", "gull"),
    ("SELECT source FROM who_was_first('ferry')", "tern gull wren"),
    ("SELECT hours_later::VARCHAR FROM who_was_first('ferry')", "0.0 3.5 64.5"),
    ("SELECT source FROM who_was_first('ferry', tier := 'same_story')", "tern gull"),
    ("SELECT source FROM who_was_first('ferry', since := '2031-05-02')", "wren tern"),
    ("SELECT original || copier FROM who_copied_whom", "terngull"),
    ("SELECT source FROM sources_of('ferry')", "gull tern"),
    ("SELECT source FROM sources_of('birds')", "gull tern wren"),
    ("SELECT source||outcome||addresses FROM outcomes_of('ferry')", OUTCOMES),
    ("SELECT outcome FROM outcomes_of('ferry', since := '2031-05-03')", "stored stored"),
    ("SELECT outcome FROM not_had('ferry')", "gone"),
    ("SELECT outcome FROM not_had('birds')", "paywalled gone"),
    ("SELECT outcome FROM not_had('birds', source := 'wren')", "paywalled"),
    ("SELECT outcome FROM not_had('birds', outcome := 'gone')", "gone"),
    ("SELECT outcome FROM not_had('birds', until := '2031-05-01')", ""),
    ("SELECT article_id FROM revised('ferry')", "a01"),
    ("SELECT article_id FROM revised('ferry', until := '2031-05-31')", ""),
    ("SELECT article_id FROM revised('birds')", ""),
    ("SELECT run FROM run_totals WHERE NOT balanced", "r3"),
]


@pytest.mark.parametrize(("ask", "wanted"), ANSWERS)
def test_the_answer_is(news: duckdb.DuckDBPyConnection, ask: str, wanted: str) -> None:
    assert [row[0] for row in news.execute(ask).fetchall()] == wanted.split()


def test_reasons_come_strongest_first_and_as_a_sentence(news: duckdb.DuckDBPyConnection) -> None:
    rows = news.execute("SELECT term, gave, count FROM why('ferry', 'a01')").fetchall()
    assert rows == [("Petrel", 0.5, 2), ("last ferry", 0.2, 1), ("2 days later", -0.05, 0)]
    because = news.execute("SELECT because FROM coverage_of('ferry') LIMIT 1").fetchone()
    assert because == ("Petrel ×2 +0.50; last ferry +0.20; 2 days later -0.05",)


def test_an_article_with_nothing_in_common_says_so(news: duckdb.DuckDBPyConnection) -> None:
    rows = news.execute("SELECT term, kind FROM why('birds', 'a05')").fetchall()
    assert rows == [("nothing in common", "none")]


def test_an_unknown_tier_is_an_error(news: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="slugline: bad argument: tier"):
        news.execute("FROM coverage_of('ferry', tier := 'best')").fetchall()


def test_a_revision_shows_the_words_that_went_and_came(news: duckdb.DuckDBPyConnection) -> None:
    at = "https://tern.example/2031/ferry-sold"
    said = "Ana Brook, who leads the Harbour Trust, said the sale was"
    ask = f"SELECT old_title, new_title, difference FROM revisions_of('{at}')"
    assert news.execute(ask).fetchall() == [
        (
            "Harbour sells its ferry",
            None,
            [
                f"{said} [-“a mistake”.-] {{+“overdue”.+}}",
                "{+Petrel will paint the ferry green.+}",
            ],
        )
    ]
    assert news.execute("FROM revisions_of('https://gull.example/ferry')").fetchall() == []


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("One two three.", "One two three.", []),
        ("One two three.", "One 2 three.", ["One [-two-] {+2+} three."]),
        ("One two.", "One two two.", ["One {+two+} two."]),
        ("One. Two.", "Two.", ["[-One.-]"]),
        (None, "One.", ["{+One.+}"]),
        ("", "", []),
    ],
)
def test_the_difference_of_two_texts(
    news: duckdb.DuckDBPyConnection, old: str | None, new: str, difference: list[str]
) -> None:
    assert news.execute("SELECT word_difference(?, ?)", [old, new]).fetchone() == (difference,)
