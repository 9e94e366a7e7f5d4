"""What Prefect costs: of a monitor run of five minutes, and of a machine that waits.

    python bench/prefect_cost.py [--minutes 5] [--idle 120]

One `slugline run` and one run of the same monitor by a real server and worker, side by side so that
both meet the same machine, over the demo's newsstand at a pace that makes them last that long. Then
server and worker are left alone. Prefect runs with its own defaults, on SQLite. Linux only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # where the servers of the tests are

from prefecting import BIN, QUICK, Server, free_port, wait_until  # noqa: E402

from crawlers.newsstand import Newsstand  # noqa: E402

DEMO = ROOT / "seeds" / "demo"
POOL = "slugline"
GOAL = 0.05
FIVE_MINUTES = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")
_OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


class OwnDefaults(Server):
    """A server as `prefect server start` starts it."""

    @property
    def env(self) -> dict[str, str]:
        quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        return {k: v for k, v in super().env.items() if k not in QUICK} | quiet


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of CPU."""

    wall: float
    cpu: float


def project(folder: Path, pace: float) -> Path:
    """The demo as a working folder of its own."""
    shutil.copytree(DEMO / "threads", folder / "seeds" / "threads")
    shutil.copy(DEMO / "sources.toml", folder / "seeds")
    shutil.copy(ROOT / "prefect.yaml", folder)
    # The next slot is a day away, so that nothing but what is measured goes on.
    (folder / "seeds" / "settings.toml").write_text(
        f'contact = "bench@slugline.example"\npace_seconds = {pace}\nevery_minutes = 0\n'
        "schedule_minutes = 1440\ncrawl_minutes = 60\n"
    )
    return folder


def start_plain(folder: Path, proxy: str) -> subprocess.Popen[bytes]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("SLUGLINE_")}
    return subprocess.Popen(
        [BIN / "slugline", "run", "--proxy", proxy],
        cwd=folder, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def ended(process: subprocess.Popen[bytes], began: float) -> Took:
    """Wait for it; its CPU is that of all processes it waited for."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 3}, f"slugline run ended with {process.returncode}"
    return Took(time.monotonic() - began, usage.ru_utime + usage.ru_stime)


def cpu_of(pid: int) -> float:
    """Of a process and those it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def memory_of(pid: int) -> float:
    """Resident, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def pace_for(folder: Path, seconds: float) -> float:
    """Seconds between two requests to a host, so that the busiest one takes that long."""
    with Newsstand(DEMO / "newsstand") as stand:
        ended(start_plain(project(folder, 0), stand.proxy), time.monotonic())
        busiest = max(Counter(urlsplit(r.url).hostname for r in stand.requests).values())
    return round(seconds / busiest, 2)


def side_by_side(
    server: OwnDefaults, worker: int, folder: Path, pace: float
) -> tuple[Took, Took, float]:
    """The plain run, the run under Prefect with its worker, and what the server spent on it."""
    with Newsstand(DEMO / "newsstand") as stand:
        before, cost = cpu_of(worker), cpu_of(server.process.pid)
        flow_run = ask_for_run(server)
        wait_until(lambda: state(server, flow_run) == "RUNNING", 300, 0.2)
        began = time.monotonic()
        plain = start_plain(project(folder / "plain", pace), stand.proxy)
        took = ended(plain, began)
        wait_until(lambda: state(server, flow_run) in _OVER, 900, 1)
        wait_until(lambda: not children_of(worker), 60, 0.2)
        spent = cpu_of(server.process.pid) - cost
        return took, Took(wall_of(server, flow_run), cpu_of(worker) - before), spent


def children_of(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def ask_for_run(server: Server) -> str:
    asked = {"flows": {"name": {"any_": ["monitor"]}}}
    (monitor,) = server.post("/deployments/filter", **asked)
    return str(server.post(f"/deployments/{monitor['id']}/create_flow_run")["id"])


def state(server: Server, flow_run: str) -> str:
    try:
        return str(server.get(f"/flow_runs/{flow_run}")["state"]["type"])
    except OSError:  # SQLite locks under load, or it has no time for us
        return ""


def wall_of(server: Server, flow_run: str) -> float:
    """From the worker taking it to its last state; not the wait for the worker to look."""
    states: list[dict[str, Any]] = server.get(f"/flow_run_states/?flow_run_id={flow_run}")
    at = {s["type"]: datetime.fromisoformat(s["timestamp"]) for s in states}
    assert "COMPLETED" in at, states
    return (at["COMPLETED"] - at["PENDING"]).total_seconds()


def idle(pids: dict[str, int], seconds: float) -> float:
    """Tells what they cost while nothing runs; gives it of all, in CPU seconds a second."""
    before = {name: cpu_of(pid) for name, pid in pids.items()}
    time.sleep(seconds)
    print(f"left alone for {seconds:g} s      CPU s an hour     memory MB")
    costs = {name: (cpu_of(pid) - before[name]) / seconds for name, pid in pids.items()}
    for name, pid in pids.items():
        print(f"  {name:22}{costs[name] * 3600:14.0f}{memory_of(pid):14.0f}")
    print(flush=True)
    return sum(costs.values())


def report(plain: Took, under: Took, server: float, alone: float) -> int:
    """What is spent while nothing runs is no run's."""
    of_run = server - alone * under.wall
    more = Took(under.wall - plain.wall, under.cpu - plain.cpu + of_run)
    print("                           wall s      CPU s")
    print(f"plain functions        {plain.wall:10.1f} {plain.cpu:10.1f}")
    print(f"under Prefect          {under.wall:10.1f} {under.cpu:10.1f}", end="")
    print(f"  and of the server {of_run:.1f}")
    print(f"Prefect's share        {more.wall:10.1f} {more.cpu:10.1f}")
    shares = [more.wall / FIVE_MINUTES, more.cpu / FIVE_MINUTES]
    print("of five minutes        " + " ".join(f"{share:10.1%}" for share in shares))
    within = all(share <= GOAL for share in shares)
    print(f"goal: at most {GOAL:.0%}: {'held' if within else 'NOT held'}", flush=True)
    return 0 if within else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--idle", type=float, default=120, help="seconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slugline-prefect-") as name:
        folder = Path(name)
        pace = pace_for(folder / "pace", 60 * options.minutes)
        server = OwnDefaults(folder / "prefect", free_port()).start()
        try:
            return measured(server, folder, pace, options.idle)
        finally:
            server.stop()


def measured(server: OwnDefaults, folder: Path, pace: float, seconds: float) -> int:
    under = project(folder / "under", pace)
    deployed = subprocess.run(
        [BIN / "slugline", "deploy"], cwd=under, env=server.env, capture_output=True, check=False
    )
    assert deployed.returncode == 0, deployed.stderr.decode()
    with (
        Newsstand(DEMO / "newsstand") as stand,
        server.worker(POOL, under, SLUGLINE_PROXY=stand.proxy) as worker,
    ):
        wait_until(lambda: server.get("/work_pools/slugline")["status"] == "READY", 300, 1)
        alone = idle({"server": server.process.pid, "worker": worker.pid}, seconds)
        plain, took, spent = side_by_side(server, worker.pid, folder, pace)
        return report(plain, took, spent, alone)


if __name__ == "__main__":
    sys.exit(main())
