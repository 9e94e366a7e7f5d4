"""Pieces joined to one text with marked parts; offsets count Unicode code points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from crawlers.extract.pieces import Piece
from warehouse.records import Block

_WORD = re.compile(r"\w+")
_SEPARATOR = "\n\n"
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def assemble(
    pieces: Iterable[Piece], *, titles: tuple[str, ...] = (), standfirst: str | None = None
) -> tuple[str, tuple[Block, ...]]:
    """The text in NFC, its paragraphs joined by blank lines, and its blocks.

    A first piece that only says one of `titles` again is left out; one that says the page's
    description is the standfirst.
    """
    kept = [Piece(unicodedata.normalize("NFC", p.text), p.kind) for p in pieces]
    known = [words(title) for title in titles if title]
    while kept and words(kept[0].text) in known:
        kept.pop(0)
    blocks: list[Block] = []
    at = 0
    for index, piece in enumerate(kept):
        kind = piece.kind
        if index == 0 and standfirst and kind in (None, "subhead", "quotation"):
            kind = "standfirst" if same_words(piece.text, standfirst) else kind
        if kind is not None:
            blocks.append(Block(kind=kind, start=at, end=at + len(piece.text)))
        at += len(piece.text) + len(_SEPARATOR)
    return _SEPARATOR.join(piece.text for piece in kept), tuple(blocks)


def same_words(one: str, other: str) -> bool:
    """Equal but for case, spaces and punctuation."""
    return words(one) == words(other)


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text.replace("\u00ad", "")).casefold())


def count_words(text: str) -> int:
    """Words; in scripts without spaces every two characters count as one."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text) if wide else text)) + (wide + 1) // 2
