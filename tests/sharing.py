"""Set-ups that take long: made once for all test processes, and handed out to be read or copied."""

from __future__ import annotations

import fcntl
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawlers.newsstand import Newsstand
from flows import config, pipeline
from warehouse import publish

DEMO = Path(__file__).parents[1] / "seeds" / "demo"


@dataclass(frozen=True)
class Shared:
    """Folders that whichever test process comes first fills."""

    base: Path  # the same for all processes of one test run

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The folder of that name; the first to ask makes it, the others wait."""
        folder, made = self.base / name, self.base / f"{name}.made"
        with (self.base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                folder.mkdir()  # one that failed half-way fails for the others too
                make(folder)
                made.touch()
        return folder


def shared(factory: pytest.TempPathFactory, worker_id: str) -> Shared:
    base = factory.getbasetemp()
    return Shared(base if worker_id == "master" else base.parent)


@dataclass
class DemoRun:
    """One run over an edition of the demo's newsstand."""

    runs: tuple[str, ...]
    asked: list[tuple[str, int]]  # (address, status)


def run_demo(data: Path, edition: int) -> DemoRun:
    with Newsstand(DEMO / "newsstand", edition) as stand:
        settings = config.load(data=data, seeds=DEMO, environment={}, proxy=stand.proxy)
        report = pipeline.run(settings)
        assert not report.failures
        return DemoRun(report.runs, [(r.url, r.status) for r in stand.requests])


def after_first(all_of_us: Shared, to: Path) -> DemoRun:
    """A copy of the data directory as the demo's first run leaves it, and that run."""

    def make(folder: Path) -> None:
        ran = run_demo(folder / "data", edition=1)
        (folder / "ran.pickle").write_bytes(pickle.dumps(ran))

    folder = all_of_us.once("demo-first", make)
    shutil.copytree(folder / "data", to, symlinks=True)
    publish.publish(to)  # as whoever moves a data directory does
    return pickle.loads((folder / "ran.pickle").read_bytes())
