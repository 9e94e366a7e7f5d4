"""The tables of quality, as Markdown: one row a tool, ours first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.extraction.tally import Tally

Row = Sequence[str]


def markdown(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def text(tallies: Sequence[Tally]) -> str:
    rows = [
        [t.name, *(f"{v:.3f}" for v in t.aeb()[:2]), f"{t.aeb()[2]:.4f}",
         f"{t.mean('text', 'fundus'):.4f}", f"{t.mean('text', 'wcxb'):.4f}", f"{t.ms:.1f}"]
        for t in tallies if t.of("text", "aeb", "fundus", "wcxb")
    ]  # fmt: skip
    head = ["tool", "aeb P", "aeb R", "aeb F1", "fundus F1", "wcxb F1", "CPU ms a page"]
    return markdown(head, [row for row in rows if any(float(v) for v in row[1:6])])


def dates(tallies: Sequence[Tally]) -> str:
    head = ["tool", "fundus day", "minute", "offset", "wcxb day", "fundus + wcxb", "postlight day",
            "wrong day", "unknown", "rightly unknown"]  # fmt: skip
    return markdown(head, [_dates_row(t) for t in tallies if _tells(t, "day")])


def _dates_row(t: Tally) -> Row:
    both = t.mean("day", "fundus", "wcxb")
    unknown = sum(s.value for s in t.of("day unknown"))
    wrong = len(t.of("day")) - sum(s.value for s in t.of("day")) - unknown
    shares = [t.share(what, "fundus") for what in ("day", "minute", "offset")]
    return [t.name, *shares, t.share("day", "wcxb"), f"{both:.3f}", t.share("day", "postlight"),
            f"{wrong:.0f}", f"{unknown:.0f}", t.share("undated")]  # fmt: skip


def titles(tallies: Sequence[Tally]) -> str:
    head = ["tool", *(f"{suite} {what}" for suite in _NAMED for what in _TITLE.values())]
    rows = [
        [t.name, *(t.share(what, suite) for suite in _NAMED for what in _TITLE)]
        for t in tallies if _tells(t, "title contained")
    ]  # fmt: skip
    return markdown(head, rows)


def authors(tallies: Sequence[Tally]) -> str:
    head = ["tool", *(f"{suite} {what}" for suite in _NAMED for what in _PEOPLE.values()),
            "rightly nobody"]  # fmt: skip
    rows = [
        [t.name, *(t.share(what, suite) for suite in _NAMED for what in _PEOPLE),
         t.share("no author")]
        for t in tallies if _tells(t, "any author")
    ]  # fmt: skip
    return markdown(head, rows)


_NAMED = ("fundus", "wcxb", "postlight")
_TITLE = {"title exact": "exact", "title": "normalised", "title contained": "contained"}
_PEOPLE = {"authors exact": "exact", "authors": "normalised", "any author": "any right"}


def _tells(t: Tally, what: str) -> bool:
    """A tool that never says such a thing has no row."""
    return any(s.value for s in t.of(what))


def losses(t: Tally, what: str | None, below: float) -> Iterator[str]:
    """Pages where the tool was wrong, worst first: set, page, question, what it said."""
    asked = ("text", "title", "authors", "day", "minute", "kept", "refused", "no author", "undated")
    found = [s for s in t.scores if (s.what == what if what else s.what in asked)]
    for s in sorted(found, key=lambda s: (s.value, s.what, s.suite, s.page)):
        if s.value < below:
            yield f"{s.what:10} {s.suite:9} {s.page:40} {s.shown[:160]}"


def behind(ours: Tally, peers: Sequence[Tally], margin: float) -> Iterator[str]:
    """Pages where some other tool has the text better by `margin`, worst first."""
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for t in peers:
        for s in t.of("text"):
            place = (s.suite, s.page)
            best[place] = max(best.get(place, (0.0, "")), (s.value, t.name))
    rows = [
        (best[s.suite, s.page][0] - s.value, s, best[s.suite, s.page])
        for s in ours.of("text") if (s.suite, s.page) in best
    ]  # fmt: skip
    for gap, s, (value, name) in sorted(rows, key=lambda row: -row[0]):
        if gap >= margin:
            yield f"{s.suite:9} {s.page:40} {s.value:.3f}, {name} {value:.3f}"
