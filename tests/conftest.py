"""Fixtures that more than one area uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commanding import Desk, fill
from sharing import Shared, shared

from crawlers.newsstand import Newsstand

NEWSWEB = Path(__file__).parent / "newsweb"
# Files whose tests take long, for each of two processes; what one process shares stays together.
LONG = (
    ("test_demo_run", "test_docs", "test_cli_run", "test_chaos", "test_installed", "test_flows_h"),
    ("test_prefect_", "test_flows_monitor", "test_flows_recovery"),  # Prefect takes 3 s to import
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, in the random order they have; else one process ends long before the other.

    xdist's worksteal hands the first half of the list to the first process.
    """

    def long_for(item: pytest.Item) -> int | None:
        hits = [n for n, names in enumerate(LONG) if item.path.stem.startswith(names)]
        return hits[0] if hits else None

    first, second = ([it for it in items if long_for(it) == n] for n in range(2))
    short = [it for it in items if long_for(it) is None]
    cut = max(0, len(items) // 2 - len(first))
    items[:] = [*first, *short[:cut], *second, *short[cut:]]


@pytest.fixture(scope="session")
def all_of_us(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shared:
    """Set-ups that are made once for all test processes."""
    return shared(tmp_path_factory, worker_id)


@pytest.fixture
def newsweb() -> Iterator[Newsstand]:
    """The test web, with every vice of the real one, in its first edition."""
    with Newsstand(NEWSWEB) as stand:
        yield stand


@pytest.fixture
def newsstand() -> Iterator[Callable[..., Newsstand]]:
    """Starts newsstands of folders of one's own: newsstand(folder, edition=2)."""
    started: list[Newsstand] = []

    def start(folder: Path, **settings: object) -> Newsstand:
        started.append(Newsstand(folder, **settings).start())  # type: ignore[arg-type]
        return started[-1]

    yield start
    for stand in started:
        stand.stop()


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A working folder with the sources of the flows' test web, and the command line in it."""
    for name in [name for name in os.environ if name.startswith("SLUGLINE_")]:
        monkeypatch.delenv(name)
    fill(tmp_path)
    return Desk(tmp_path, capsys, monkeypatch)
