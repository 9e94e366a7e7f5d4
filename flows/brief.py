"""The telling: what is new for each watch since it was last told, and why, with counts that add up.

Asks the warehouse and writes text; sends nothing anywhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from flows.output import cell, printable
from flows.questions import Desk, Row, desk
from warehouse.records import Watch

TIERS = ("same_story", "follow_up", "background", "off")
_REASONS = 5  # shown of each article
_TOLD = "told.json"  # watch → the last run it was told about


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One related article, with the copies of it folded in."""

    article: Row
    copies: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchNews:
    """What is new for one watch."""

    watch: str
    title: str
    new: tuple[Item, ...]
    revised: tuple[Item, ...]

    @property
    def n_copies(self) -> int:
        return sum(len(item.copies) for item in (*self.new, *self.revised))


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """All that is new, and what became of every address found on the way."""

    runs: tuple[Row, ...]  # run, started_at, ended_at, n_found, n_fetched, bytes
    outcomes: tuple[tuple[str, int], ...]  # over these runs, largest first
    watches: tuple[WatchNews, ...]

    @property
    def found(self) -> int:
        return sum(run["n_found"] for run in self.runs)


def make(data: Path, found: Iterable[Watch]) -> Brief:
    """What has landed since each watch was last told."""
    told = _told(data)
    with desk(data) as open_desk:
        all_runs = open_desk.rows("run_names", after="")
        news = [_news(open_desk, watch, all_runs, told) for watch in found]
        oldest = min((told.get(one.watch, "") for one in news), default="")
        runs = tuple(run for run in all_runs if run["run"] > oldest)
        return Brief(runs=runs, outcomes=_outcomes(open_desk, runs), watches=tuple(news))


def _news(open_desk: Desk, watch: Watch, all_runs: list[Row], told: dict[str, str]) -> WatchNews:
    runs = [run["run"] for run in all_runs if run["run"] > told.get(watch.watch, "")]
    rows = open_desk.rows("news", watch=watch.watch, runs=runs)
    return WatchNews(
        watch=watch.watch,
        title=watch.title,
        new=_folded([row for row in rows if row["outcome"] == "new"]),
        revised=_folded([row for row in rows if row["outcome"] != "new"]),
    )


def _folded(rows: list[Row]) -> tuple[Item, ...]:
    """Each text once: copies go under the article they come from, if that is among the rows."""
    there = {row["article_id"] for row in rows}
    copies: dict[str, list[Row]] = {}
    first = []
    for row in rows:
        if row["copy_of"] in there and row["copy_of"] != row["article_id"]:
            copies.setdefault(row["copy_of"], []).append(row)
        else:
            first.append(row)
    return tuple(
        Item(article=row, copies=tuple(copies.get(row["article_id"], ()))) for row in first
    )


def _outcomes(open_desk: Desk, runs: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for run in runs:
        for row in open_desk.rows("outcomes_total", run=run["run"]):
            counts[row["outcome"]] = counts.get(row["outcome"], 0) + row["n"]
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def tiers(data: Path, watch: str) -> dict[str, int]:
    """How many articles stand in which relation to the watch."""
    with desk(data) as open_desk:
        return {row["tier"]: row["n"] for row in open_desk.rows("tiers", watch=watch)}


# --- what was told ---------------------------------------------------------------------------


def _told(data: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((data / _TOLD).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def mark_told(data: Path, brief: Brief) -> None:
    """The next brief begins after these runs."""
    if not brief.runs:
        return
    last = brief.runs[-1]["run"]
    told = _told(data) | {news.watch: last for news in brief.watches}
    beside = data / f"{_TOLD}.new"
    beside.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    os.replace(beside, data / _TOLD)  # noqa: PTH105  atomic


# --- as text ---------------------------------------------------------------------------------


def write(brief: Brief, out: TextIO, *, most: int = 25) -> None:
    """The brief for people; at most so many articles of each watch, and how many more."""
    for news in brief.watches:
        _write_watch(news, out, most)
    out.write(f"{ledger(brief)}\n")


def ledger(brief: Brief) -> str:
    """One line: what was found, and what became of it."""
    if not brief.runs:
        return "nothing has been crawled since the last brief"
    sums = " + ".join(f"{n} {outcome}" for outcome, n in brief.outcomes) or "0"
    fetched = sum(run["n_fetched"] or 0 for run in brief.runs)
    return f"found {brief.found} addresses = {sums}; {fetched} requests"


def _write_watch(news: WatchNews, out: TextIO, most: int) -> None:
    out.write(f"{news.watch}: {printable(news.title)}\n")
    copies = f", {news.n_copies} copies folded" if news.n_copies else ""
    out.write(f"  {len(news.new)} new, {len(news.revised)} revised{copies}\n\n")
    for heading, items in (("new", news.new), ("revised", news.revised)):
        for item in items[:most]:
            _write_item(item, heading, out)
        if len(items) > most:
            out.write(f"  … and {len(items) - most} more: slugline coverage {news.watch}\n\n")


def _write_item(item: Item, heading: str, out: TextIO) -> None:
    row = item.article
    when = cell(row["published_at"]) or "undated"
    mark = "" if heading == "new" else "  (revised)"
    out.write(f"  {row['relevance']:.2f}  {row['tier']:<11} {when:<17} {row['source']}{mark}\n")
    out.write(f"        {printable(row['title'] or '(no title)')}\n")
    out.write(f"        because {because(row)}\n")
    out.write(f"        {printable(row['url'])}\n")
    if item.copies:
        where = ", ".join(f"{copy['source']} ({copy['copy_kind']})" for copy in item.copies)
        out.write(f"        copied by {where}\n")
    out.write("\n")


def because(row: Row) -> str:
    """The weightiest reasons why an article is related, names before mere words."""
    reasons = sorted(
        row["reasons"] or [], key=lambda r: (r["kind"] == "words", -abs(r["gave"] or 0))
    )
    return cell(reasons[:_REASONS])


def as_row(brief: Brief) -> Row:
    """The brief as one JSON object."""
    return {
        "runs": [run["run"] for run in brief.runs],
        "found": brief.found,
        "outcomes": dict(brief.outcomes),
        "watches": [
            {
                "watch": news.watch,
                "title": news.title,
                "new": [item.article for item in news.new],
                "revised": [item.article for item in news.revised],
                "copies": [c for item in (*news.new, *news.revised) for c in item.copies],
            }
            for news in brief.watches
        ],
    }
