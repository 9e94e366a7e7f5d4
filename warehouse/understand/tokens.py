"""Raw text as sentences of tokens with exact offsets, and as folded words to count.

Two views of one text: `sentences` serves the name tagger (its tokens are those of its training
data), `words` serves keywords, relevance and copies in every script. Neither changes the text:
what is straightened or folded is for comparing only, and offsets count code points of the
text as given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

# One character for one character, so that offsets hold.
_STRAIGHT = str.maketrans(
    {"’": "'", "‘": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "‐": "-", "‑": "-"}
)

_ABBREVIATIONS = [
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Prof",
    "St",
    "Gen",
    "Col",
    "Lt",
    "Maj",
    "Capt",
    "Sgt",
    "Cpl",
    "Sen",
    "Rep",
    "Gov",
    "Rev",
    "Hon",
    "Pres",
    "Supt",
    "Det",
    "Insp",
    "Adm",
    "Cmdr",
    "Jr",
    "Sr",
    "Inc",
    "Corp",
    "Co",
    "Ltd",
    "Bros",
    "Mt",
    "Ft",
    "No",
    "vs",
    "etc",
    "al",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Sept",
    "Oct",
    "Nov",
    "Dec",
    "Ave",
    "Blvd",
    "Rd",
    "Dept",
    "Univ",
    "Assn",
    "Vol",
    "pp",
    "ca",
    "approx",
    "est",
]

_TOKEN = re.compile(
    r"https?://\S+|www\.\S+"
    r"|[@#]\w+"
    r"|(?:[^\W\d_]\.){2,}"  # U.S., e.g.
    r"|(?:" + "|".join(_ABBREVIATIONS) + r")\.(?!\w)"
    r"|[A-Z]\.(?=\s?[A-Z])"  # an initial: J. Smith
    r"|\d+(?:[.,:/]\d+)*(?:st|nd|rd|th)?"
    r"|(?<=\w)'(?:s|re|ve|ll|d|m)\b|(?<=s)'(?!\w)"
    r"|[^\W_]+(?:'(?!(?:s|re|ve|ll|d|m)\b)[^\W_]+)*"
    r"|\.{2,}|-{2,}"
    r"|\S",
    re.IGNORECASE,
)
_CLOSERS = frozenset("\"')]}")
_ENDS = frozenset([".", "!", "?", "…", "...", "。", "！", "？"])
_STARTERS = frozenset(
    ["The", "A", "An", "In", "It", "He", "She", "They", "We", "But", "And", "This"]
)
_MAX_TOKENS = 120  # a longer "sentence" is a list or a table; cut it so that a window holds it


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the straightened text, and its place in the text as given."""

    text: str
    start: int
    end: int


_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n(?=[^\n]*\S))?)+")
_WRAPPED = 60  # characters; lines that are wrapped more narrowly are lists and tables


def straighten(text: str) -> str:
    """`text` with typographic quotes, hyphens and spaces made plain, of the same length."""
    return text.translate(_STRAIGHT)


def sentences(text: str) -> list[list[Token]]:
    """`text` as sentences of tokens; a line break ends a sentence, unless the lines of its
    paragraph were merely wrapped to a width.
    """
    plain = _unwrapped(straighten(text))
    found: list[list[Token]] = []
    for line in re.finditer(r"[^\n\r\u2028\u2029]+", plain):
        tokens = [
            Token(m.group(), line.start() + m.start(), line.start() + m.end())
            for m in _TOKEN.finditer(line.group())
        ]
        found.extend(_split(tokens))
    return found


def _unwrapped(text: str) -> str:
    """`text` with spaces for the line breaks of paragraphs that were wrapped to a width: every
    line but the last is so full that the next word did not fit. Same length, same offsets.
    """
    return _PARAGRAPH.sub(lambda m: _joined(m.group()) if "\n" in m.group() else m.group(), text)


def _joined(paragraph: str) -> str:
    lines = paragraph.split("\n")
    width = max(map(len, lines))
    full = all(
        len(line) + 1 + len(following.split(maxsplit=1)[0]) > width
        for line, following in pairwise(lines)
    )
    return " ".join(lines) if width >= _WRAPPED and full else paragraph


def _split(tokens: list[Token]) -> Iterator[list[Token]]:
    begin = i = 0
    while i < len(tokens):
        i += 1
        if i - begin >= _MAX_TOKENS:
            yield tokens[begin:i]
            begin = i
        elif _ends(tokens, i - 1):
            while i < len(tokens) and _closes(tokens, i):
                i += 1
            if i < len(tokens) and not tokens[i].text[0].islower():
                yield tokens[begin:i]
                begin = i
    if begin < len(tokens):
        yield tokens[begin:]


def _ends(tokens: list[Token], i: int) -> bool:
    """Whether a sentence may end with token `i`: a full stop, or U.S. before an opening word."""
    token = tokens[i].text
    if token in _ENDS:
        return True
    follows = tokens[i + 1].text if i + 1 < len(tokens) else ""
    return len(token) > 2 and token[-1] == "." and token[1:2] == "." and follows in _STARTERS


def _closes(tokens: list[Token], i: int) -> bool:
    """A quote or bracket that stands right behind what ended belongs to the sentence."""
    return tokens[i].text in _CLOSERS | _ENDS and tokens[i].start == tokens[i - 1].end


# --- words to count --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it stands at text[start:end], and folded for comparing."""

    folded: str
    start: int
    end: int


_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


@cache
def _word_pattern() -> re.Pattern[str]:
    """Letters, digits and the marks that go with them (for Python, combining marks are not)."""
    marks = "".join(
        chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in ("Mn", "Mc")
    )
    return re.compile(rf"[^\W_](?:[^\W_]|[{marks}])*")


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """`text` for comparing: case, compatibility forms and accents of Latin letters gone."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize(
        "NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    )


def words(text: str) -> list[Word]:
    """The words of `text`; scripts without spaces give overlapping pairs of characters."""
    found: list[Word] = []
    for match in _word_pattern().finditer(text):
        if _UNSPACED.search(match.group()):
            found.extend(_pairs(match.group(), match.start()))
        else:
            found.append(Word(fold(match.group()), match.start(), match.end()))
    return found


def _pairs(run: str, offset: int) -> Iterator[Word]:
    """Mixed runs such as "iPhone発売" keep their spaced part whole."""
    at = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > at:
            yield Word(fold(run[at : match.start()]), offset + at, offset + match.start())
        piece = match.group()
        for i in range(max(1, len(piece) - 1)):
            start = match.start() + i
            yield Word(piece[i : i + 2], offset + start, offset + min(start + 2, match.end()))
        at = match.end()
    if at < len(run):
        yield Word(fold(run[at:]), offset + at, offset + len(run))
