"""Installed from its wheel, away from the clone: everything it needs rides in the package.

The wheel goes into an environment of its own that borrows the requirements of this one, so that
nothing is fetched and nothing of ours is found in the clone.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
QUICK = {"SLUGLINE_PACE_SECONDS": "0", "SLUGLINE_WORKERS": "1"}


@dataclass(frozen=True)
class Away:
    """An installation and an empty folder to work in."""

    bin: Path
    folder: Path

    def __call__(self, *args, **more):
        known = {k: v for k, v in os.environ.items() if not k.startswith(("SLUGLINE_", "PYTHON"))}
        done = subprocess.run(
            [self.bin / args[0], *args[1:]], cwd=self.folder, env=known | more,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def away(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(
        directory=str(tmp_path / "dist"), versions=["standard"]
    )
    home = tmp_path / "environment"
    venv.create(home, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install"]
    subprocess.run([*pip, "-q", "--no-index", "--no-deps", "--no-compile", wheel], check=True)
    names = f"python{sys.version_info.major}.{sys.version_info.minor}"
    borrowed = home / "lib" / names / "site-packages" / "borrowed.pth"
    borrowed.write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    (tmp_path / "empty").mkdir()
    return Away(home / "bin", tmp_path / "empty")


def test_init_in_an_empty_folder_then_the_demo_watch_runs(away, newsstand):
    made = [json.loads(line) for line in away("slugline", "init").splitlines()]
    assert {row["state"] for row in made} == {"made"}
    for row in made[:-1]:
        text = (ROOT / row["file"]).read_bytes()
        assert (away.folder / row["file"]).read_bytes() == text, row["file"]

    code = "import crawlers, flows.demo, warehouse; print(crawlers.__path__, flows.demo.seeds())"
    told = away("python", "-c", code)
    assert str(ROOT) not in told
    shipped = Path(told.split()[-1])
    shutil.copytree(shipped / "threads", away.folder / "seeds" / "threads")
    (away.folder / "seeds" / "sources.toml").write_text(
        '[source.kestrel]\nhome = "http://www.kestrel.example/"\n'
        'feeds = ["http://www.kestrel.example/feeds/world.rss"]\n'
    )
    stand = newsstand(shipped / "newsstand")
    away("slugline", "run", SLUGLINE_PROXY=stand.proxy, **QUICK)
    rows = away("slugline", "coverage", "threads", "--tier", "same_story").splitlines()
    assert {json.loads(row)["source"] for row in rows} == {"kestrel"}
