"""Prefect's own database stays bounded, against a real server: nights of runs come, old ones go."""

import json
import sqlite3
import urllib.request
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefecting import prefect_server, wait_until  # noqa: F401

from flows.server import prune as pruning

KEEP, PER_NIGHT = 5, 12  # days; runs
OF_A_RUN = ("flow_run_state", "task_run", "task_run_state", "log", "artifact")
NIGHT = datetime(2025, 3, 1, 3, tzinfo=UTC)

pytestmark = pytest.mark.timeout(300)


def template(server, tags):
    """A finished run with a task run, log lines and artifacts, made through the API."""
    flow = server.post("/flows/", name=f"night-{uuid.uuid4()}")["id"]
    run = server.post("/flow_runs/", flow_id=flow, tags=tags, state={"type": "PENDING"})["id"]
    task = server.post(
        "/task_runs/", flow_run_id=run, task_key="crawl", dynamic_key="0", state={"type": "PENDING"}
    )["id"]
    for path in (f"/task_runs/{task}", f"/flow_runs/{run}"):
        server.post(f"{path}/set_state", state={"type": "COMPLETED"}, force=True)
    at = datetime.now(UTC).isoformat()
    line = {"name": "night", "level": 20, "message": "m", "timestamp": at, "flow_run_id": run}
    body = [line | {"message": f"line {n}"} for n in range(8)]
    post_list(server, "/logs/", body)
    for key in ("brief", "sources"):
        server.post("/artifacts/", key=f"{key}-{flow}", type="markdown", data="x", flow_run_id=run)
    return run


def post_list(server, path, body):
    head = {"Content-Type": "application/json"}
    urllib.request.urlopen(
        urllib.request.Request(server.api + path, json.dumps(body).encode(), head), timeout=30
    ).close()


def sql(server):
    return closing(sqlite3.connect(server.home / "prefect.db", timeout=60))


def clone(server, run, slots):
    """Runs like `run`, of these slots, written where the server writes them: thousands a second."""
    with sql(server) as db, db:
        rows = {"flow_run": select(db, "flow_run", "id", [run])}
        rows["task_run"] = select(db, "task_run", "flow_run_id", [run])
        tasks = [row["id"] for row in rows["task_run"]]
        rows["task_run_state"] = select(db, "task_run_state", "task_run_id", tasks)
        for name in ("flow_run_state", "log", "artifact"):
            rows[name] = select(db, name, "flow_run_id", [run])
        for slot in slots:
            new = {row["id"]: str(uuid.uuid4()) for those in rows.values() for row in those}
            for name, those in rows.items():
                for n, row in enumerate(those):
                    at = f"{slot:%Y-%m-%d %H:%M:%S}.{n:06d}"  # states of one run differ in it
                    copy = {k: new.get(v, v) for k, v in row.items()}
                    copy |= {k: at for k in ("expected_start_time", "timestamp") if k in copy}
                    marks = ", ".join("?" * len(copy))
                    db.execute(
                        f"INSERT INTO {name} ({', '.join(copy)}) VALUES ({marks})",
                        list(copy.values()),
                    )


def select(db, table, column, values):
    marks = ", ".join("?" * len(values))
    cursor = db.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks})", values)
    names = [
        f'"{column[0]}"' if column[0] == "index" else column[0] for column in cursor.description
    ]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def counts(server, flow_of):
    """How many rows there are of the runs of one flow, and rows that belong to no run at all."""
    with sql(server) as db:
        (runs,) = db.execute(
            "SELECT count(*) FROM flow_run WHERE flow_id ="
            " (SELECT flow_id FROM flow_run WHERE id = ?)",
            [flow_of],
        ).fetchone()
        orphans = sum(
            db.execute(
                f"SELECT count(*) FROM {name} x WHERE x.flow_run_id IS NOT NULL"
                " AND NOT EXISTS (SELECT 1 FROM flow_run f WHERE f.id = x.flow_run_id)"
            ).fetchone()[0]
            for name in ("flow_run_state", "task_run", "log", "artifact")
        )
    return runs, orphans


def prune(server, now, **more):
    with temporary_settings({PREFECT_API_URL: server.api}):
        done = pruning.run(keep_days=KEEP, now=now - timedelta(minutes=1), **more)
    return done.runs, done.artifacts, done.left


def slots(night):
    step = timedelta(days=1) / PER_NIGHT
    return [NIGHT + timedelta(days=night) + n * step for n in range(PER_NIGHT)]


def test_row_counts_stay_bounded_night_after_night(prefect_server):  # noqa: F811
    server = prefect_server
    ours, other = template(server, ["slugline"]), template(server, ["theirs"])
    clone(server, other, slots(0))
    for night in range(10):
        clone(server, ours, slots(night))
    now = NIGHT + timedelta(days=10)

    # One night's work is bounded: whole batches up to the limit; the next call goes on.
    runs, artifacts, left = prune(server, now, most_runs=50)
    assert (runs, artifacts, left) == (50, 100, True)
    runs, artifacts, left = prune(server, now)
    assert (runs, artifacts, left) == (5 * PER_NIGHT - 50, 2 * (5 * PER_NIGHT - 50), False)

    for night in range(10, 12):  # from here on each night brings as many as it removes
        clone(server, ours, slots(night))
        runs, _, _ = prune(server, NIGHT + timedelta(days=night + 1))
        assert runs == PER_NIGHT
        wait_until(lambda: counts(server, ours) == (KEEP * PER_NIGHT + 1, 0), 60)
    assert counts(server, other) == (PER_NIGHT + 1, 0)  # runs of others are nobody's business

    with sql(server) as db, db:  # what is under way stays, however old its slot
        db.execute("UPDATE flow_run SET state_type = 'RUNNING' WHERE id = ?", [ours])
        db.execute("UPDATE flow_run SET expected_start_time = '2020-01-01 00:00:00' WHERE id = ?",
                   [ours])  # fmt: skip
    far = NIGHT + timedelta(days=60)
    assert prune(server, far, everything=True)[0] >= (KEEP + 1) * PER_NIGHT
    wait_until(lambda: counts(server, ours) == (1, 0), 60)
