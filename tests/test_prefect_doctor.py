"""What `slugline doctor` says of a real Prefect server, asked without loading Prefect."""

from prefecting import prefect_server  # noqa: F401  a fixture

from flows.config import Settings
from flows.scheduler import scheduler

PULL = "prefect.deployments.steps.set_working_directory"


def test_server_deployments_and_workers(prefect_server, tmp_path):  # noqa: F811
    pool, here, moved = "examined", tmp_path / "here", tmp_path / "moved"
    here.mkdir()

    def asked(folder):
        found = scheduler(
            Settings(pool=pool),
            folder,
            {"PREFECT_API_URL": f"{prefect_server.api}/"},
            patience_seconds=300,  # other tests keep the server busy
        )
        return [(one.state, one.what, one.found.replace(str(tmp_path), "")) for one in found]

    first = asked(here)
    assert first[0][:2] == ("ok", "prefect server"), first
    assert first[1:] == [("warn", "deployments", "there are none of ours on it")]

    flow = prefect_server.post("/flows/", name="examined")["id"]
    prefect_server.post("/work_pools/", name=pool, type="process")
    prefect_server.post(
        "/deployments/",
        name=pool,
        flow_id=flow,
        tags=["slugline"],
        work_pool_name=pool,
        pull_steps=[{PULL: {"directory": str(here)}}],
    )
    no_worker = "none serves the pool examined: nothing will run by itself"
    assert asked(here)[1:] == [
        ("ok", "deployment", "examined/examined runs in /here"),
        ("warn", "worker", no_worker),
    ]
    prefect_server.post(f"/work_pools/{pool}/workers/heartbeat", name="one")
    here.rename(moved)
    assert asked(moved)[1:] == [
        ("warn", "deployment", "examined/examined records /here, which is not there"),
        ("ok", "worker", "1 for the pool examined"),
    ]
