"""Reads a finished run folder, and checks that it keeps its own contract.

Found = outcomes + articles, each distinct address once: a folder that breaks this is refused
whole. Writes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from warehouse.errors import BrokenRun
from warehouse.records import Article, from_json

_T = TypeVar("_T")
Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one crawl found. All but articles stays plain: there is much of it."""

    run: str
    request: Line
    stats: Line
    leads: list[Line]
    fetches: list[Line]
    fates: list[Line]
    articles: list[Article]


def read(folder: Path) -> Run:
    """The run in `folder`; raises BrokenRun when it is not finished or does not add up."""
    if not (folder / "DONE").exists():
        raise BrokenRun("is not finished", where=folder, try_="the next run continues it")
    request = _object(folder / "request.json")
    run = Run(
        run=request["run"],
        request=request,
        stats=_object(folder / "stats.json"),
        leads=list(lines(folder, "leads")),
        fetches=list(lines(folder, "fetches")),
        fates=list(lines(folder, "outcomes")),
        articles=[_record(Article, line, folder) for line in lines(folder, "articles")],
    )
    _check(run, folder)
    return run


def lines(folder: Path, kind: str) -> Iterator[Line]:
    """The objects of all complete parts of `kind`, in order."""
    for part in sorted(folder.glob(f"{kind}-*.jsonl")):
        with part.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                yield _parse(text, f"{part}:{number}")


def _check(run: Run, folder: Path) -> None:
    found = {lead["url"] for lead in run.leads}
    told = Counter(fate["url"] for fate in run.fates) + Counter(a.url for a in run.articles)
    twice = next((url for url, n in told.items() if n > 1), None)
    if twice is not None:
        raise BrokenRun(f"tells the fate of {twice} twice", where=folder)
    if found != told.keys():
        odd = min(found ^ told.keys())
        raise BrokenRun(
            f"found {len(found)} addresses and tells the fate of {len(told)}; one of them: {odd}",
            where=folder,
        )
    if run.stats["found"] != len(found):
        raise BrokenRun(
            f"says it found {run.stats['found']} addresses, but has {len(found)}", where=folder
        )


def _object(path: Path) -> Line:
    try:
        return _parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError as error:
        raise BrokenRun("is missing", where=path) from error


def _parse(text: str, where: str) -> Line:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BrokenRun("is not JSON", where=where) from error
    if not isinstance(value, dict):
        raise BrokenRun("is not an object", where=where)
    return value


def _record(cls: type[_T], line: Line, where: Path) -> _T:
    try:
        return from_json(cls, line)
    except (TypeError, ValueError, KeyError) as error:
        raise BrokenRun(
            f"holds something else than a record of {cls.__name__}", where=where
        ) from error
