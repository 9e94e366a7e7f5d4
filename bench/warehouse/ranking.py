"""How far the order of search agrees with BM25 computed exactly: from places and true lengths.

The index keeps BM25's factor in 255 steps and for a fixed mean length; search puts the latter right
(docs/warehouse.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.warehouse.asked import typed
from bench.warehouse.engines import TOP, of_slugline
from bench.warehouse.questions import Question

_EXACT = Path(__file__).with_name("exact.sql").read_text(encoding="utf-8")
_LENGTHS = """
CREATE TEMP TABLE lengths AS
SELECT t.doc, len(tokens(coalesce(t.text, ''))) AS n FROM texts AS t
"""


def agreement(database: Path, asked: Sequence[Question]) -> dict[str, Any]:
    """The share of the exact top 20 that search has among its own, over questions of words only."""
    with duckdb.connect(str(database), read_only=True) as con:
        con.execute(_LENGTHS)
        shares = []
        for question in asked:
            sql = of_slugline(question)
            found = set(_ids(con, typed(sql["sql"], sql["params"]), {}))
            exact = _ids(con, _EXACT, _parameters(question))
            if exact:
                shares.append(len(found.intersection(exact)) / len(exact))
        return {"questions": len(asked), "agreement": round(sum(shares) / len(shares), 3)}


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
