"""Kills workers, flow runs and the server at seeded moments, and looks what the schedule leaves.

    python bench/chaos_prefect.py [--moments 20] [--seed 1] [--only N] [--keep FOLDER]

One Prefect server on loopback. Each moment has a project, a deployment and a worker of its own;
the schedule alone starts the monitor. In mid-run one is killed (kill -9): the worker alone, the
worker with all it started, the flow run's process, or the server, which is then started again. What
is gone is started again, as systemd would do, and the next slots must leave every table with the
same rows as an undisturbed run. The killed run must not stay in RUNNING, nor hold the lock. (One
that a worker had taken but not begun stays PENDING for ten minutes, and holds nobody up.) No
outside network.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from prefecting import Server, family, free_port, kill_tree, wait_until  # noqa: E402

from bench import chaos  # noqa: E402
from crawlers.newsstand import Newsstand  # noqa: E402
from flows import folders  # noqa: E402

_VICTIMS = ("worker and all", "worker alone", "flow run", "flow run and all", "server")
_SLOT_MINUTES = 0.25
_PATIENCE = 600.0  # seconds until the next slots have done the work; machines may be busy


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill whom, and how long it stays away."""

    victim: str
    after_requests: int
    away: float  # seconds


def moments(n: int, seed: int, requests: int) -> list[Moment]:
    """Each victim in turn; the same for the same seed."""
    dice = random.Random(seed)
    return [
        Moment(_VICTIMS[k % len(_VICTIMS)], dice.randint(1, requests), dice.uniform(0, 5))
        for k in range(n)
    ]


class Trial:
    """One project that is deployed, its worker, and what becomes of a kill."""

    def __init__(self, at: Path, seeds: Path, server: Server, stand: Newsstand):
        self.folder, self.server, self.stand = at, server, stand
        self.pool = f"chaos-{at.name}"
        shutil.copytree(seeds, at / "seeds")
        shutil.copy(ROOT / "prefect.yaml", at)
        with (at / "seeds" / "settings.toml").open("a") as file:
            file.write(f'proxy = "{stand.proxy}"\npool = "{self.pool}"\n')
            file.write(f"schedule_minutes = {_SLOT_MINUTES}\n")

    def deploy(self) -> None:
        """As often as a server takes that is slow on a busy machine; then few processes at once."""
        command = [sys.executable, "-c", chaos._COMMAND, "deploy"]
        wait_until(
            lambda: not subprocess.run(
                command, cwd=self.folder, env=self.server.env,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            ).returncode,
            _PATIENCE,
        )  # fmt: skip
        self.server.patch(f"/work_pools/{self.pool}", concurrency_limit=3)

    def retire(self) -> None:
        """No more slots: the next moment has the machine to itself."""
        for run in self.server.post("/deployments/filter", deployments=_named(self.pool)):
            self.server.send("DELETE", f"/deployments/{run['id']}")

    def carry_out(self, moment: Moment) -> str:
        """Kill, start again what is gone, and wait for the work; says where the kill fell."""
        asked = len(self.stand.requests)
        with contextlib.ExitStack() as workers:
            worker = workers.enter_context(self.server.worker(self.pool, self.folder))
            self.deploy()
            wait_until(lambda: len(self.stand.requests) - asked >= moment.after_requests, _PATIENCE)
            place = self._place(asked)
            self._kill(moment.victim, worker)
            time.sleep(moment.away)
            if moment.victim == "server":
                self.server.start()
            killed = {run["id"] for run in self._runs("RUNNING")}
            if worker.poll() is not None:
                workers.enter_context(self.server.worker(self.pool, self.folder))
            wait_until(lambda: self._is_done(killed), _PATIENCE, 0.5, self._told)
        return place

    def _kill(self, victim: str, worker: subprocess.Popen[bytes]) -> None:
        if victim == "server":
            self.server.stop()
        elif victim == "worker and all":
            kill_tree(worker.pid)
        elif victim == "worker alone":
            worker.kill()
        else:
            engine = _engine(worker.pid)
            if engine and victim == "flow run":
                os.kill(engine, signal.SIGKILL)
            elif engine:
                kill_tree(engine)
        if victim.startswith("worker"):
            worker.wait()

    def _is_done(self, killed: set[str]) -> bool:
        """A run after the kill did its work, no killed one is still at work, all has landed."""
        completed = {
            run["id"] for run in self._runs("COMPLETED") if run["state"]["name"] == "Completed"
        }
        at_work = {run["id"] for run in self._runs("RUNNING", "CANCELLING")}
        runs = self.folder / "data" / "runs"
        landed = all((run / "LANDED").exists() for run in runs.glob("2*"))
        return bool(completed - killed) and not (killed & at_work) and landed

    def _runs(self, *types: str) -> list[dict[str, Any]]:
        with contextlib.suppress(OSError):  # a server that is away
            found: list[dict[str, Any]] = self.server.post(
                "/flow_runs/filter",
                work_pools=_named(self.pool),
                flow_runs={"state": {"type": {"any_": list(types)}}},
            )
            return found
        return []

    def _place(self, asked: int) -> str:
        data = self.folder / "data"
        if any(data.glob("runs/*/LANDED")):
            return "landed"
        if any(data.glob("runs/*/DONE")):
            return "crawled, not landed"
        return f"crawling, after {len(self.stand.requests) - asked} requests"

    def _told(self) -> str:
        states = [(run["name"], run["state"]["name"]) for run in self.server.runs(self.pool)]
        return f"{states}\n{(self.folder / 'worker.log').read_text()[-3000:]}"

    def gets_free(self) -> bool:
        """A slot that has just begun may hold the lock, for some seconds; the dead hold it on."""
        with contextlib.suppress(AssertionError):
            return wait_until(self._is_free, 60)
        return False

    def _is_free(self) -> bool:
        with folders.crawl_lock(self.folder / "data") as mine:
            return mine


def _named(name: str) -> dict[str, Any]:
    return {"name": {"any_": [name]}}


def _engine(worker: int) -> int | None:
    """The process that carries out the flow run: the parent of the crawl child."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    )
    ours = set(family(worker))
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(None, 2)
        if int(pid) in ours and "-m crawlers" in command:
            return int(parent)
    return None


@contextlib.contextmanager
def a_server(home: Path) -> Iterator[Server]:
    server = Server(home, free_port()).start()
    try:
        yield server
    finally:
        server.stop()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="only the moment of this number")
    parser.add_argument("--keep", type=Path, help="work here and leave everything there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="slugline-chaos-") as temporary:
        at = options.keep or Path(temporary)
        with a_server(at / "prefect") as server:
            return turns(at, server, options.moments, options.seed, options.only)


def turns(at: Path, server: Server, n: int, seed: int, only: int | None = None) -> int:
    """0 when the schedule has made good every kill; prints a line a moment."""
    chaos.small_web(at / "web", at / "seeds")
    wrong = 0
    with Newsstand(at / "web") as stand:
        calm = chaos.undisturbed(chaos.Trial(at / "calm", at / "seeds", stand))
        chosen = [*enumerate(moments(n, seed, calm.requests), 1)]
        chosen = [pair for pair in chosen if only in {None, pair[0]}]
        for number, moment in chosen:
            trial = Trial(at / f"moment{number:02}", at / "seeds", server, stand)
            started = time.monotonic()
            lines: list[str] = []
            place = _noted(lambda t=trial, m=moment: t.carry_out(m), lines)  # type: ignore[misc]
            trial.retire()
            lines += [] if trial.gets_free() else ["the lock is still taken"]
            lines += [] if lines else _differences(calm.rows, trial)
            wrong += bool(lines)
            verdict = "DIFFERENT" if lines else "same rows"
            seconds = time.monotonic() - started
            print(
                f"{number:2}  {moment.victim:16}  {place:32}  {verdict}  {seconds:4.0f} s",
                flush=True,
            )
            for line in lines[:5]:
                print(f"      {line}", flush=True)
    print(f"{len(chosen)} kills, {wrong} left other rows or held somebody up")
    return 1 if wrong else 0


def _noted(carry_out: Callable[[], str], lines: list[str]) -> str:
    """A moment that fails is one line of the report, and the others go on."""
    try:
        return carry_out()
    except AssertionError as vain:
        lines.append(str(vain))
        return "?"


def _differences(wanted: dict[str, Any], trial: Trial) -> list[str]:
    """All tables but that of the missed slots, which an undisturbed run has none of."""
    got = chaos.rows(trial.folder / "data")
    return chaos.differences(
        {k: v for k, v in wanted.items() if k != "missed_slots"},
        {k: v for k, v in got.items() if k != "missed_slots"},
    )


if __name__ == "__main__":
    sys.exit(main())
