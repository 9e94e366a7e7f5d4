"""The pages that are measured and what is known of each.

The public development sets are read from `SLUGLINE_EVAL` (or ../shared/eval); they are not ours to
ship. The suite "ours" is the pages of tests/data/extract, which are.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)  # after every page of the sets
ROOT = Path(__file__).parents[2]
_OURS = ROOT / "tests" / "data" / "extract"
_NO_PEOPLE = ROOT / "bench" / "labels" / "no_people.toml"
_WIDE = ("zh", "ja", "ko", "th", "cn", "jp", "tw")
_NAMES = re.compile(r"\s*(?:,|;|&|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class Case:
    """One page with what is known of it; a truth that nobody wrote down is None or empty."""

    suite: str
    name: str
    url: str
    file: Path  # of the HTML, gzipped where it ends in .gz
    body: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None  # aware only where the truth says a zone
    timed: bool = False
    is_article: bool = True
    wide: bool = False  # a script without spaces: scored by characters
    undated: bool = False  # those who wrote down the truth found no date
    given: Mapping[str, Any] | None = None  # the line of our own pages, for the `extract` stage

    @property
    def people(self) -> tuple[str, ...]:
        """The authors that are people, by labels of ours: no desks, papers, agencies or places."""
        nobody = _no_people().get(self.suite, {}).get(self.name, ())
        return tuple(name for place, name in enumerate(self.authors, 1) if place not in nobody)

    @property
    def html(self) -> bytes:
        return html_of(self.file)


@cache
def _no_people() -> dict[str, dict[str, list[int]]]:
    """For a set and a page of it, the places of its authors that are no people."""
    return tomllib.loads(_NO_PEOPLE.read_text("utf-8"))


def folder() -> Path:
    """Where the development data is, or should be."""
    return Path(os.environ.get("SLUGLINE_EVAL", ROOT.parent / "shared" / "eval"))


def html_of(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def cases(root: Path, suites: list[str] | None = None) -> list[Case]:
    """All pages of the sets that are there, set after set."""
    wanted = suites or list(SETS)
    return [
        case
        for name, (place, read) in SETS.items()
        if name in wanted and (root / place).is_dir()
        for case in read(root / place)
    ]


def files(pages: list[Case]) -> list[Path]:
    """The pages' files: those of the public sets, or our own where there is no other."""
    public = [case.file.resolve() for case in pages if case.suite != "ours"]
    return public or [case.file.resolve() for case in pages]


def absent(root: Path, suites: list[str] | None = None) -> list[Path]:
    """The folders of sets that are not there."""
    wanted = suites or list(SETS)
    return [root / place for name, (place, _) in SETS.items()
            if name in wanted and not (root / place).is_dir()]  # fmt: skip


def _aeb(root: Path) -> Iterator[Case]:
    for name, truth in json.loads((root / "ground-truth.json").read_text("utf-8")).items():
        file = root / f"html/{name}.html.gz"
        yield Case("aeb", name[:12], truth["url"], file, body=truth["articleBody"])


def _fundus(root: Path) -> Iterator[Case]:
    for path in sorted(root.glob("*/*.json")):
        truth = json.loads(path.read_text("utf-8"))
        parts = list(truth["body"]["summary"])
        for section in truth["body"]["sections"]:
            parts += section["headline"] + section["paragraphs"]
        yield Case(
            "fundus",
            path.stem,
            truth["_url"],
            path.with_suffix(".html.gz"),
            body="\n".join(parts),
            title=truth.get("title"),
            authors=tuple(truth.get("authors") or ()),
            published=_when(truth.get("publishing_date")),
            timed=True,
            undated=not truth.get("publishing_date"),
            wide=path.parent.name in _WIDE,
        )


def _wcxb(root: Path) -> Iterator[Case]:
    for path in sorted(root.glob("ground-truth/*.json")):
        data = json.loads(path.read_text("utf-8"))
        truth = data["ground_truth"]
        kind = data.get("_internal", {}).get("page_type", {}).get("primary", "article")
        yield Case(
            "wcxb",
            path.stem,
            data.get("url") or truth.get("url") or "https://site.example/" + path.stem,
            root / f"html/{path.stem}.html.gz",
            body=truth["main_content"],
            title=truth.get("title"),
            authors=_people(truth.get("author")),
            published=_when(truth.get("publish_date")),
            undated=not truth.get("publish_date"),
            is_article=kind == "article",
        )


def _postlight(root: Path) -> Iterator[Case]:
    for name, truth in json.loads((root / "ground_truth.json").read_text("utf-8")).items():
        yield Case(
            "postlight",
            name.removesuffix(".html.gz"),
            truth["url"],
            root / "html" / name,
            title=truth.get("title"),
            authors=_people(truth.get("author")),
            published=_when(truth.get("date")),
            undated=not truth.get("date"),
        )


def _ours(root: Path) -> Iterator[Case]:
    for place in sorted(root.iterdir()):
        given = json.loads((place / "given.json").read_text("utf-8"))
        truth = json.loads((place / "expected.json").read_text("utf-8"))
        yield Case(
            "ours",
            place.name,
            given["url"],
            place / "page.html",
            body=truth.get("text"),
            title=truth.get("title"),
            authors=tuple(truth.get("authors") or ()),
            published=_local(truth),
            timed=True,
            is_article="outcome" not in truth,
            undated="published_at" in truth and truth["published_at"] is None,
            given={**given, "html_path": str(place / "page.html")},
        )


SETS: dict[str, tuple[str | Path, Callable[[Path], Iterator[Case]]]] = {
    "aeb": ("extraction/aeb", _aeb),
    "fundus": ("extraction/fundus", _fundus),
    "wcxb": ("extraction/wcxb", _wcxb),
    "postlight": ("metadata/postlight", _postlight),
    "ours": (_OURS, _ours),
}


def _people(names: str | None) -> tuple[str, ...]:
    """The people of a truth that writes them into one string."""
    return tuple(filter(None, _NAMES.split(names or "")))


def _when(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _local(truth: dict[str, Any]) -> datetime | None:
    at = _when(truth.get("published_at"))
    zone = timezone(timedelta(minutes=truth.get("published_offset") or 0))
    return at.astimezone(zone) if at else None
