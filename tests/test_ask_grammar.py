"""The search language: random queries against a scan of the texts, and every mistake's place."""

from __future__ import annotations

import math
import random
import re
import string
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest
from asking import CASES, asked, corpus, scan_has, scan_words

ARTICLES = corpus()["article"]
FIELDS = ("source", "language", "site", "title", "author", "entity", "since", "until")
LONG_AGO = datetime(1999, 1, 1)  # noqa: DTZ001 - a day, as the cases have them
Query = tuple[str, Callable[[dict[str, Any]], bool]]  # as written, and what it asks


@pytest.fixture(scope="module", params=["recent", "segment"])
def news(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """With the words as landings write them, and as the night packs them."""
    with asked(tmp_path_factory.mktemp("ask"), tidied=request.param == "segment") as con:
        yield con


def _leaf(dice: random.Random) -> Query:
    article = dice.choice(ARTICLES)
    if dice.random() < 0.25:
        return _field(dice.choice(FIELDS), article, dice)
    words = f"{article['title']} {article['text']}".split()
    at = dice.randrange(len(words))
    kind = dice.choice(["word", "word", "phrase", "phrase", "prefix", "absent"])
    if kind == "phrase":
        told = re.sub("[“”*]", "", " ".join(words[at : at + dice.randint(1, 3)]))
        if dice.random() < 0.2:
            told = " ".join(reversed(told.split()))
        return _asking(f'"{told}"', told, article, dice)
    told = "".join(c for c in words[at] if c.isalnum() or scan_words(c)) or "ferry"
    told = told[: dice.randint(2, 6)] if kind == "prefix" else told
    if kind == "prefix" and len(scan_words(told)[-1]) >= 2:
        return f"{told}*", lambda a: scan_has(a, scan_words(told), prefix=True)
    told = "nowhere" if kind == "absent" else told
    if told in {"AND", "OR", "NOT"} or not scan_words(told):
        told = "ferry"
    return _asking(told, told, article, dice)


def _field(field: str, article: dict[str, Any], dice: random.Random) -> Query:
    if field in {"source", "language"}:
        value = article[field]
        return f"{field}:{value}", lambda a: a[field] == value
    if field == "site":
        return f"site:{_site(article)}", lambda a: _site(a) == _site(article)
    if field == "author":
        name = dice.choice(dice.choice([a for a in ARTICLES if "authors" in a])["authors"])
        told = dice.choice([name, name.split()[-1], name.upper()])
        words = scan_words(told)
        return f'author:"{told}"', lambda a: any(
            scan_has({"title": it, "text": ""}, words, prefix=False) for it in a.get("authors", ())
        )
    if field == "title":
        word = dice.choice(scan_words(article["title"]))
        return f'title:"{word}"', lambda a: scan_has(a | {"text": ""}, [word], prefix=False)
    if field == "entity":
        id_, names = dice.choice(sorted(corpus()["entities"].items()))
        words = scan_words(names[0])
        return (
            f'entity:"{names[0]}"',
            lambda a: (
                any(name.endswith(f" = {id_}") for name in a["names"])
                or scan_has(a, words, prefix=False)
            ),
        )
    day = article.get("published_at", LONG_AGO).strftime("%Y-%m-%d")
    if field == "since":
        return f"since:{day}", lambda a: _day(a) >= day
    return f"until:{day}", lambda a: "" < _day(a) <= day


def _site(article: dict[str, Any]) -> str:
    return str(article["url"]).split("/")[2].removeprefix("www.")


def _day(article: dict[str, Any]) -> str:
    return article["published_at"].strftime("%Y-%m-%d") if "published_at" in article else ""


def _asking(written: str, told: str, article: dict[str, Any], dice: random.Random) -> Query:
    words = scan_words(told)
    if not words:
        return _leaf(dice)
    written = written.upper() if dice.random() < 0.1 and told.isascii() else written
    if written in {"AND", "OR", "NOT"}:
        written = written.lower()
    return written, lambda a: scan_has(a, words, prefix=False)


def _query(dice: random.Random, depth: int) -> Query:
    """Parts joined by operators, nested `depth` deep; as they bind where nothing brackets them."""
    written, asks = _any_of(dice, depth)
    return written, asks


def _any_of(dice: random.Random, depth: int) -> Query:
    parts = [_all_of(dice, depth) for _ in range(dice.choice([1, 1, 2, 3]))]
    return " OR ".join(p[0] for p in parts), lambda a: any(p[1](a) for p in parts)


def _all_of(dice: random.Random, depth: int) -> Query:
    parts = [_one(dice, depth) for _ in range(dice.choice([1, 1, 2, 2, 3]))]
    written = parts[0][0]
    for part in parts[1:]:
        written += dice.choice([" ", "  ", " AND "]) + part[0]
    return written, lambda a: all(p[1](a) for p in parts)


def _one(dice: random.Random, depth: int) -> Query:
    written, asks = _nested(dice, depth) if depth and dice.random() < 0.5 else _leaf(dice)
    if dice.random() < 0.25:
        return dice.choice(["NOT ", "-"]) + written, lambda a: not asks(a)
    return written, asks


def _nested(dice: random.Random, depth: int) -> Query:
    written, asks = _any_of(dice, depth - 1)
    gap = dice.choice(["", " "])
    return f"({gap}{written}{gap})", asks


def _found(con: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {row[0] for row in con.execute("SELECT article_id FROM matching(?)", [query]).fetchall()}


@pytest.mark.parametrize("seed", range(40))
def test_a_random_query_finds_what_a_scan_finds(news: duckdb.DuckDBPyConnection, seed: int) -> None:
    written, asks = _query(random.Random(seed), 2)
    problem = news.execute("SELECT problem FROM parse_query(?)", [written]).fetchone()
    if problem != (None,):
        assert "it only excludes" in str(problem), written
        return
    wanted = {a["article_id"] for a in ARTICLES if asks(a)}
    assert _found(news, written) == wanted, written
    best = news.execute("FROM search(?, top_n := 1000, snippets := false)", [written]).fetchall()
    assert sorted(row[0] for row in best) == sorted(wanted), written


def _short(dice: random.Random) -> str:
    """Words that stand side by side in an article: all of them, any of them, or as a phrase."""
    words = re.findall("[A-Za-z]+", dice.choice(ARTICLES)["text"])
    at = dice.randrange(max(1, len(words) - 3))
    told = words[at : at + dice.randint(1, 3)] or ["ferry"]
    phrase = f'"{" ".join(told)}"'
    return dice.choice([" ".join(told), " AND ".join(told), " OR ".join(told), phrase])


@pytest.mark.parametrize("seed", range(40))
def test_a_short_query_finds_and_scores_as_any_other(
    news: duckdb.DuckDBPyConnection, seed: int
) -> None:
    written = _short(random.Random(seed))
    wanted = news.execute(
        "SELECT article_id, round(h.score, 4) FROM hits(?) AS h JOIN docs USING (doc) ORDER BY ALL",
        [written],
    ).fetchall()
    every = "SELECT article_id, round(score, 4) FROM matching(?) ORDER BY ALL"
    assert news.execute(every, [written]).fetchall() == wanted, written
    best = news.execute(
        "SELECT article_id FROM search(?, top_n := 1000) ORDER BY ALL", [written]
    ).fetchall()
    assert best == [(article_id,) for article_id, _ in wanted], written


@pytest.mark.parametrize("words", [["ferry"], ["petrel", "strike"], ["nowhere", "ferry", "paint"]])
def test_the_score_is_bm25_with_the_true_mean_length(
    news: duckdb.DuckDBPyConnection, words: list[str]
) -> None:
    texts = news.execute(
        "SELECT d.article_id, tokens(d.title), tokens(t.text), d.n_words"
        " FROM docs AS d JOIN texts AS t ON t.doc = d.doc"
    ).fetchall()
    mean = sum(n for *_, n in texts) / len(texts)
    exact: dict[str, float] = {}
    for word in words:
        ((held,),) = news.execute(
            "SELECT coalesce(sum(df), 0) FROM lexicon WHERE term = ?", [word]
        ).fetchall()
        rarity = math.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
        for article_id, title, text, n in texts:
            if (tf := 3 * title.count(word) + text.count(word)) == 0:
                continue
            weighed = rarity * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * n / mean))
            exact[article_id] = exact.get(article_id, 0) + weighed
    found = news.execute(
        "SELECT article_id, score FROM search(?, top_n := 1000)", [" OR ".join(words)]
    ).fetchall()
    assert len(found) >= 3
    assert dict(found) == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("seed", range(40))
def test_the_best_that_hold_a_phrase_are_among_those_compared(
    news: duckdb.DuckDBPyConnection, seed: int
) -> None:
    """However few are thought likely, and however many are enough."""
    dice = random.Random(seed)
    words = list(dict.fromkeys(scan_words(re.sub("AND|OR", " ", _short(dice)))))
    wanted = news.execute(
        "SELECT doc, round(score, 4) FROM hits(?) WHERE doc IS NOT NULL ORDER BY score DESC",
        [f'"{" ".join(words)}"'],
    ).fetchall()
    enough, likely = dice.choice([1, 2, 1000]), dice.choice([1, 3])
    found = news.execute(
        "SELECT doc, round(score::DOUBLE, 4) FROM phrase_hits(?, ?, likely_n := ?)",
        [words, enough, likely],
    ).fetchall()
    assert set(found) <= set(wanted)
    assert sorted(score for _, score in found)[-enough:] == sorted(s for _, s in wanted)[-enough:]


@pytest.mark.parametrize("seed", range(8))
def test_stems_find_what_a_scan_of_stems_finds(news: duckdb.DuckDBPyConnection, seed: int) -> None:
    dice = random.Random(seed)
    latin = [w for w in scan_words(dice.choice(ARTICLES)["text"]) if w[0] in string.ascii_lowercase]
    written = " ".join(dice.sample(latin if len(latin) > 1 else ["ferry", "strike"], 2))
    found = news.execute("SELECT article_id FROM matching(?, stem := true)", [written]).fetchall()
    scan = """
        SELECT a.article_id FROM articles AS a
        WHERE list_has_all(list_transform(tokens(a.title || ' ' || a.text), lambda w: stem_of(w)),
            list_transform(tokens(?), lambda w: stem_of(w)))"""
    assert sorted(found) == sorted(news.execute(scan, [written]).fetchall()), written


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [
        ("strike", "strikes", True),
        ("election", "elections", True),
        ("harbour", "harbours", True),
        ("ferry", "ferries", True),
        ("report", "reported", True),
        ("report", "reporting", True),
        ("boat", "board", False),
        ("tide", "tiger", False),
    ],
)
def test_forms_of_a_word_have_one_stem(
    news: duckdb.DuckDBPyConnection, word: str, other: str, same: bool
) -> None:
    one, two = news.execute("SELECT stem_of(?), stem_of(?)", [word, other]).fetchone() or ("", "")
    assert (one == two) is same, (one, two)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("کتاب", "كتاب"),  # the keheh of Persian and Urdu, the kaf of Arabic
        ("یہ", "يه"),  # the yeh and heh of Urdu, those of Arabic
        ("北港市", "北 港 市"),
        ("ไทย", "ไ ท ย"),
    ],
)
def test_letters_are_folded_and_characters_cut(
    news: duckdb.DuckDBPyConnection, written: str, words: str
) -> None:
    told = "SELECT array_to_string(tokens(?), ' ')"
    assert news.execute(told, [written]).fetchone() == news.execute(told, [words]).fetchone()


def _cases(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("query", "wanted"), _cases("queries.tsv"))
def test_a_query_finds(news: duckdb.DuckDBPyConnection, query: str, wanted: str) -> None:
    assert _found(news, query) == set(wanted.split())


@pytest.mark.parametrize(("query", "place", "why"), _cases("bad_queries.tsv"))
def test_a_mistake_is_told_with_its_place(
    news: duckdb.DuckDBPyConnection, query: str, place: str, why: str
) -> None:
    (problem,) = news.execute(
        "SELECT problem FROM parse_query(?)", [query.replace("␠", " ")]
    ).fetchone() or ("",)
    assert f"{problem} ".startswith(f"slugline: bad query at {place}: {why}")
    for ask in ("search", "matching", "timeline"):
        with pytest.raises(duckdb.InvalidInputException, match=f"slugline: bad query at {place}: "):
            news.execute(f"SELECT count(*) FROM {ask}(?)", [query.replace("␠", " ")]).fetchall()


@pytest.mark.parametrize("ask", ["search", "timeline", "matching"])
def test_a_bad_query_is_never_answered(news: duckdb.DuckDBPyConnection, ask: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="slugline: bad query at 7: "):
        news.execute(f"SELECT count(*) FROM {ask}('ferry (boat')").fetchall()


def test_a_bad_query_is_an_error_on_an_empty_warehouse(tmp_path: Any) -> None:
    import warehouse

    with warehouse.connect(tmp_path) as con:
        assert con.execute("FROM search('ferry OR boat')").fetchall() == []
        for macro in ("matching",):
            with pytest.raises(duckdb.InvalidInputException, match="bad query at 7: "):
                con.execute(f"FROM {macro}('ferry (boat')").fetchall()


@pytest.mark.parametrize("ask", ["search", "matching"])
def test_a_query_too_long_to_be_looked_up_is_an_error(
    news: duckdb.DuckDBPyConnection, ask: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="bad query at 2001: more than 2,000"):
        news.execute(f"SELECT count(*) FROM {ask}(?)", [f'"{"la " * 700}la"']).fetchall()
