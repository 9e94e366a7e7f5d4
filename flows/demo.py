"""`slugline demo`: two runs over a small invented web on this machine, then the questions.

It copies nothing and knows nothing of the pages: the newsstand serves them, the product's own
steps do the rest.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from flows import brief, pipeline, progress, shipped, watches
from flows.config import Settings, load
from flows.output import Format, printable, with_bars
from flows.output import write as write_rows
from flows.questions import Desk, desk
from warehouse.errors import BadInput, CouldNotDo

_MARK = ".slugline-demo"  # in the data directory: it may be wiped
_READY_SECONDS = 20.0
_WIDTH = 78
_EDITIONS = (
    (1, "1. First run: the newsstand's first edition"),
    (2, "2. Second run, a while later: only what is new or may have changed is fetched"),
)


def seeds() -> Path:
    """seeds/demo of the clone, or the copy that rides in the package."""
    return shipped.path("seeds/demo")


def newsstand_command(folder: Path | None, edition: int, port: int) -> list[str]:
    """What starts the small web."""
    pages = folder or seeds() / "newsstand"
    more = ["--edition", str(edition), "--port", str(port)]
    return [sys.executable, "-m", "crawlers.newsstand", str(pages), *more]


@contextmanager
def newsstand(edition: int) -> Iterator[str]:
    """The small web in a process of its own while this lasts; gives its address as a proxy."""
    command = newsstand_command(None, edition, 0)
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            if not first:
                code = process.wait(_READY_SECONDS)
                raise CouldNotDo(f"the newsstand ended with code {code}")
            yield str(json.loads(first)["proxy"])
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(2)
            process.kill()


def play(data: Path, out: TextIO) -> None:
    """The whole demo: two runs and the questions. Wipes `data` if it is an earlier demo's."""
    folder = seeds()
    settings = load(data=data, seeds=folder, environment={})
    _wipe(data)
    queries = tomllib.loads((folder / "queries.toml").read_text("utf-8"))
    file = watches.read_all(folder)[0]
    show = _Show(settings, file, (queries["show"], queries["next"]), out)
    show.seed()
    for edition, title in _EDITIONS:
        show.heading(title)
        with newsstand(edition) as proxy:
            show.run(proxy)
    with desk(data) as open_desk:
        show.answers(open_desk)
    show.what_next()


def _wipe(data: Path) -> None:
    """Begin anew, but never delete a folder that is not the demo's."""
    if data.exists() and any(data.iterdir()):
        if not (data / _MARK).exists():
            raise BadInput(f"{data} holds something else", try_="choose another with --data")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / _MARK).touch()


@dataclass(frozen=True, slots=True)
class _Show:
    """The acts of the demo, in order."""

    settings: Settings
    file: watches.WatchFile
    queries: tuple[str, str]  # one to show, one to try next; they are data, as the pages are
    out: TextIO

    def heading(self, text: str) -> None:
        self.out.write(f"\n── {text} {'─' * max(2, _WIDTH - 4 - len(text))}\n\n")
        self.out.flush()

    def seed(self) -> None:
        self.heading("The seed: one article, and what its watch looks for")
        self.out.write(f"  {printable(self.file.watch.title)}\n\n")
        for kind in watches.KINDS:
            terms = [term for term in self.file.watch.terms if term.kind == kind][:6]
            if terms:
                told = ", ".join(f"{term.text} {term.weight:.2f}" for term in terms)
                self.out.write(f"  {kind:<13}{printable(told)}\n")
        self.out.write(f"\n  from {_nearby(self.file.path)}, which a person may edit\n")

    def run(self, proxy: str) -> None:
        settings = replace(self.settings, proxy=proxy)
        with progress.shown() as on_event:
            report = pipeline.run(settings, on_event=on_event, ask_all=True)
        if report.failures:
            raise report.failures[0]
        if report.brief is None:
            raise CouldNotDo(f"the run did nothing: {report.note}", where=self.settings.data)
        brief.write(report.brief, self.out, most=3)
        with desk(self.settings.data) as open_desk:
            self._table(open_desk, "demo_outcomes", run=report.runs[-1])

    def answers(self, open_desk: Desk) -> None:
        watch = self.file.watch.watch
        named = next((t.text for t in self.file.watch.terms if t.kind == "person"), "")
        self.heading("3. Coverage: what is related to the seed, how closely, and why")
        self._table(open_desk, "demo_coverage", watch=watch)
        self.heading(f"4. Search: {self.queries[0]}")
        self._table(open_desk, "demo_search", query=self.queries[0])
        if named:
            self.heading(f"5. Timeline: {named}, day by day")
            bars = with_bars(*open_desk.ask("demo_timeline", name=named), "day")
            write_rows(*bars, Format.TABLE, self.out)
            self.heading(f"6. Together: who appears with {named}")
            self._table(open_desk, "demo_together", name=named)

    def _table(self, open_desk: Desk, question: str, **values: object) -> None:
        columns, rows = open_desk.ask(question, **values)
        write_rows(columns, rows, Format.TABLE, self.out)

    def what_next(self) -> None:
        watch, data = self.file.watch.watch, _nearby(self.settings.data)
        self.heading("What to try next")
        program = _program()
        flag = f"{program} --data {data}"
        for command in (
            f"{flag} search '{self.queries[1]}'",
            f"{flag} coverage {watch} --tier follow_up",
            f"{flag} outcomes --urls robots",
            f'{flag} sql "SELECT source, count(*) AS n FROM articles GROUP BY ALL ORDER BY n DESC"',
            f"duckdb -readonly {data}/slugline.db    # the same, in the plain client",
            f"{program} watch add FILE    # your own article; says where it may look",
        ):
            self.out.write(f"  {command}\n")
        self.out.flush()


def _program() -> str:
    """How to call Slugline from here: by its name only where the shell would find it."""
    return "slugline" if shutil.which("slugline") else str(_nearby(Path(sys.argv[0])))


def _nearby(path: Path) -> Path:
    """As short as it can be said from here."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
