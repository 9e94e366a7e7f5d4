"""How well and how fast the names are found: three-type F1 on whole articles from 50 countries.

    python -m bench.names [--every N] [--model FILE]

On en_worldwide's own tokens (the tagger alone) and on raw text through our own sentences and
tokens (what a user gets), scored by exact spans of PER, ORG and LOC after determiners and
possessives are trimmed; then articles per CPU second of tagging, and of the whole of `slugline
understand`. Then B3 of the entities on entity_linking, its spans given. Reads SLUGLINE_EVAL or
../shared/eval; says so when that is absent.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.records import Document, Label
from warehouse.understand import identity, reading
from warehouse.understand.identity import Name
from warehouse.understand.names import tagged
from warehouse.understand.tagger import Tagger
from warehouse.understand.tokens import Token, sentences

EVAL = Path(os.environ.get("SLUGLINE_EVAL", Path(__file__).parents[2] / "shared" / "eval"))
TYPES = ("PER", "ORG", "LOC")
_TYPE_OF = {"Person": "PER", "Location": "LOC", "Facility": "LOC", "Organization": "ORG"}
_ARTICLES = ("the", "a", "an", "this", "that")
_TAILS = ("'s", "'", "’s", "’", '"', "''", ".")

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Gold:
    """An article: its sentences as tokens, and the names of each as (first, last, type)."""

    words: list[list[str]]
    names: list[list[Span]]

    def text(self) -> tuple[str, list[list[int]]]:
        """The tokens as running text, and where each token starts in it."""
        text, starts = "", []
        for words in self.words:
            row = []
            for i, word in enumerate(words):
                if i and not _sticks(words[i - 1], word):
                    text += " "
                row.append(len(text))
                text += word
            starts.append(row)
            text += "\n"
        return text, starts


def _sticks(before: str, word: str) -> bool:
    """Whether running text has no space between two tokens."""
    closes = word in {",", ".", "!", "?", ";", ":", ")", "]", "%", "”", "’", "'"}
    clitic = word.lower() in {"'s", "’s", "n't", "n’t", "'re", "’re", "'ve", "’ve", "'ll", "’ll"}
    after_mark = before in {"(", "[", "“", "‘", "$", "£", "€", "#"} or (
        word == "s" and before in "'’"
    )
    hyphen = word in {"-", "–"} or before in {"-", "–"}
    return closes or clitic or after_mark or hyphen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="only each Nth article")
    parser.add_argument("--model", type=Path, help="another ONNX file than the shipped one")
    args = parser.parse_args()
    if not EVAL.is_dir():
        sys.exit(f"no evaluation data in {EVAL}: set SLUGLINE_EVAL")
    tagger = Tagger.load(args.model)
    golds = worldwide(EVAL / "ner" / "en_worldwide", args.every)
    tagger.tag([["Warm", "up", "in", "Paris", "."]])
    on_given_tokens(golds, tagger)
    on_raw_text(golds, tagger)
    whole_understanding(golds, tagger)
    identities(tagger)


def worldwide(folder: Path, every: int) -> list[Gold]:
    golds = []
    for path in sorted(folder.glob("*.tsv"))[::every]:
        blocks = path.read_text(encoding="utf8").split("\n\n")
        rows = [[line.split("\t") for line in b.split("\n") if "\t" in line] for b in blocks]
        rows = [[(r[0].strip(), r[1]) for r in block if r[0].strip()] for block in rows]
        rows = [block for block in rows if block]
        if rows and rows[0][0][0].startswith("http"):
            rows = rows[1:]
        golds.append(
            Gold([[w for w, _ in b] for b in rows], [_gold_spans([t for _, t in b]) for b in rows])
        )
    return golds


def _gold_spans(tags: Sequence[str]) -> list[Span]:
    found: list[Span] = []
    start, kind = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if kind and (prefix in "OB" or label != kind):
            if kind in _TYPE_OF:
                found.append((start, i, _TYPE_OF[kind]))
            kind = ""
        if prefix != "O" and not kind:
            start, kind = i, label
    return found


# --- scores ------------------------------------------------------------------------------------


class Score:
    """Exact spans with types; the span score asks for the span alone."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.spans = 0

    def add(self, gold: set[Span], found: set[Span]) -> None:
        found = {x for x in found if x[2] in TYPES}
        self.gold.update(x[2] for x in gold)
        self.found.update(x[2] for x in found)
        self.right.update(x[2] for x in gold & found)
        self.spans += len({x[:2] for x in gold} & {x[:2] for x in found})

    def __str__(self) -> str:
        right, gold, found = (sum(c.values()) for c in (self.right, self.gold, self.found))
        each = "  ".join(
            f"{t} {_f1(self.right[t], self.gold[t], self.found[t]):.3f}" for t in TYPES
        )
        return (
            f"F1 {_f1(right, gold, found):.4f}  P {right / max(1, found):.3f}  "
            f"R {right / max(1, gold):.3f}  span only {_f1(self.spans, gold, found):.4f}  {each}"
        )


def _f1(right: int, gold: int, found: int) -> float:
    return 2 * right / max(1, gold + found)


def _trim(words: Sequence[str], a: int, b: int) -> tuple[int, int]:
    while a < b and words[a].lower() in _ARTICLES:
        a += 1
    while b > a and words[b - 1] in _TAILS and not _initial(words, a, b):
        b -= 1
    return a, b


def _initial(words: Sequence[str], a: int, b: int) -> bool:
    return words[b - 1] == "." and b - 1 > a and len(words[b - 2]) == 1


# --- runs --------------------------------------------------------------------------------------


def on_given_tokens(golds: Sequence[Gold], tagger: Tagger) -> None:
    """The sketch's measure: names on the corpus' own sentences and tokens."""
    score, spent, words = Score(), 0.0, 0
    for gold in golds:
        text, starts = gold.text()
        split = [
            [Token(w, s, s + len(w)) for w, s in zip(ws, row, strict=True)]
            for ws, row in zip(gold.words, starts, strict=True)
        ]
        begun = time.process_time()
        names = tagged(text, split, tagger)
        spent += time.process_time() - begun
        words += sum(map(len, gold.words))
        score.add(_gold_places(gold, starts), {(n.start, n.end, n.label) for n in names})
    print(f"given tokens  {score}")
    print(
        f"              {len(golds) / spent:.1f} articles, {words / spent:.0f} words a CPU second"
    )


def on_raw_text(golds: Sequence[Gold], tagger: Tagger) -> None:
    score, spent = Score(), 0.0
    for gold in golds:
        text, starts = gold.text()
        begun = time.process_time()
        names = tagged(text, sentences(text), tagger)
        spent += time.process_time() - begun
        score.add(_gold_places(gold, starts), {(n.start, n.end, n.label) for n in names})
    print(f"raw text      {score}")
    print(f"              {len(golds) / spent:.1f} articles a CPU second")


def whole_understanding(golds: Sequence[Gold], tagger: Tagger) -> None:
    texts = [gold.text()[0] for gold in golds]
    begun = time.process_time()
    for i, text in enumerate(texts):
        reading.read(Document(id=str(i), text=text), tagger=tagger)
    spent = time.process_time() - begun
    print(f"understand    {len(texts) / spent:.1f} articles a CPU second, everything included")


def _gold_places(gold: Gold, starts: list[list[int]]) -> set[Span]:
    found = set()
    for words, row, names in zip(gold.words, starts, gold.names, strict=True):
        for a, b, label in names:
            first, last = _trim(words, a, b)
            if first < last:
                found.add((row[first], row[last - 1] + len(words[last - 1]), label))
    return found


# --- same entity -------------------------------------------------------------------------------


def identities(tagger: Tagger) -> None:
    """B3 within and across documents on gold spans; Wikidata ids are the truth."""
    for path in sorted((EVAL / "entity_linking").glob("*.jsonl")):
        docs = [json.loads(line) for line in path.open(encoding="utf8")]
        pairs: list[tuple[int, str, str, str]] = []  # document, truth, ours, plain
        for i, doc in enumerate(docs):
            pairs += [(i, *row) for row in _linked(doc, tagger)]
        within = _b3((f"{i} {t}", f"{i} {o}") for i, t, o, _ in pairs)
        across = _b3((t, o) for _, t, o, _ in pairs)
        plain = _b3((t, p) for _, t, _, p in pairs)
        print(
            f"same entity   {path.stem.split('.')[0]}: {len(pairs)} names, B3 within {within:.3f}, "
            f"across {across:.3f} (exact strings {plain:.3f})"
        )


def _linked(doc: dict[str, object], tagger: Tagger) -> Iterable[tuple[str, str, str]]:
    text = str(doc["text"])
    labels = {(n.start, n.end): n.label for n in tagged(text, sentences(text), tagger)}
    spans = sorted(_gold_entities(doc))
    names = [
        Name(text[a:b], a, b, labels.get((a, b)) or _overlapping(labels, a, b)) for a, b, _ in spans
    ]
    for (_, _, truth), name, found in zip(spans, names, identity.resolve(names), strict=True):
        yield truth, found.entity_id, name.surface.casefold()


def _overlapping(labels: dict[tuple[int, int], Label], a: int, b: int) -> Label:
    return next((x for (u, v), x in labels.items() if u < b and a < v), Label.MISC)


def _gold_entities(doc: dict[str, object]) -> Iterable[tuple[int, int, str]]:
    labels = doc["labels"]
    assert isinstance(labels, list)
    for label in labels:
        if label["entity_id"]:
            yield label["span"][0], label["span"][1], label["entity_id"]


def _b3(pairs: Iterable[tuple[str, str]]) -> float:
    rows = list(pairs)
    truth, found = defaultdict(set), defaultdict(set)
    for i, (t, f) in enumerate(rows):
        truth[t].add(i)
        found[f].add(i)
    if not rows:
        return 0.0
    p = sum(len(truth[t] & found[f]) / len(found[f]) for t, f in rows) / len(rows)
    r = sum(len(truth[t] & found[f]) / len(truth[t]) for t, f in rows) / len(rows)
    return 2 * p * r / (p + r)


if __name__ == "__main__":
    main()
