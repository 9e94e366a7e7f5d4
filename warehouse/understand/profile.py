"""From a seed to what its watch looks for: title, names and phrases with weights.

`make` proposes terms for a new watch; a person edits them; `of_watch` turns watch and seed text
into the versioned profile that relevance works with.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from warehouse.errors import BadSeed
from warehouse.records import Mention, Profile, Term, Watch, to_json
from warehouse.understand import actors, cues, furniture
from warehouse.understand import names as name_finder
from warehouse.understand.background import Background
from warehouse.understand.furniture import Dropped
from warehouse.understand.identity import mentions
from warehouse.understand.keywords import scores
from warehouse.understand.known import NOUNS_WITH_CAPITALS, KnownNames
from warehouse.understand.language import MODELLED, detect
from warehouse.understand.tagger import Tagger
from warehouse.understand.tokens import fold, words

_MOST_NAMES, _MOST_PHRASES = 16, 10
_LEAST_WEIGHT = 0.05
_LEAST_WORDS = 3
_OF_ADDRESSES = frozenset(["www", "http", "https", "com", "org", "net", "html"])


@dataclass(frozen=True, slots=True)
class Seed:
    """What a seed gave: proposals for a watch file, and what was left out of the text."""

    title: str
    language: str | None
    modelled: bool  # False: no name model for this language; keywords and known names only
    terms: tuple[Term, ...]
    text: str  # body without title and furniture
    dropped: tuple[Dropped, ...]


def make(
    text: str,
    title: str | None = None,
    language: str | None = None,
    *,
    tagger: Tagger | None = None,
    names: KnownNames | None = None,
) -> Seed:
    """Read a seed. `title` None: its first line, if that looks like one.

    Raises BadSeed where there are no words to work with.
    """
    body, dropped = furniture.drop(text.lstrip("\ufeff"))
    title, body = (title.strip(), body) if title and title.strip() else _split_title(body)
    if len(words(f"{title} {body}")) < _LEAST_WORDS:
        raise BadSeed("there is no article in it", try_="give a text of a few sentences at least")
    language = detect(body or title, language)
    whole = f"{title}\n\n{body}"
    if language in MODELLED and tagger is None:
        tagger = Tagger.load()
    found = mentions(name_finder.find(whole, language, tagger=tagger, known=names))
    background = Background(language)
    terms = _terms(whole, len(title), found, background)
    return Seed(title, language, language in MODELLED, terms, body, dropped)


def of_watch(watch: Watch, seed_text: str) -> Profile:
    """The profile of a watch as its files stand now; an edit that matters gives a new version."""
    body, _ = furniture.drop(seed_text)
    title, body = _without_title(body, watch.title)
    profile = Profile(
        watch=watch.watch,
        profile_version="",
        title=title,
        language=watch.language or detect(body),
        terms=watch.terms,
        must=watch.must,
        not_=watch.not_,
        since=watch.since,
        until=watch.until,
        seed_text=body,
        seed_published_at=watch.seed_published_at,
    )
    digest = hashlib.sha256(json.dumps(to_json(profile), sort_keys=True).encode())
    return replace(profile, profile_version=digest.hexdigest()[:12])


# --- title -------------------------------------------------------------------------------------


def _split_title(body: str) -> tuple[str, str]:
    """The first line is a title when it is short, stands alone and does not end like a sentence."""
    first, _, rest = body.partition("\n")
    line = first.strip().lstrip("#").strip()
    is_title = rest.strip() and len(line.split()) <= 30 and len(line) <= 200
    if is_title and (line[-1:] not in ".。:;," or first.lstrip().startswith("#")):
        return line, rest.strip()
    return _shortened(line or body), body


def _shortened(line: str, most: int = 90) -> str:
    sentence = line.split(". ", maxsplit=1)[0].strip()
    return sentence if len(sentence) <= most else sentence[:most].rsplit(" ", 1)[0] + " …"


def _without_title(body: str, title: str) -> tuple[str, str]:
    first, _, rest = body.partition("\n")
    return (
        (title, rest.strip()) if fold(first.strip(" #")) == fold(title.strip()) else (title, body)
    )


# --- terms -------------------------------------------------------------------------------------


def _terms(
    whole: str, title_end: int, found: Sequence[Mention], background: Background
) -> tuple[Term, ...]:
    language = background.language
    names = actors.terms(whole, title_end, found, language, background)
    top = max((w for w, _ in names), default=0.0)
    terms = [replace(t, weight=round(w / top, 2)) for w, t in names[:_MOST_NAMES]]
    taken = {w.folded for _, t in names for form in (t.text, *t.spellings) for w in words(form)}
    if language not in NOUNS_WITH_CAPITALS:  # there a noun taken for a name is a word again
        taken |= {w.folded for m in found for w in words(m.surface)}
    phrases = _phrases(whole, title_end, background, taken)
    best = max((s for s, _ in phrases), default=0.0)
    scale = 0.4 if terms else 1.0  # names tell more than words
    terms += [
        Term(text=p, kind="phrase", weight=round(scale * s / best, 2))
        for s, p in phrases[:_MOST_PHRASES]
    ]
    kept = [t for t in terms if t.weight >= _LEAST_WEIGHT]
    return tuple(sorted(kept, key=lambda t: -t.weight))


def _phrases(
    whole: str, title_end: int, background: Background, taken: set[str]
) -> list[tuple[float, str]]:
    """Telling phrases that are not made of names, longer ones before their parts."""
    _, begin = cues.dateline(whole, title_end)
    scored = scores(whole[max(begin, title_end) :], whole[:title_end], background)
    found: list[tuple[float, str]] = []
    for phrase, score in sorted(scored.items(), key=lambda kv: (-kv[1], kv[0])):
        folded = [w.folded for w in words(phrase)]
        if any(w in taken or _says_little(w, whole, background.language) for w in folded):
            continue
        if not any(_stems(folded) <= _stems(w.folded for w in words(p)) for _, p in found):
            found.append((score, phrase))
    return found


def _says_little(word: str, whole: str, language: str | None) -> bool:
    """Figures, days, parts of addresses, and what is left of "wasn't"."""
    if word[0].isdigit() or word in _OF_ADDRESSES or word in actors.calendar(language):
        return True
    return word.endswith("n") and bool(re.search(rf"\b{re.escape(word)}['’]t\b", whole.lower()))


def _stems(folded: Iterable[str]) -> set[str]:
    """Without the plural's s, so that "platform" and "platforms" are one."""
    return {w.removesuffix("s") for w in folded}
