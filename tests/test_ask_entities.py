"""entity(), timeline() and together(): who, when, and with whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import log

import duckdb
import pytest
from asking import asked


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with asked(tmp_path_factory.mktemp("ask")) as con:
        yield con


ENTITIES = [
    # name, how each article was found, one that must not be
    ("Ana Brook", "a01=mention a02=mention a03=mention", "a04"),
    ("ana brook", "a01=mention a02=mention a03=mention", "a04"),
    ("Brook", "a01=mention a02=mention a03=mention a04=mention", "a05"),  # two people, no stream
    ("Harbour Trust", "a01=mention a02=mention a04=phrase", "a03"),  # a04 calls it NHT
    ("e-trust", "a01=mention a02=mention a04=phrase", "a03"),
    ("ノルハーベン", "a01=mention a02=phrase a06=mention", "a03"),
    ("sea bird", "a05=phrase", "a04"),  # nobody's name: by its words
]


@pytest.mark.parametrize(("name", "wanted", "not_wanted"), ENTITIES)
def test_an_entity_is_found_by_any_of_its_names(
    news: duckdb.DuckDBPyConnection, name: str, wanted: str, not_wanted: str
) -> None:
    rows = news.execute("SELECT article_id, found_by FROM entity(?)", [name]).fetchall()
    assert sorted(f"{id_}={how}" for id_, how in rows) == wanted.split()
    assert not_wanted not in {id_ for id_, _ in rows}


def test_a_name_with_a_capital_is_not_the_word(news: duckdb.DuckDBPyConnection) -> None:
    rows = dict(news.execute("SELECT article_id, found_by FROM entity('petrel')").fetchall())
    assert "a05" not in rows, "a sea bird"
    assert rows["a06"] == "phrase"
    assert rows["a01"] == "mention"


def test_dates_limit_an_entity(news: duckdb.DuckDBPyConnection) -> None:
    given = "since := '2031-05-02', until := '2031-05-02'"
    rows = news.execute(f"SELECT article_id FROM entity('Petrel', {given})").fetchall()
    assert sorted(rows) == [("a06",), ("a07",)]


def test_a_name_without_a_word_is_nobodys(news: duckdb.DuckDBPyConnection) -> None:
    assert news.execute("FROM entity('!?')").fetchall() == []


FILTERS = [
    # filter, articles that name Petrel and pass, one that must not
    ("source := 'gull'", "a02", "a01"),
    ("source := 'nobody'", "", "a01"),
    ("language := 'el'", "a07", "a11"),
    ("language := 'EN'", "a01 a02 a04", "a07"),
    ("watch := 'ferry'", "a01 a02 a04", "a07"),  # a05 is off
    ("watch := 'birds'", "", "a04"),
    ("since := '2031-05-08'", "a04 a14", "a11"),
    ("until := '2031-05-01'", "a01 a02", "a06"),
    ("until := '2031-05-01 09:29:59'", "a01", "a02"),
    ("top_n := 2", "a04 a14", "a11"),
]


@pytest.mark.parametrize(("given", "wanted", "not_wanted"), FILTERS)
def test_a_filter_lets_through_what_it_says(
    news: duckdb.DuckDBPyConnection, given: str, wanted: str, not_wanted: str
) -> None:
    rows = news.execute(f"SELECT article_id FROM entity('Petrel', {given})").fetchall()
    found = {id_ for (id_,) in rows}
    assert found == set(wanted.split())
    assert not_wanted not in found
    if "top_n" not in given:
        ask = f"SELECT sum(articles) FROM timeline('Petrel', {given})"
        assert news.execute(ask).fetchone() == (len(found) or None,)
        counted = news.execute(f"SELECT sum(articles) FROM entity_by('Petrel', {given})")
        assert counted.fetchone() == (len(found) or None,)


NAMING = [
    ("'Petrel', also := 'Brook'", "a01 a02 a04"),
    ("'Petrel', also := 'Ana Brook'", "a01 a02"),
    ("'Petrel', but_not := 'Brook'", "a06 a07 a11 a14"),
    ("'Petrel', also := 'Norhaven', but_not := 'Ana Brook'", "a06"),
    ("'Petrel', also := 'Norhaven', source := 'gull'", "a02"),
    ("'Petrel', also := 'nobody at all'", ""),
]


@pytest.mark.parametrize(("given", "wanted"), NAMING)
def test_articles_that_name_one_and_another_but_not_a_third(
    news: duckdb.DuckDBPyConnection, given: str, wanted: str
) -> None:
    rows = news.execute(f"SELECT article_id FROM naming({given})").fetchall()
    assert sorted(id_ for (id_,) in rows) == wanted.split()


def test_the_first_mention_of_each_source_comes_in_order(news: duckdb.DuckDBPyConnection) -> None:
    ask = "SELECT source, hours_later, article_id FROM first_mention('Ana Brook')"
    assert news.execute(ask).fetchall() == [
        ("tern", 0.0, "a01"),
        ("gull", 3.5, "a02"),
        ("wren", 64.5, "a03"),
    ]
    later = "SELECT article_id FROM first_mention('Ana Brook', since := '2031-05-02')"
    assert news.execute(later).fetchall() == [("a03",)]
    none = "FROM first_mention('Ana Brook', language := 'ja')"
    assert news.execute(none).fetchall() == []


def test_who_names_somebody_is_counted_by_any_part(news: duckdb.DuckDBPyConnection) -> None:
    ask = "SELECT value, articles, originals FROM entity_by('Petrel', part := ?)"
    assert news.execute(ask, ["language"]).fetchall()[0] == ("en", 3, 2)
    assert news.execute(ask, ["watch"]).fetchall() == [("ferry", 3, 2)]
    assert ("gull", 1, 0) in news.execute(ask, ["source"]).fetchall()
    with pytest.raises(duckdb.InvalidInputException, match="slugline: bad argument: part"):
        news.execute(ask, ["tier"]).fetchall()


def test_rising_compares_shares(news: duckdb.DuckDBPyConnection) -> None:
    ask = "FROM rising(days := 3, ts := '2031-05-10', min_articles := 1)"
    rows = news.execute(f"SELECT entity, articles, articles_before {ask}").fetchall()
    assert rows == [("Tomas Brook", 1, 0), ("Petrel", 1, 4)], "of 2 articles, and of 10 before"
    # 2 new articles, 10 before; he is in 1 and 0: G² = 2·1·ln(1 / (1·2/12))
    g2, significance = news.execute(f"SELECT log_likelihood, significance {ask}").fetchall()[0]
    assert g2 == round(2 * log(12 / 2), 2)
    assert significance == "not significant"
    there = news.execute(ask.replace("min_", "source := 'tern', min_")).fetchall()
    assert there, "what rises at one source"
    for narrowed in ("watch := 'birds'", "source := 'gull'", "label := 'LOC'", "language := 'ja'"):
        rows = news.execute(ask.replace("min_", f"{narrowed}, min_")).fetchall()
        assert rows == [], narrowed


@pytest.mark.parametrize(
    ("g2", "said"),
    [(3.8, "not significant"), (3.9, "5 %"), (6.7, "1 %"), (10.9, "0.1 %"), (-10.9, "0.1 %")],
)
def test_significance_is_that_of_chi_squared(
    news: duckdb.DuckDBPyConnection, g2: float, said: str
) -> None:
    assert news.execute("SELECT significance_of(?)", [g2]).fetchone() == (said,)


def test_days_begin_where_the_zone_says(news: duckdb.DuckDBPyConnection) -> None:
    ask = "SELECT bucket, articles FROM timeline('Ana Brook', zone := ?) WHERE articles > 0"
    first, third, fourth = (datetime.fromisoformat(f"2031-05-0{day}") for day in (1, 3, 4))
    assert news.execute(ask, ["UTC"]).fetchall() == [(first, 2), (third, 1)]
    assert news.execute(ask, ["Asia/Kabul"]).fetchall() == [(first, 2), (fourth, 1)]


def test_a_timeline_has_no_gaps_and_counts_the_undated(news: duckdb.DuckDBPyConnection) -> None:
    rows = news.execute("FROM timeline('ferry', bucket := 'day')").fetchall()
    assert rows[0] == (datetime.fromisoformat("2031-05-01"), 2, 1, 2, "query")
    assert rows[1] == (datetime.fromisoformat("2031-05-02"), 0, 0, 0, "query")
    assert rows[-1] == (None, 1, 1, 1, "query")
    assert len(rows) == 9
    assert sum(r[1] for r in rows) == 4


@pytest.mark.parametrize("bucket", ["hour", "day", "week", "month", "quarter", "year"])
def test_every_bucket_counts_the_same(news: duckdb.DuckDBPyConnection, bucket: str) -> None:
    total = news.execute("SELECT sum(articles) FROM timeline('Brook', bucket := ?)", [bucket])
    assert total.fetchone() == (4,)


def test_an_unknown_bucket_or_zone_is_an_error(news: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="slugline: bad argument: bucket"):
        news.execute("FROM timeline('Petrel', bucket := 'fortnight')").fetchall()
    with pytest.raises(duckdb.Error, match="TimeZone"):
        news.execute("FROM timeline('Petrel', zone := 'Nowhere')").fetchall()
    with pytest.raises(duckdb.InvalidInputException, match="slugline: bad argument: zone"):
        news.execute("FROM timeline('Petrel', zone := NULL)").fetchall()


def test_together_tells_how_much_more_than_chance(news: duckdb.DuckDBPyConnection) -> None:
    rows = news.execute("FROM together('Petrel')").fetchall()
    assert [r[0] for r in rows] == [
        "Norhaven",
        "Norhaven Harbour Trust",
        "Tomas Brook",
        "Ana Brook",
    ]
    trust = rows[1]
    # 14 articles, 7 with Petrel, 2 with the Trust, both in 2: G² = 2·Σ O·ln(O/E)
    g2 = 2 * (2 * log(2 / 1) + 5 * log(5 / 6) + 7 * log(7 / 6))
    assert trust[2:6] == (2, 2, 7, 1.0)
    assert trust[6] == round(g2, 2)
    assert trust[7] == round(log(2 * 14 / (7 * 2)) / -log(2 / 14), 3)
    assert trust[8] == "not significant"
    assert "Petrel" not in {r[0] for r in rows}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("label := 'PER'", ["Tomas Brook", "Ana Brook"]),
        ("min_articles := 2", ["Norhaven", "Norhaven Harbour Trust", "Ana Brook"]),
        ("since := '2031-05-08'", ["Tomas Brook"]),
        ("fold_copies := true, min_articles := 2", ["Norhaven"]),
        ("top_n := 1", ["Norhaven"]),
        ("source := 'gull'", ["Ana Brook", "Norhaven Harbour Trust"]),
        ("language := 'ja'", ["Norhaven"]),
        ("watch := 'ferry', label := 'PER'", ["Tomas Brook", "Ana Brook"]),
    ],
)
def test_together_can_be_narrowed(
    news: duckdb.DuckDBPyConnection, given: str, wanted: list[str]
) -> None:
    rows = news.execute(f"SELECT entity FROM together('Petrel', {given})").fetchall()
    assert [r[0] for r in rows] == wanted


@pytest.mark.parametrize("name", ["Petrel (", 'Petrel:"', "petrel -"])
def test_a_name_is_no_query_whatever_its_marks(news: duckdb.DuckDBPyConnection, name: str) -> None:
    ask = "SELECT sum(articles), any_value(counted) FROM timeline(?)"
    assert news.execute(ask, [name]).fetchone() == (7, "entity")


def test_a_timeline_counts_what_meets_any_query(news: duckdb.DuckDBPyConnection) -> None:
    ask = "SELECT sum(articles) FROM timeline(?)"
    plain, other = "ferry OR petrel", "(ferry OR petrel) -title:zzz"
    counts = [news.execute(ask, [query]).fetchone() for query in (plain, other)]
    assert counts[0] == counts[1] != (None,)
    with pytest.raises(duckdb.Error, match="slugline: bad query"):
        news.execute(ask, ["(ferry"]).fetchall()
