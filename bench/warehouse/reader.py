"""A process that queries the published database without pause until its standard input closes.

Runs alone: `python -I reader.py DATABASE QUERIES SEED`. Every tenth query is in a new session. At
the end it says the milliseconds of each query, its errors, and when each new session saw which
generation first.
"""

import json
import random
import sys
import threading
import time

import duckdb


def main() -> None:
    database, queries, seed = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    dice, took, errors, seen = random.Random(seed), [], [], {}
    con = None
    print("ready", flush=True)
    while not ended.is_set():
        try:
            if len(took) % 10 == 0 or con is None:
                if con is not None:
                    con.close()
                con = duckdb.connect(database, read_only=True, config={"threads": 1})
                sql = "SELECT max(generation) FROM batches"
                seen.setdefault(con.execute(sql).fetchone()[0], time.time())
            query = dice.choice(queries)
            began = time.perf_counter()
            con.execute(query["sql"], query["params"]).fetchall()
            took.append((time.perf_counter() - began) * 1000)
        except duckdb.Error as error:
            errors.append(str(error))
            con = None
    print(json.dumps({"ms": took, "errors": errors, "seen": list(seen.items())}), flush=True)


main()
