"""Scores `extract` on public development pages, beside trafilatura's default in the same run.

Reads `SLUGLINE_EVAL` (or ../shared/eval); the pages are not ours to ship. Usage:
`python -m bench.extraction [--losses] [--skip-baseline] [--all]`. Prints text F1, dates, titles,
authors, kinds and CPU time; with --all also that no HTML file of the folder raises.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trafilatura

from crawlers.extract import Refusal, extract
from warehouse.records import Article

FETCHED_AT = datetime(2026, 11, 1, tzinfo=UTC)  # after every page of the sets
_TOKEN = re.compile(r"\w+", re.UNICODE | re.MULTILINE | re.IGNORECASE | re.DOTALL)
_WIDE = ("zh", "ja", "ko", "th", "cn", "jp", "tw")


@dataclass(frozen=True, slots=True)
class Case:
    """One page with what is known of it; absent truths are None or empty."""

    suite: str
    name: str
    url: str
    html: bytes
    body: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None  # aware only where the truth says a zone
    timed: bool = False
    is_article: bool = True
    wide: bool = False  # a script without spaces: scored by characters


def folder() -> Path:
    return Path(os.environ.get("SLUGLINE_EVAL", "../shared/eval"))


def cases(root: Path) -> Iterator[Case]:
    yield from _aeb(root / "extraction/aeb")
    yield from _fundus(root / "extraction/fundus")
    yield from _wcxb(root / "extraction/wcxb")
    yield from _postlight(root / "metadata/postlight")


def _html(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _aeb(root: Path) -> Iterator[Case]:
    for name, truth in json.loads((root / "ground-truth.json").read_text()).items():
        html = _html(root / f"html/{name}.html.gz")
        yield Case("aeb", name[:12], truth["url"], html, body=truth["articleBody"])


def _fundus(root: Path) -> Iterator[Case]:
    for path in sorted(root.glob("*/*.json")):
        truth = json.loads(path.read_text())
        parts = list(truth["body"]["summary"])
        for section in truth["body"]["sections"]:
            parts += section["headline"] + section["paragraphs"]
        yield Case(
            "fundus",
            path.stem,
            truth["_url"],
            _html(path.with_suffix(".html.gz")),
            body="\n".join(parts),
            title=truth.get("title"),
            authors=tuple(truth.get("authors") or ()),
            published=_when(truth.get("publishing_date")),
            timed=True,
            wide=path.parent.name in _WIDE,
        )


def _wcxb(root: Path) -> Iterator[Case]:
    for path in sorted(root.glob("ground-truth/*.json")):
        data = json.loads(path.read_text())
        truth = data["ground_truth"]
        yield Case(
            "wcxb",
            path.stem,
            data.get("url")
            or data["ground_truth"].get("url")
            or "https://site.example/" + path.stem,
            _html(root / f"html/{path.stem}.html.gz"),
            body=truth["main_content"],
            title=truth.get("title"),
            authors=tuple(filter(None, [truth.get("author")])),
            published=_when(truth.get("publish_date")),
            is_article=data.get("_internal", {}).get("page_type", {}).get("primary", "article")
            == "article",
        )


def _postlight(root: Path) -> Iterator[Case]:
    for name, truth in json.loads((root / "ground_truth.json").read_text()).items():
        yield Case(
            "postlight",
            name.removesuffix(".html.gz"),
            truth["url"],
            _html(root / "html" / name),
            title=truth.get("title"),
            authors=tuple(filter(None, [truth.get("author")])),
            published=_when(truth.get("date")),
        )


def _when(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


# --- scores ----------------------------------------------------------------------------------


def shingle_sums(truth: str, text: str) -> tuple[float, float, float]:
    """The benchmark's own: true, false and missed 4-token shingles, each by their sum."""
    wanted, got = _shingles(truth), _shingles(text)
    true = sum((wanted & got).values())
    false, missed = sum((got - wanted).values()), sum((wanted - got).values())
    total = true + false + missed
    return (true / total, false / total, missed / total) if total else (1.0, 0.0, 0.0)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    count = max(1, len(tokens) - 3) if tokens else 0
    return Counter(tuple(tokens[i : i + 4]) for i in range(count))


def word_f1(truth: str, text: str, *, wide: bool) -> float:
    pattern = r"\w" if wide else r"\w+"
    wanted, got = (Counter(re.findall(pattern, part.lower())) for part in (truth, text))
    true = sum((wanted & got).values())
    return 2 * true / ((wanted.total() + got.total()) or 1)


def plain(text: str | None) -> str:
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says of one page."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    offset: int | None = None
    refused: str | None = None


def ours(case: Case) -> Answer:
    found = extract(case.html, case.url, fetched_at=FETCHED_AT)
    if isinstance(found, Refusal):
        return Answer(refused=f"{found.outcome}: {found.reason}")
    return of_article(found)


def of_article(found: Article) -> Answer:
    local = None
    if found.published_at is not None:
        local = found.published_at + timedelta(minutes=found.published_offset or 0)
    return Answer(found.text, found.title, found.authors, local, found.published_offset)


def baseline(case: Case) -> Answer:
    try:
        found = trafilatura.bare_extraction(case.html, url=case.url, with_metadata=True)
    except AssertionError:
        return Answer(refused="AssertionError")
    if found is None:
        return Answer(refused="None")
    data = found if isinstance(found, dict) else found.as_dict()
    authors = tuple(a for a in (data.get("author") or "").split("; ") if a)
    return Answer(data.get("text") or "", data.get("title") or "", authors, _when(data.get("date")))


class Tally:
    """Sums of one tool over all suites."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.text: dict[str, list[float]] = {}
        self.shingles = [0.0, 0.0, 0.0]
        self.right: Counter[tuple[str, str]] = Counter()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.seconds = 0.0
        self.pages = 0
        self.losses: list[tuple[float, str]] = []

    def add(self, case: Case, answer: Answer, seconds: float) -> None:
        self.seconds += seconds
        self.pages += 1
        self._mark(case, "article kept" if case.is_article else "other refused",
                   (answer.refused is None) == case.is_article, str(answer.refused))  # fmt: skip
        if case.is_article:
            self._text(case, answer)
            self._metadata(case, answer)

    def _text(self, case: Case, answer: Answer) -> None:
        if case.body is None:
            return
        if case.suite == "aeb":
            sums = shingle_sums(case.body, answer.text)
            self.shingles = [a + b for a, b in zip(self.shingles, sums, strict=True)]
            score = 2 * sums[0] / ((2 * sums[0] + sums[1] + sums[2]) or 1)
        else:
            score = word_f1(case.body, answer.text, wide=case.wide)
        self.text.setdefault(case.suite, []).append(score)
        self.losses.append((score, f"text {case.suite} {case.name} F1 {score:.2f}"))

    def _metadata(self, case: Case, answer: Answer) -> None:
        if case.title:
            want, got = plain(case.title), plain(answer.title)
            shown = f"{answer.title!r} for {case.title!r}"
            self._mark(case, "title exact", want == got, shown, quiet=want in got)
            self._mark(case, "title contained", bool(got) and (want in got or got in want), shown)
        if case.authors and any(len(a.split()) > 1 for a in case.authors):
            want_all = plain(" ".join(case.authors))
            good = any(plain(a) and plain(a) in want_all for a in answer.authors)
            self._mark(case, "author any", good, f"{answer.authors} for {case.authors}")
        if case.published:
            got_at = answer.published
            local = case.published.replace(tzinfo=None)
            day = got_at is not None and got_at.date() == local.date()
            self._mark(case, "day", day, f"{got_at} {answer.offset} for {case.published}")
            if case.timed and case.published.tzinfo is not None:
                offset = case.published.utcoffset() or timedelta()
                same = got_at is not None and (
                    abs(got_at.replace(tzinfo=None) - timedelta(minutes=answer.offset or 0)
                        - (local - offset)) < timedelta(minutes=1))  # fmt: skip
                shown = f"{got_at} {answer.offset} for {case.published}"
                self._mark(case, "minute", same, shown, quiet=not day)
                told = answer.offset is not None and timedelta(minutes=answer.offset) == offset
                self._mark(case, "offset", told, shown, quiet=True)

    def _mark(self, case: Case, what: str, good: bool, shown: str, *, quiet: bool = False) -> None:
        self.asked[case.suite, what] += 1
        self.right[case.suite, what] += good
        if not good and not quiet:
            self.losses.append((0.0, f"{what} {case.suite} {case.name} {shown} {case.url}"))

    def lines(self) -> Iterator[str]:
        true, false, missed = self.shingles
        precision, recall = true / ((true + false) or 1), true / ((true + missed) or 1)
        f1 = 2 * precision * recall / ((precision + recall) or 1)
        yield f"{self.name}: text F1 aeb {f1:.4f} (P {precision:.3f} R {recall:.3f}), " + ", ".join(
            f"{suite} {sum(scores) / len(scores):.4f}"
            for suite, scores in self.text.items()
            if suite != "aeb"
        )
        for what in sorted({what for _, what in self.asked}):
            parts = (
                f"{suite} {self.right[suite, what]}/{n}"
                for (suite, other), n in self.asked.items()
                if other == what
            )
            yield f"  {what:16} {', '.join(parts)}"
        yield f"  {1000 * self.seconds / max(1, self.pages):.1f} CPU ms a page"


def run(pages: list[Case], tool: Callable[[Case], Answer], name: str) -> Tally:
    tally = Tally(name)
    for case in pages:
        started = time.process_time()
        answer = tool(case)
        tally.add(case, answer, time.process_time() - started)
    return tally


def survey(root: Path) -> Counter[str]:
    """Every HTML file of the folder: an article or a refusal, never an exception."""
    fates: Counter[str] = Counter()
    for path in sorted(root.rglob("*.htm*")):
        body = _html(path) if path.suffix == ".gz" else path.read_bytes()
        found = extract(body, "https://site.example/a-page-of-news-1", fetched_at=FETCHED_AT)
        fates[found.outcome if isinstance(found, Refusal) else "article"] += 1
    return fates


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--losses", action="store_true", help="print what was wrong, worst first")
    parser.add_argument("--skip-baseline", action="store_true")
    parser.add_argument("--all", action="store_true", help="also read every HTML file there is")
    parser.add_argument("--suite", action="append", help="only these suites")
    options = parser.parse_args()
    root = folder()
    if not (root / "extraction").is_dir():
        print(f"no development pages in {root}: set SLUGLINE_EVAL to the folder that has them")
        return 1
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = [case for case in cases(root) if not options.suite or case.suite in options.suite]
    tallies = [run(pages, ours, "slugline")]
    if not options.skip_baseline:
        tallies.append(run(pages, baseline, "trafilatura default with metadata"))
    for tally in tallies:
        print(*tally.lines(), sep="\n")
    if options.losses:
        print(*(text for score, text in sorted(tallies[0].losses) if score < 0.9), sep="\n")
    if options.all:
        print("every file:", dict(survey(root)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
