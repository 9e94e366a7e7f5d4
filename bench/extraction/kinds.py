"""What kind of page each is, beside labels of ours: who is taken for whom.

The labels are in bench/labels/kinds.toml, a table for each set: the page's id and its kind. The
texts are not ours to ship, and are not in it.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.extraction import tables
from bench.extraction.answers import Answer
from bench.extraction.cases import Case

LABELS = Path(__file__).parents[1] / "labels" / "kinds.toml"
# Outcomes instead of an article, and the kinds of page that they stand for.
_OF_OUTCOME = {
    "not_article": "index",
    "consent_wall": "consent",
    "paywalled": "paywall",
    "gone": "error",
    "bad_content": "error",
}
_ARTICLES = frozenset(("article", "brief", "live", "opinion", "press_release", "gallery", "video"))

Place = tuple[str, str]  # set, page


def labels() -> dict[Place, str]:
    """What we say each page is; nothing when there are no labels yet."""
    if not LABELS.exists():
        return {}
    data = tomllib.loads(LABELS.read_text("utf-8"))
    return {(suite, page): kind for suite, table in data.items() for page, kind in table.items()}


def kind_of(answer: Answer) -> str:
    return _OF_OUTCOME.get(answer.kind, answer.kind)


def confusion(pages: Sequence[Case], said: Mapping[Place, Answer]) -> str:
    """A row for each kind that a page is, a column for each that it was taken for."""
    known = labels()
    pairs = [
        (known[place], kind_of(said[place]))
        for case in pages
        if (place := (case.suite, case.name)) in known
    ]
    if not pairs:
        return f"no labels for these pages in {LABELS}"
    counted = Counter(pairs)
    columns = sorted({kind for pair in pairs for kind in pair})
    rows = [
        [kind, *(str(counted[kind, other] or "") for other in columns),
         f"{counted[kind, kind]}/{sum(counted[kind, other] for other in columns)}"]
        for kind in columns if any(counted[kind, other] for other in columns)
    ]  # fmt: skip
    table = tables.markdown(["is ↓ taken for →", *columns, "right"], rows)
    return f"{table}\n\n{_sums(pairs)}"


def _sums(pairs: Sequence[tuple[str, str]]) -> str:
    right = sum(kind == got for kind, got in pairs)
    fate = sum((kind in _ARTICLES) == (got in _ARTICLES) for kind, got in pairs)
    n = len(pairs)
    kept = f"kept or refused rightly {fate} ({fate / n:.3f})"
    return f"{n} pages: kind right {right} ({right / n:.3f}), {kept}"


def wrong(pages: Sequence[Case], said: Mapping[Place, Answer]) -> Iterator[str]:
    known = labels()
    for case in pages:
        place = (case.suite, case.name)
        if place in known and known[place] != kind_of(said[place]):
            taken = f"{known[place]}, taken for {kind_of(said[place])}"
            yield f"kind       {case.suite:9} {case.name:40} {taken} {said[place].refused or ''}"
