"""Finds names of people, organisations and places in English text with the shipped ONNX model.

One thread, numpy and onnxruntime only. The model reads what windows.py gives it of up to three
sentences at a time, and after its first layer only the words that could be part of a name (see
candidates.py), which is what makes it fast. Other languages are `names.py`'s business.
bench/train makes the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import WarehouseError
from warehouse.understand.decoding import LABELS, TYPES, Floats, Span, decode
from warehouse.understand.windows import Ints, Pieces, Window, batches, packed, windows_of

__all__ = ["MODELS", "TYPES", "Span", "Tagger"]

MODELS = Path(__file__).parent.parent / "models"

Forward = Callable[[dict[str, Ints]], NDArray[Any]]


class Tagger:
    """The loaded model; `load` it once a process."""

    def __init__(self, forward: Forward, pieces: Pieces):
        self._forward = forward
        self._pieces = pieces

    @staticmethod
    @cache
    def load(model: Path | None = None, tokenizer: Path | None = None) -> Tagger:
        """The shipped model, or that of these files; WarehouseError where they are missing."""
        return Tagger(
            _session(_there(model or MODELS / "names.int8.onnx")),
            Pieces(_there(tokenizer or MODELS / "names.tokenizer.json")),
        )

    def tag(self, document: Sequence[Sequence[str]]) -> list[list[Span]]:
        """The names of each sentence (a list of words) of one document."""
        found: list[list[Span]] = [[] for _ in document]
        for batch in batches(windows_of(document, self._pieces)):
            for window, scores in zip(batch, self._scores(batch), strict=True):
                _read_window(window, scores, found)
        return found

    def _scores(self, batch: list[Window]) -> list[Floats]:
        """Log-probabilities of the labels of each asked word, window by window."""
        logits = self._forward(packed([w.read for w in batch])).astype(np.float64)
        logits -= logits.max(-1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        return np.split(logits, np.cumsum([len(w.read.asked) for w in batch[:-1]]))


def _there(path: Path) -> Path:
    if not path.is_file():
        raise WarehouseError("the name model is missing", where=path, try_="install Slugline anew")
    return path


def _session(path: Path) -> Forward:
    import onnxruntime  # noqa: PLC0415  (takes a while, and only the tagger needs it)

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def forward(given: dict[str, Ints]) -> NDArray[Any]:
        result: NDArray[Any] = session.run(None, given)[0]
        return result

    return forward


def _read_window(window: Window, asked: Floats, found: list[list[Span]]) -> None:
    scores = np.full((sum(window.lengths), len(LABELS)), -30.0)
    scores[:, 0] = 0.0
    scores[window.read.words] = asked
    at = 0
    for k, length in enumerate(window.lengths):
        found[window.first + k] = decode(scores[at : at + length])
        at += length
