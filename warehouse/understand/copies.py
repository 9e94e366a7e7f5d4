"""Which texts come from another one: equal texts by digest, near ones by MinHash and a true check.

The original is the earliest published of the texts that match. Candidates come from rensa's
MinHash with locality-sensitive hashing; each is then checked by the true Jaccard similarity of
three-word shingles, so the sketch can miss but not invent a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH

from warehouse.records import Copy, CopyKind
from warehouse.understand.tokens import words

COPIES_VERSION = "1"  # any change of what counts as a copy makes another one

_SHINGLE, _NEAR = 3, 0.3
_PERMUTATIONS, _BANDS, _SEED = 128, 64, 42
_LEAST_WORDS = 25  # a shorter text is equal by chance
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Text:
    """A text as far as copies care. `at`: published, or first seen where that is unknown."""

    id: str
    digest: str
    shingles: NDArray[np.uint64]  # sorted, each once
    at: datetime

    def is_before(self, other: Text) -> bool:
        return (self.at, self.id) < (other.at, other.id)


def text_of(id_: str, text: str, at: datetime | None) -> Text:
    """`text` made ready: its words' digest and shingles."""
    folded = [w.folded for w in words(text)]
    digest = hashlib.sha256(" ".join(folded).encode()).hexdigest()
    last = len(folded) - _SHINGLE + 1 if len(folded) >= _LEAST_WORDS else 0
    shingles = {_hash(" ".join(folded[i : i + _SHINGLE])) for i in range(last)}
    ready = np.fromiter(sorted(shingles), np.uint64, len(shingles))
    return Text(id_, digest if folded else f"empty {id_}", ready, at or _NEVER)


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big")


@dataclass(slots=True)
class CopyIndex:
    """All texts so far; `add` them in any order, then ask for the original of any."""

    _texts: list[Text] = field(default_factory=list)
    _place: dict[str, int] = field(default_factory=dict)
    _equal: dict[str, list[int]] = field(default_factory=dict)
    _lsh: Any = field(default_factory=lambda: RMinHashLSH(_NEAR, _PERMUTATIONS, _BANDS))
    _sketches: list[Any] = field(default_factory=list)

    def add(self, text: Text) -> None:
        """Texts of one id are added once; a second call with it changes nothing."""
        if text.id in self._place:
            return
        at = len(self._texts)
        self._place[text.id] = at
        self._texts.append(text)
        self._equal.setdefault(text.digest, []).append(at)
        sketch = None
        if len(text.shingles):
            sketch = RMinHash(_PERMUTATIONS, _SEED)
            sketch.update([str(s) for s in text.shingles.tolist()])
            self._lsh.insert(at, sketch)
        self._sketches.append(sketch)

    def matches(self, id_: str) -> list[tuple[Text, CopyKind, float]]:
        """The other texts that are equal or near to that of `id_`."""
        at = self._place[id_]
        mine = self._texts[at]
        equal = [i for i in self._equal[mine.digest] if i != at]
        found = [(self._texts[i], CopyKind.EXACT, 1.0) for i in equal]
        if self._sketches[at] is not None:
            for i in sorted(set(self._lsh.query(self._sketches[at])) - {at, *equal}):
                similarity = jaccard(mine.shingles, self._texts[i].shingles)
                if similarity >= _NEAR:
                    found.append((self._texts[i], CopyKind.NEAR, similarity))
        return found

    def original_of(self, id_: str) -> Copy | None:
        """The earliest text that `id_` is a copy of; None: it is none, or is the original."""
        mine = self._texts[self._place[id_]]
        earlier = [m for m in self.matches(id_) if m[0].is_before(mine)]
        if not earlier:
            return None
        text, kind, similarity = min(earlier, key=lambda m: (m[0].at, m[0].id))
        return Copy(
            article_id=id_, copy_of=text.id, copy_kind=kind, similarity=round(similarity, 4)
        )

    def changed_by(self, ids: Iterable[str]) -> set[str]:
        """`ids` and all whose original may be another one because of them."""
        new = set(ids)
        return new | {m[0].id for id_ in new for m in self.matches(id_)}


def jaccard(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Shared part of all shingles of two texts, 0 to 1."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / (len(a) + len(b) - common) if common else 0.0
