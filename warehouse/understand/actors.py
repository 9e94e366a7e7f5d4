"""Who and what an article is about: its names as terms, with kinds and weights.

Works on the mentions that names.py and identity.py give, for the one document a watch is made
from, so it may look at every occurrence of a name at leisure: those the tagger missed, the words
around them, and whether a name is only the paper that is quoted. Articles that land are not
read this closely.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from warehouse.records import Label, Mention, Term
from warehouse.understand import cues
from warehouse.understand.background import Background
from warehouse.understand.gazetteer import countries, demonyms, legal_endings
from warehouse.understand.identity import better_name, normal
from warehouse.understand.known import INFLECTING, KIND_OF_LABEL, NOUNS_WITH_CAPITALS
from warehouse.understand.language import MODELLED
from warehouse.understand.names import capitalised
from warehouse.understand.tokens import fold, sentences, straighten, words

_TITLE, _LEAD = 1.6, 1.3  # names there say more than names further down
_LEAD_PART = 0.15  # of the text
_QUOTED = 0.3  # what is left of the weight of a paper or agency that is only quoted
_RARE = 4.5  # idf from which a word is hardly an ordinary one
_SHOUTED = 0.6  # share of capitalised words from which a line says nothing about names


@dataclass(slots=True)
class _Actor:
    """An entity of the seed, and where it is named."""

    name: str
    labels: list[Label]
    spans: list[tuple[int, int]]
    forms: set[str] = field(default_factory=set)

    @property
    def label(self) -> Label:
        return max(Label, key=self.labels.count)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(normal(self.name).split())

    def take(self, other: _Actor) -> None:
        self.spans = sorted({*self.spans, *other.spans})
        self.labels = self.labels + other.labels
        self.forms |= other.forms


@dataclass(frozen=True, slots=True)
class _Text:
    whole: str
    title_end: int
    language: str | None
    background: Background

    @property
    def lead_end(self) -> float:
        return self.title_end + _LEAD_PART * (len(self.whole) - self.title_end)


def terms(
    whole: str,
    title_end: int,
    found: Sequence[Mention],
    language: str | None,
    background: Background,
) -> list[tuple[float, Term]]:
    """The names of `whole` with their weights, the strongest first; their terms have none yet.

    `title_end`: where the title ends in `whole`, in characters.
    """
    text = _Text(whole, title_end, language, background)
    gathered = _actors(text, found)
    single = [a for a in gathered if not _is_joined(a, gathered)]
    actors = _recounted(_merged(single, text), text)
    actors = [a for a in actors if not _is_chance(a, text)]
    scored = [(_weight(a, text), _term(a, actors, text)) for a in actors]
    return sorted(scored, key=lambda s: (-s[0], s[1].text))


# --- gathering ---------------------------------------------------------------------------------


def _actors(text: _Text, found: Sequence[Mention]) -> list[_Actor]:
    by_entity: dict[str, _Actor] = {}
    dateline = cues.dateline(text.whole, text.title_end)
    for m in found:
        if dateline[0] <= m.start < dateline[1]:
            continue
        actor = by_entity.setdefault(m.entity_id, _Actor(_trimmed(m.entity, m.label), [], []))
        actor.labels.append(m.label)
        actor.spans.append((m.start, m.end))
        actor.forms.add(_trimmed(m.surface, m.label))
    if text.language in MODELLED:
        for actor in _missed(text, found):
            by_entity[f"missed {actor.name}"] = actor
    return list(by_entity.values())


def _trimmed(name: str, label: Label) -> str:
    """Without a direction or the like in front: "north China". People keep their "von"."""
    if label is Label.PER:
        return name
    first, _, rest = name.partition(" ")
    return rest if first.isalpha() and first.islower() and rest[:1].isupper() else name


def _missed(text: _Text, found: Sequence[Mention]) -> list[_Actor]:
    """Capitalised runs that the tagger passed over though they cannot be anything but names:
    rare words that come again, or have a capital inside.
    """
    taken = {i for m in found for i in range(m.start, m.end)}
    there = {m.surface for m in found}
    by_form: dict[str, list[tuple[int, int]]] = {}
    plain = [s for s in sentences(text.whole) if cues.share_of_capitals(s) < _SHOUTED]
    for name in capitalised(text.whole, plain, text.language):
        if name.surface not in there and not taken & {*range(name.start, name.end)}:
            by_form.setdefault(name.surface, []).append((name.start, name.end))
    return [
        _Actor(form, [Label.MISC] * len(spans), spans, {form})
        for form, spans in by_form.items()
        if max((text.background.idf(w.folded) for w in words(form)), default=0.0) > _RARE
        and (len(spans) > 1 or re.search(r"[a-z][A-Z]", form))
    ]


def _recounted(actors: list[_Actor], text: _Text) -> list[_Actor]:
    """With every other place where one of the forms stands, as a word with its capital."""
    taken = {i for a in actors for start, end in a.spans for i in range(start, end)}
    forms = sorted(((f, a) for a in actors for f in {a.name, *a.forms}), key=lambda fa: -len(fa[0]))
    for form, actor in forms:
        if not form[:1].isupper() or len(form) < 3:
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(form)}(?!\w)", text.whole):
            place = range(*match.span())
            if not any(i in taken for i in place):
                taken.update(place)
                actor.spans.append(match.span())
    for actor in actors:
        actor.spans.sort()
    return actors


# --- merging -----------------------------------------------------------------------------------


def _is_joined(actor: _Actor, actors: Iterable[_Actor]) -> bool:
    """Whether two names that the text also has alone were taken for one: "Holm van Lund"."""
    parts = re.split(r"\s+[^\W\d_A-Z]{1,4}\s+", actor.name)
    return len(parts) > 1 and {*parts} <= {f for a in actors if a is not actor for f in a.forms}


def _merged(actors: list[_Actor], text: _Text) -> list[_Actor]:
    """One actor for all the ways the seed names it."""
    language = text.language
    kept: list[_Actor] = []
    for actor in actors:
        same = next((k for k in kept if _are_same(k, actor, language)), None)
        if same is None:
            kept.append(actor)
            continue
        same.name = _shown(same, actor)
        same.take(actor)
    for short in sorted(kept, key=lambda a: len(a.key)):
        fuller = [a for a in kept if a is not short and _is_short_for(short, a, text)]
        if len(fuller) == 1 or (fuller and language not in MODELLED):
            full = max(fuller, key=lambda a: (len(a.spans), -len(a.key)))
            labels = full.labels
            full.take(short)
            full.labels = labels  # the full name tells better what it is
            kept.remove(short)
    return kept


def _shown(a: _Actor, b: _Actor) -> str:
    """The commoner form; of equally common ones the better spelling."""
    if len(a.spans) != len(b.spans):
        return max(a, b, key=lambda x: len(x.spans)).name
    return better_name(a.name, b.name)


def _are_same(a: _Actor, b: _Actor, language: str | None) -> bool:
    if (a.label is Label.PER) != (b.label is Label.PER) or len(a.key) != len(b.key):
        return a.key == b.key and language not in MODELLED
    if a.label is not Label.PER and [w.removesuffix("s") for w in a.key] == [
        w.removesuffix("s") for w in b.key
    ]:
        return True
    pairs = zip(a.key, b.key, strict=True)
    return language in INFLECTING and all(_is_inflected(x, y) for x, y in pairs)


def _is_inflected(a: str, b: str) -> bool:
    stem = 0
    while stem < min(len(a), len(b)) and a[stem] == b[stem]:
        stem += 1
    return a == b or (stem >= 4 and max(len(a), len(b)) - stem <= 3 and abs(len(a) - len(b)) <= 2)


def _is_short_for(short: _Actor, full: _Actor, text: _Text) -> bool:
    """Whether one word alone stands for a longer name that ends with it and comes first, as a
    text introduces what it will call by less: Hurricane Irma, then Irma.
    """
    if len(short.key) != 1 or len(full.key) < 2 or short.key[0] != full.key[-1]:
        return False
    if short.key[0] in countries() or normal(short.name) in demonyms():
        return False
    introduced = full.name in text.whole[: text.title_end]
    if not introduced and _first_in_body(short, text) < _first_in_body(full, text):
        return False
    of_things = (Label.ORG, Label.MISC)
    return short.label in of_things and full.label in of_things and len(full.key) <= 4


def _first_in_body(actor: _Actor, text: _Text) -> int:
    return min((s for s, _ in actor.spans if s >= text.title_end), default=len(text.whole))


# --- judging -----------------------------------------------------------------------------------


def _is_chance(actor: _Actor, text: _Text) -> bool:
    """What is no actor of the story: days, demonyms by the way, headline scraps, plain nouns."""
    key = " ".join(actor.key)
    if not key or all(w in calendar(text.language) or w in legal_endings() for w in actor.key):
        return True
    if len(actor.spans) == 1 and key and normal(next(iter(actor.forms))) in demonyms():
        return True  # "an English message" is not about England
    if all(start < text.title_end for start, _ in actor.spans):
        return cues.is_headline_scrap(actor.name, text.whole[: text.title_end], _body(text))
    return len(actor.key) == 1 and _is_ordinary(actor, text)


def _body(text: _Text) -> str:
    return text.whole[text.title_end :]


def _is_ordinary(actor: _Actor, text: _Text) -> bool:
    """A word that the same text also writes small; a noun, where nouns have capitals."""
    if text.language in NOUNS_WITH_CAPITALS:
        return actor.label is Label.MISC and cues.is_noun(actor.name, text.whole, text.language)
    if actor.key[0] in countries() or not actor.name[:1].isupper() or actor.name.isupper():
        return False
    small = re.findall(rf"(?<![\w-]){re.escape(actor.name.lower())}(?!\w)", text.whole)
    return len(small) >= len(actor.spans)


@cache
def calendar(language: str | None) -> frozenset[str]:
    """Folded names of days and months in `language` and in English."""
    found: set[str] = set()
    for code in {"en", language or "en"}:
        try:
            locale = Locale.parse(code)
        except (UnknownLocaleError, ValueError):
            continue
        for names in (locale.days, locale.months):
            for form in ("wide", "abbreviated"):
                found |= {fold(n).strip(".") for n in names["format"][form].values()}
    return frozenset(found)


def _weight(actor: _Actor, text: _Text) -> float:
    """How often, where first, and how rare its name is."""
    weight = (1 + math.log(len(actor.spans))) * _rarity(actor.name, text.background)
    starts = [start for start, _ in actor.spans]
    in_title = min(starts) < text.title_end
    weight *= _TITLE if in_title else 1.0
    weight *= _LEAD if any(text.title_end <= s < text.lead_end for s in starts) else 1.0
    quoted = actor.label is not Label.PER and not in_title
    if quoted and all(cues.is_quoted(text.whole, *span) for span in actor.spans):
        weight *= _QUOTED
    return weight


def _rarity(name: str, background: Background) -> float:
    """Rare names say more, but a name said often says most: hence the root."""
    rarities = [background.idf(w.folded) for w in words(name)]
    return math.sqrt(sum(rarities) / math.sqrt(len(rarities))) if rarities else 0.0


def _term(actor: _Actor, actors: Iterable[_Actor], text: _Text) -> Term:
    bodies = {s for a in actors if a.label is Label.ORG and a is not actor for s in a.spans}
    return Term(
        text=actor.name, kind=_kind(actor, bodies, text), weight=0.0, spellings=_forms(actor)
    )


def _kind(actor: _Actor, bodies: set[tuple[int, int]], text: _Text) -> str:
    if normal(actor.name) in countries():
        return "place"  # though most mentions may be demonyms
    label = actor.label
    if text.language in MODELLED and label in (Label.MISC, Label.PER) and len(actor.key) == 1:
        label = cues.settled(label, text.whole, actor.spans, bodies)
    return KIND_OF_LABEL[label]


def _forms(actor: _Actor) -> tuple[str, ...]:
    """Other spellings in the seed that name the same: a surname, an acronym."""
    seen = {fold(straighten(actor.name))}
    forms = []
    for form in sorted(actor.forms):
        if len(form) > 1 and (folded := fold(straighten(form))) not in seen:
            seen.add(folded)
            forms.append(form)
    return tuple(forms)
