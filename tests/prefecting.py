"""A real Prefect server and real workers for tests, as processes of their own.

    from prefecting import prefect_server  # noqa: F401  a fixture, one server for the whole session

The server is shared by all test processes of a session (it takes 25 CPU seconds to start), so a
test keeps apart from others by the name of its work pool, which is also that of its deployments.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
# Quick where Prefect is leisurely, so that tests wait for what they test and not for intervals.
QUICK = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
    "PREFECT_SERVER_SERVICES_SCHEDULER_RECENT_DEPLOYMENTS_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT60S",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "2",
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_WORKER_PREFETCH_SECONDS": "1",
    "PREFECT_WORKER_HEARTBEAT_SECONDS": "5",
    "PREFECT_CLIENT_RETRY_JITTER_FACTOR": "0",
}


@dataclass
class Server:
    """One Prefect server: its address, its folder, and how to ask it."""

    home: Path
    port: int
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def api(self):
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def env(self):
        """The environment of processes that talk to it (and of nothing outside the test)."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SLUGLINE_"))}
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        ours = {"PATH": path, "PREFECT_HOME": str(self.home), "PREFECT_API_URL": self.api}
        return {**kept, **QUICK, **ours}

    def start(self, within=240):
        """Begin, or begin again after kill(), with the same folder and port."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [BIN / "prefect", "server", "start", "--host", "127.0.0.1"]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*map(str, command), "--port", str(self.port)],
                env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            told = (self.home / "server.log").read_text
            wait_until(lambda: self.answers() or self.process.poll(), within, what=told)
            assert self.process.poll() is None, told()
        except BaseException:
            self.stop()
            raise
        return self

    def answers(self):
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=10) as answer:
                return json.load(answer) is True
        except OSError:
            return False

    def stop(self):
        kill_tree(self.process.pid)
        self.process.wait()

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, **body):
        """What the API answers to a POST, as in post("/flow_runs/filter", flow_runs={...})."""
        return self.send("POST", path, body)

    def patch(self, path, **body):
        return self.send("PATCH", path, body)

    def send(self, method, path, body=None):
        request = urllib.request.Request(
            self.api + path,
            None if method == "GET" else json.dumps(body or {}).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        give_up = time.monotonic() + 300
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.loads(answer.read() or "null")
            except OSError as busy:  # SQLite is locked, on a machine that is busy
                if getattr(busy, "code", 503) != 503 or time.monotonic() > give_up:
                    raise
                time.sleep(0.5)

    def runs(self, pool, flow=None, states=()):
        """The flow runs of a work pool, oldest expected start first; all states, or these names."""
        wanted = {"work_pools": {"name": {"any_": [pool]}}, "sort": "EXPECTED_START_TIME_ASC"}
        if flow:
            wanted["flows"] = {"name": {"any_": [flow]}}
        if states:
            wanted["flow_runs"] = {"state": {"name": {"any_": list(states)}}}
        return self.post("/flow_runs/filter", **wanted)

    @contextlib.contextmanager
    def worker(self, pool, cwd, command=None, **env):
        """`prefect worker start --pool POOL` (or that command) in a folder; gives its process.

        The end is a kill of it and all it started.
        """
        log = (cwd / "worker.log").open("ab")
        command = command or [BIN / "prefect", "worker", "start", "--pool", pool]
        with log, subprocess.Popen(
            [*map(str, command)], env={**self.env, **env}, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                kill_tree(process.pid)


def family(pid):
    """A process and all that descend from it, as the process table has them now."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [pid]
    for one in found:  # grows while it is gone through
        found += [child for child, parent in pairs if parent == one]
    return found


def kill_tree(pid):
    """SIGKILL for a process and its descendants, halted first so that none escapes."""
    gone = contextlib.suppress(ProcessLookupError)
    killed = set()
    while more := set(family(pid)) - killed:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for one in sorted(more):
                with gone:
                    os.kill(one, number)
        killed |= more


def wait_until(true, seconds=300.0, pause=0.05, what=lambda: ""):
    """Wait for a condition and give what it gave; `what` tells more when it was in vain."""
    give_up = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < give_up, f"waited {seconds} s in vain. {what()}"
        time.sleep(pause)
    return found


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    """One server for all test processes of this session; who started it stops it when all left."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "prefect"
    shared.mkdir(exist_ok=True)
    known = shared / "port"
    with (shared / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (shared / "start.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            mine = None if known.exists() else Server(shared / "home", free_port()).start()
            if mine:
                known.write_text(str(mine.port))
        yield mine or Server(shared / "home", int(known.read_text()))
        if mine:
            fcntl.flock(users, fcntl.LOCK_EX)  # the kernel gives it when all others have gone
            known.unlink()
            mine.stop()
