"""Deployed, the monitor runs by itself: on a real server, by a real worker, by schedule alone."""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from commanding import command
from prefecting import kill_tree, prefect_server, wait_until  # noqa: F401  a fixture

from bench import chaos
from crawlers.newsstand import Newsstand
from flows import folders
from flows.cli.main import run as slugline

ROOT = Path(__file__).parents[1]
FLOWS = ("monitor", "maintain", "backfill", "reprocess")

pytestmark = [
    pytest.mark.timeout(900),  # on a machine that may be busy; a minute on one that is not
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Prefect's own
]


@pytest.fixture
def there(prefect_server, monkeypatch, capsys):  # noqa: F811
    """Runs commands in a folder, with a profile that names the server."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    for name in [name for name in os.environ if name.startswith(("SLUGLINE_", "PREFECT_"))]:
        monkeypatch.delenv(name)

    def run(folder, *args, code=0):
        monkeypatch.chdir(folder)
        capsys.readouterr()
        with temporary_settings({PREFECT_API_URL: prefect_server.api}):
            assert slugline([*args]) == code, capsys.readouterr().err
        return capsys.readouterr()

    return run


@contextmanager
def client_of(server):
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: server.api}), get_client(sync_client=True) as client:
        yield client


def project(folder, **settings):
    """A working folder: prefect.yaml as it is shipped, and these settings."""
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "prefect.yaml", folder)
    with (folder / "seeds" / "settings.toml").open("a") as file:
        file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
    return folder


def done(told):
    rows = map(json.loads, told.out.splitlines())
    return {row["name"]: (row["done"], row["note"]) for row in rows}


def test_deploying_twice_changes_nothing_and_after_a_move_the_folder(
    there, prefect_server, tmp_path  # noqa: F811
):  # fmt: skip
    from flows.server import automations, deploy

    pool = "deploying"
    folder = project(tmp_path / "here", pool=pool, timezone="Europe/Berlin")
    first = done(there(folder, "deploy"))
    names = {f"{flow}/{pool}" for flow in FLOWS}
    assert first.keys() == {pool, *names, *automations.names_of(pool)}
    assert {what for what, _ in first.values()} == {"made"}
    again = done(there(folder, "deploy"))
    assert {what for what, _ in again.values()} == {"as it was"}

    monitor, maintain = (
        prefect_server.get(f"/deployments/name/{flow}/{pool}") for flow in ("monitor", "maintain")
    )
    (every,) = monitor["schedules"]
    assert (every["schedule"]["interval"], every["schedule"]["timezone"]) == (900, "Europe/Berlin")
    (nightly,) = maintain["schedules"]
    assert nightly["schedule"]["cron"] == "37 3 * * *"
    assert nightly["schedule"]["timezone"] == "Europe/Berlin"
    assert monitor["job_variables"]["env"] == {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}

    copy = shutil.copytree(folder, tmp_path / "copy")
    assert "--take-over" in there(copy, "deploy", code=2).err
    moved = folder.rename(tmp_path / "moved")
    with client_of(prefect_server) as client:
        told = [one.complaint(moved) for one in deploy.recorded(client, pool)]
        assert told == [
            f"{flow}/{pool} records {folder}, which is not there" for flow in sorted(FLOWS)
        ]
        changed = done(there(moved, "--data", "elsewhere", "deploy"))
        assert changed[f"monitor/{pool}"] == ("changed", "parameters, project folder")
        assert {one.complaint(moved) for one in deploy.recorded(client, pool)} == {None}
    parameters = prefect_server.get(f"/deployments/name/monitor/{pool}")["parameters"]
    assert parameters == {"data": str(moved / "elsewhere")}


def test_a_run_that_never_began_gives_its_place_back(there, prefect_server, tmp_path):  # noqa: F811
    from prefect.states import Pending

    from flows.server import automations

    pool, server = "never-began", prefect_server
    there(project(tmp_path / "here", pool=pool), "deploy")
    with client_of(server) as client:
        ids = [one.id for one in client.read_deployments() if one.name == pool]
        _, quick = automations.wanted(pool, ids, begins_within=timedelta(seconds=10))
        assert automations.ensure(client, quick) == "changed"
        by_hand = server.get(f"/deployments/name/reprocess/{pool}")["id"]
        run = client.create_flow_run_from_deployment(by_hand)
        for name in ("Pending", "Submitting"):  # as a worker does that is killed just then
            client.set_flow_run_state(run.id, Pending(name=name))
        wait_until(lambda: state_of(server, run.id) == "Crashed")


def test_without_a_server_it_says_which_does_not_answer(monkeypatch, tmp_path, capsys):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    monkeypatch.chdir(project(tmp_path))
    nowhere = "http://127.0.0.1:9/api"
    with temporary_settings({PREFECT_API_URL: nowhere}):
        assert slugline(["deploy"]) == 1
    told = capsys.readouterr().err
    assert f"error: {nowhere}: no Prefect server answers" in told
    assert "prefect server start" in told


def test_a_worker_killed_in_mid_run_holds_nobody_up_and_the_next_slots_do_the_work(
    there, prefect_server, tmp_path  # noqa: F811
):  # fmt: skip
    """The worker starts as the README says, in another folder; only the schedule starts runs.

    The second one is `slugline serve`.
    """
    from flows.server import automations

    pool, elsewhere = "by-itself", tmp_path / "elsewhere"
    elsewhere.mkdir()
    chaos.small_web(tmp_path / "web", tmp_path / "calm" / "seeds")
    shutil.copytree(tmp_path / "calm", tmp_path / "project")
    server = prefect_server
    with Newsstand(tmp_path / "web") as stand:
        calm = project(tmp_path / "calm", proxy=stand.proxy)
        there(calm, "run")
        asked = len(stand.requests)
        folder = project(tmp_path / "project", proxy=stand.proxy, pool=pool, schedule_minutes=0.2)
        there(folder, "deploy")
        # so that a slot which a dead run keeps would be missed
        server.patch(f"/work_pools/{pool}", concurrency_limit=1)
        with client_of(server) as client:
            ids = [one.id for one in client.read_deployments() if one.name == pool]
            quick, _ = automations.wanted(pool, ids, timedelta(seconds=10))
            assert automations.ensure(client, quick) == "changed"
            with server.worker(pool, elsewhere) as worker:
                wait_until(lambda: len(stand.requests) > asked + 5, 300, what=worker_log(elsewhere))
                kill_tree(worker.pid)
            (killed,) = (path.stem for path in (folder / "data" / "flow_runs").glob("*.json"))
            wait_until(lambda: is_free(folder / "data"))  # the kernel sees to it
            assert not list((folder / "data" / "runs").glob("*/LANDED"))
            wait_until(lambda: state_of(server, killed) == "Crashed")
            usual, _ = automations.wanted(pool, ids)
            assert automations.ensure(client, usual) == "changed"
        with server.worker(pool, folder, [*command("serve")]):
            wait_until(
                lambda: len(server.runs(pool, "monitor", ["Completed"])) >= 2,
                300,
                what=worker_log(folder),
            )
        finished = server.runs(pool, "monitor", ["Completed"])
        assert all(run["auto_scheduled"] for run in finished)
        assert len(stand.requests) < 2.5 * asked  # nothing was asked for twice by the next
    wanted, got = (chaos.rows(at / "data") for at in (calm, folder))
    assert got.pop("missed_slots")  # those of the time without a worker
    wanted.pop("missed_slots")
    assert chaos.differences(wanted, got) == []


def is_free(data):
    with folders.crawl_lock(data) as mine:
        return mine


def state_of(server, run):
    return server.get(f"/flow_runs/{run}")["state"]["name"]


def worker_log(folder):
    return (folder / "worker.log").read_text
