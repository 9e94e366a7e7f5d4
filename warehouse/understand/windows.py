"""Cuts a text into the windows of numbers that the tagger's model reads.

A window is up to three sentences, of which the model reads the words that could be part of a name
and those near them: the rest costs time and tells it next to nothing. What the model was fed in
training is made here too, so that it is read in the same way. Runs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warehouse.understand.candidates import candidates

SHAPES = 20  # ten word shapes, twice: first word of its sentence or not

_UNKNOWN, _BEGIN, _END = 100, 101, 102  # pieces of the model's vocabulary
_PIECES_A_WORD = 8
_WINDOW_SENTENCES, _WINDOW_PIECES, _LONGEST = 3, 110, 500
_FEW_PIECES, _MOST_PIECES, _LIKE = 100, 1_500, 1.6  # of a batch; longest to shortest window
_NEAR = 3  # words on either side of one asked; to read all gave the teacher no better F1
_MEMO = 200_000  # words whose pieces are remembered

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the model reads of some sentences, piece by piece."""

    ids: list[int]
    shapes: list[int]
    places: list[int]  # where each piece stands in the whole text
    asked: list[int]  # which of them are the first pieces of candidate words
    words: list[int]  # and which words of the text those are

    def add(self, pieces: list[int], shape: int, place: int) -> None:
        self.ids.extend(pieces)
        self.shapes.extend([shape] * len(pieces))
        self.places.extend(range(place, place + len(pieces)))


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences [first, first + len(lengths)) as the model reads them."""

    first: int
    lengths: tuple[int, ...]
    read: Encoded


class Pieces:
    """Words to the numbers the model reads."""

    def __init__(self, tokenizer: Path):
        from tokenizers import Tokenizer  # noqa: PLC0415  (loaded with the model only)

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._memo: dict[str, tuple[list[int], int]] = {}

    def word(self, word: str) -> tuple[list[int], int]:
        """The pieces of a word, and its shape."""
        known = self._memo.get(word)
        if known is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            pieces = self._tokenizer.encode(word, add_special_tokens=False).ids or [_UNKNOWN]
            known = self._memo[word] = pieces[:_PIECES_A_WORD], shape(word)
        return known

    def size(self, words: Sequence[str]) -> int:
        """How many pieces the words are."""
        return sum(len(self.word(word)[0]) for word in words)

    def encode(
        self,
        sentences: Sequence[Sequence[str]],
        flags: Sequence[Sequence[bool]],
        *,
        limit: int = _LONGEST,
        near: int | None = _NEAR,
    ) -> Encoded:
        """The candidates of each sentence (`flags`) and of the words near them the first piece;
        every piece of every word where `near` is None. Words beyond `limit` pieces are left out.
        """
        read = Encoded([_BEGIN], [0], [0], [], [])
        place, before = 1, 0
        for words, asked in zip(sentences, flags, strict=True):
            seen = _around(asked, near)
            for k, word in enumerate(words):
                pieces, look = self.word(word)
                if place + len(pieces) >= limit:
                    break
                if asked[k]:
                    read.asked.append(len(read.ids))
                    read.words.append(before + k)
                if seen[k]:
                    some = pieces if asked[k] or near is None else pieces[:1]
                    read.add(some, look + (10 if k == 0 else 0), place)
                place += len(pieces)
            if any(seen):
                read.add([_END], 0, place)
            place, before = place + 1, before + len(words)
        return read


def _around(flags: Sequence[bool], near: int | None) -> list[bool]:
    """True within `near` words of one that is True; everywhere if there is no such bound."""
    if near is None:
        return [True] * len(flags)
    seen = [False] * len(flags)
    for i, flag in enumerate(flags):
        if flag:
            a, b = max(0, i - near), min(len(flags), i + near + 1)
            seen[a:b] = [True] * (b - a)
    return seen


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
    flags = [candidates(words) if words else [] for words in sentences]
    if not any(map(any, flags)):
        return None
    read = pieces.encode(sentences, flags)
    if not read.asked:
        return None
    return Window(first, tuple(len(words) for words in sentences), read)


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
    """Windows of like length together, so that the model's rows are of like length."""
    made: list[list[Window]] = []
    shortest, size = 0, _MOST_PIECES
    for window in sorted(windows, key=lambda window: len(window.read.ids)):
        length = len(window.read.ids)
        unlike = length > _LIKE * shortest and size > _FEW_PIECES
        if unlike or size + length > _MOST_PIECES:
            made.append([])
            shortest, size = length, 0
        made[-1].append(window)
        size += length
    return made


def packed(batch: Sequence[Encoded]) -> dict[str, Ints]:
    """The model's inputs: all windows end to end, and how each would stand as a row of a table.

    The model computes on what is there and fills up rows for attention alone: filling up windows
    with nothing took a third of the pieces and half of the questions.
    """
    sizes = [len(e.ids) for e in batch]
    starts = np.cumsum([0, *sizes[:-1]])
    rows, cells = _table(sizes)
    asked_rows, asked_cells = _table([len(e.asked) for e in batch])
    return {
        "ids": np.array([x for e in batch for x in e.ids], np.int64),
        "shapes": np.array([x for e in batch for x in e.shapes], np.int64),
        "places": np.array([x for e in batch for x in e.places], np.int64),
        "rows": rows,
        "cells": cells,
        "asked": np.concatenate([np.add(e.asked, at) for e, at in zip(batch, starts, strict=True)]),
        "asked_rows": asked_rows,
        "asked_cells": asked_cells,
    }


def _table(lengths: Sequence[int]) -> tuple[Ints, Ints]:
    """Things end to end as rows of a table: which is in each cell (-1: none), each one's cell."""
    most = max(lengths)
    cells = np.concatenate([np.arange(n) + r * most for r, n in enumerate(lengths)])
    table = np.full(len(lengths) * most, -1)
    table[cells] = np.arange(len(cells))
    return table.reshape(len(lengths), most), cells


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
