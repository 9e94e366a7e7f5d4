"""Kills runs at seeded moments and compares what the next run leaves with an undisturbed one.

    python bench/chaos.py [--moments 30] [--seed 1] [--keep FOLDER]

Each moment has a data directory of its own: a run is killed there (kill -9 of the crawl child,
or of the whole `slugline run`), then one more run goes through, and every table must hold the
same rows as after one undisturbed run; clocks, run names and places in files are left out. The
log says where each kill fell. No outside network: a newsstand on loopback serves a small web.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from crawlers.newsstand import Newsstand

_COMMAND = "import sys; from flows.cli.main import main; sys.exit(main())"
_SETTINGS = """contact = "chaos@slugline.example"
pace_seconds = 0
workers = 1
every_minutes = 10000
"""
# What differs between any two runs: clocks, names of runs and batches, places in files.
_VARYING = ("_at", "batch", "run", "seconds", "warc_file", "warc_offset", "reason")
_BOOKS = {"schema_migrations", "superseded", "batches", "freshness"}  # a kill may add landings
_STEADY = {"published_at", "modified_at"}
_PEOPLE = ("Ida Falk", "Owen Marsh", "Greta Lindqvist", "Tom Ashby")


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill whom."""

    victim: str  # "crawl child" or "run"
    after_requests: int | None  # of the newsstand; None: by phase
    phase: str | None = None  # "done": the crawl is done; "landed": the manifest knows it
    pause: float = 0.0  # seconds after that


class Trial:
    """One data directory and the newsstand its runs crawl."""

    def __init__(self, data: Path, seeds: Path, stand: Newsstand):
        self.data, self._seeds, self.stand = data, seeds, stand

    def start(self) -> subprocess.Popen[bytes]:
        flags = ["--data", str(self.data), "--seeds", str(self._seeds)]
        return subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *flags, "run", "--proxy", self.stand.proxy],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self) -> None:
        """One run to its end; raises RuntimeError when it fails."""
        process = self.start()
        _, words = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"slugline run ended with {process.returncode}: {words.decode()}")

    def run_killed(self, moment: Moment) -> str:
        """One run, killed at the moment; says where the kill fell."""
        asked = len(self.stand.requests)
        process = self.start()
        self._wait_for(moment, asked, process)
        place = self._place(asked, process)
        victim = self._child_of(process) if moment.victim == "crawl child" else process.pid
        if victim is not None:
            _kill(victim)
        process.communicate()
        return place

    def _wait_for(self, moment: Moment, asked: int, process: subprocess.Popen[bytes]) -> None:
        true = self._condition(moment, asked)
        while process.poll() is None and not true():
            time.sleep(0.001)
        time.sleep(moment.pause)

    def _condition(self, moment: Moment, asked: int) -> Callable[[], bool]:
        if moment.after_requests is not None:
            wanted = asked + moment.after_requests
            return lambda: len(self.stand.requests) >= wanted
        if moment.phase == "done":
            return lambda: any(self.data.glob("runs/*/DONE"))
        return self._has_landed

    def _has_landed(self) -> bool:
        return self._landed_as() is not None

    def _landed_as(self) -> int | None:
        """The generation in which a run landed, if one has."""
        try:
            manifest = json.loads((self.data / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        runs = {folder.name for folder in self.data.glob("runs/*")}
        found = [n for batch, n in manifest["batches"].items() if batch in runs]
        return min(found, default=None)

    def _is_published(self, generation: int) -> bool:
        published = (self.data / "slugline.db").resolve().stem.rpartition("-")[2]
        return published.isdigit() and int(published) >= generation

    def _place(self, asked: int, process: subprocess.Popen[bytes]) -> str:
        if process.poll() is not None:
            return "after its end"
        generation = self._landed_as()
        if generation is not None:
            published = self._is_published(generation)
            return "after publishing" if published else "landed, not published"
        if any(self.data.glob("runs/*/DONE")):
            return "crawled, not landed"
        n = len(self.stand.requests) - asked
        return f"crawling, after {n} requests" if n else "before the first fetch"

    def _child_of(self, process: subprocess.Popen[bytes]) -> int | None:
        """The crawl child, by the process table: its command names our run folder."""
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
        )
        for line in listed.stdout.splitlines():
            pid, parent, command = line.split(None, 2)
            if int(parent) == process.pid and "-m crawlers" in command:
                return int(pid)
        return None

    def rows(self) -> dict[str, Counter[str]]:
        return rows(self.data)


def rows(data: Path) -> dict[str, Counter[str]]:
    """All rows of all tables as published, without what varies."""
    with duckdb.connect(str(data / "slugline.db"), read_only=True) as db:
        return dict(_tables(db))


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it ended in the meantime
        os.kill(pid, signal.SIGKILL)


def _tables(db: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Counter[str]]]:
    views = db.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'"
        " ORDER BY view_name"
    ).fetchall()
    for (view,) in views:
        if view.endswith("_history") or view in _BOOKS:
            continue
        columns = [row[0] for row in db.execute(f'DESCRIBE "{view}"').fetchall()]
        kept = [c for c in columns if not c.endswith(_VARYING) or c in _STEADY]
        if kept:
            chosen = ", ".join(f'"{c}"' for c in kept)
            found = db.execute(f'SELECT {chosen} FROM "{view}"').fetchall()
            yield view, Counter(repr(row) for row in found)


def differences(wanted: dict[str, Counter[str]], got: dict[str, Counter[str]]) -> list[str]:
    """What is missing or too much, a line each."""
    lines = []
    for table in sorted(wanted.keys() | got.keys()):
        have, should = got.get(table, Counter()), wanted.get(table, Counter())
        lines += [f"{table}: missing {row[:300]}" for row in (should - have)]
        lines += [f"{table}: too much {row[:300]}" for row in (have - should)]
    return lines


def moments(n: int, seed: int, requests: int, after_crawl: float) -> list[Moment]:
    """Most while the crawl goes on or lands, some before and after; the same for the same seed.

    `requests` of an undisturbed run, and its seconds from the crawl's end to publishing.
    """
    dice = random.Random(seed)
    chosen = []
    for number in range(n):
        during = Moment("crawl child" if number % 2 else "run", dice.randint(1, requests))
        kinds = [during, during, during, during,
                 Moment("run", None, "done", dice.uniform(0, after_crawl)),
                 Moment("run", None, "landed", dice.uniform(0, after_crawl / 2))]  # fmt: skip
        chosen.append(kinds[number % len(kinds)])
    return chosen


def small_web(folder: Path, seeds: Path, hosts: int = 2, pages: int = 6) -> None:
    """Outlets that report on one pier, and a watch for it."""
    sources = []
    for host in (f"town{n}.example" for n in range(1, hosts + 1)):
        (folder / host).mkdir(parents=True)
        for n in range(1, pages + 1):
            (folder / host / f"a{n}.html").write_text(_page(host, n), encoding="utf-8")
        paths = [
            *(f"/a{n}.html" for n in range(1, pages + 1)),
            "/moved",
            "/dead",
            "/a1.html?fbclid=1",
        ]
        (folder / host / "feed.rss").write_text(_feed(host, paths), encoding="utf-8")
        (folder / host / "site.toml").write_text(
            '[[rule]]\npath = "/moved"\nlocation = "/a2.html"\n'
            '[[rule]]\npath = "/a*"\ndelay = 0.02\n'
        )
        sources.append(
            f'[source.{host.partition(".")[0]}]\nhome = "http://{host}/"\n'
            f'feeds = ["http://{host}/feed.rss"]\n'
        )
    (seeds / "pier").mkdir(parents=True)
    (seeds / "sources.toml").write_text("\n".join(sources), encoding="utf-8")
    (seeds / "settings.toml").write_text(_SETTINGS, encoding="utf-8")
    (seeds / "pier" / "article.txt").write_text(_text("town1.example", 1), encoding="utf-8")
    (seeds / "pier" / "watch.toml").write_text(
        'title = "The new pier"\nlanguage = "en"\ngroups = ["all"]\nterms = [\n'
        '  { weight = 1.0, kind = "person", text = "Ida Falk" },\n'
        '  { weight = 0.6, kind = "phrase", text = "new pier" },\n]\n',
        encoding="utf-8",
    )


def _text(host: str, n: int) -> str:
    who, other = _PEOPLE[n % 4], _PEOPLE[(n + 1) % 4]
    return "\n\n".join(
        f"{who} told the council of {host.partition('.')[0].title()} on day {n}{k} that the new "
        f"pier will cost {n * 7 + k} million crowns, and {other} of the Harbour Trust called the "
        f"sum a fair price for a landing that serves ferries in every tide of the year."
        for k in range(1, 5)
    )


def _page(host: str, n: int) -> str:
    title = f"Pier talks, part {n}, in {host.partition('.')[0]}"
    body = "".join(f"<p>{line}</p>" for line in _text(host, n).split("\n\n"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="2023-07-{n:02}T09:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


def _feed(host: str, paths: list[str]) -> str:
    items = "".join(f"<item><title>{p}</title><link>http://{host}{p}</link></item>" for p in paths)
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What one whole run leaves, and how long its parts took."""

    rows: dict[str, Counter[str]]
    requests: int
    after_crawl: float  # seconds from the end of the crawl to publishing


def undisturbed(trial: Trial) -> Undisturbed:
    started = time.time()
    trial.run()
    done = max((p.stat().st_mtime for p in trial.data.glob("runs/*/DONE")), default=started)
    published = min(p.lstat().st_mtime for p in trial.data.glob("pub/news-*.db"))
    return Undisturbed(trial.rows(), len(trial.stand.requests), max(0.1, published - done))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work here and leave everything there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="slugline-chaos-") as temporary:
        at = options.keep or Path(temporary)
        return chaos(at, options.moments, options.seed)


def chaos(at: Path, n: int, seed: int) -> int:
    """0 when every killed run was made good by the next; prints a line a moment."""
    small_web(at / "web", at / "seeds")
    wrong, between = 0, 0
    with Newsstand(at / "web") as stand:
        calm = undisturbed(Trial(at / "calm", at / "seeds", stand))
        for number, moment in enumerate(moments(n, seed, calm.requests, calm.after_crawl), 1):
            trial = Trial(at / f"moment{number:02}", at / "seeds", stand)
            place = trial.run_killed(moment)
            trial.run()
            lines = differences(calm.rows, trial.rows())
            wrong += bool(lines)
            between += place.startswith(("crawling", "crawled", "landed"))
            verdict = "DIFFERENT" if lines else "same rows"
            print(f"{number:2}  {moment.victim:11}  {place:32}  {verdict}", flush=True)
            for line in lines[:5]:
                print(f"      {line}", flush=True)
    print(f"{n} kills, {between} between the first fetch and publishing, {wrong} left other rows")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
