"""The monitor in Prefect: what a run shows, how it ends, who is dead, which slots were missed.

Flow runs are carried out in this process, or in an engine of their own where they are to be
stopped; schedules and workers are the deployment's tests.
"""

import ast
import fcntl
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from commanding import SEED, WEB, fill
from crawling import small_web
from prefecting import family, prefect_server, wait_until  # noqa: F401  a fixture
from runfolders import two_days

from crawlers.newsstand import Newsstand
from flows.cli.main import run as slugline
from flows.questions import desk as open_desk

ROOT = Path(__file__).parents[1]
EXPECT = "expect = { articles_per_day = [5, 9] }\n"
ENGINE = [sys.executable, "-m", "prefect.engine"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Prefect's own
]


@pytest.fixture
def served(prefect_server, tmp_path, monkeypatch):  # noqa: F811
    """A working folder, a deployment of the monitor for it, and a client of the server."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import IntervalSchedule
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.monitor import monitor

    for name in [name for name in os.environ if name.startswith(("SLUGLINE_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    fill(tmp_path)
    at = {"data": str(tmp_path / "data"), "seeds": str(tmp_path / "seeds")}
    with temporary_settings({PREFECT_API_URL: prefect_server.api}), get_client(
        sync_client=True
    ) as client:  # fmt: skip
        every = DeploymentScheduleCreate(
            schedule=IntervalSchedule(
                interval=timedelta(minutes=15), anchor_date=datetime(2026, 1, 1, tzinfo=UTC)
            ),
            active=False,  # slots are made by the tests themselves
        )
        deployment = client.create_deployment(
            flow_id=client.create_flow(monitor),
            name=tmp_path.name,
            parameters=at,
            schedules=[every],
            enforce_parameter_schema=False,
        )
        yield SimpleNamespace(
            client=client,
            deployment=deployment,
            folder=tmp_path,
            data=tmp_path / "data",
            seeds=tmp_path / "seeds",
            server=prefect_server,
        )
        client.delete_deployment(deployment)


def watch(served, *more):
    flags = ["--data", str(served.data), "--seeds", str(served.seeds)]
    assert slugline([*flags, "watch", "add", str(SEED), "--slug", "mill", "--group", "all"]) == 0


def carry_out(served, proxy=None, **parameters):
    """A flow run of the deployment, here and now; as the server has it in the end."""
    from prefect.flow_engine import run_flow

    from flows.monitor import monitor

    made = served.client.create_flow_run_from_deployment(served.deployment, parameters=parameters)
    with pytest.MonkeyPatch.context() as patch:
        if proxy:
            patch.setenv("SLUGLINE_PROXY", proxy)
        run_flow(monitor, flow_run=made, return_type="state")
    return served.client.read_flow_run(made.id)


def shown(served, flow_run):
    """Artifacts of a flow run by key, and its log lines once they have all arrived."""
    of_it = {"flow_runs": {"id": {"any_": [str(flow_run.id)]}}}
    artifacts = served.server.post("/artifacts/filter", **of_it)
    mine = {"logs": {"flow_run_id": {"any_": [str(flow_run.id)]}}, "sort": "TIMESTAMP_ASC"}

    def lines():
        found = served.server.post("/logs/filter", **mine)
        return found if any("Finished in state" in line["message"] for line in found) else None

    return {a["key"]: a for a in artifacts}, wait_until(lines)


def test_a_run_shows_what_it_did_and_ends_by_name(served, newsstand):
    watch(served)
    stand = newsstand(WEB)
    run = carry_out(served, stand.proxy, ask_all=True)
    assert (run.state.type, run.state.name) == ("COMPLETED", "Completed")
    assert run.state.message == "found 4 addresses = 3 stored + 1 gone; 8 requests"
    assert re.fullmatch(r"monitor all watches, \d{4}-\d\d-\d\d \d\d:\d\d UTC", run.name)
    artifacts, lines = shown(served, run)
    assert artifacts.keys() >= {
        "slugline-brief", "slugline-outcomes", "slugline-sources", "slugline-hosts"
    }  # fmt: skip
    brief = artifacts["slugline-brief"]["data"]
    assert "[Council stops auction of Aldermoor paper mill](http://one.example/2026/mill." in brief
    assert "because" in brief
    outcomes = json.loads(artifacts["slugline-outcomes"]["data"])
    assert {row["outcome"]: row["addresses"] for row in outcomes} == {"stored": 3, "gone": 1}
    sources = json.loads(artifacts["slugline-sources"]["data"])
    assert {row["source"]: row["new"] for row in sources} == {"one": 2, "two": 1}
    hosts = json.loads(artifacts["slugline-hosts"]["data"])
    assert {row["host"] for row in hosts} == {"one.example", "two.example"}
    everything = json.dumps([artifacts, lines])
    assert "The river council" not in everything  # the body of an article that has landed
    levels = {line["message"]: line["level"] for line in lines}
    assert levels["one: 3 addresses found, 3 to ask for"] == logging.INFO  # the child's own
    of_it = {"id": {"any_": [str(run.id)]}}
    mine = [task["name"] for task in served.server.post("/task_runs/filter", flow_runs=of_it)]
    assert sorted(mine) == ["check", "crawl", "land", "plan", "tell", "understand"]
    skipped_and_failed(served)


def skipped_and_failed(served):
    with (served.data / "crawl.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        run = carry_out(served)
    assert (run.state.type, run.state.name) == ("COMPLETED", "Skipped")
    assert "another run is crawling" in run.state.message
    run = carry_out(served, watches=["mil"])
    assert (run.state.type, run.state.name) == ("FAILED", "Failed")
    assert "did you mean 'mill'?" in run.state.message
    _, lines = shown(served, run)
    assert not any("Traceback" in line["message"] for line in lines)


def test_a_run_out_of_bounds_is_marked(served):
    two_days(served.data, datetime.now(UTC))
    watch(served)
    file = served.seeds / "mill" / "watch.toml"
    at = r"created_at = .*"
    text, n = re.subn(at, 'created_at = "2026-01-01"', file.read_text())
    file.write_text(("" if n else 'created_at = "2026-01-01"\n') + EXPECT + text)
    listed = served.seeds / "sources.toml"  # nobody is asked, the watch is judged all the same
    listed.write_text(listed.read_text().replace("home =", "paused = true\nhome ="))
    run = carry_out(served)
    assert (run.state.type, run.state.name) == ("COMPLETED", "Completed")
    says = "watch mill: 0 related articles in the last 24 hours, expected 5 to 9"
    assert says in run.state.message
    assert "out-of-bounds" in run.tags
    artifacts, _ = shown(served, run)
    assert "expected 5 to 9" in artifacts["slugline-out-of-bounds"]["data"]


def test_a_cancelled_run_stops_soon_and_the_next_goes_on(served):
    """Without any worker: the run itself looks whether it is still wanted."""
    from prefect.states import Cancelling, Pending

    small_web(served.folder / "web", hosts=2, pages=6)
    town2 = served.folder / "web" / "town2.example" / "site.toml"
    usual = town2.read_text()
    town2.write_text(f'[[rule]]\npath = "/feed.rss"\ndelay = 300\nfile = "feed.rss"\n{usual}')
    (served.seeds / "sources.toml").write_text(
        "".join(
            f'[source.{name}]\nhome = "http://{name}.example/"\n'
            f'feeds = ["http://{name}.example/feed.rss"]\n'
            for name in ("town1", "town2")
        )
    )
    watch(served)
    with Newsstand(served.folder / "web") as stand:
        made = started(served, Pending())
        ours = {"SLUGLINE_PROXY": stand.proxy, "PREFECT__FLOW_ENTRYPOINT": "flows.monitor.monitor"}
        settings = {"SLUGLINE_TIMEOUT_SECONDS": "300", "SLUGLINE_EVERY_MINUTES": "60"}
        with subprocess.Popen(
            [*ENGINE, str(made)], env={**served.server.env, **ours, **settings},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as engine:  # fmt: skip
            wait_until(lambda: any("town1.example/a6" in r.url for r in stand.requests))
            served.client.set_flow_run_state(made, Cancelling())
            asked = time.monotonic()
            wait_until(lambda: not family(engine.pid)[1:])
            took = time.monotonic() - asked
            engine.wait(300)
    assert took < 60  # the feed it hangs on would take 300 s
    state = served.client.read_flow_run(made).state
    assert (state.type, state.name) == ("CANCELLED", "Cancelled")
    (folder,) = (served.data / "runs").iterdir()
    assert not (folder / "DONE").exists()
    town2.write_text(usual)
    port = int(stand.proxy.rpartition(":")[2])  # the folder names it as its proxy
    with Newsstand(served.folder / "web", port=port) as stand:
        run = carry_out(served, stand.proxy)
        asked_again = {r.url for r in stand.requests if "town1" in r.url and "/a" in r.url}
    assert run.state.name == "Completed", run.state.message
    assert (folder / "LANDED").exists()
    assert len(asked_again) < 3  # those that were on their way


def started(served, state):
    """A flow run that somebody has started, as a worker would have said it."""
    made = served.client.create_flow_run_from_deployment(served.deployment)
    served.client.set_flow_run_state(made.id, state, force=True)
    served.client.update_flow_run(made.id, infrastructure_pid="1")
    return made.id


def test_the_slots_of_a_sleep_are_missed_and_done_by_one_run(served):
    from prefect.states import Completed, Crashed

    from flows.server import missed

    watch(served)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    slot = timedelta(minutes=15)
    client, deployment = served.client, served.deployment
    (schedule,) = client.read_deployment(deployment).schedules
    change = {"active": True, "schedule": schedule.schedule.model_dump(mode="json")}
    client.request(
        "PATCH",
        "/deployments/{id}/schedules/{schedule_id}",
        path_params={"id": deployment, "schedule_id": schedule.id},
        json=change,
    )

    def scheduled(first, n):
        until = first + n * slot - timedelta(seconds=1)
        client.request(
            "POST",
            "/deployments/{id}/schedule",
            path_params={"id": deployment},
            json={
                "start_time": first.isoformat(),
                "end_time": until.isoformat(),
                "min_runs": n,
                "max_runs": n,
            },
        )

    scheduled(start, 5)  # the last four were late when the machine fell asleep
    mine = start + 21 * slot
    scheduled(mine, 1)
    runs = {
        r.expected_start_time: r for r in client.read_flow_runs() if r.deployment_id == deployment
    }
    died = start + 4 * slot
    client.set_flow_run_state(runs[start].id, Completed(), force=True)
    client.set_flow_run_state(runs[died].id, Crashed(), force=True)
    now = mine + timedelta(seconds=5)
    for expected in (20, 0):  # told once
        assert missed.settle(client, runs[mine], "monitor", served.data, now) == expected
    own = missed.Missed(at=mine, reason="another run was crawling")
    assert [missed.record(served.data, "monitor", [own], now) for _ in range(2)] == [1, 0]
    with open_desk(served.data) as desk:
        rows = desk.rows("missed_slots", flow="monitor", since=datetime(2026, 1, 1))  # noqa: DTZ001
    assert len(rows) == len({row["scheduled_at"] for row in rows}) == 21
    assert [row["reason"] for row in rows] == [
        *["no worker was there in time"] * 3,
        "its process ended before the run did",
        *["no server was there to schedule it"] * 16,
        "another run was crawling",
    ]
    names = [client.read_flow_run(runs[start + n * slot].id).state.name for n in range(1, 5)]
    assert names == ["Missed", "Missed", "Missed", "Crashed"]
    assert client.read_flow_run(runs[mine].id).state.is_scheduled()


_NOTES = """
import sys, time
from pathlib import Path
from flows.server import alive
from warehouse.records import now_utc
alive.note(Path(sys.argv[1]), sys.argv[2], "monitor", now_utc())
print("noted", flush=True)
time.sleep(600)
"""


def test_dead_runs_get_their_last_state_and_the_living_keep_theirs(served):
    from prefect.states import Cancelling, Pending, Running

    from flows.server import states

    served.data.mkdir()
    runs, processes = [], []
    for last in (Running(), Cancelling(), Running()):
        runs.append(started(served, Pending()))
        served.client.set_flow_run_state(runs[-1], last, force=True)
        processes.append(
            subprocess.Popen(
                [sys.executable, "-c", _NOTES, str(served.data), str(runs[-1])],
                stdout=subprocess.PIPE,
            )
        )
    try:
        for process in processes:
            assert process.stdout.readline() == b"noted\n"
        for process in processes[:2]:
            process.send_signal(signal.SIGKILL)
            process.wait()
        named = states.mark_dead(served.client, served.data, served.deployment)
        names = [served.client.read_flow_run(one).state.name for one in runs]
        assert names == ["Crashed", "Cancelled", "Running"]
        assert len(named) == 2
        assert [path.stem for path in (served.data / "flow_runs").glob("*.json")] == [str(runs[2])]
        assert states.mark_dead(served.client, served.data, served.deployment) == []
    finally:
        for process in processes:
            process.kill()
            process.wait()
            process.stdout.close()


# --- without a server ------------------------------------------------------------------------


def test_without_decorator_and_server_the_monitor_runs(desk):
    """That a whole run works without Prefect is what the tests of `slugline run` show."""
    from flows.monitor import monitor
    from warehouse.errors import BadInput

    desk("watch", "add", str(SEED), "--slug", "mill")  # of no source: nothing to crawl
    at = {"data": str(desk.data), "seeds": str(desk.seeds)}
    assert monitor.fn(**at) == {"status": "waiting", "found": 0, "outcomes": {}, "new": {"mill": 0}}
    with pytest.raises(BadInput, match="mil"):
        monitor.fn(watches=["mil"], **at)


def test_parameters_are_described_as_a_form():
    from prefect.utilities.callables import parameter_schema

    from flows.monitor import monitor

    form = parameter_schema(monitor).properties
    assert form.keys() == {"watches", "ask_all", "data", "seeds"}
    assert all(field["description"] for field in form.values())


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("A *bold* [claim](x)", "http://a.example/1", r"[A \*bold\* \[claim\](x)](http://a.example/1)"),
        ("<b>&amp;`", "https://a.example/(x)_y", r"[\<b\>\&amp;\`](https://a.example/%28x%29%5Fy)"),
        ("Hi", "javascript:alert(1)", "Hi"),
        ("Hi\n# there", "http://a.example/ b", r"Hi \# there"),
        ("www.a.example me@b.example", None, r"www\.a.example me\@b.example"),
    ],
    ids=["markup", "html", "script", "two lines", "bare addresses"],
)  # fmt: skip
def test_titles_stay_text_and_only_web_addresses_become_links(title, url, expected):
    from flows.server.shown import link

    assert link(title, url) == expected


def test_only_the_flows_and_their_server_know_prefect():
    knows = {
        path.relative_to(ROOT / "flows").as_posix()
        for path in (ROOT / "flows").rglob("*.py")
        if re.search(r"^\s*(?:from|import) prefect", path.read_text(), re.MULTILINE)
    }
    flows = {"monitor.py", "maintain.py", "backfill.py", "reprocess.py"}
    assert {name for name in knows if not name.startswith("server/")} <= flows


def test_a_deployment_names_a_flow_that_is_there():
    for entrypoint in re.findall(r"entrypoint: (\S+)", (ROOT / "prefect.yaml").read_text()):
        module, _, name = entrypoint.rpartition(".")
        tree = ast.parse((ROOT / module.replace(".", "/")).with_suffix(".py").read_text())
        (found,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
        assert found.decorator_list
