"""Fixtures that more than one area uses."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commanding import Desk, fill

from crawlers.newsstand import Newsstand

NEWSWEB = Path(__file__).parent / "newsweb"


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
