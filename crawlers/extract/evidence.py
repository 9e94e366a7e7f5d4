"""What kind a page is, how sure that is, and what told it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.records import Outcome

Evidence = tuple[int, str]  # its weight and what was seen
_DOUBT = 0.6  # of the doubt is left by each point of evidence
_SURELY = 0.99


@dataclass(frozen=True, slots=True)
class Kind:
    """A refusal with its outcome, or (outcome None) the kind of article; `reason` is for people."""

    outcome: Outcome | None
    kind: str
    reason: str
    confidence: float
    evidence: tuple[str, ...]

    @classmethod
    def refused(
        cls, outcome: Outcome, kind: str, reason: str, evidence: Iterable[Evidence]
    ) -> Kind:
        told = strongest(evidence)
        return cls(outcome, kind, reason, confidence(told), tuple(what for _, what in told))

    @classmethod
    def article(cls, kind: str, told: Iterable[Evidence], against: Iterable[Evidence] = ()) -> Kind:
        found = strongest(told)
        sure = confidence(found, points(against))
        return cls(None, kind, "", sure, tuple(what for _, what in found))


def strongest(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda one: -one[0])


def points(evidence: Iterable[Evidence]) -> int:
    return sum(weight for weight, _ in evidence)


def confidence(told: Iterable[Evidence], against: int = 0) -> float:
    """0-1: grows with the evidence, shared with what speaks against it."""
    weight = points(told)
    sure = 1 - _DOUBT ** (weight + 1)
    return round(min(_SURELY, sure * (weight + 1) / (weight + 1 + against / 2)), 3)
