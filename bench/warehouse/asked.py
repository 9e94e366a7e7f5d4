"""A process that answers queries with one engine and says how long each took; see engines.py.

Runs alone: `python -I asked.py ENGINE PLACE`, queries as JSON lines on standard input.
"""

import json
import sys
import time


def main() -> None:
    run = {"duckdb": duckdb, "fts": fts, "fts5": fts5, "tantivy": tantivy}[sys.argv[1]](sys.argv[2])
    for line in sys.stdin:
        query = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        rows = run(query)
        told = {
            "ms": (time.perf_counter() - wall) * 1000,
            "cpu": (time.process_time() - cpu) * 1000,
            "n": len(rows),
            "first": [str(row[0]) for row in rows],
        }
        print(json.dumps(told), flush=True)


def duckdb(place):
    import duckdb

    # Values are written into the query, as a person types it: the first parameter that DuckDB's
    # Python is given makes it look for pandas and others, which takes longer than any query here.
    con = duckdb.connect(place, read_only=True, config={"threads": 2})
    return lambda query: con.execute(typed(query["sql"], query["params"])).fetchall()


def typed(sql, params):
    for name, value in params.items():
        sql = sql.replace("$" + name, "'" + value.replace("'", "''") + "'")
    return sql


def fts(place):
    import duckdb

    con = duckdb.connect(place, config={"threads": 2})
    con.execute(f"LOAD '{sys.argv[3]}'")
    return lambda query: con.execute(query["sql"], query["params"]).fetchall()


def fts5(place):
    import sqlite3

    con = sqlite3.connect(place)
    return lambda query: con.execute(query["sql"], query["params"]).fetchall()


def tantivy(place):
    import tantivy

    index = tantivy.Index.open(place)
    searcher = index.searcher()

    def run(query):
        if query["prefix"]:
            asked = tantivy.Query.regex_query(index.schema, "body", query["prefix"] + ".*")
        else:
            asked = index.parse_query(query["query"], ["title", "body"], {"title": 3.0})
        return [(address.doc,) for _, address in searcher.search(asked, 20).hits]

    return run


if __name__ == "__main__":
    main()
