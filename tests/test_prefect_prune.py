"""Prefect's own database stays bounded, against a real server: nights of runs come, old ones go."""

import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefecting import prefect_server, wait_until  # noqa: F401
from runfolders import NOW, article, fresh, write_run

from flows.server import prune as pruning
from warehouse import landing, manifest

ROOT = Path(__file__).parents[1]

KEEP, PER_NIGHT = 5, 6  # days; runs
NIGHT = datetime(2025, 3, 1, 3, tzinfo=UTC)

pytestmark = pytest.mark.timeout(600, func_only=True)  # the server may take minutes to start


def template(server, tags):
    """A finished run with a task run, log lines and artifacts, made through the API."""
    pending, done = {"type": "PENDING"}, {"state": {"type": "COMPLETED"}, "force": True}
    flow = post(server, "/flows/", {"name": f"night-{uuid.uuid4()}"})["id"]
    run = post(server, "/flow_runs/", {"flow_id": flow, "tags": tags, "state": pending})["id"]
    keys = {"flow_run_id": run, "task_key": "crawl", "dynamic_key": "0"}
    task = post(server, "/task_runs/", keys | {"state": pending})["id"]
    for path in (f"/task_runs/{task}", f"/flow_runs/{run}"):
        post(server, f"{path}/set_state", done)
    at = datetime.now(UTC).isoformat()
    line = {"name": "night", "level": 20, "timestamp": at, "flow_run_id": run}
    post(server, "/logs/", [line | {"message": f"line {n}"} for n in range(8)])
    for key in ("brief", "sources"):
        one = {"key": f"{key}-{flow}", "type": "markdown", "data": "x", "flow_run_id": run}
        post(server, "/artifacts/", one)
    return run


def post(server, path, body):
    """With the client's patience: a busy server's SQLite is locked now and then."""
    with temporary_settings({PREFECT_API_URL: server.api}), get_client(sync_client=True) as client:
        answer = client.request("POST", path, json=body)
    return answer.json() if answer.content else None


def sql(server):
    return closing(sqlite3.connect(server.home / "prefect.db", timeout=300))


def clone(server, run, slots):
    """Runs like `run`, of these slots, written where the server writes them: thousands a second.

    Gives their ids.
    """
    made = []
    with sql(server) as db, db:
        rows = {"flow_run": select(db, "flow_run", "id", [run])}
        rows["task_run"] = select(db, "task_run", "flow_run_id", [run])
        tasks = [row["id"] for row in rows["task_run"]]
        rows["task_run_state"] = select(db, "task_run_state", "task_run_id", tasks)
        for name in ("flow_run_state", "log", "artifact"):
            rows[name] = select(db, name, "flow_run_id", [run])
        for slot in slots:
            new = {row["id"]: str(uuid.uuid4()) for those in rows.values() for row in those}
            made.append(new[run])
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
    return made


def select(db, table, column, values):
    marks = ", ".join("?" * len(values))
    cursor = db.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks})", values)
    names = [
        f'"{column[0]}"' if column[0] == "index" else column[0] for column in cursor.description
    ]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def counts(server, flow_of, made):
    """How many runs of one flow there are, and how many rows of those of `made` that are gone."""
    with sql(server) as db:
        (runs,) = db.execute(
            "SELECT count(*) FROM flow_run WHERE flow_id ="
            " (SELECT flow_id FROM flow_run WHERE id = ?)",
            [flow_of],
        ).fetchone()
        marks = ", ".join("?" * len(made))
        left = sum(
            db.execute(
                f"SELECT count(*) FROM {name} x WHERE x.flow_run_id IN ({marks})"
                " AND NOT EXISTS (SELECT 1 FROM flow_run f WHERE f.id = x.flow_run_id)",
                made,
            ).fetchone()[0]
            for name in ("flow_run_state", "task_run", "log", "artifact")
        )
    return runs, left


def prune(server, now, **more):
    with temporary_settings({PREFECT_API_URL: server.api}):
        done = pruning.run(keep_days=KEEP, now=now - timedelta(minutes=1), **more)
    return done.runs, done.artifacts, done.left


def slots(night):
    step = timedelta(days=1) / PER_NIGHT
    return [NIGHT + timedelta(days=night) + n * step for n in range(PER_NIGHT)]


def test_row_counts_stay_bounded_night_after_night(prefect_server, monkeypatch):  # noqa: F811
    server, tag = prefect_server, f"ours-{uuid.uuid4()}"
    monkeypatch.setattr(pruning, "TAG", tag)  # the server is shared with other tests
    monkeypatch.setattr(pruning, "_BATCH", 10)
    ours, other = template(server, [tag]), template(server, ["theirs"])
    theirs = clone(server, other, slots(0))
    made = [id_ for night in range(10) for id_ in clone(server, ours, slots(night))]
    now = NIGHT + timedelta(days=10)

    # One night's work is bounded: whole batches up to the limit; the next call goes on.
    runs, artifacts, left = prune(server, now, most_runs=20)
    assert (runs, artifacts, left) == (20, 40, True)
    runs, artifacts, left = prune(server, now)
    assert (runs, artifacts, left) == (5 * PER_NIGHT - 20, 2 * (5 * PER_NIGHT - 20), False)

    for night in range(10, 12):  # from here on each night brings as many as it removes
        made.extend(clone(server, ours, slots(night)))
        runs, _, _ = prune(server, NIGHT + timedelta(days=night + 1))
        assert runs == PER_NIGHT
        wait_until(lambda: counts(server, ours, made) == (KEEP * PER_NIGHT + 1, 0))
    assert counts(server, other, theirs) == (PER_NIGHT + 1, 0)  # nobody's business

    with sql(server) as db, db:  # what is under way stays, however old its slot
        db.execute("UPDATE flow_run SET state_type = 'RUNNING' WHERE id = ?", [ours])
        db.execute("UPDATE flow_run SET expected_start_time = '2020-01-01 00:00:00' WHERE id = ?",
                   [ours])  # fmt: skip
    far = NIGHT + timedelta(days=60)
    assert prune(server, far, everything=True)[0] >= (KEEP + 1) * PER_NIGHT
    wait_until(lambda: counts(server, ours, made) == (1, 0))


CHILD = """
import sys
from pathlib import Path
from flows.maintain import maintain
data, seeds, lost = sys.argv[1:]
maintain(data=data, seeds=seeds)
Path(lost).unlink()
maintain(data=data, seeds=seeds, return_state=True)
"""


def test_the_flow_prunes_verifies_and_fails_where_something_is_broken(
    prefect_server,  # noqa: F811
    tmp_path,
):
    server = prefect_server
    old = template(server, ["slugline"])
    made = clone(server, old, slots(0))
    data = fresh(tmp_path / "data")
    landing.land_run(data, write_run(data / "runs", "r1", articles=[article(1)]), now=NOW)
    lost = data / manifest.read(data, schema=99).files["articles"][0].path
    args = [sys.executable, "-c", CHILD, str(data), str(tmp_path / "seeds"), str(lost)]
    subprocess.run(args, env=server.env, cwd=ROOT, capture_output=True, check=True, timeout=300)

    runs = server.post(
        "/flow_runs/filter", flows={"name": {"any_": ["maintain"]}}, sort="START_TIME_ASC"
    )
    runs = [run for run in runs if run["parameters"].get("data") == str(data)]
    assert [run["state_name"] for run in runs] == ["Completed", "Failed"]
    assert runs[0]["name"].startswith("maintain, 20")
    assert "1 thing in it is broken" in runs[1]["state"]["message"]
    wanted = {"id": {"any_": [runs[1]["id"]]}}
    (shown,) = server.post("/artifacts/filter", flow_runs=wanted)
    assert shown["key"] == "slugline-findings"
    assert "is missing" in shown["data"]
    tasks = server.post("/task_runs/filter", flow_runs=wanted)
    assert {task["name"] for task in tasks} == {"prune", "tidy", "forget", "verify"}
    wait_until(lambda: counts(server, old, made) == (1, 0))
