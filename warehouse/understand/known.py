"""Names that are already known, found in a text of any language by their spellings.

Known are the terms of the watches, the entities of articles understood before, and the
countries. A known name is matched word by word on folded text; in languages that inflect names,
a longer ending is allowed. Nothing is guessed here about names nobody has told us.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from warehouse.records import Label, Term
from warehouse.understand.background import frequencies
from warehouse.understand.gazetteer import countries_in
from warehouse.understand.identity import Name
from warehouse.understand.romanise import is_foreign_script, sound, sounds, sounds_like
from warehouse.understand.tokens import Word, fold, words

LABEL_OF_KIND = {"person": Label.PER, "organisation": Label.ORG, "place": Label.LOC}
KIND_OF_LABEL = {label: kind for kind, label in LABEL_OF_KIND.items()} | {Label.MISC: "name"}

# Languages whose names take case endings.
INFLECTING = frozenset(
    [
        "ru",
        "uk",
        "be",
        "pl",
        "cs",
        "sk",
        "sl",
        "hr",
        "sr",
        "bs",
        "mk",
        "bg",
        "hu",
        "fi",
        "et",
        "lt",
        "lv",
        "tr",
        "az",
        "kk",
        "el",
        "is",
    ]
)
NOUNS_WITH_CAPITALS = frozenset(["de", "lb"])
_ORDINARY = 2e-5  # of all words
_ENDING = 3  # letters a case ending may add
_STEM = 4  # letters a name must have for an ending to be allowed


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that has a name: `spelling` is what may stand in a text."""

    name: str  # usual name, for people
    label: Label
    spelling: str
    sure: bool = True  # False: only where it cannot be an ordinary word of the language


Entry = tuple[tuple[str, ...], Known]  # the folded words of the spelling


@dataclass(frozen=True, slots=True)
class KnownNames:
    """An index of known names by the beginning, and by the sound, of their first word."""

    by_start: dict[str, list[Entry]] = field(default_factory=dict)
    by_sound: dict[str, list[Entry]] = field(default_factory=dict)

    @staticmethod
    def of(known: Iterable[Known]) -> KnownNames:
        index = KnownNames()
        for one in known:
            folded = tuple(w.folded for w in words(one.spelling))
            if len("".join(folded)) > 1:
                index.by_start.setdefault(_start(folded[0]), []).append((folded, one))
                if one.spelling.isascii():
                    index.by_sound.setdefault(sound(folded[0]), []).append((folded, one))
        for entries in (*index.by_start.values(), *index.by_sound.values()):
            entries.sort(key=lambda e: (-len(e[0]), -len(e[0][0]), e[1].spelling))
        return index

    @staticmethod
    def of_terms(terms: Iterable[Term]) -> KnownNames:
        return KnownNames.of(spellings(terms))

    def find(self, text: str, language: str | None) -> list[tuple[Name, Known]]:
        """The known names in `text`, longest first at each place, without overlaps."""
        found, i, tokens = [], 0, words(text)
        while i < len(tokens):
            match = self._at(text, tokens, i, language)
            if match is None:
                i += 1
                continue
            n, known = match
            start, end = tokens[i].start, tokens[i + n - 1].end
            name = Name(text[start:end], start, end, known.label, known.name)
            found.append((name, known))
            i += n
        return found

    def _at(
        self, text: str, tokens: list[Word], i: int, language: str | None
    ) -> tuple[int, Known] | None:
        """The longest known name that begins with token `i`: how many tokens, and which."""
        first = tokens[i]
        inflects = language in INFLECTING
        for folded, known in self.by_start.get(_start(first.folded), ()):
            run = _run(text, tokens, i, len(folded))
            if not run or not _cased(text, first, known) or not _unmistaken(known, language):
                continue
            if all(_same(t.folded, w, inflects) for t, w in zip(run, folded, strict=True)):
                return len(folded), known
        if self.by_sound and is_foreign_script(first.folded):
            return self._by_sound(text, tokens, i)
        return None

    def _by_sound(self, text: str, tokens: list[Word], i: int) -> tuple[int, Known] | None:
        for key in sounds(tokens[i].folded):
            for folded, known in self.by_sound.get(key, ()):
                run = _run(text, tokens, i, len(folded))
                if run and sounds_like([t.folded for t in run], folded):
                    return len(folded), known
        return None


def spellings(terms: Iterable[Term]) -> Iterator[Known]:
    """What may stand in a text for the names among `terms` (phrases are not names)."""
    for term in terms:
        if term.kind == "phrase":
            continue
        label = LABEL_OF_KIND.get(term.kind, Label.MISC)
        for spelling in (term.text, *term.spellings):
            yield Known(term.text, label, spelling)


@cache
def countries_of(language: str | None) -> KnownNames:
    """The countries as `language` calls them."""
    names = countries_in(language) if language else {}
    return KnownNames.of(Known(english, Label.LOC, own) for own, english in names.items())


def _start(word: str) -> str:
    return word[: _STEM - 1]


def _same(word: str, known: str, inflects: bool) -> bool:
    if word == known or (len(known) > _STEM and word in (known + "s", known + "es")):
        return True
    if not inflects or len(known) < _STEM:
        return False
    stem = known[:-1] if known[-1] in "aeiouyаеиоуыэюяйьιαοεηςω" and len(known) > _STEM else known
    return word.startswith(stem) and len(word) - len(stem) <= _ENDING


def _run(text: str, tokens: list[Word], i: int, n: int) -> list[Word]:
    """`n` tokens from `i` on, if nothing but spaces, hyphens, dots or apostrophes parts them."""
    run = tokens[i : i + n]
    together = len(run) == n and all(
        b.start - a.end <= 3 and not text[a.end : b.start].strip(" -.'’\u00a0‐‑")
        for a, b in pairwise(run)
    )
    return run if together else []


def _cased(text: str, first: Word, known: Known) -> bool:
    """A name with a capital must have one in the text too, so that "threads" is not Threads."""
    shown, there = known.spelling[:1], text[first.start]
    return not (shown.isupper() and there.islower())


def _unmistaken(known: Known, language: str | None) -> bool:
    """A single word that is not sure must not be an ordinary noun where nouns have capitals."""
    if known.sure or language not in NOUNS_WITH_CAPITALS or " " in known.spelling:
        return True
    return frequencies(language).get(fold(known.spelling), 0.0) < _ORDINARY
