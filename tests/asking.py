"""The small warehouse of tests/data/ask, landed and published, and a scan that knows its answers.

The scan shares no code with the product: it reads the corpus from its file, and cuts it into
words by the Unicode database of Python.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

import warehouse
from warehouse import landing, tidy

CASES = Path(__file__).parent / "data" / "ask"
NOW = datetime(2031, 6, 2, tzinfo=UTC)
FIRST_RUN = datetime.fromisoformat("2031-05-02T12:00")  # UTC, as the tables hold it


def corpus() -> dict[str, Any]:
    return tomllib.loads((CASES / "articles.toml").read_text("utf-8"))


@contextmanager
def asked(data: Path, *, tidied: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the small warehouse, landed in `data`; `tidied`: as after a night."""
    given = corpus()
    landing.land_rows(data, "b0", {"articles": [_first_version(given)]}, now=NOW)
    landing.land_rows(data, "b1", _rows(given), supersede={"articles": ["a01"]}, now=NOW)
    if tidied:
        tidy.tidy(data, now=NOW, keep_days=8)
    with warehouse.connect(data) as con:
        yield con


def _rows(given: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    articles = given["article"]
    return {
        "articles": [_article(a) for a in articles],
        "found_in": [
            {"article_id": a["article_id"], "url": a["url"] + "#top", "source": a["source"]}
            for a in articles
        ],
        "understood": [{"article_id": a["article_id"], "revision": 1} for a in articles],
        "mentions": [m for a in articles for m in _mentions(a)],
        "entities": [
            {"entity_id": id_, "entity": e[0], "label": e[1]}
            for id_, e in given["entities"].items()
        ],
        "aliases": [
            {"entity_id": id_, "alias": alias, "folded": alias.lower()}
            for id_, e in given["entities"].items()
            for alias in e[2:]
        ],
        "copies": [
            {
                "article_id": a["article_id"],
                "copy_of": a["copy_of"],
                "copy_kind": "near",
                "similarity": 0.8,
            }
            for a in articles
            if "copy_of" in a
        ],
        **_watching(),
        **_ledger(),
    }


def _article(given: dict[str, Any]) -> dict[str, Any]:
    row = {k: v for k, v in given.items() if k not in {"names", "copy_of"}}
    row["text"] = row["text"].strip()
    seen = (
        FIRST_RUN
        if given.get("published_at", FIRST_RUN) < FIRST_RUN
        else FIRST_RUN + timedelta(days=30)
    )
    return row | {
        "word_count": len(scan_words(row["text"])),
        "revision": 2 if given["article_id"] == "a01" else 1,
        "key": given["url"].removeprefix("https://"),
        "final_url": given["url"],
        "canonical_url": given["url"].split("?")[0],
        "first_seen_at": seen,
    }


def _first_version(given: dict[str, Any]) -> dict[str, Any]:
    """What a01 was before somebody in the newsroom thought again."""
    row = _article(given["article"][0])
    text = row["text"].replace("“overdue”", "“a mistake”").partition("\n\nPetrel will")[0]
    return row | {"revision": 1, "text": text, "title": "Harbour sells its ferry"}


def _mentions(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in given["names"]:
        surface, entity_id = name.split(" = ")
        start = given["text"].strip().find(surface)
        yield {
            "article_id": given["article_id"],
            "entity_id": entity_id,
            "surface": surface,
            "start": start,
            "end": start + len(surface),
        }


def _watching() -> dict[str, list[dict[str, Any]]]:
    reasons = [
        {"kind": "phrase", "term": "last ferry", "gave": 0.2, "count": 1},
        {"kind": "name", "term": "Petrel", "gave": 0.5, "count": 2},
        {"kind": "time", "term": "2 days later", "gave": -0.05, "count": 0},
    ]
    tiers = {
        "a01": (0.97, "same_story"),
        "a02": (0.95, "same_story"),
        "a03": (0.6, "follow_up"),
        "a04": (0.4, "background"),
        "a05": (0.02, "off"),
    }
    coverage = [
        {
            "watch": "ferry",
            "article_id": a,
            "relevance": r,
            "tier": t,
            "reasons": reasons,
            "profile_version": "p1",
        }
        for a, (r, t) in tiers.items()
    ]
    other = {
        "watch": "birds",
        "article_id": "a05",
        "relevance": 0.9,
        "tier": "same_story",
        "reasons": [],
    }
    return {
        "watches": [
            {"watch": "ferry", "title": "Ferry", "sources": ["tern"], "groups": ["north"]},
            {"watch": "birds", "title": "Birds", "groups": ["all"]},
        ],
        "coverage": [*coverage, other],
        "revisions": [
            {
                "article_id": "a01",
                "revision": 2,
                "seen_at": FIRST_RUN + timedelta(days=30),
                "old_title": "Harbour sells its ferry",
                "words_added": 7,
            }
        ],
    }


def _ledger() -> dict[str, list[dict[str, Any]]]:
    url = "https://tern.example/2031/ferry-sold?id=1"
    fates = [
        ("r1", url, "deferred", "http 503", None),
        ("r2", url, "stored", "new", "a01"),
        ("r3", url, "revised", "text", "a01"),
        ("r1", "https://tern.example/gone", "gone", "http 410", None),
        ("r2", "https://wren.example/closed", "paywalled", "for subscribers", None),
    ]
    return {
        "sources": [
            {"source": "tern"},
            {"source": "gull", "paused": True, "groups": ["north"]},
            {"source": "wren", "groups": ["south"]},
        ],
        "missed_slots": [
            {"flow": "monitor", "scheduled_at": FIRST_RUN, "reason": "no server was running"}
        ],
        "runs": [
            {
                "run": run,
                "started_at": FIRST_RUN + timedelta(days=day),
                "n_found": 2,
                "watches": ["birds"] if run == "r3" else ["ferry", "birds"],
            }
            for day, run in enumerate(("r1", "r2", "r3"))
        ],
        "run_counts": [
            {"run": "r1", "source": "tern", "outcome": "deferred", "n": 1},
            {"run": "r1", "source": "tern", "outcome": "gone", "n": 1},
            {"run": "r2", "source": "tern", "outcome": "stored", "n": 1},
            {"run": "r2", "source": "gull", "outcome": "stored", "n": 1},
            {"run": "r3", "source": "tern", "outcome": "revised", "n": 1},
        ],
        "outcomes": [
            {
                "run": run,
                "url": address,
                "key": address.removeprefix("https://"),
                "source": address.split("/")[2].split(".")[0],
                "outcome": outcome,
                "reason": reason,
                "decided_at": FIRST_RUN + timedelta(days=i),
                "article_id": article_id,
            }
            for i, (run, address, outcome, reason, article_id) in enumerate(fates)
        ],
    }


# --- the scan ---------------------------------------------------------------------------------

_ONE_BY_ONE = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO ", "KHMER", "MYANMAR")
_MARKS_COUNT = (*_ONE_BY_ONE, "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "SINHALA", "MALAYALAM")
_SAME = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ς": "σ", "ß": "ss", "æ": "ae", "œ": "oe"}
    | dict.fromkeys("ىیې", "ي")
    | dict.fromkeys("کڪ", "ك")
    | dict.fromkeys("ةہەۃ", "ه")
    | {"ٱ": "ا", "ـ": ""}
    | {chr(zero + i): str(i) for zero in (0x660, 0x6F0) for i in range(10)}
)


def scan_words(text: str) -> list[str]:
    """The words of `text`, folded, in order."""
    found, word = [], ""
    for char in unicodedata.normalize("NFC", text) + " ":
        name = unicodedata.name(char, "")
        if unicodedata.category(char) == "Cf" and char != "\u200c":
            continue
        if (
            unicodedata.category(char)[0] in "LMN" and not name.startswith(_ONE_BY_ONE)
        ) or char == "ـ":
            word += char
            continue
        if word and (folded := _fold(word)):
            found.append(folded)
        word = ""
        if name.startswith(_ONE_BY_ONE) and unicodedata.category(char)[0] in "LMN":
            found.append(char)
    return found


def _fold(word: str) -> str:
    if unicodedata.name(word[0]).startswith(_MARKS_COUNT):
        return word.lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare).lower().translate(_SAME)


def scan_has(article: dict[str, Any], words: list[str], *, prefix: bool) -> bool:
    """Whether the title or the text holds `words` in a row, the last one perhaps as a prefix."""
    for field in (article["title"], article["text"]):
        have = scan_words(field)
        for at in range(len(have) - len(words) + 1):
            last = have[at + len(words) - 1]
            ends = last.startswith(words[-1]) if prefix else last == words[-1]
            if ends and have[at : at + len(words) - 1] == words[:-1]:
                return True
    return False
