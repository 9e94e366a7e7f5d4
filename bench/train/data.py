"""Training data: the files of licence-clean names, varied a little, as windows of numbers.

Format and sources are described in the data's own README; nothing of it is part of this project.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.understand.candidates import candidates
from warehouse.understand.decoding import LABELS
from warehouse.understand.windows import Encoded, Pieces

Sentence = tuple[list[str], list[str]]  # words, tags
ID = {label: i for i, label in enumerate(LABELS)}
TYPES = ("PER", "ORG", "LOC", "MISC")

# Share of each source's sentences seen per pass.
MIX = {
    "en_gum_ccby": 1.5,
    "en_uner_ewt_dev": 2.0,
    "en_redocred_devtest": 1.0,
    "en_crossner_wiki": 0.7,
    "en_wikigold": 2.0,
    "en_wnut17_train": 0.7,
    "en_btc": 0.7,
}
# The same for the student, with fewer tweets.
STUDENT_MIX = {**MIX, "en_crossner_wiki": 0.6, "en_wnut17_train": 0.2, "en_btc": 0.2}
_LIMIT = 160  # pieces of a window
_NO_MISC = ("en_uner_ewt_dev", "en_btc", "_uner_")  # an O may hide a MISC: partial loss
_TWEETS = ("btc", "wnut")
_KEEP_EMPTY = 0.25  # share of windows without any name that are kept
_SWAP = 0.2  # chance that a name is replaced by another of its type

# Demonyms: "Costa Ricans" and "South Korean" were half of the false places.
_DEMONYMS = (Path(__file__).with_name("demonyms.txt")).read_text("utf8").splitlines()
_ONE_WORD = [d for d in _DEMONYMS if " " not in d]
_TWO_WORD = [d for d in _DEMONYMS if " " in d]


@dataclass(frozen=True, slots=True)
class Example:
    """A window as the model reads it. `targets`: label, or -1 where O may hide a MISC."""

    ids: list[int]
    shapes: list[int]
    asked: list[int]
    targets: list[int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A window as the teacher reads it and as the student does; the same words are asked."""

    whole: Encoded
    read: Encoded
    targets: list[int]


@cache
def read(path: Path) -> list[list[Sentence]]:
    """The documents of one file, each a list of sentences."""
    docs: list[list[Sentence]] = [[]]
    words: list[str] = []
    tags: list[str] = []
    with gzip.open(path, "rt", encoding="utf8") as lines:
        for line in lines:
            if line.startswith("# newdoc "):
                docs.append([])
            elif not line.strip():
                if words:
                    docs[-1].append((words, tags))
                words, tags = [], []
            else:
                word, tag = line.rstrip("\n").split("\t")[:2]
                words.append(word)
                tags.append(tag)
    if words:
        docs[-1].append((words, tags))
    return [d for d in docs if d]


def spans(tags: list[str]) -> list[tuple[int, int, str]]:
    """BIO tags as (first, last, type)."""
    found: list[tuple[int, int, str]] = []
    start, kind = 0, ""
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if kind and (prefix in "OB" or label != kind):
            found.append((start, i, kind))
            kind = ""
        if prefix != "O" and not kind:
            start, kind = i, label
    return found


# --- variation ---------------------------------------------------------------------------------


def name_pool(folder: Path) -> dict[str, list[list[str]]]:
    """Names by type from every Latin-script file, other languages too: worldwide names."""
    pool: dict[str, list[list[str]]] = {t: [] for t in TYPES[:3]}
    for path in sorted(folder.glob("*.conll.gz")):
        source = path.name.removesuffix(".conll.gz")
        if source[:2] in ("zh", "ur", "hi", "te", "or", "ja"):
            continue
        if source in ("en_btc", "en_wnut17_train", "en_crossner_wiki"):
            continue
        for words, tags in (s for d in read(path) for s in d):
            for a, b, kind in spans(tags):
                wanted = source[:2] == "en" or kind == "PER"
                if kind in pool and b - a <= 5 and words[a][0].isupper() and wanted:
                    pool[kind].append(words[a:b])
    return {kind: sorted(names) for kind, names in pool.items()}


def swap(sentence: Sentence, pool: dict[str, list[list[str]]], rng: random.Random) -> Sentence:
    """Some names replaced by others of their type, demonyms by other demonyms."""
    words, tags = sentence
    out_words: list[str] = []
    out_tags: list[str] = []
    at = 0
    for a, b, kind in spans(tags):
        if kind == "MISC" and b == a + 1 and words[a] in _ONE_WORD and rng.random() < 0.6:
            name = _other_demonym(words, tags, b, rng)
        elif kind in pool and rng.random() < _SWAP:
            name = rng.choice(pool[kind])
        else:
            continue
        out_words += words[at:a] + name
        out_tags += tags[at:a] + ["B-" + kind] + ["I-" + kind] * (len(name) - 1)
        at = b
    return out_words + words[at:], out_tags + tags[at:]


def _other_demonym(words: list[str], tags: list[str], b: int, rng: random.Random) -> list[str]:
    name = (rng.choice(_TWO_WORD) if rng.random() < 0.4 else rng.choice(_ONE_WORD)).split()
    followers = ("and", ",", ".", "are", "were", "have", "in", "who")
    if b < len(words) and tags[b] == "O" and words[b] in followers:
        name[-1] += "s"
    return name


def retoken(sentence: Sentence, rng: random.Random) -> Sentence:
    """Other people's tokens: Man-kin or Man - kin, 's or ’ s, U.S. or U . S ."""
    out_words: list[str] = []
    out_tags: list[str] = []
    hyphen, curly, dots = rng.random() < 0.5, rng.random() < 0.3, rng.random() < 0.2
    for word, tag in zip(*sentence, strict=True):
        parts = [word]
        if hyphen and 1 < len(word) < 30 and "-" in word[1:-1] and not word.startswith("http"):
            parts = [p for p in re.split("(-)", word) if p]
        elif curly and word in ("'s", "’s"):
            parts = ["’", "s"] if rng.random() < 0.6 else ["’s"]
        elif dots and re.fullmatch(r"(?:[A-Z]\.){1,4}", word):
            parts = list(word)
        out_words += parts
        inside = "O" if tag == "O" else "I-" + tag[2:]
        out_tags += [tag] + [inside] * (len(parts) - 1)
    return out_words, out_tags


# --- windows -----------------------------------------------------------------------------------


def examples(
    folder: Path,
    pieces: Pieces,
    rng: random.Random,
    pool: dict[str, list[list[str]]],
    *,
    narrow: bool,
) -> list[Example]:
    """One pass worth of windows: sentences of a document, one to three at a time."""
    found = []
    for window, partial in drawn(folder, rng, MIX):
        example = _encode(_vary(window, pool, rng), pieces, narrow=narrow, partial=partial)
        if example.asked:
            found.append(example)
    return found


def drawn(
    folder: Path, rng: random.Random, mix: dict[str, float]
) -> list[tuple[list[Sentence], bool]]:
    """One pass worth of windows as they stand in the files; True where an O may hide a MISC."""
    found = []
    for source, share in mix.items():
        path = folder / f"{source}.conll.gz"
        if not path.exists():
            continue
        windows = list(_windows(path, source, rng))
        rng.shuffle(windows)
        windows = windows * int(share) + windows[: int(len(windows) * (share % 1))]
        found += [(window, any(x in source for x in _NO_MISC)) for window in windows]
    return found


def pair(
    window: list[Sentence],
    pieces: Pieces,
    rng: random.Random,
    pool: dict[str, list[list[str]]],
    *,
    partial: bool,
) -> Pair | None:
    """A window varied, as teacher and student read it; None if nothing is asked."""
    varied = _vary(window, pool, rng)
    sentences = [words for words, _ in varied]
    tags = [tag for _, tags in varied for tag in tags]
    flags = [candidates(words) for words in sentences]
    whole = pieces.encode(sentences, flags, limit=_LIMIT, near=None)
    targets = [-1 if partial and tags[w] == "O" else ID[tags[w]] for w in whole.words]
    read = pieces.encode(sentences, flags, limit=_LIMIT)
    return Pair(whole, read, targets) if whole.asked else None


def _windows(path: Path, source: str, rng: random.Random) -> Iterator[list[Sentence]]:
    tweets = any(x in source for x in _TWEETS)
    for doc in read(path):
        i = 0
        while i < len(doc):
            n = 1 if tweets else rng.choice((1, 1, 2, 3))
            window = doc[i : i + n]
            i += n
            named = [w for ws, ts in window for w, t in zip(ws, ts, strict=True) if t != "O"]
            if not named and rng.random() > _KEEP_EMPTY:
                continue
            if "btc" in source and any(w[0] in "@#" or w.startswith("http") for w in named):
                continue
            yield window


def _vary(
    window: list[Sentence], pool: dict[str, list[list[str]]], rng: random.Random
) -> list[Sentence]:
    chance = rng.random()
    if chance > 0.1:
        window = [retoken(swap(s, pool, rng), rng) for s in window]
    if chance < 0.04:
        return [([w.upper() for w in ws], ts) for ws, ts in window]
    if chance < 0.07:
        return [([w.lower() for w in ws], ts) for ws, ts in window]
    return window


def _encode(window: list[Sentence], pieces: Pieces, *, narrow: bool, partial: bool) -> Example:
    sentences = [words for words, _ in window]
    tags = [tag for _, tags in window for tag in tags]
    flags = [candidates(words) if narrow else [True] * len(words) for words in sentences]
    read = pieces.encode(sentences, flags, limit=_LIMIT, near=None)
    targets = [-1 if partial and tags[w] == "O" else ID[tags[w]] for w in read.words]
    return Example(read.ids, read.shapes, read.asked, targets)


def batches(all_: list[Example], rng: random.Random, size: int) -> list[list[Example]]:
    """Windows of like length together, at most `size` pieces a batch, in random order."""
    order = list(range(len(all_)))
    rng.shuffle(order)
    found = []
    for c in range(0, len(order), 3000):
        current: list[Example] = []
        for k in sorted(order[c : c + 3000], key=lambda k: len(all_[k].ids)):
            if current and len(all_[k].ids) * (len(current) + 1) > size:
                found.append(current)
                current = []
            current.append(all_[k])
        if current:
            found.append(current)
    rng.shuffle(found)
    return found
