"""CPU time beside bare trafilatura with metadata: of the function, and of the whole crawl child."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import trafilatura

from bench.extraction import crawling, tables
from bench.extraction.cases import FETCHED_AT, Case
from bench.extraction.cases import files as files_of
from crawlers.extract import extract

_ROUNDS = 3


def bare(body: bytes, url: str) -> None:
    try:
        trafilatura.bare_extraction(body, url=url, with_metadata=True)
    except AssertionError:  # on markup it did not expect
        return


def ours(body: bytes, url: str) -> None:
    extract(body, url, fetched_at=FETCHED_AT)


def function(pages: list[Case]) -> str:
    """Both on the same bytes, in turns; of each page the quickest of three rounds counts.

    A round is all pages, so that nothing is remembered of a page when it comes again.
    """
    bodies = [(case.html, case.url) for case in pages if case.is_article]
    tools: dict[str, Callable[[bytes, str], None]] = {"trafilatura": bare, "slugline": ours}
    best = {name: [math.inf] * len(bodies) for name in tools}
    for _ in range(_ROUNDS):
        for index, (body, url) in enumerate(bodies):
            for name, tool in tools.items():
                best[name][index] = min(best[name][index], _cpu_of(tool, body, url))
    rows = [
        [name, f"{1000 * sum(t) / len(t):.2f}", f"{1000 * _quantile(t, 0.5):.2f}",
         f"{1000 * _quantile(t, 0.99):.1f}", f"{1000 * max(t):.0f}",
         f"{sum(best['trafilatura']) / sum(t):.2f} ×"]
        for name, t in best.items()
    ]  # fmt: skip
    return tables.markdown(
        ["function with metadata", "CPU ms a page", "median", "p99", "slowest", "as fast"], rows
    )


def _cpu_of(tool: Callable[[bytes, str], None], body: bytes, url: str) -> float:
    started = time.process_time()
    tool(body, url)
    return time.process_time() - started


def _quantile(times: Sequence[float], share: float) -> float:
    return sorted(times)[math.ceil(share * len(times)) - 1]


# --- a whole crawl ---------------------------------------------------------------------------


def crawl(pages: list[Case], number: int) -> str:
    """The crawl child with two extraction processes, and two bare trafilaturas, on 2 cores."""
    files = files_of(pages)
    wall, cpu = two_bare(files, number)
    crawled = crawling.crawl(files, number, lambda _: None)
    our_wall, our_cpu = crawled.between(0.1, 0.9)
    rows = [
        [name, f"{1 / w:.1f}", f"{1000 * c:.2f}", f"{2 / c:.1f}", f"{cpu / c:.2f} ×"]
        for name, w, c in (("two bare trafilaturas", wall, cpu), ("crawl child", our_wall, our_cpu))
    ]
    head = [f"{number} pages", "pages/s by the clock", "CPU ms a page",
            "pages/s of two full cores", "as fast, by CPU"]  # fmt: skip
    clock = f"{wall / our_wall:.2f} × by the clock; {crawled.articles} articles"
    return f"{tables.markdown(head, rows)}\n\n{clock}"


def two_bare(files: Sequence[Path], number: int) -> tuple[float, float]:
    """Wall and CPU seconds a page of two processes that do nothing else."""
    context = multiprocessing.get_context("spawn")
    ends, processes = [], []
    for half in range(2):
        ours_, theirs = context.Pipe()
        mine = [files[i % len(files)] for i in range(half, number, 2)]
        process = context.Process(target=_half, args=(theirs, mine))
        process.start()
        ends.append(ours_)
        processes.append(process)
    for end in ends:
        end.recv()  # loaded
    started = time.perf_counter()
    for end in ends:
        end.send("go")
    cpu = sum(end.recv() for end in ends)
    wall = time.perf_counter() - started
    for process in processes:
        process.join()
    return wall / number, cpu / number


def _half(connection: Connection, files: Sequence[Path]) -> None:
    from bench.extraction.cases import html_of

    bodies = {file: html_of(file) for file in files}
    bare(next(iter(bodies.values())), "https://site.example/a")
    connection.send("ready")
    connection.recv()
    started = time.process_time()
    for number, file in enumerate(files):
        bare(bodies[file], f"https://site.example/2026/{number}/a-story-of-today")
    connection.send(time.process_time() - started)
