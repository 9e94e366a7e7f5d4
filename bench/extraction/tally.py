"""Scores of pages, and their sums for a tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bench.extraction import scores
from bench.extraction.answers import Answer
from bench.extraction.cases import Case


@dataclass(frozen=True, slots=True)
class Score:
    """One question about one page: 1 is right, 0 wrong, text in between."""

    suite: str
    page: str
    what: str
    value: float
    shown: str = ""  # got and wanted, for the losses
    sums: tuple[float, float, float] = (0.0, 0.0, 0.0)  # of the aeb benchmark


@dataclass(frozen=True, slots=True)
class Tally:
    """What one tool scored on all pages."""

    name: str
    scores: tuple[Score, ...]
    ms: float  # of CPU, the mean of its pages

    def of(self, what: str, *suites: str) -> list[Score]:
        return [s for s in self.scores if s.what == what and (not suites or s.suite in suites)]

    def share(self, what: str, *suites: str) -> str:
        """ "105/107", or a dash where nobody knows the truth."""
        found = self.of(what, *suites)
        return f"{sum(s.value for s in found):.0f}/{len(found)}" if found else "–"

    def mean(self, what: str, *suites: str) -> float:
        found = self.of(what, *suites)
        return sum(s.value for s in found) / (len(found) or 1)

    def aeb(self) -> tuple[float, float, float]:
        """Precision, recall and F1 as the aeb benchmark sums them."""
        rows = [s.sums for s in self.of("text", "aeb")]
        true, false, missed = (sum(row[i] for row in rows) for i in range(3))
        return (true / ((true + false) or 1), true / ((true + missed) or 1),
                scores.f1_of(true, false, missed))  # fmt: skip


def tally(name: str, cases: Iterable[Case], ask: Callable[[Case], Answer | None]) -> Tally:
    """All scores of a tool; pages it was not asked about are left out."""
    answered = [(case, answer) for case in cases if (answer := ask(case)) is not None]
    found = [score for case, answer in answered for score in scores_of(case, answer)]
    ms = sum(answer.ms for _, answer in answered) / (len(answered) or 1)
    return Tally(name, tuple(found), ms)


def scores_of(case: Case, answer: Answer) -> Iterator[Score]:
    """Every question whose truth is known; of pages that are no article only whether it is kept."""

    def score(what: str, value: float, shown: str = "") -> Score:
        return Score(case.suite, case.name, what, float(value), shown)

    kept = answer.refused is None
    if not case.is_article:
        yield score("refused", not kept, f"kept as {answer.kind}")
        return
    yield score("kept", kept, str(answer.refused))
    yield from _text(case, answer)
    if case.title:
        yield from _title(case.title, answer, score)
    yield from _authors(case, answer, score)
    yield from _date(case, answer, score)


def _text(case: Case, answer: Answer) -> Iterator[Score]:
    if case.body is None:
        return
    sums = (0.0, 0.0, 0.0)
    if case.suite == "aeb":
        sums = scores.shingle_sums(case.body, answer.text)
        value = scores.f1_of(*sums)
    else:
        value = scores.word_f1(case.body, answer.text, wide=case.wide)
    yield Score(case.suite, case.name, "text", value, f"F1 {value:.3f}", sums)


_Make = Callable[[str, float, str], Score]


def _title(truth: str, answer: Answer, score: _Make) -> Iterator[Score]:
    want, got = scores.plain(truth), scores.plain(answer.title)
    shown = f"{answer.title!r} for {truth!r}"
    yield score("title exact", scores.exact(truth) == scores.exact(answer.title), shown)
    yield score("title", want == got, shown)
    yield score("title contained", bool(got) and (want in got or got in want), shown)


def _authors(case: Case, answer: Answer, score: _Make) -> Iterator[Score]:
    shown = f"{', '.join(answer.authors)} for {', '.join(case.authors) or 'nobody'}"
    if not case.authors:
        if case.title:  # a set that knows of titles knows of authors
            yield score("no author", not answer.authors, shown)
        return
    if not any(_is_person(name) for name in case.authors):
        return  # "dpa", "Redaktion": we say who wrote, and those are agencies and desks
    as_written, same, some = scores.same_people(case.authors, answer.authors)
    yield score("authors exact", as_written, shown)
    yield score("authors", same, shown)
    yield score("any author", some, shown)
    people = case.people
    if people:
        yield score("people", scores.same_people(people, answer.authors)[1], shown)


def _is_person(name: str) -> bool:
    return " " in name.strip() or not name.isascii()


def _date(case: Case, answer: Answer, score: _Make) -> Iterator[Score]:
    truth, got = case.published, answer.published
    shown = f"{got} for {truth}"
    if truth is None:
        if case.undated:
            yield score("undated", got is None, shown)
        return
    yield score("day", scores.same_day(truth, got), shown)
    yield score("day unknown", got is None, "")
    if case.timed:
        yield score("minute", scores.same_minute(truth, got), shown)
    if case.timed and truth.tzinfo is not None:
        yield score("offset", scores.same_offset(truth, got), shown)
