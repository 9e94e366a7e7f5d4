"""Who is named where, as the rows by which entity queries are answered at once.

Made of the mentions that land, under the landing lock, so that nobody can land names and forget
them; and of the names of others that stand in the same texts, which a tagger misses now and then.
A reading is one article as it was read for names; its number is dense, and never given twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import count
from typing import Any

from warehouse.landed import LandedRows
from warehouse.understand.unnamed import capitals, has_many

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_AT_ONCE = 1_000  # texts; their words in pairs are held in memory
WORD = "~"  # what stands before a word in the place of an entity_id
_SHOWN = ("article_id", "published_at", "source", "language", "title", "url")


def add_readings(landed: LandedRows, rows: Rows, supersede: dict[str, list[str]]) -> None:
    """Adds readings and article_entities of the articles that `rows` understands or names."""
    if rows.get("aliases"):
        _add_words(landed, rows["aliases"])
    by_article = _mentions(rows)
    if not by_article:
        return
    articles = _articles(landed, rows, by_article)
    last = landed.last_reading()
    readings, pairs, texts = [], [], []
    for number, (article_id, mentions) in enumerate(by_article.items(), start=last + 1):
        article = articles.get(article_id, {"article_id": article_id})
        readings.append({"reading": number} | {name: article.get(name) for name in _SHOWN})
        pairs += _pairs(number, mentions, article)
        texts.append({"reading": number} | {name: article.get(name) for name in ("title", "text")})
    _fold_words(landed, pairs)
    for first in range(0, len(texts), _AT_ONCE):
        pairs += _missed(landed, texts[first : first + _AT_ONCE], pairs, rows.get("aliases", ()))
    _add_numbers(landed, rows, readings, pairs)
    rows["readings"], rows["article_entities"] = readings, pairs
    supersede["readings"] = list(by_article)


def _add_numbers(landed: LandedRows, rows: Rows, readings: list[Row], pairs: list[Row]) -> None:
    """Gives each reading the numbers of those named in it; who has none yet gets the next one."""
    named: dict[int, list[str]] = defaultdict(list)
    for pair in pairs:
        if pair["n"]:
            named[pair["reading"]].append(pair["entity_id"])
    wanted = {entity_id for ids in named.values() for entity_id in ids}
    found = landed.query("numbers_of_entities.sql", "entity_numbers", wanted)
    numbers = {row["entity_id"]: row["entity_no"] for row in found}
    new = dict(zip(sorted(wanted - numbers.keys()), count(landed.next_entity), strict=False))
    numbers |= new
    for reading in readings:
        ids = named[reading["reading"]]
        reading["entity_nos"] = sorted(numbers[entity_id] for entity_id in ids)
    if new:
        rows["entity_numbers"] = [{"entity_id": id_, "entity_no": no} for id_, no in new.items()]


def _mentions(rows: Rows) -> dict[str, list[Row]]:
    """The mentions of each article, also of those that were read and name nobody."""
    by_article: dict[str, list[Row]] = {row["article_id"]: [] for row in rows.get("understood", ())}
    for row in rows.get("mentions", ()):
        by_article.setdefault(row["article_id"], []).append(row)
    return by_article


def _articles(landed: LandedRows, rows: Rows, wanted: Iterable[str]) -> dict[str, Row]:
    new = {row["article_id"]: row for row in rows.get("articles", ())}
    earlier = landed.articles("articles_of_readings.sql", set(wanted) - new.keys())
    return {row["article_id"]: row for row in earlier} | new


def _pairs(reading: int, mentions: Iterable[Row], article: Row) -> list[Row]:
    """One row for each entity, and one for each word with a capital that names nobody known."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        if entity_id := mention.get("entity_id"):
            spellings[entity_id][mention["surface"]] += 1
    pairs = [
        {
            "entity_id": entity_id,
            "reading": reading,
            "n": written.total(),
            "spellings": sorted(written),
        }
        for entity_id, written in sorted(spellings.items())
    ]
    if has_many(article.get("language")):
        return pairs
    places = [(m["start"], m["end"]) for m in mentions if "start" in m and "end" in m]
    loose = capitals(article.get("title"), article.get("text") or "", places)
    return pairs + [_word(reading, word) for word in sorted(loose)]


def _word(reading: int, word: str) -> Row:
    return {"entity_id": WORD + word, "reading": reading, "n": 0, "spellings": [word]}


def _fold_words(landed: LandedRows, pairs: list[Row]) -> None:
    """Gives the words of `pairs` the form in which they are looked up; one row for each form."""
    loose = [row for row in pairs if not row["n"]]
    folded = landed.words_of(row["spellings"][0] for row in loose)
    first: dict[tuple[int, str], Row] = {}
    for row in loose:
        row["entity_id"] = WORD + folded[row["spellings"][0]]
        kept = first.setdefault((row["reading"], row["entity_id"]), row)
        if kept is not row:
            kept["spellings"] = sorted({*kept["spellings"], *row["spellings"]})
    pairs[:] = [row for row in pairs if row["n"]] + list(first.values())


def _missed(
    landed: LandedRows, texts: list[Row], pairs: Iterable[Row], aliases: Iterable[Row]
) -> list[Row]:
    """One row for each entity that is not among `pairs`, but by whose name a text goes."""
    wanted = {row["reading"] for row in texts}
    here = [row for row in pairs if row["reading"] in wanted]
    missed = landed.names_missed(
        texts,
        new=[{name: row.get(name) for name in ("entity_id", "alias", "words")} for row in aliases],
        loose=[
            {"reading": row["reading"], "word": row["entity_id"].removeprefix(WORD)}
            for row in here
            if not row["n"]
        ],
        named=[{name: row[name] for name in ("reading", "entity_id")} for row in here if row["n"]],
    )
    return [row | {"n": 0} for row in missed]


def _add_words(landed: LandedRows, aliases: list[Row]) -> None:
    words = landed.words_of(row["alias"] for row in aliases)
    for row in aliases:
        row["words"] = words[row["alias"]]
