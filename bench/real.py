"""A run over real pages: are all found, fetched and landed, and is every address accounted for?

`make bench-real`: serves the pages of SLUGLINE_EVAL (or ../shared/eval), extraction sets, as a web
of many hosts, crawls and lands it with pace 0, and prints the share of article pages that landed
(goal: 97 %), the outcomes, time per page and the misses. The pages are not part of the project.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.real_web import Web, build
from flows import config, folders, pipeline, sources, watches
from warehouse import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

GOAL = 0.97
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of CPU, of this process and those it started."""

    wall: float
    cpu: float


def main() -> int:
    options = _options()
    root = Path(os.environ.get("SLUGLINE_EVAL", "../shared/eval")) / "extraction"
    if not root.is_dir():
        print(
            f"no evaluation pages in {root}: set SLUGLINE_EVAL to where they are", file=sys.stderr
        )
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-real-") as name:
        place = Path(options.keep or name)
        web = build(root, place / "newsstand")
        _write_seeds(place / "seeds", web)
        _adopt_orphans()
        with _newsstand(web.folder) as proxy:
            crawled, landed = _run(place, proxy)
        return _report(place / "data", web, crawled, landed, misses=options.misses)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=30, help="how many misses to list")
    parser.add_argument("--keep", help="an empty folder to work in and leave behind")
    return parser.parse_args()


def _write_seeds(seeds: Path, web: Web) -> None:
    (seeds / "bench").mkdir(parents=True)
    (seeds / "sources.toml").write_text(web.sources, encoding="utf-8")
    (seeds / "bench" / "article.txt").write_text("Anything at all.\n", encoding="utf-8")
    (seeds / "bench" / "watch.toml").write_text(
        'title = "Everything"\ngroups = ["all"]\n'
        'terms = [{ weight = 1.0, kind = "phrase", text = "anything" }]\n',
        encoding="utf-8",
    )


@contextmanager
def _newsstand(folder: Path) -> Iterator[str]:
    """In a process of its own, which is counted to nobody."""
    command = [sys.executable, "-m", "crawlers.newsstand", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield json.loads(child.stdout.readline())["proxy"]
        finally:
            child.terminate()


def _run(place: Path, proxy: str) -> tuple[Took, Took]:
    """Plan, crawl and land; understanding is not measured here."""
    settings = config.load(
        data=place / "data",
        seeds=place / "seeds",
        environment={},
        proxy=proxy,
        pace_seconds=0.0,
        contact="bench@slugline.example",
    )
    this = pipeline.Run(settings, watches.read_all(settings.seeds), sources.read(settings.seeds))
    planned = pipeline.plan(this, ask_all=True)
    assert planned.request is not None
    with folders.crawl_lock(settings.data):
        folder = pipeline.begin(this, planned.request)
        with _measured() as crawled:
            pipeline.crawl(this, folder)
            ended = time.perf_counter()
            _reap_orphans()
        waited = time.perf_counter() - ended
        with _measured() as landed:
            pipeline.land(this, folder)
    return Took(crawled[0].wall - waited, crawled[0].cpu), landed[0]


@contextmanager
def _measured() -> Iterator[list[Took]]:
    took: list[Took] = []
    wall, cpu = time.perf_counter(), _cpu()
    yield took
    took.append(Took(time.perf_counter() - wall, _cpu() - cpu))


def _adopt_orphans() -> None:
    """Let the crawl's workers, which it kills without waiting, be counted here (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap_orphans() -> None:
    deadline = time.monotonic() + 1
    while sys.platform == "linux" and time.monotonic() < deadline:
        if os.waitpid(-1, os.WNOHANG) == (0, 0):
            time.sleep(0.05)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _report(data: Path, web: Web, crawled: Took, landed: Took, *, misses: int) -> int:
    with answers.open_reader(data) as con:
        query = "SELECT url, outcome, reason FROM outcomes"
        fates = {url: (outcome, reason) for url, outcome, reason in con.execute(query).fetchall()}
        found, n_fetched = con.execute("SELECT n_found, n_fetched FROM runs").fetchall()[0]
        counted = dict(
            con.execute("SELECT outcome, sum(n)::INT FROM run_counts GROUP BY ALL").fetchall()
        )
    articles = web.suites
    good = [url for url in articles if fates.get(url, ("",))[0] == "stored"]
    share = len(good) / len(articles)
    print(f"{len(web.expected)} addresses announced by {len(list(web.folder.iterdir()))} hosts")
    _print_shares(articles, good, share)
    print(f"\nfound {found} = sum of outcomes {sum(counted.values())}; {n_fetched} exchanges")
    for outcome, n in sorted(counted.items(), key=lambda pair: -pair[1]):
        print(f"  {n:6}  {outcome}")
    pages = counted.get("stored", 1)
    for what, took in (("crawl", crawled), ("land", landed)):
        each = f"{took.wall / pages * 1000:.1f} ms and {took.cpu / pages * 1000:.1f} CPU ms a page"
        print(f"{what}: {took.wall:.1f} s, {took.cpu:.1f} CPU s; {each}")
    wrong = _wrong(web, fates)
    print(f"\n{len(wrong)} addresses with another outcome than expected")
    for url, expected, got, reason in wrong[:misses]:
        print(f"  {expected} -> {got}: {url[:110]}\n      {reason[:160]}")
    return 0 if share >= GOAL and found == sum(counted.values()) else 1


def _print_shares(articles: dict[str, str], good: list[str], share: float) -> None:
    verdict = "reached" if share >= GOAL else "missed"
    print(f"article pages landed: {len(good)} of {len(articles)} = {share:.1%}; goal {verdict}")
    totals, landed = Counter(articles.values()), Counter(articles[url] for url in good)
    for suite, n in totals.items():
        print(f"  {suite}: {landed[suite]} of {n}")


def _wrong(web: Web, fates: dict[str, tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    """Expected and actual outcome; articles first."""
    rows = [
        (url, expected, *fates.get(url, ("never found", "no listing gave it")))
        for url, expected in web.expected.items()
    ]
    wrong = [row for row in rows if row[1] != row[2]]
    return sorted(wrong, key=lambda row: (row[1] != "stored", row[2], row[0]))


if __name__ == "__main__":
    sys.exit(main())
