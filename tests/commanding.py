"""Running the command line in tests: in this process where that is enough, else as a child."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli.main import run

FLOWS = Path(__file__).parent / "data" / "flows"
WEB = FLOWS / "web"
SEED = FLOWS / "seed.txt"


@dataclass
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Desk:
    """A working folder, and the command line used in it."""

    folder: Path
    capsys: pytest.CaptureFixture
    monkeypatch: pytest.MonkeyPatch

    @property
    def data(self):
        return self.folder / "data"

    @property
    def seeds(self):
        return self.folder / "seeds"

    def __call__(self, *args, proxy=None):
        with self.monkeypatch.context() as patch:
            if proxy:
                patch.setenv("SLUGLINE_PROXY", proxy)
            self.capsys.readouterr()
            code = run(["--data", str(self.data), "--seeds", str(self.seeds), *args])
        told = self.capsys.readouterr()
        return Ran(code, told.out, told.err)

    def child(self, *args, proxy=None, **options):
        """The same as a process of its own, started and not waited for."""
        return start(*args, data=self.data, seeds=self.seeds, proxy=proxy, **options)


def command(*args):
    """What starts the command line in a child process."""
    code = "from flows.cli.main import main; main()"
    return [sys.executable, "-c", code, *map(str, args)]


def environment(data, seeds, proxy=None):
    known = {k: v for k, v in os.environ.items() if not k.startswith("SLUGLINE_")}
    known |= {"SLUGLINE_DATA": str(data), "SLUGLINE_SEEDS": str(seeds)}
    return known | ({"SLUGLINE_PROXY": proxy} if proxy else {})


def start(*args, data, seeds, proxy=None, **options):
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        command(*args), env=environment(data, seeds, proxy), **(pipes | options)
    )


def fill(folder):
    """Sources and settings of the test web, without a watch."""
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    for name in ("sources.toml", "settings.toml"):
        shutil.copy(FLOWS / name, folder / "seeds" / name)
