"""Finds names of people, organisations and places in English text with the shipped ONNX model.

One thread, numpy and onnxruntime only. The model reads windows of up to three sentences, and
after its first layers only the words that could be part of a name (see `candidates`), which is
what makes it fast. Other languages are `names.py`'s business. bench/train makes the model; what
it was fed in training (shapes, candidates, windows) is defined here and imported there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODELS = Path(__file__).parent.parent / "models"

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
TYPES = ("PER", "ORG", "LOC", "MISC")
SHAPES = 20  # ten word shapes, twice: first word of its sentence or not

_UNKNOWN, _BEGIN, _END = 100, 101, 102  # pieces of the model's vocabulary
_PIECES_A_WORD = 8
_WINDOW_SENTENCES, _WINDOW_PIECES, _LONGEST = 3, 110, 500
_BATCH_PIECES, _BATCH_WINDOWS = 1_500, 32
_MEMO = 200_000  # words whose pieces are remembered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Forward = Callable[[Ints, Ints, Ints, Ints, Ints], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Span:
    """Words [first, last) of one sentence are a name.

    `votes`: the mean probability of each of TYPES over its words.
    """

    first: int
    last: int
    label: str
    votes: tuple[float, ...]


def shape(word: str) -> int:
    """One of ten shapes: the base model is uncased, so the case of a word comes in here."""
    alpha, digit = any(c.isalpha() for c in word), any(c.isdigit() for c in word)
    if word.isdigit():
        return 1
    if not alpha:
        return 3 if digit else 2
    if digit:
        return 3
    if word.islower():
        return 4
    if word.isupper():
        return 6 if len(word) > 1 else 5
    if word[0].isupper():
        return 7 if word[1:].islower() else 8
    return 9


_OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "it",
        "its",
        "he",
        "she",
        "they",
        "we",
        "i",
        "you",
        "this",
        "that",
        "these",
        "those",
        "but",
        "and",
        "or",
        "if",
        "when",
        "while",
        "as",
        "for",
        "from",
        "with",
        "by",
        "of",
        "to",
        "after",
        "before",
        "since",
        "there",
        "here",
        "what",
        "who",
        "how",
        "why",
        "where",
        "which",
        "his",
        "her",
        "their",
        "our",
        "my",
        "your",
        "one",
        "two",
        "not",
        "no",
        "so",
        "then",
        "now",
        "also",
        "however",
        "some",
        "many",
        "more",
        "most",
        "all",
        "each",
        "both",
        "such",
        "even",
        "just",
        "only",
        "still",
        "yet",
        "although",
        "though",
        "because",
        "during",
        "under",
        "over",
        "between",
        "among",
        "according",
        "meanwhile",
    ]
)


def candidates(words: Sequence[str]) -> list[bool]:
    """Which words of a sentence could be part of a name: those with a capital, and short runs of
    others between two such. Text without any capital makes every word a candidate.
    """
    capital = [any(c.isupper() for c in w) for w in words]
    if not any(capital):
        return [sum(any(c.isalpha() for c in w) for w in words) > 3] * len(words)
    if capital[0] and words[0].lower() in _OPENERS and not (len(words) > 1 and capital[1]):
        capital[0] = False
    return _bridged(words, capital)


def _bridged(words: Sequence[str], capital: list[bool]) -> list[bool]:
    out, last = capital[:], None
    for i in range(len(words)):
        if capital[i]:
            if last is not None and 1 < i - last <= 4:
                out[last + 1 : i] = [True] * (i - last - 1)
            last = i
        elif i and out[i - 1]:
            out[i] = _continues(words, i, out)
    return out


def _continues(words: Sequence[str], i: int, out: list[bool]) -> bool:
    """A lower-case word behind a candidate that may belong: A .  Al - shabab  G 20  JD ( S )"""
    word, before = words[i], words[i - 1]
    if word == ")":
        return "(" in words[max(0, i - 4) : i] and all(out[max(0, i - 2) : i])
    return (
        (word == "." and len(before) == 1)
        or word[0].isdigit()
        or (word[0] in "-–‐" and i + 1 < len(words))
        or (before[0] in "-–‐" and i > 1 and out[i - 2])
    )


class Pieces:
    """Words to the numbers the model reads."""

    def __init__(self, tokenizer: Path):
        from tokenizers import Tokenizer  # noqa: PLC0415  (loaded with the model only)

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._memo: dict[str, list[int]] = {}

    def word(self, word: str) -> list[int]:
        pieces = self._memo.get(word)
        if pieces is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            pieces = self._tokenizer.encode(word, add_special_tokens=False).ids or [_UNKNOWN]
            pieces = self._memo[word] = pieces[:_PIECES_A_WORD]
        return pieces

    def encode(
        self, window: Sequence[Sequence[str]], limit: int = _LONGEST
    ) -> tuple[list[int], list[int], list[int]]:
        """Piece ids, shapes, and the index of each word's first piece, over the whole window.
        Words beyond `limit` pieces are left out.
        """
        ids, shapes, first = [_BEGIN], [0], []
        for words in window:
            for k, word in enumerate(words):
                pieces = self.word(word)
                if len(ids) + len(pieces) >= limit:
                    break
                first.append(len(ids))
                ids += pieces
                shapes += [shape(word) + (10 if k == 0 else 0)] * len(pieces)
            ids.append(_END)
            shapes.append(0)
        return ids, shapes, first


@dataclass(frozen=True, slots=True)
class _Window:
    """Sentences [first, first + len(lengths)) as the model reads them."""

    first: int
    lengths: tuple[int, ...]
    ids: list[int]
    shapes: list[int]
    asked: list[int]  # positions of first pieces of candidate words
    words: list[int]  # which words of the window those are


class Tagger:
    """The loaded model; `load` it once a process."""

    def __init__(self, forward: Forward, pieces: Pieces):
        self._forward = forward
        self._pieces = pieces

    @staticmethod
    @cache
    def load(model: Path | None = None, tokenizer: Path | None = None) -> Tagger:
        return Tagger(
            _session(model or MODELS / "names.int8.onnx"),
            Pieces(tokenizer or MODELS / "names.tokenizer.json"),
        )

    def tag(self, document: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The names of each sentence (a list of words) of one document."""
        found: list[list[Span]] = [[] for _ in document]
        windows = sorted(self._windows(document), key=lambda w: len(w.ids))
        for batch in _batches(windows):
            for window, scores in zip(batch, self._scores(batch), strict=True):
                _read_window(window, scores, found)
        return found

    def _windows(self, document: Sequence[Sequence[str]]) -> list[_Window]:
        windows, i = [], 0
        while i < len(document):
            n = self._fitting(document, i)
            window = [document[k] for k in range(i, i + n)]
            flags = [flag for words in window for flag in (candidates(words) if words else [])]
            if any(flags):
                ids, shapes, first = self._pieces.encode(window)
                asked = [k for k, flag in zip(first, flags, strict=False) if flag]
                words = [w for w, flag in enumerate(flags[: len(first)]) if flag]
                if asked:
                    lengths = tuple(len(s) for s in window)
                    windows.append(_Window(i, lengths, ids, shapes, asked, words))
            i += n
        return windows

    def _fitting(self, document: Sequence[Sequence[str]], i: int) -> int:
        """How many sentences from `i` on go into one window."""
        n, size = 1, self._size(document[i])
        while n < _WINDOW_SENTENCES and i + n < len(document):
            size += self._size(document[i + n])
            if size > _WINDOW_PIECES:
                break
            n += 1
        return n

    def _size(self, words: Sequence[str]) -> int:
        return sum(len(self._pieces.word(w)) for w in words)

    def _scores(self, batch: list[_Window]) -> list[Floats]:
        """Log-probabilities of the labels of each asked word, window by window."""
        length, most = max(len(w.ids) for w in batch), max(len(w.asked) for w in batch)
        text = np.zeros((3, len(batch), length), np.int64)
        ask = np.zeros((2, len(batch), most), np.int64)
        for r, w in enumerate(batch):
            text[0, r, : len(w.ids)], text[1, r, : len(w.ids)] = w.ids, w.shapes
            text[2, r, : len(w.ids)] = 1
            ask[0, r, : len(w.asked)] = w.asked
            ask[0, r] += r * length
            ask[1, r, : len(w.asked)] = 1
        logits = self._forward(text[0], text[1], text[2], ask[0], ask[1]).astype(np.float64)
        logits -= logits.max(-1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        return [logits[r, : len(w.asked)] for r, w in enumerate(batch)]


def _session(path: Path) -> Forward:
    import onnxruntime  # noqa: PLC0415  (takes a while, and only the tagger needs it)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {i.name for i in session.get_inputs()}

    def forward(ids: Ints, shapes: Ints, mask: Ints, keep: Ints, kept: Ints) -> NDArray[Any]:
        given = {"ids": ids, "shapes": shapes, "mask": mask, "keep": keep, "kept": kept}
        result: NDArray[Any] = session.run(None, {k: given[k] for k in inputs})[0]
        return result

    return forward


def _batches(windows: list[_Window]) -> list[list[_Window]]:
    batches, i = [], 0
    while i < len(windows):
        n = max(1, min(_BATCH_WINDOWS, _BATCH_PIECES // len(windows[i].ids)))
        batches.append(windows[i : i + n])
        i += n
    return batches


def _read_window(window: _Window, asked: Floats, found: list[list[Span]]) -> None:
    scores = np.full((sum(window.lengths), len(LABELS)), -30.0)
    scores[:, 0] = 0.0
    scores[window.words] = asked
    at = 0
    for k, length in enumerate(window.lengths):
        found[window.first + k] = decode(scores[at : at + length])
        at += length


# --- from scores to names ----------------------------------------------------------------------


def _transitions() -> Floats:
    """-10,000 where a label may not follow another: I-X only behind B-X or I-X."""
    table = np.zeros((len(LABELS), len(LABELS)))
    for i, a in enumerate(LABELS):
        for j, b in enumerate(LABELS):
            if b[0] == "I" and (a == "O" or a[2:] != b[2:]):
                table[i, j] = -1e4
    return table


_TRANSITIONS = _transitions()
_START = np.array([-1e4 if label[0] == "I" else 0.0 for label in LABELS])


def decode(scores: Floats) -> list[Span]:
    """The best valid path of labels (Viterbi), as spans."""
    if not len(scores):
        return []
    best = scores.argmax(1)
    if not best.any():
        return []
    valid = _START[best[0]] == 0 and not _TRANSITIONS[best[:-1], best[1:]].any()
    path = best if valid else _viterbi(scores)
    return [Span(a, b, label, _votes(scores[a:b])) for a, b, label in _spans(path)]


def _votes(scores: Floats) -> tuple[float, ...]:
    share = np.exp(scores).mean(0)
    return tuple(float(share[i] + share[i + 1]) for i in range(1, len(LABELS), 2))


def _viterbi(scores: Floats) -> NDArray[np.int64]:
    state, back = scores[0] + _START, []
    for t in range(1, len(scores)):
        step = state[:, None] + _TRANSITIONS
        came = step.argmax(0)
        back.append(came)
        state = step[came, np.arange(len(LABELS))] + scores[t]
    path = [int(state.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return np.array(path[::-1])


def _spans(path: NDArray[np.int64]) -> list[tuple[int, int, str]]:
    """Two people are never named without a word or a comma between, so such a pair is one."""
    found: list[tuple[int, int, str]] = []
    start, label = 0, ""
    for i, y in enumerate([*path, 0]):
        prefix, _, kind = LABELS[y].partition("-")
        if label and (prefix == "O" or kind != label or (prefix == "B" and label != "PER")):
            found.append((start, i, label))
            label = ""
        if prefix != "O" and not label:
            start, label = i, kind
    return found
