"""What the words around a name say of it: an organisation, only quoted, a headline's scrap.

Rules of the language (possessives, "owned by", "according to"), none about particular names.
English, but for nouns in languages that write them with capitals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from warehouse.records import Label
from warehouse.understand.background import frequencies
from warehouse.understand.names import NOUN_ENDINGS
from warehouse.understand.tokens import Token, fold, straighten

_REACH = 60  # characters before and after a name that are looked at

_OWNED = r"(?:owned|backed|run|founded|launched|developed|operated|bought|acquired|made|built) by"
_THING = (
    r"(?:compan(?:y|ies)|firm|giant|platform|network|app|service|site|website|rival|competitor"
    r"|start-?up|group|maker|brand|publisher|broadcaster|agency|owner of|users? (?:of|on)"
    r"|accounts? on|C\.?E\.?O\.? of|chief executive of|shares (?:of|in)|employees of|parent)"
)
_ORG_BEFORE = re.compile(rf"(?:{_OWNED}|\b{_THING}s?,?)\s+(?:the\s+)?$", re.IGNORECASE)
_ORG_AFTER = re.compile(
    r"^(?:'s?\s+(?:\w+\s+)?(?:app|platform|policy|policies|service|users?|shares?|staff|stock|board|ceo"
    r"|chief|founder|headquarters|spokes\w+|lawyers|parent|product|website|network|subsidiar\w+)\b"
    r"|-(?:owned|backed|run|based)\b|\s+(?:Inc|Corp|Ltd|Group|users|employees|accounts)\b)",
    re.IGNORECASE,
)
_PERSON_AFTER = re.compile(
    r"^,?\s+(?:said|says|told|added|was born|who|himself|herself|,? \d{2},|is survived|tweeted)\b"
)
_IN_THINGS = re.compile(r"\b(?:in|across|throughout|within)\s+$", re.IGNORECASE)
_BESIDE = re.compile(r"^(?:'s)?(?:,| and| or| over| to| than| versus| vs\.?| against|, and)\s+$")

_QUOTED_BEFORE = re.compile(
    r"\b(?:told|according to|reported by|reports? (?:by|from|in)|quoted by|cited by|interview with"
    r"|speaking to|said to|courtesy of|via|reviewed by|obtained by|first reported in)"
    r"\s+(?:the\s+|a\s+)?(?:\w+\s+)?$|\($",
    re.IGNORECASE,
)
_QUOTED_AFTER = re.compile(
    r"^,?\s*(?:'s\s+\w+\s+\w+\s+)?(?:reported|reports|has reported|quoted|cit(?:ed|es|ing)"
    r"|contributed|news agency|which first)\b"
)


def settled(
    label: Label,
    whole: str,
    spans: Sequence[tuple[int, int]],
    bodies: Collection[tuple[int, int]],
) -> Label:
    """What a one-word name is that was read as a person or as something else.

    `spans`: where it stands in `whole`; `bodies`: where organisations stand. A name that stands
    in a row with organisations is one of them.
    """
    text = straighten(whole)
    around = [(text[max(0, a - _REACH) : a], text[b : b + _REACH]) for a, b in spans]
    org = sum(bool(_ORG_BEFORE.search(x) or _ORG_AFTER.match(y)) for x, y in around)
    org += sum(_is_beside(text, span, bodies) for span in spans)
    person = sum(bool(_PERSON_AFTER.match(y)) for _, y in around)
    if org > person and (label is Label.MISC or org >= 2):
        return Label.ORG
    things = sum(bool(_IN_THINGS.search(x)) for x, _ in around)
    return Label.MISC if label is Label.PER and not person and 2 * things >= len(spans) else label


def _is_beside(text: str, span: tuple[int, int], bodies: Collection[tuple[int, int]]) -> bool:
    before = (text[end : span[0]] for _, end in bodies if 0 < span[0] - end < 12)
    after = (text[span[1] : start] for start, _ in bodies if 0 < start - span[1] < 12)
    return any(_BESIDE.match(between) for between in (*before, *after))


def is_quoted(whole: str, start: int, end: int) -> bool:
    """Whether the name there only tells where something was said or published."""
    before = straighten(whole[max(0, start - _REACH) : start])
    after = straighten(whole[end : end + _REACH])
    return bool(_QUOTED_BEFORE.search(before) or _QUOTED_AFTER.match(after))


def dateline(whole: str, title_end: int) -> tuple[int, int]:
    """Where "HILL CITY, S.D. (Agency) - " stands at the head of the text; empty if nowhere."""
    match = re.compile(
        r"\s*[A-Z][A-Z .'-]{2,30}(?:,\s[^.\n–—:-]{2,40}|,\s(?:[A-Z]\.){1,3})?"
        r"(?:\s*\([^)\n]{2,30}\))?\s*(?:\s[-–—]{1,2}\s|:\s|\s\|\s)"
    ).match(whole, title_end)
    return match.span() if match else (0, 0)


def share_of_capitals(tokens: Sequence[Token]) -> float:
    """Of the words of a sentence; near 1 in headings that write every word large."""
    letters = [t.text for t in tokens if t.text[0].isalpha()]
    return sum(w[0].isupper() for w in letters) / len(letters) if letters else 1.0


def is_headline_scrap(name: str, title: str, body: str) -> bool:
    """Whether a name that only the title has is an accident of a title with capitals all over:
    nothing of it is in the text, or only its pieces are.
    """
    of_title = [w for w in re.findall(r"[^\W\d_]\w+", title) if len(w) > 3]
    if not of_title or sum(w[0].isupper() for w in of_title) / len(of_title) < _ALL_OVER:
        return False
    parts = re.findall(r"\w+", name)
    there = sum(bool(re.search(rf"(?<!\w){re.escape(p)}(?!\w)", body)) for p in parts)
    return there < len(parts)


_ALL_OVER = 0.75


def is_noun(word: str, whole: str, language: str | None) -> bool:
    """Whether a single capitalised word is a plain noun where all nouns have capitals: common,
    or used with an article.
    """
    if frequencies(language).get(fold(word), 0.0) > _COMMON_NOUN:
        return True
    if word.lower().endswith(NOUN_ENDINGS) or f"{word}- " in whole:
        return True
    uses = len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", whole))
    articles = re.findall(rf"\b{_ARTICLE}\s+(?:[a-zäöüß]+\s+)?{re.escape(word)}(?!\w)", whole)
    return 2 * len(articles) >= uses


_COMMON_NOUN = 8e-6
_ARTICLE = (
    r"(?:[Dd](?:er|ie|as|en|em|es)|[Ee]in(?:e[mnrs]?)?|[Ii]m|[Zz]u[mr]|[Bb]eim|[Vv]om|[Ii]ns|[Aa]ns"
    r"|[Kk]ein(?:e[mnrs]?)?|[Dd]iese[mnrs]?|[Ii]hre[mnrs]?|[Ss]eine[mnrs]?|[Vv]iele[rn]?|[Aa]lle[rn]?)"
)
