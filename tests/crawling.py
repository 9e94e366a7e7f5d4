"""Run folders to crawl, and what a crawl left in them, for the tests of the crawl."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers import spool
from crawlers.newsstand import Newsstand
from crawlers.newsstand_site import Reply, Request
from warehouse.records import Article, CrawlRequest, Fate, Fetch, Lead, Source, to_json

AGENT = "Slugline/0.1 (+mailto:desk@slugline.example)"
_PARAGRAPH = (
    "The council of {place} voted on item {n} of its list after a debate of two hours, in which "
    "the mayor, the harbour master and nine residents spoke about the price of the new pier. "
    "Work is to begin in the spring, and the ferry will call at the old landing until then."
)


def run_folder(at: Path, sources: list[Source], proxy: str | None, **settings: Any) -> Path:
    """A run folder with its request, ready to be crawled."""
    at.mkdir(parents=True)
    request = CrawlRequest(
        run=at.name,
        started_at=datetime(2023, 7, 14, 12, tzinfo=UTC),
        user_agent=AGENT,
        sources=tuple(sources),
        proxy=proxy,
        **{"watches": (), "pace_seconds": 0.0, "timeout_seconds": 3.0, "workers": 1, **settings},
    )
    (at / "request.json").write_text(json.dumps(to_json(request)), encoding="utf-8")
    return at


def source(name: str, **settings: Any) -> Source:
    home = f"http://{name}.example/"
    return Source(source=name, home=home, **{"feeds": (f"{home}feed.rss",), **settings})


def fates(folder: Path) -> dict[str, Fate]:
    return {fate.url: fate for fate in spool.read_records(folder, "outcomes", Fate)}


def articles(folder: Path) -> dict[str, Article]:
    return {a.url: a for a in spool.read_records(folder, "articles", Article)}


def leads(folder: Path) -> list[Lead]:
    return list(spool.read_records(folder, "leads", Lead))


def fetches(folder: Path) -> list[Fetch]:
    return list(spool.read_records(folder, "fetches", Fetch))


def endings(folder: Path) -> dict[str, tuple[str, ...]]:
    """What became of each URL, without the clock: to compare two crawls of one web."""
    found: dict[str, tuple[str, ...]] = {
        url: (fate.outcome, fate.final_url or "") for url, fate in fates(folder).items()
    }
    for url, article in articles(folder).items():
        assert url not in found
        found[url] = ("article", article.final_url, article.title, article.text)
    return found


def small_web(folder: Path, hosts: int = 2, pages: int = 8, delay: float = 0.01) -> list[Source]:
    """Outlets with a feed of `pages` articles each, a moved one, a dead link and a double."""
    sources = []
    for number in range(1, hosts + 1):
        name = f"town{number}"
        host = folder / f"{name}.example"
        host.mkdir(parents=True)
        paths = [f"/a{n}.html" for n in range(1, pages + 1)]
        for n, path in enumerate(paths, 1):
            (host / path[1:]).write_text(_page(name, n), encoding="utf-8")
        paths += ["/moved", "/dead.html", "/a1.html?utm_source=feed"]
        (host / "feed.rss").write_text(_feed(name, paths), encoding="utf-8")
        (host / "site.toml").write_text(
            '[[rule]]\npath = "/moved"\nlocation = "/moved-on"\n'
            f'[[rule]]\npath = "/moved-on"\nfile = "a1.html"\ndelay = {delay}\n'
            f'[[rule]]\npath = "/a*"\ndelay = {delay}\n',
            encoding="utf-8",
        )
        sources.append(source(name))
    return sources


def _page(name: str, n: int) -> str:
    body = "".join(f"<p>{_PARAGRAPH.format(place=name, n=10 * n + k)}</p>" for k in range(4))
    title = f"Item {n} is settled in {name}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="2023-07-{n % 28 + 1:02}T09:00:00Z">'
        f"</head><body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def _feed(name: str, paths: list[str]) -> str:
    items = "".join(
        f"<item><title>{path}</title><link>http://{name}.example{path}</link></item>"
        for path in paths
    )
    return f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'


def start_child(folder: Path) -> subprocess.Popen[bytes]:
    """The crawl child without its parent's side, for those who want to kill it."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawlers", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


class Turnstile(Newsstand):
    """A newsstand that answers as many requests as it was told to, and keeps the others waiting.

    So a crawl can be killed at a known point of its work, however slow or quick the machine is.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._turn = threading.Condition()
        self._left: float = 0
        self._waiting = 0

    def let(self, more: float) -> None:
        """Answer so many more requests from now on."""
        with self._turn:
            self._left = more
            self._turn.notify_all()

    def let_go(self) -> None:
        """Answer those that wait, and whoever comes; returns when nobody waits any more."""
        self.let(float("inf"))
        with self._turn:
            assert self._turn.wait_for(lambda: not self._waiting, timeout=300)

    def answer(self, request: Request) -> Reply:
        with self._turn:
            self._waiting += 1
            self._turn.wait_for(lambda: self._left > 0 or self.stopping.is_set())
            self._left -= 1
        reply = super().answer(request)
        with self._turn:
            self._waiting -= 1
            self._turn.notify_all()
        return reply


def wait_until(true: Callable[[], bool], seconds: float = 300.0) -> None:
    """Wait for a condition, not for a time."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.002)
