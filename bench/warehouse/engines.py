"""The search engines that are compared: each is filled with the same articles and asked the same.

Slugline and DuckDB's fts extension are asked in a child process that loads nothing but DuckDB, as
the bare client does; SQLite's FTS5 in one with sqlite3 only; Tantivy in an environment of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.warehouse.questions import Question

TOP = 20
CHILD = Path(__file__).with_name("asked.py")


class Asked:
    """What a child process measured: milliseconds by the clock and of CPU, and hits, a query."""

    def __init__(self, started: float, answers: Sequence[dict[str, Any]]):
        self.started, self.answers = started, answers  # seconds until the first answer


def ask(
    engine: str,
    place: Path,
    queries: Iterable[Any],
    *,
    python: str = sys.executable,
    extension: str = "",
) -> Asked:
    """Puts each query once to a new process of the engine, in order."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [python, "-I", str(CHILD), engine, str(place), extension],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    answers, started = [], 0.0
    for query in queries:
        child.stdin.write(json.dumps(query) + "\n")
        child.stdin.flush()
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"{engine} ended at {query}")
        answers.append(json.loads(line))
        started = started or time.perf_counter() - began
    child.stdin.close()
    child.wait()
    return Asked(started, answers)


def of_slugline(question: Question) -> dict[str, Any]:
    """`search()` for a list of titles."""
    return _sql(
        "SELECT article_id, title, score FROM search($query, snippets := false{})", question
    )


def unselected(question: Question) -> dict[str, Any]:
    """The same by somebody who does not say that snippets are not wanted, and selects none."""
    return _sql("SELECT article_id, title, score FROM search($query{})", question)


def with_snippets(question: Question) -> dict[str, Any]:
    return _sql("FROM search($query{})", question)


def _sql(sql: str, question: Question) -> dict[str, Any]:
    given = {
        "since": question.since and question.since.date().isoformat(),
        "until": question.until and question.until.date().isoformat(),
        "source": question.source,
    }
    asked = "".join(f", {name} := '{value}'" for name, value in given.items() if value)
    return {"sql": sql.format(asked), "params": {"query": question.slugline()}}


def of_fts5(question: Question) -> dict[str, Any]:
    filters = ""
    if question.since and question.until:
        filters = (f" AND d.day BETWEEN {question.since.toordinal()}"
                   f" AND {question.until.toordinal()}")  # fmt: skip
    if question.source:
        filters += f" AND d.source = '{question.source}'"
    join = " JOIN d ON d.rowid = t.rowid" if filters else ""
    return {
        "sql": f"SELECT t.rowid, bm25(t, 3.0, 1.0) AS s FROM t{join} WHERE t MATCH ?{filters}"
        f" ORDER BY s LIMIT {TOP}",
        "params": [question.fts5()],
    }


def of_tantivy(question: Question) -> dict[str, Any]:
    query = question.tantivy()
    if question.since and question.until:
        query += f" +day:[{question.since.toordinal()} TO {question.until.toordinal()}]"
    if question.source:
        query += f" +source:{question.source}"
    prefix = question.groups[0][0] if question.prefix else None
    return {"query": query, "prefix": prefix}


def of_fts(question: Question) -> dict[str, Any] | None:
    """DuckDB's fts extension knows words only: all of them, or any of them."""
    if question.phrase or question.prefix or question.without or question.since or question.source:
        return None
    every = all(len(group) == 1 for group in question.groups)
    words = " ".join(word for group in question.groups for word in group)
    return {
        "sql": "SELECT id, score FROM (SELECT id, fts_main_t.match_bm25(id, $query,"
        f" conjunctive := {int(every)}) AS score FROM t) WHERE score IS NOT NULL"
        f" ORDER BY score DESC LIMIT {TOP}",
        "params": {"query": words},
    }
