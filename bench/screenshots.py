"""Takes the pictures of the documents: a real server, a real worker, real runs over the demo's web.

    python bench/screenshots.py [--to docs/images] [--chromium /usr/bin/chromium] [--keep FOLDER]

Needs Chromium and, beside what `make test` installs, `pip install playwright`. Nothing is asked for
outside this machine.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # where the servers of the tests are

from prefecting import BIN, Server, free_port, wait_until  # noqa: E402

from crawlers.newsstand import Newsstand  # noqa: E402

DEMO = ROOT / "seeds" / "demo"
POOL = "slugline"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OVER = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
PATIENCE = 600.0  # seconds for one run, on a machine that may be busy


def patiently(ask: Callable[[], Any], tries: int = 30) -> Any:
    """On a busy machine the server's SQLite locks, and it says 503 or nothing."""
    for _ in range(tries):
        with contextlib.suppress(OSError):
            return ask()
        time.sleep(2)
    return ask()


class ServerWithPages(Server):
    """As the tests start it, and with its web pages."""

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return super().get("/health") is True
        return False

    @property
    def env(self) -> dict[str, str]:
        pages = {
            "PREFECT_SERVER_UI_ENABLED": "true",
            "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        }
        return {**super().env, **pages}

    def get(self, path: str) -> Any:
        return patiently(lambda: super(ServerWithPages, self).get(path))

    def post(self, path: str, **body: Any) -> Any:
        return patiently(lambda: super(ServerWithPages, self).post(path, **body))

    def deployment(self, flow: str) -> str:
        """Its id."""
        asked = {"flows": {"name": {"any_": [flow]}}, "work_pools": {"name": {"any_": [POOL]}}}
        return str(self.post("/deployments/filter", **asked)[0]["id"])

    def run(self, deployment: str) -> str:
        """Ask for a run now; gives its id."""
        return str(self.post(f"/deployments/{deployment}/create_flow_run")["id"])

    def is_over(self, run: str) -> bool:
        return self.get(f"/flow_runs/{run}")["state"]["type"] in OVER

    def artifact(self, run: str, key: str) -> str:
        asked = {"flow_run_id": {"any_": [run]}, "key": {"any_": [key]}}
        return str(self.post("/artifacts/filter", artifacts=asked)[0]["id"])


@dataclass(frozen=True)
class Picture:
    """A page, and the words that are on it when it is complete."""

    name: str
    page: str
    until: str
    tab: str = ""  # to be clicked at first
    height: int = 760


def project(folder: Path) -> None:
    """The demo as a working folder of its own."""
    shutil.copytree(DEMO / "threads", folder / "seeds" / "threads")
    for name in ("sources.toml", "settings.toml"):
        shutil.copy(DEMO / name, folder / "seeds" / name)
    shutil.copy(ROOT / "prefect.yaml", folder)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[ServerWithPages]:
    server = ServerWithPages(folder / "prefect", free_port())
    try:
        yield server.start()
    finally:
        server.stop()


def runs(server: ServerWithPages, folder: Path) -> list[str]:
    """Three runs over two editions, with a fourth that finds another at work; oldest first."""
    subprocess.run([BIN / "slugline", "deploy"], cwd=folder, env=server.env, check=True)
    monitor = server.deployment("monitor")
    done: list[str] = []
    with (
        Newsstand(DEMO / "newsstand") as stand,
        server.worker(POOL, folder, SLUGLINE_PROXY=stand.proxy),
    ):
        for edition, how_many in ((1, 1), (2, 2), (2, 1)):
            stand.edition = edition
            begun = [server.run(monitor) for _ in range(how_many)]
            wait_until(lambda begun=begun: all(map(server.is_over, begun)), PATIENCE, 1)
            done += begun
            print(f"{len(done)} runs are over", flush=True)
    return done


def pictures(server: ServerWithPages, done: list[str]) -> list[Picture]:
    monitor = server.deployment("monitor")
    first = done[0]
    brief = server.artifact(first, "slugline-brief")
    sources = server.artifact(first, "slugline-sources")
    return [
        Picture("deployment-runs", f"/deployments/deployment/{monitor}?tab=Runs", "Completed"),
        Picture("run-artifacts", f"/runs/flow-run/{first}", "slugline-brief", "Artifacts", 1000),
        Picture("brief", f"/artifacts/artifact/{brief}", "because"),
        Picture("by-source", f"/artifacts/artifact/{sources}", "khyber"),
        Picture("parameters", f"/deployments/deployment/{monitor}/run", "ask_all"),
    ]


def take(server: ServerWithPages, all_of_them: list[Picture], to: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    to.mkdir(parents=True, exist_ok=True)
    with (
        sync_playwright() as play,
        tempfile.TemporaryDirectory(
            ignore_cleanup_errors=True  # Chromium still writes
        ) as profile,
    ):
        context = play.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=FLAGS, headless=True, color_scheme="light",
            viewport={"width": 1200, "height": 760},
        )  # fmt: skip
        page = context.new_page()
        for one in all_of_them:
            snap(page, server, one, to / f"{one.name}.png")
        context.close()


def snap(page: Any, server: Server, one: Picture, to: Path) -> None:
    page.set_viewport_size({"width": 1200, "height": one.height})
    page.goto(f"http://127.0.0.1:{server.port}{one.page}", timeout=120_000)
    if one.tab:
        page.get_by_text(one.tab, exact=True).first.click(timeout=60_000)
    try:
        page.get_by_text(one.until).first.wait_for(timeout=60_000)
    except Exception as wrong:  # noqa: BLE001  the picture shows what is there instead
        print(f"{one.name}: {wrong}", file=sys.stderr)
    page.wait_for_timeout(2_000)  # for what moves into its place
    page.screenshot(path=to)
    print(f"{to}: {to.stat().st_size // 1024} KB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    parser.add_argument("--keep", type=Path, help="work here and leave everything there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slugline-pictures-") as temporary:
        folder = options.keep or Path(temporary)
        project(folder)
        with served(folder) as server:
            take(server, pictures(server, runs(server, folder)), options.to, options.chromium)


if __name__ == "__main__":
    main()
