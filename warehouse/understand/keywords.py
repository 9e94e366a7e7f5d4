"""The telling words and phrases of a text: those it uses more than its language does."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from warehouse.records import Keyword
from warehouse.understand.background import Background, is_common
from warehouse.understand.tokens import Word, words

_MOST_WORDS = 3  # of a phrase
_TITLE_COUNTS = 3  # a word of the title counts as often
_LEAST_LETTERS = 3


@dataclass(slots=True)
class _Phrase:
    words: tuple[str, ...]
    count: int = 0
    shown: Counter[str] = field(default_factory=Counter)


def keywords(
    text: str, title: str | None, background: Background, *, most: int = 15
) -> tuple[Keyword, ...]:
    """The `most` telling words and phrases, best first; the score of the best is 1."""
    scored = scores(text, title, background)
    top = sorted(scored.items(), key=lambda kv: (-kv[1], kv[0]))[:most]
    return tuple(Keyword(keyword=k, score=round(s / top[0][1], 4)) for k, s in top if s > 0)


def scores(text: str, title: str | None, background: Background) -> dict[str, float]:
    """Phrase as shown -> weight: its count and how rare its words are."""
    phrases = _count(text, title, background.language)
    free = _without_longer(phrases)
    found = {}
    for key, phrase in phrases.items():
        if free[key] <= 0:
            continue
        rarity = sum(background.idf(w) for w in key) / math.sqrt(len(key))
        found[phrase.shown.most_common(1)[0][0]] = (1 + math.log(free[key])) * rarity
    return found


def _count(text: str, title: str | None, language: str | None) -> dict[tuple[str, ...], _Phrase]:
    phrases: dict[tuple[str, ...], _Phrase] = {}
    for part, times in ((text, 1), (title or "", _TITLE_COUNTS)):
        for run in _content_runs(part, language):
            for n in range(1, _MOST_WORDS + 1):
                for i in range(len(run) - n + 1):
                    piece = run[i : i + n]
                    key = tuple(w.folded for w in piece)
                    phrase = phrases.setdefault(key, _Phrase(key))
                    phrase.count += times
                    phrase.shown[part[piece[0].start : piece[-1].end]] += times
    return {k: p for k, p in phrases.items() if len(k) == 1 or p.count > 1}


def _content_runs(text: str, language: str | None) -> Iterable[Sequence[Word]]:
    """Neighbouring words that say something, broken by punctuation and function words."""
    run: list[Word] = []
    for word in words(text):
        broken = run and text[run[-1].end : word.start].strip(" -\u00a0‐‑")
        if broken or _says_nothing(word.folded, language):
            yield run
            run = []
        if not _says_nothing(word.folded, language):
            run.append(word)
    yield run


def _says_nothing(word: str, language: str | None) -> bool:
    if word.isascii() and (len(word) < _LEAST_LETTERS or word.isdigit()):
        return True
    return is_common(word, language, 4e-4)


def _without_longer(phrases: dict[tuple[str, ...], _Phrase]) -> dict[tuple[str, ...], int]:
    """How often each phrase stands alone, that is not inside a longer one that is kept."""
    inside: dict[tuple[str, ...], int] = defaultdict(int)
    for key, phrase in phrases.items():
        for part in (key[1:], key[:-1]):
            if part:
                inside[part] = max(inside[part], phrase.count)
    free = {k: p.count for k, p in phrases.items()}
    for key, count in inside.items():
        if key in free and free[key] <= 1.5 * count:
            free[key] = 0
    return free
