"""How far the order of search agrees with BM25 computed exactly: from places and true lengths.

The index keeps BM25's factor in 255 steps and for a fixed mean length (docs/warehouse.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.warehouse.engines import TOP, of_slugline
from bench.warehouse.questions import Question

_EXACT = Path(__file__).with_name("exact.sql").read_text(encoding="utf-8")
_LENGTHS = """
CREATE TEMP TABLE lengths AS
SELECT t.doc, len(tokens(coalesce(t.text, ''))) AS n FROM texts AS t
"""


def agreement(database: Path, asked: Sequence[Question]) -> dict[str, Any]:
    """The share of the exact top 20 that search has among its own, and how often both are the same
    list; over questions of words only."""
    shares, same = [], 0
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute(_LENGTHS)
        for question in asked:
            exact = _ids(con, _EXACT, _parameters(question))
            sql = of_slugline(question)
            found = _ids(con, sql["sql"], sql["params"])
            if exact:
                shares.append(len(set(exact) & set(found)) / len(exact))
                same += exact == found
    n = len(shares)
    return {"questions": n, "top_20_agreement": sum(shares) / n, "same_order": same / n}


def of_words(question: Question) -> bool:
    """Whether a question is words only, all of them or any of them."""
    return not (question.phrase or question.prefix or question.without or question.since
                or question.source)  # fmt: skip


def _parameters(question: Question) -> dict[str, Any]:
    words = [word for group in question.groups for word in group]
    every = all(len(group) == 1 for group in question.groups)
    return {"words": words, "all": len(set(words)) if every else 1, "top": TOP}


def _ids(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> list[str]:
    return [row[0] for row in con.execute(sql, parameters).fetchall()]
