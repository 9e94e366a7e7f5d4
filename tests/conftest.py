"""Fixtures that more than one area uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
