"""Who or what a name stands for: names within one document first, then one identifier for all.

Within a document a surname, an acronym or the beginning of an organisation's name goes with the
full name that the same document has. Across documents only equal names (after titles, legal
endings, aliases of countries and demonyms) are one entity: similar spellings never merge by
themselves, because George W. and George H. W. Bush are two. The identifier is a digest of the
name alone, so it is the same on every machine and in every run.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from warehouse.records import Label, Mention
from warehouse.understand.gazetteer import (
    aliases,
    countries,
    demonyms,
    honorifics,
    legal_endings,
    naming_titles,
)
from warehouse.understand.tokens import fold, straighten

_ARTICLES = frozenset(["the", "a", "an", "this", "that"])
_SKIPPED_IN_ACRONYMS = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "in",
        "on",
        "de",
        "la",
        "&",
        "du",
        "des",
        "der",
        "di",
        "to",
        "et",
        "und",
    ]
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as found: text[start:end] == surface."""

    surface: str
    start: int
    end: int
    label: Label
    known_as: str | None = None  # usual name, where the surface is a known spelling of it


@dataclass(frozen=True, slots=True)
class Identity:
    """The entity a name stands for: `key` decides what is the same, `name` is for people."""

    label: Label
    key: str
    name: str

    @property
    def entity_id(self) -> str:
        """16 hex digits; people and everything else never share one."""
        kind = "person" if self.label is Label.PER else "other"
        return hashlib.sha256(f"{kind}|{self.key}".encode()).hexdigest()[:16]


def mentions(names: Sequence[Name]) -> tuple[Mention, ...]:
    """`names` of one document, in the order of the text, each with its entity."""
    identities = resolve(names)
    return tuple(
        Mention(
            surface=name.surface,
            start=name.start,
            end=name.end,
            label=name.label,
            entity=identity.name,
            entity_id=identity.entity_id,
        )
        for name, identity in zip(names, identities, strict=True)
    )


def resolve(names: Sequence[Name]) -> list[Identity]:
    """The identity of each name, by what the whole document calls whom."""
    bodies = {normal(n.surface) for n in names if n.label is Label.ORG and " " in n.surface}
    alone = _one_label_a_key([_alone(n, bodies) for n in names])
    linked = [_link(i, names[i].surface, alone) for i in range(len(names))]
    return _best_names(_followed(alone, linked))


def _alone(name: Name, bodies: Collection[str]) -> Identity:
    """A body called like a country is itself where the text has its full name too: Emirates
    Airline, then Emirates.
    """
    key = normal(name.surface)
    short = name.surface.isupper()  # U.S. stays the country beside the U.S. Air Force
    if name.label is Label.ORG and not short and any(b.startswith(key + " ") for b in bodies):
        return _organisation(_shown(name.surface), key)
    return identify(name.known_as or name.surface, name.label)


def identify(surface: str, label: Label) -> Identity:
    """The identity of a name on its own, outside any document."""
    shown = _shown(surface)
    key = normal(surface)
    if label is Label.PER:
        return _person(shown, key)
    if country := demonyms().get(key):
        return _usual(country)
    if usual := aliases().get(key):
        return _usual(usual, label)
    if key in countries():
        return _usual(countries()[key])
    if label is Label.ORG:
        return _organisation(shown, key)
    return Identity(label, key, shown)


def normal(surface: str) -> str:
    """`surface` folded, without punctuation, possessive and article; U.S. becomes "us"."""
    text = re.sub(r"\s*'\s*s?$", "", fold(straighten(surface)).strip())
    text = re.sub(r"\b(\w)\.\s?(?=\w\b|\w\.|$)", r"\1", text)
    tokens = re.sub(r"[^\w&]+|_", " ", text).split()
    while len(tokens) > 1 and tokens[0] in _ARTICLES:
        tokens = tokens[1:]
    return " ".join(tokens) or fold(surface).strip()


def better_name(a: str, b: str) -> str:
    """Which of two spellings of one entity to show: a total order, so that any order of
    articles ends with the same name.
    """
    return min(a, b, key=_how_odd)


def _how_odd(name: str) -> tuple[bool, bool, int, int, str]:
    shouted = len(name) > 4 and name.isupper()
    accents = sum(not c.isascii() for c in name)
    filled_in = any(c in "[](){}" for c in name)  # "Ingrid] Holm"
    return (filled_in, shouted or name.islower(), -accents, len(name), name)


def _shown(surface: str) -> str:
    text = re.sub(r"\s+", " ", straighten(surface)).strip()
    text = re.sub(r"\s?'s?$", "", text)
    first, _, rest = text.partition(" ")
    return rest if rest and first in ("the", "The", "a", "A", "an", "An") else text


def _person(shown: str, key: str) -> Identity:
    """Titles go, but the one that is half of the name stays: Pope Francis, Mullah Omar."""
    tokens, words = key.split(), shown.split()
    while len(tokens) > 1 and tokens[0] in honorifics():
        if len(tokens) == 2 and tokens[0] in naming_titles():
            break
        tokens, words = tokens[1:], words[1:] if len(words) > 1 else words
    return Identity(Label.PER, " ".join(tokens), " ".join(words))


def _organisation(shown: str, key: str) -> Identity:
    tokens, words = key.split(), shown.split()
    while len(tokens) > 1 and tokens[-1] in legal_endings():
        tokens, words = tokens[:-1], words[:-1] if len(words) > 1 else words
    return Identity(Label.ORG, " ".join(tokens), " ".join(words).rstrip(","))


def _usual(name: str, label: Label = Label.LOC) -> Identity:
    key = normal(name)
    return Identity(Label.LOC if key in countries() else label, key, name)


# --- within one document -----------------------------------------------------------------------


def _one_label_a_key(found: list[Identity]) -> list[Identity]:
    """A name has one sense in a document: the commonest of its labels."""
    votes: dict[str, Counter[Label]] = {}
    for identity in found:
        votes.setdefault(identity.key, Counter())[identity.label] += 1
    return [replace(i, label=votes[i.key].most_common(1)[0][0]) for i in found]


def _link(i: int, surface: str, found: list[Identity]) -> Identity:
    """The fuller name in the same document that name `i` stands for, or itself."""
    mine = found[i]
    if mine.label is Label.PER:
        fuller = [f for f in _distinct(found, Label.PER) if _is_short_for(mine.key, f.key)]
        return _nearest_before(i, fuller, found) if fuller else mine
    if mine.label in (Label.ORG, Label.MISC):
        bodies = [f for f in _distinct(found, Label.ORG) if " " in f.key and f.key != mine.key]
        fuller = [f for f in bodies if _is_acronym(surface, f.key)]
        if not fuller and mine.label is Label.ORG and mine.key.count(" ") < 2:
            fuller = [f for f in bodies if _is_introduced(surface, mine, f, found)]
        return fuller[0] if len(fuller) == 1 else mine
    return mine


def _is_introduced(surface: str, short: Identity, full: Identity, found: list[Identity]) -> bool:
    """Whether `full` begins with `short` and comes before it, but for a headline: a text that
    has long spoken of the House does not mean the House Democrats. An acronym is whole.
    """
    if not full.key.startswith(short.key + " ") or surface.isupper():
        return False
    keys = [f.key for f in found]
    return keys[: keys.index(full.key)].count(short.key) <= 1


def _followed(alone: list[Identity], linked: list[Identity]) -> list[Identity]:
    """Links to their end: Holm to Ingrid Holm to Ingrid M. Holm."""
    further = {a.key: b for a, b in zip(alone, linked, strict=True) if a.label is Label.PER}
    return [further.get(i.key, i) if i.label is Label.PER else i for i in linked]


def _distinct(found: list[Identity], label: Label) -> list[Identity]:
    return list({f.key: f for f in reversed(found) if f.label is label}.values())[::-1]


def _is_short_for(short: str, full: str) -> bool:
    """Whether a person called `full` may be called `short` later in the same text."""
    s, f = short.split(), full.split()
    if len(s) >= len(f) and not (len(s) == len(f) == 2 and len(s[0]) == 1):
        return False
    if len(s) == 1:
        return (len(s[0]) > 1 and s[0] in (f[-1], f[0])) or (len(f) > 2 and s[0] in f[1:])
    if short == full or s[-1] != f[-1]:
        return short != full and f[: len(s)] == s  # "Jean-Luc" of "Jean-Luc Moulin"
    if f[-len(s) :] == s:
        return True  # "Ortega Ruiz" of "Ana Ortega Ruiz"
    return s[0] == f[0] or (len(s[0]) == 1 and s[0] == f[0][0])


def _nearest_before(i: int, fuller: list[Identity], found: list[Identity]) -> Identity:
    """The surname decides before the first name; then the one mentioned last before `i`."""
    tail = found[i].key.split()[-1]
    by_surname = [f for f in fuller if f.key.split()[-1] == tail]
    candidates = {f.key: f for f in by_surname or fuller}
    for earlier in reversed(found[:i]):
        if earlier.label is Label.PER and earlier.key in candidates:
            return candidates[earlier.key]
    return next(iter(candidates.values()))


def _is_acronym(surface: str, full: str) -> bool:
    letters = surface.replace(".", "").strip()
    spoken = letters.istitle() and len(letters) >= 4  # British papers write Nato
    if not ((letters.isupper() or spoken) and 2 <= len(letters) <= 7):
        return False
    words = full.split()
    initials = ("".join(w[0] for w in words if w not in _SKIPPED_IN_ACRONYMS),)
    return letters.casefold() in (*initials, "".join(w[0] for w in words))


def _best_names(linked: list[Identity]) -> list[Identity]:
    best: dict[tuple[bool, str], str] = {}
    for identity in linked:
        key = (identity.label is Label.PER, identity.key)
        best[key] = better_name(best.get(key, identity.name), identity.name)
    return [replace(i, name=best[i.label is Label.PER, i.key]) for i in linked]
