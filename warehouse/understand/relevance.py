"""How an article relates to a watch, 0 to 1, with reasons that add up to it.

Two kinds of evidence: the words of the article against the words of the whole seed (cosine of
TF-IDF, only within one language), and the watch's own names and phrases, found by their spellings
in any language. What they give together is put on a scale from 0 to 1; then `must`, `not` and the
date window may take it away. Every step is a sum, so the reasons are the arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from warehouse.records import Coverage, Document, Label, Profile, Reason, Term, Tier, Understanding
from warehouse.understand.background import Background
from warehouse.understand.known import LABEL_OF_KIND, Known, KnownNames
from warehouse.understand.language import detect
from warehouse.understand.tokens import words
from warehouse.understand.vectors import Vector, shared, vector

RELEVANCE_VERSION = "1"  # any change of what `relate` gives makes another one

_TEXT_PART, _NAMES_PART = 0.6, 0.4  # of the evidence, where seed and article share a language
_MIDDLE, _STEEP = 0.30, 11.0  # of the curve from evidence to relevance
_MIDDLE_FOREIGN, _STEEP_FOREIGN = 0.55, 9.0
_SAME, _FOLLOW, _BACKGROUND = 0.5, 0.35, 0.12
_SAME_DAYS = 1.5  # an event's first reports come within this time of the seed
_SAME_UNDATED = 0.7  # where the seed or the article has no date, only a closer text is the same
_OTHER_WORDS_OF_A_STORY = 0.03  # cosine by words that are no names; hardly ever below
_LEAST_SEED_WORDS = 20  # a shorter seed has no text to compare with
_SHOWN_WORDS = 5
_DISTINCT = 4.5  # idf from which a surname alone stands for its person


@dataclass(frozen=True, slots=True)
class Matcher:
    """A profile made ready to be compared with many articles."""

    profile: Profile
    background: Background
    words: Vector
    names: KnownNames
    phrases: KnownNames
    weights: dict[str, float]  # term text -> weight; all of them sum to 1
    name_words: frozenset[str]  # folded words of the names
    foreign: dict[str, float]  # the same for articles in other languages


def matcher(profile: Profile, background: Background | None = None) -> Matcher:
    """`background`: what is common in the watch's language (None: in general)."""
    base = background or Background(profile.language)
    terms = [t for t in profile.terms if t.weight > 0]
    return Matcher(
        profile,
        base,
        vector(profile.seed_text, profile.title, base),
        KnownNames.of(_name_spellings(terms, base)),
        KnownNames.of(
            Known(t.text, Label.MISC, s.lower())
            for t in terms
            if t.kind == "phrase"
            for s in (t.text, *t.spellings)
        ),
        _shares(terms, 1.0),
        frozenset(w.folded for k in _name_spellings(terms, base) for w in words(k.spelling)),
        _shares([t for t in terms if t.kind != "phrase" or t.spellings], 2.0),
    )


def _shares(terms: Iterable[Term], power: float) -> dict[str, float]:
    """Each term's part of all. In other languages the words of the text are no help, and what
    distinguishes the story are its first few names: their weights are squared.
    """
    weights = {t.text: t.weight**power for t in terms}
    total = sum(weights.values()) or 1.0
    return {text: w / total for text, w in weights.items()}


@lru_cache(maxsize=64)
def _matcher(profile: Profile) -> Matcher:
    return matcher(profile)


def relate(
    profile: Profile,
    doc: Document,
    understanding: Understanding | None = None,
    *,
    background: Background | None = None,
) -> Coverage:
    """The relation of `doc` to the watch of `profile`; the reasons' `gave` sum to the relevance."""
    ready = matcher(profile, background) if background else _matcher(profile)
    return ready_relate(ready, doc, understanding.language if understanding else None)


def ready_relate(ready: Matcher, doc: Document, language: str | None = None) -> Coverage:
    """As `relate`, for callers that compare one profile with many articles."""
    language = language or detect(doc.text, doc.language)
    refused = _refusal(ready.profile, doc)
    if refused:
        return _coverage(ready.profile, doc, 0.0, Tier.OFF, (refused,))
    evidence = _evidence(ready, doc, language)
    raw = sum(r.gave for r in evidence)
    relevance = round(_calibrated(raw, foreign=_is_foreign(ready, language)), 4)
    reasons = _scaled(evidence, relevance)
    return _coverage(ready.profile, doc, relevance, _tier(relevance, ready.profile, doc), reasons)


# --- what takes an article out -----------------------------------------------------------------


def _refusal(profile: Profile, doc: Document) -> Reason | None:
    whole = f"{doc.title or ''}\n{doc.text}"
    language = doc.language
    if profile.must and not _finds(profile.must, whole, language):
        return Reason(kind="must", term=" | ".join(profile.must), gave=0.0)
    if profile.not_ and (term := _finds(profile.not_, whole, language)):
        return Reason(kind="not", term=term, gave=0.0, count=1)
    at = doc.published_at
    if at and ((profile.since and at < profile.since) or (profile.until and at > profile.until)):
        return Reason(kind="time", term=f"published {at:%Y-%m-%d}, outside the window", gave=0.0)
    return None


def _finds(terms: Iterable[str], text: str, language: str | None) -> str | None:
    """The first of `terms` that `text` holds, whatever the case."""
    known = KnownNames.of(Known(t, Label.MISC, t.lower()) for t in terms)
    found = known.find(text, language)
    return found[0][1].name if found else None


# --- evidence ----------------------------------------------------------------------------------


def _name_spellings(terms: Iterable[Term], background: Background) -> Iterable[Known]:
    for term in terms:
        if term.kind == "phrase":
            continue
        label = LABEL_OF_KIND.get(term.kind, Label.MISC)
        forms = {term.text, *term.spellings}
        parts = words(term.text)
        if label is Label.PER and len(parts) > 1 and background.idf(parts[-1].folded) > _DISTINCT:
            forms.add(term.text[parts[-1].start : parts[-1].end])
        for form in sorted(forms):
            yield Known(term.text, label, form)


def _is_foreign(ready: Matcher, language: str | None) -> bool:
    return bool(language and ready.profile.language and language != ready.profile.language)


def _evidence(ready: Matcher, doc: Document, language: str | None) -> list[Reason]:
    """What speaks for the article, before it is put on the scale."""
    whole = f"{doc.title or ''}\n{doc.text}"
    foreign = _is_foreign(ready, language)
    counts: dict[str, int] = {}
    for index in (ready.names, ready.phrases):
        for _, known in index.find(whole, language):
            counts[known.name] = counts.get(known.name, 0) + 1
    kinds = {t.text: "phrase" if t.kind == "phrase" else "name" for t in ready.profile.terms}
    weights = ready.foreign if foreign else ready.weights
    shares = {} if foreign else _shared_words(ready, doc)
    borne_out = 1.0 if foreign else _borne_out(ready, shares)
    part = borne_out * (1.0 if foreign else _NAMES_PART)
    reasons = [
        Reason(kind=kinds[t], term=t, gave=part * weights.get(t, 0.0) * _often(n), count=n)
        for t, n in counts.items()
    ]
    reasons += _text_reasons(
        {w: v * borne_out if w in ready.name_words else v for w, v in shares.items()}
    )
    return sorted((r for r in reasons if r.gave > 0), key=_telling)


def _telling(reason: Reason) -> tuple[bool, float, str]:
    """The strongest first; what is a sum of many small ones last."""
    return (reason.kind == "words", -reason.gave, reason.term)


def _borne_out(ready: Matcher, shares: dict[str, float]) -> float:
    """Names count fully only where other words bear them out: two articles about one mayor
    share her name, and may have nothing else in common.
    """
    if len(ready.words.weights) < _LEAST_SEED_WORDS:
        return 1.0
    others = sum(v for w, v in shares.items() if w not in ready.name_words)
    return min(1.0, others / _OTHER_WORDS_OF_A_STORY)


def _often(n: int) -> float:
    """Once is half, four times nearly all."""
    return 1 - 0.5**n


def _shared_words(ready: Matcher, doc: Document) -> dict[str, float]:
    """Word -> its part of the cosine of the article and the whole seed."""
    return shared(ready.words, vector(doc.text, doc.title, ready.background))


def _text_reasons(shares: dict[str, float]) -> list[Reason]:
    """The strongest shared words one by one, then the rest."""
    parts = sorted(shares.items(), key=lambda kv: (-kv[1], kv[0]))
    shown = [
        Reason(kind="text", term=w, gave=_TEXT_PART * v, count=1) for w, v in parts[:_SHOWN_WORDS]
    ]
    if rest := parts[_SHOWN_WORDS:]:
        gave = _TEXT_PART * sum(v for _, v in rest)
        term = f"{len(rest)} other words"
        shown.append(Reason(kind="words", term=term, gave=gave, count=len(rest)))
    return shown


# --- the scale ---------------------------------------------------------------------------------


def _calibrated(raw: float, *, foreign: bool) -> float:
    """Evidence to relevance by a logistic curve through (0, 0)."""
    middle, steep = (_MIDDLE_FOREIGN, _STEEP_FOREIGN) if foreign else (_MIDDLE, _STEEP)
    floor = 1 / (1 + math.exp(steep * middle))
    value = 1 / (1 + math.exp(-steep * (raw - middle)))
    return max(0.0, (value - floor) / (1 - floor))


def of_cosine(cosine: float) -> float:
    """Relevance of two texts of which only their words are compared."""
    return round(_calibrated(cosine, foreign=False), 6)


def _scaled(evidence: list[Reason], relevance: float) -> tuple[Reason, ...]:
    """The reasons on the scale of the relevance; rounding goes to the first."""
    raw = sum(r.gave for r in evidence)
    if not raw:
        return ()
    gave = [round(r.gave / raw * relevance, 4) for r in evidence]
    gave[0] = round(gave[0] + relevance - sum(gave), 4)
    return tuple(
        Reason(kind=r.kind, term=r.term, gave=g, count=r.count)
        for r, g in zip(evidence, gave, strict=True)
    )


def _tier(relevance: float, profile: Profile, doc: Document) -> Tier:
    days = _days_apart(profile.seed_published_at, doc.published_at)
    if relevance >= (_SAME_UNDATED if days is None else _SAME) and (days or 0.0) <= _SAME_DAYS:
        return Tier.SAME_STORY
    if relevance >= _FOLLOW:
        return Tier.FOLLOW_UP
    return Tier.BACKGROUND if relevance >= _BACKGROUND else Tier.OFF


def _days_apart(a: datetime | None, b: datetime | None) -> float | None:
    return abs(a - b) / timedelta(days=1) if a and b else None


def _coverage(
    profile: Profile, doc: Document, relevance: float, tier: Tier, reasons: tuple[Reason, ...]
) -> Coverage:
    return Coverage(
        watch=profile.watch,
        article_id=doc.id,
        relevance=relevance,
        tier=tier,
        reasons=reasons,
        profile_version=profile.profile_version,
    )
