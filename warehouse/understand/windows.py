"""Cuts a text into the windows of numbers that the tagger's model reads.

A window is up to three sentences. What the model was fed in training is made here too, so that
it is read in the same way. Runs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.understand.candidates import candidates

SHAPES = 20  # ten word shapes, twice: first word of its sentence or not

_UNKNOWN, _BEGIN, _END = 100, 101, 102  # pieces of the model's vocabulary
_PIECES_A_WORD = 8
_WINDOW_SENTENCES, _WINDOW_PIECES, _LONGEST = 3, 110, 500
_BATCH_PIECES, _BATCH_WINDOWS = 1_500, 32
_MEMO = 200_000  # words whose pieces are remembered


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences [first, first + len(lengths)) as the model reads them."""

    first: int
    lengths: tuple[int, ...]
    ids: list[int]
    shapes: list[int]
    asked: list[int]  # positions of first pieces of candidate words
    words: list[int]  # which words of the window those are


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

    def size(self, words: Sequence[str]) -> int:
        """How many pieces the words are."""
        return sum(len(self.word(word)) for word in words)

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


def windows_of(document: Sequence[Sequence[str]], pieces: Pieces) -> list[Window]:
    """The windows of a document that hold candidates, in its order."""
    windows, i = [], 0
    while i < len(document):
        n = _fitting(document, i, pieces)
        window = _window(document[i : i + n], i, pieces)
        if window is not None:
            windows.append(window)
        i += n
    return windows


def _window(sentences: Sequence[Sequence[str]], first: int, pieces: Pieces) -> Window | None:
    """The sentences, of which the one at `first` is the first; None if no word can be asked."""
    flags = [flag for words in sentences for flag in (candidates(words) if words else [])]
    if not any(flags):
        return None
    ids, shapes, starts = pieces.encode(sentences)
    asked = [start for start, flag in zip(starts, flags, strict=False) if flag]
    if not asked:
        return None
    return Window(
        first=first,
        lengths=tuple(len(words) for words in sentences),
        ids=ids,
        shapes=shapes,
        asked=asked,
        words=[w for w, flag in enumerate(flags[: len(starts)]) if flag],
    )


def _fitting(document: Sequence[Sequence[str]], i: int, pieces: Pieces) -> int:
    """How many sentences from `i` on go into one window."""
    n, size = 1, pieces.size(document[i])
    while n < _WINDOW_SENTENCES and i + n < len(document):
        size += pieces.size(document[i + n])
        if size > _WINDOW_PIECES:
            break
        n += 1
    return n


def batches(windows: Sequence[Window]) -> list[list[Window]]:
    """Windows of like length together, so that little of a batch is padding."""
    todo = sorted(windows, key=lambda window: len(window.ids))
    made, i = [], 0
    while i < len(todo):
        n = max(1, min(_BATCH_WINDOWS, _BATCH_PIECES // len(todo[i].ids)))
        made.append(todo[i : i + n])
        i += n
    return made


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
