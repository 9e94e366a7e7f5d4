"""A process that builds the index of another search engine; see engines.py.

Runs alone: `python -I peers.py ENGINE PLACE [EXTENSION]`, articles as JSON lines on standard
input (number, title, text, source, day). Says CPU seconds, of which `index` for the index alone.
"""

import json
import sys
import time
from pathlib import Path


def main() -> None:
    build = {"fts5": fts5, "tantivy": tantivy, "fts": fts}[sys.argv[1]]
    index = build(sys.argv[2], map(json.loads, sys.stdin))
    print(json.dumps({"cpu": time.process_time(), "index": index, "peak": peak()}))


def peak():
    """Bytes of memory at most (VmHWM, Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(x.split()[1]) * 1024 for x in lines if x.startswith("VmHWM"))


def fts5(place, articles):
    import sqlite3

    con = sqlite3.connect(place)
    con.execute("PRAGMA journal_mode = OFF")
    con.execute("PRAGMA synchronous = OFF")
    con.execute("CREATE VIRTUAL TABLE t USING fts5(title, text, content='', detail=full)")
    con.execute("CREATE TABLE d(day INTEGER, source TEXT)")
    for a in articles:
        con.execute("INSERT INTO t(rowid, title, text) VALUES (?, ?, ?)",
                    (a["number"] + 1, a["title"], a["text"]))  # fmt: skip
        con.execute("INSERT INTO d(rowid, day, source) VALUES (?, ?, ?)",
                    (a["number"] + 1, a["day"], a["source"]))  # fmt: skip
    began = time.process_time()
    con.execute("INSERT INTO t(t) VALUES ('optimize')")
    con.commit()
    return time.process_time() - began


def tantivy(place, articles):
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True, indexed=True)
    for name in ("title", "body"):
        schema.add_text_field(name)
    schema.add_text_field("source", tokenizer_name="raw")
    schema.add_integer_field("day", indexed=True)
    Path(place).mkdir(parents=True)
    index = tantivy.Index(schema.build(), path=place)
    writer = index.writer(500_000_000, 1)
    for a in articles:
        writer.add_document(tantivy.Document(number=a["number"], title=a["title"], body=a["text"],
                                             source=a["source"], day=a["day"]))  # fmt: skip
    writer.commit()
    writer.wait_merging_threads()


def fts(place, articles):
    import tempfile

    import duckdb

    con = duckdb.connect(place, config={"threads": 2})
    con.execute(f"LOAD '{sys.argv[3]}'")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
        for a in articles:
            lines.write(
                json.dumps({"id": a["number"], "title": a["title"], "text": a["text"]}) + "\n"
            )
        lines.flush()
        con.execute(f"CREATE TABLE t AS FROM read_json('{lines.name}')")
    began = time.process_time()
    con.execute("PRAGMA create_fts_index('t', 'id', 'title', 'text', stemmer = 'none',"
                " stopwords = 'none', overwrite = 1)")  # fmt: skip
    con.close()
    return time.process_time() - began


main()
