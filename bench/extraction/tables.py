"""The tables of quality, as Markdown: one row a tool, ours first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.extraction.tally import Tally

Row = Sequence[str]


def markdown(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def text(tallies: Sequence[Tally]) -> str:
    suites = _suites(tallies, "text")
    head = ["tool", *(name for suite in suites for name in _columns(suite)), "CPU ms a page"]
    rows = [
        [t.name, *(cell for suite in suites for cell in _text_cells(t, suite)), f"{t.ms:.1f}"]
        for t in tallies if _tells(t, "text")
    ]  # fmt: skip
    return markdown(head, rows)


def _columns(suite: str) -> Row:
    return ["aeb P", "aeb R", "aeb F1"] if suite == "aeb" else [f"{suite} F1"]


def _text_cells(t: Tally, suite: str) -> Row:
    if suite != "aeb":
        return [f"{t.mean('text', suite):.4f}"]
    precision, recall, f1 = t.aeb()
    return [f"{precision:.3f}", f"{recall:.3f}", f"{f1:.4f}"]


def dates(tallies: Sequence[Tally]) -> str:
    suites = _suites(tallies, "day")
    head = ["tool", *(name for suite in suites for name in _date_columns(suite)),
            "fundus + wcxb", "wrong day", "unknown", "rightly unknown"]  # fmt: skip
    return markdown(head, [_dates_row(t, suites) for t in tallies if _tells(t, "day")])


def _date_columns(suite: str) -> Row:
    names = ["day", "minute", "offset"] if suite in _TIMED else ["day"]
    return [f"{suite} {name}" for name in names]


def _dates_row(t: Tally, suites: Sequence[str]) -> Row:
    unknown = sum(s.value for s in t.of("day unknown"))
    wrong = len(t.of("day")) - sum(s.value for s in t.of("day")) - unknown
    cells = [t.share(what.split()[1], suite) for suite in suites for what in _date_columns(suite)]
    both = f"{t.mean('day', 'fundus', 'wcxb'):.3f}" if t.of("day", "fundus", "wcxb") else "–"
    return [t.name, *cells, both, f"{wrong:.0f}",
            f"{unknown:.0f}", t.share("undated")]  # fmt: skip


def titles(tallies: Sequence[Tally]) -> str:
    return _shares(tallies, "title contained", _TITLE, {})


def authors(tallies: Sequence[Tally]) -> str:
    return _shares(tallies, "any author", _PEOPLE, {"no author": "rightly nobody"})


def _shares(
    tallies: Sequence[Tally], needed: str, each: dict[str, str], once: dict[str, str]
) -> str:
    """A column for each set and question, and one for each question over all sets."""
    suites = _suites(tallies, needed)
    head = ["tool", *(f"{suite} {name}" for suite in suites for name in each.values())]
    rows = [
        [t.name, *(t.share(what, suite) for suite in suites for what in each),
         *(t.share(what) for what in once)]
        for t in tallies if _tells(t, needed)
    ]  # fmt: skip
    return markdown([*head, *once.values()], rows)


_TIMED = ("fundus", "ours")
_TITLE = {"title exact": "exact", "title": "normalised", "title contained": "contained"}
_PEOPLE = {"authors exact": "exact", "authors": "normalised", "any author": "any right",
           "people": "people"}  # fmt: skip


def _suites(tallies: Sequence[Tally], what: str) -> list[str]:
    """The sets that know the truth about this."""
    return list(dict.fromkeys(s.suite for s in tallies[0].of(what)))


def _tells(t: Tally, what: str) -> bool:
    """A tool that never says such a thing has no row."""
    return any(s.value for s in t.of(what))


def losses(t: Tally, what: str | None, below: float) -> Iterator[str]:
    """Pages where the tool was wrong, worst first: set, page, question, what it said."""
    asked = ("text", "title", "authors", "people", "day", "minute", "kept", "refused",
             "no author", "undated")  # fmt: skip
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
