"""Words in quotation marks and who said them, where the same sentence tells.

A speaker is only ever a name that stands next to a word of saying; no guess otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from warehouse.records import Label, Mention, Quote

_PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "「": "」", "『": "』", "‹": "›"}
_LEAST_WORDS, _MOST_CHARACTERS = 4, 2_000
_SAID = re.compile(
    r"\b(?:said|says|told|tells|added|adds|asked|wrote|writes|tweeted|posted|argued|argues|claimed"
    r"|warned|explained|insisted|noted|stated|replied|announced|declared|according to|sagte|sagt"
    r"|erklärte|schrieb|meinte|betonte|dit|déclaré|affirmé|expliqué|écrit|dijo|dice|afirmó|aseguró"
    r"|escribió|declaró|disse|afirmou|escreveu|ha detto|dichiarato|zei|aldus|sade|sa|powiedział"
    r"|powiedziała|сказал|сказала|заявил|заявила|написал|написала)\b",
    re.IGNORECASE,
)
_REACH = 90  # characters from the quotation to the name of who said it


def find(text: str, mentions: Sequence[Mention]) -> tuple[Quote, ...]:
    """The quotations of `text`: text[start:end] is what stands between the marks."""
    people = [m for m in mentions if m.label in (Label.PER, Label.ORG)]
    return tuple(
        Quote(quote=text[a:b], start=a, end=b, speaker=_speaker(text, a, b, people))
        for a, b in _spans(text)
        if len(text[a:b].split()) >= _LEAST_WORDS
    )


def _spans(text: str) -> list[tuple[int, int]]:
    """Between marks of one pair, within one paragraph."""
    found, i = [], 0
    while i < len(text):
        closers = _PAIRS.get(text[i])
        end = _closing(text, i + 1, closers) if closers else None
        if end is None:
            i += 1
        else:
            found.append((i + 1, end))
            i = end + 1
    return found


def _closing(text: str, start: int, closers: str) -> int | None:
    stop = text.find("\n", start)
    stop = min(len(text) if stop < 0 else stop, start + _MOST_CHARACTERS)
    places = [p for c in closers if (p := text.find(c, start, stop)) >= 0]
    return min(places) if places else None


def _speaker(text: str, start: int, end: int, people: Sequence[Mention]) -> str | None:
    """The name nearest to the quotation with a word of saying between or just behind it."""
    after = text[end + 1 : end + 1 + _REACH].split("\n", maxsplit=1)[0]
    before = text[max(0, start - 1 - _REACH) : start - 1].rsplit("\n", maxsplit=1)[-1]
    candidates = []
    for m in people:
        if end < m.start < end + len(after):
            zone, distance = after[: m.end - end + 15], m.start - end
        elif start - 1 - len(before) <= m.start < m.end <= start:
            zone, distance = (
                before[max(0, m.start - (start - 1 - len(before)) - 15) :],
                start - m.end,
            )
        else:
            continue
        if _SAID.search(zone):
            candidates.append((distance, m.entity))
    return min(candidates)[1] if candidates else None
