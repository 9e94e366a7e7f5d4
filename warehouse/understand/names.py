"""The names in a text: by the tagger where there is one for its language, else by spelling.

Always true: text[start:end] == surface, in order, without overlaps. What is the same entity is
decided in identity.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from warehouse.records import Label
from warehouse.understand.background import frequencies
from warehouse.understand.gazetteer import demonyms
from warehouse.understand.identity import Name, normal
from warehouse.understand.known import NOUNS_WITH_CAPITALS, KnownNames, countries_of
from warehouse.understand.language import MODELLED
from warehouse.understand.tagger import TYPES, Span, Tagger
from warehouse.understand.tokens import Token, fold, sentences

_ARTICLES = frozenset(["the", "a", "an", "this", "that"])
_SURE = 0.65  # probability of a label, summed over the mentions of a name
_TAILS = frozenset(["'s", "'", '"', "''", "."])


def find(
    text: str, language: str | None, *, tagger: Tagger | None, known: KnownNames | None = None
) -> list[Name]:
    """The names of `text` (in `language`); `known` are found whatever the language."""
    split = sentences(text)
    if language in MODELLED and tagger is not None:
        return tagged(text, split, tagger)
    certain = [name for name, _ in (known or KnownNames()).find(text, language)]
    places = [name for name, _ in countries_of(language).find(text, language)]
    found = _merge(_merge(certain, places), capitalised(text, split, language))
    return _surnames(found)


def tagged(text: str, split: Sequence[Sequence[Token]], tagger: Tagger) -> list[Name]:
    """The names the model finds, one label for a name within the document.

    The label is the one with most probability over all its mentions; a name that does not
    gather `_SURE` of it anywhere is left out, unless it is the short form of an organisation's.
    """
    spans = tagger.tag([[t.text for t in tokens] for tokens in split])
    found = [
        (name, span.votes)
        for tokens, row in zip(split, spans, strict=True)
        for span in row
        if (name := _name(text, tokens, span))
    ]
    sums: dict[str, list[float]] = {}
    for name, votes in found:
        so_far = sums.setdefault(name.surface, [0.0] * len(TYPES))
        sums[name.surface] = [a + b for a, b in zip(so_far, votes, strict=True)]
    labels = _labels({s: v for s, v in sums.items() if max(v) >= _SURE})
    short = _beginnings(labels)
    labels |= {s: Label.ORG for s in sums if s in short and s not in labels}
    return [replace(n, label=labels[n.surface]) for n, _ in found if n.surface in labels]


def _labels(sums: dict[str, list[float]]) -> dict[str, Label]:
    """The label of each name of a document; a person's surname alone is that person."""
    labels = {s: Label(TYPES[votes.index(max(votes))]) for s, votes in sums.items()}
    surnames = {s.split()[-1] for s, label in labels.items() if label is Label.PER and " " in s}
    for surface, label in labels.items():
        if surface in surnames:
            labels[surface] = Label.PER
        elif label is not Label.PER and normal(surface) in demonyms():
            labels[surface] = Label.MISC
    return labels


def _beginnings(labels: Mapping[str, Label]) -> set[str]:
    """What an organisation may be called for short: Nordhaven, of Nordhaven Shipping."""
    return {s.split()[0] for s, label in labels.items() if label is Label.ORG and " " in s}


def _name(text: str, tokens: Sequence[Token], span: Span) -> Name | None:
    a, b = span.first, span.last
    while a < b and tokens[a].text.lower() in _ARTICLES:
        a += 1
    while b > a and tokens[b - 1].text in _TAILS and not _initial(tokens, a, b):
        b -= 1
    if a == b:
        return None
    start, end = tokens[a].start, tokens[b - 1].end
    return Name(text[start:end], start, end, Label(span.label))


def _initial(tokens: Sequence[Token], a: int, b: int) -> bool:
    """The dot of "Harry S ." belongs to the name."""
    return tokens[b - 1].text == "." and b - 1 > a and len(tokens[b - 2].text) == 1


def _merge(first: Iterable[Name], further: Iterable[Name]) -> list[Name]:
    """`first`, and of `further` what does not overlap; in order of the text."""
    kept = list(first)
    taken = {i for n in kept for i in range(n.start, n.end)}
    kept += [n for n in further if not any(i in taken for i in range(n.start, n.end))]
    return sorted(kept, key=lambda n: n.start)


def _surnames(found: list[Name]) -> list[Name]:
    """A capitalised word that ends a person's name in the same text is that person."""
    last = {n.surface.split()[-1] for n in found if n.label is Label.PER}
    return [
        replace(n, label=Label.PER) if n.label is Label.MISC and n.surface in last else n
        for n in found
    ]


# --- without a model: runs of capitalised words ------------------------------------------------

NOUN_ENDINGS = ("ung", "ungen", "heit", "keit", "schaft", "tion", "tionen", "ismus", "tät", "nis")
_PARTED_ENDINGS = frozenset(["tr", "az"])
_LINKS = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "les",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "bin",
        "ibn",
        "al",
        "el",
        "y",
        "e",
    ]
)
_CASED = re.compile(r"[^\W\d_][\w'.&-]*")


def capitalised(text: str, split: Sequence[Sequence[Token]], language: str | None) -> list[Name]:
    """Runs of words with capitals that are not just the first word of a sentence, as MISC.

    Where nouns have capitals too, only runs of two words or more count, and single words that
    are part of such a run elsewhere in the text. Scripts without case give nothing.
    """
    runs = [run for tokens in split for run in _runs(tokens)]
    sure = _sure_words(runs, language)
    found = []
    for run, opens in runs:
        kept = _strip(run, opens, sure, language)
        if kept:
            found += [
                Name(text[start:end], start, end, Label.MISC)
                for start, end in _places(kept, language)
            ]
    return found


def _places(run: Sequence[Token], language: str | None) -> Iterable[tuple[int, int]]:
    """Where the name of a run stands. In languages that part endings from names by an
    apostrophe the name ends there, and what follows is another: "Bergen'in Laksevåg".
    """
    start = run[0].start
    for token, following in zip(run, [*run[1:], None], strict=True):
        stem, mark, _ = token.text.partition("'")
        parted = language in _PARTED_ENDINGS and mark and len(stem) > 1
        if parted or following is None:
            yield start, token.start + len(stem) if parted else token.end
            start = following.start if following else token.end


def _runs(tokens: Sequence[Token]) -> list[tuple[list[Token], bool]]:
    """Runs of capitalised words of a sentence; True for one that opens the sentence."""
    runs: list[tuple[list[Token], bool]] = []
    run: list[Token] = []
    first = next((i for i, t in enumerate(tokens) if t.text[0].isalpha()), 0)
    opens = False
    for i, token in enumerate(tokens):
        if _has_capital(token.text):
            opens = opens or (not run and i == first)
            run.append(token)
        elif (
            run
            and token.text in _LINKS
            and i + 1 < len(tokens)
            and _has_capital(tokens[i + 1].text)
        ) or (run and _hyphened(run[-1], tokens, i)):
            run.append(token)
        elif run:
            runs.append((run, opens))
            run, opens = [], False
    return [*runs, (run, opens)] if run else runs


def _hyphened(before: Token, tokens: Sequence[Token], i: int) -> bool:
    """A hyphen without spaces, or a small word between two of them."""
    glued = tokens[i].start == before.end
    if tokens[i].text == "-":
        return glued
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    return glued and before.text == "-" and after is not None and after.text == "-"


def _has_capital(word: str) -> bool:
    return word[0].isupper() and bool(_CASED.fullmatch(word))


def _sure_words(runs: list[tuple[list[Token], bool]], language: str | None) -> frozenset[str]:
    """Words that have shown themselves to be (part of) names inside a sentence."""
    if language in NOUNS_WITH_CAPITALS:
        return frozenset(
            t.text for run, opens in runs for t in _proper(run[1:] if opens else run, language)
        )
    return frozenset(
        t.text for run, opens in runs for t in (run[1:] if opens else run) if t.text[0].isupper()
    )


def _proper(run: Sequence[Token], language: str | None) -> Sequence[Token]:
    """Of a run of German nouns the last two words or more that do not look like nouns."""
    tail: list[Token] = []
    for token in reversed(run):
        if token.text not in _LINKS and _is_noun(token.text, language):
            break
        tail.insert(0, token)
    return tail if len(tail) > 1 else []


def _is_noun(word: str, language: str | None) -> bool:
    if word.lower().endswith(NOUN_ENDINGS):
        return True
    return frequencies(language).get(fold(word), 0.0) > 2e-5


def _strip(
    run: list[Token], opens: bool, sure: frozenset[str], language: str | None
) -> list[Token]:
    """The part of a run that is a name: an opening word must be sure from elsewhere."""
    kept = list(run)
    if opens and kept[0].text not in sure:
        kept = kept[1:]
    if language in NOUNS_WITH_CAPITALS:
        while kept and kept[0].text not in sure:
            kept = kept[1:]
    while kept and not kept[0].text[0].isupper():
        kept = kept[1:]
    while kept and not kept[-1].text[0].isupper():
        kept = kept[:-1]
    return kept if sum(len(t.text) for t in kept) > 2 else []
