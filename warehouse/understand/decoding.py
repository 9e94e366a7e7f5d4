"""From the model's scores for each word to names: the best valid path of labels, as spans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC")
TYPES = ("PER", "ORG", "LOC", "MISC")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """Words [first, last) of one sentence are a name.

    `votes`: the mean probability of each of TYPES over its words.
    """

    first: int
    last: int
    label: str
    votes: tuple[float, ...]


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
