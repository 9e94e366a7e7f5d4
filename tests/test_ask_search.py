"""search(): its filters (each with an article that must not match), order, copies, snippets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest
from asking import asked


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with asked(tmp_path_factory.mktemp("ask")) as con:
        yield con


FILTERS = [
    # filter, articles on Petrel or ferries that pass, one that must not
    ("since := '2031-05-08'", "a04 a05", "a11"),
    ("since := '2031-05-08 05:15:00'", "a04 a05", "a11"),
    ("since := TIMESTAMP '2031-05-08 05:15:01'", "a05", "a04"),
    ("since := '2031-05-08T14:15:00+09:00'", "a04 a05", "a11"),
    ("since := '2031-05-08T05:15:01Z'", "a05", "a04"),
    ("since := TIMESTAMPTZ '2031-05-08 14:15:01+09'", "a05", "a04"),
    ("since := '2031-05-08', until := 'infinity'", "a04 a05", "a11"),
    ("since := '2031-05-08', until := '9999-12-31'", "a04 a05", "a11"),
    ("until := '2031-05-01'", "a01 a02", "a06"),
    ("until := DATE '2031-05-01'", "a01 a02", "a06"),
    ("until := '2031-05-01 09:30:00'", "a01", "a02"),
    ("since := '2031-05-02', until := '2031-05-02'", "a06 a07", "a01"),
    ("source := 'tern'", "a01 a04 a05", "a02"),
    ("source := 'nobody'", "", "a01"),
    ("language := 'ja'", "a06", "a01"),
    ("language := 'EN', source := 'gull'", "a02 a13", "a01"),
    ("fold_copies := true, source := 'tern'", "a01 a04 a05", "a02"),
    ("fold_copies := true, since := '2031-05-01', until := '2031-05-01'", "a01", "a02"),
    ("fold_copies := true, source := 'gull'", "a02 a13", "a01"),
]


@pytest.mark.parametrize(("given", "wanted", "not_wanted"), FILTERS)
def test_a_filter_lets_through_what_it_says(
    news: duckdb.DuckDBPyConnection, given: str, wanted: str, not_wanted: str
) -> None:
    rows = news.execute(f"SELECT article_id FROM search('petrel OR ferry', {given})").fetchall()
    found = {row[0] for row in rows}
    assert found == set(wanted.split())
    assert not_wanted not in found


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_a_moment_with_an_offset_is_itself_wherever_one_sits(
    news: duckdb.DuckDBPyConnection, zone: str
) -> None:
    news.execute(f"SET TimeZone = '{zone}'")
    try:
        for sql, moment in (
            ("SELECT article_id FROM search('petrel OR ferry', {})", "2031-05-08 05:15:01"),
            ("SELECT count(*) FROM entity('Brook', {})", "2031-05-01 09:00:00"),
            ("SELECT sum(articles) FROM timeline('Brook', {})", "2031-05-01 09:00:00"),
            ("SELECT sum(articles) FROM by_outlet('ferry', {})", "2031-05-01 09:00:00"),
        ):
            meant = news.execute(sql.format(f"since := '{moment}'")).fetchall()
            assert meant not in ([], [(0,)], [(None,)])
            with_offset = f"since := TIMESTAMPTZ '{moment}+00'"
            assert news.execute(sql.format(with_offset)).fetchall() == meant
    finally:
        news.execute("RESET TimeZone")


@pytest.mark.parametrize("given", ["2031-05", "yesterday", "2031-13-01"])
def test_what_is_no_date_is_an_error_that_names_it(
    news: duckdb.DuckDBPyConnection, given: str
) -> None:
    for call in ("search('ferry', since := $1)", "timeline('Petrel', until := $1)",
                 "by_outlet('ferry', since := $1)"):  # fmt: skip
        with pytest.raises(duckdb.Error, match=f"bad argument: {given} is no date"):
            news.execute(f"FROM {call}", [given]).fetchall()


def test_the_answer_has_the_promised_columns_and_the_best_first(
    news: duckdb.DuckDBPyConnection,
) -> None:
    answer = news.execute("FROM search('petrel')")
    assert [c[0] for c in answer.description or ()] == [
        "article_id",
        "url",
        "title",
        "source",
        "published_at",
        "language",
        "score",
        "snippet",
    ]
    rows = answer.fetchall()
    assert {r[0] for r in rows[:3]} == {"a01", "a02", "a05"}, "in the title as well"
    assert [r[6] for r in rows] == sorted((r[6] for r in rows), reverse=True)
    assert rows[0][4] == datetime.fromisoformat("2031-05-01T06:00")
    assert len(news.execute("FROM search('petrel', top_n := 2)").fetchall()) == 2


def test_a_rare_word_weighs_more_than_a_frequent_one(news: duckdb.DuckDBPyConnection) -> None:
    rows = news.execute("SELECT article_id FROM search('ferry OR breakwater')").fetchall()
    assert rows[0] == ("a05",)


def test_the_snippet_holds_what_was_asked_for(news: duckdb.DuckDBPyConnection) -> None:
    snippet = "SELECT snippet FROM search(?)"
    assert news.execute(snippet, ["paint green -strike -oren"]).fetchone() == (
        "Petrel will **paint** the ferry **green**.",
    )
    assert news.execute(snippet, ["東京"]).fetchone() == (
        "**東京**大学の教授は「遅すぎた」と語った。",
    )
    (long,) = news.execute(
        "SELECT cut_around(?)",
        ["hay " * 200 + "**needle**" + " hay" * 200],
    ).fetchone() or ("",)
    assert "needle" in long
    assert len(long) < 260
    assert long.startswith("… hay")
    assert long.endswith("hay …")


@pytest.mark.parametrize("query", ["ferry", '"the ferry"', "ferr*", "ferry -bird"])
def test_an_argument_that_is_null_is_as_if_it_were_not_given(
    news: duckdb.DuckDBPyConnection, query: str
) -> None:
    nothing = "since := NULL, until := NULL, source := NULL, language := NULL"
    no = "stem := NULL, fold_copies := NULL"
    wanted = news.execute("FROM search(?, top_n := 100)", [query]).fetchall()
    assert wanted
    told = f"FROM search(?, {nothing}, {no}, top_n := {{}})"
    assert news.execute(told.format(100), [query]).fetchall() == wanted
    every = news.execute(told.format("NULL"), [query]).fetchall()
    assert {row[0] for row in every} == {row[0] for row in wanted}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a ** b ** c", "a ** **b** ** c"),
        ("two **stars** and b b", "two **stars** and **b b**"),
        ("b, b.", "**b**, **b**."),
    ],
)
def test_marks_leave_the_asterisks_of_a_text_alone(
    news: duckdb.DuckDBPyConnection, line: str, shown: str
) -> None:
    marked = news.execute(
        "SELECT mark(s.line, shown_words(s.line),"
        " [{'pattern': ' b ', 'flagged': ' ' || chr(1) || 'b '}]) FROM (SELECT ? AS line) AS s",
        [line],
    ).fetchone()
    assert marked == (shown,)


def test_a_query_may_be_bound_as_a_parameter(news: duckdb.DuckDBPyConnection) -> None:
    ask = "SELECT count(*) FROM search($query, since := $since, source := $source, top_n := $top_n)"
    given = {"query": "ferry", "since": None, "source": "tern", "top_n": 5}
    assert news.execute(ask, given).fetchone() == (2,)
