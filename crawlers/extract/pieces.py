"""Paragraphs, headings, lists, quotations and tables of a body, before they are one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawlers.extract.page import text_of

PARTS = {"p": None, "h2": "subhead", "h3": "subhead", "h4": "subhead", "ul": "list", "ol": "list",
         "blockquote": "quotation", "table": "table"}  # fmt: skip
_NO_LETTER = re.compile(r"[^\w\x00-\x7f]+")  # beyond ASCII, of which the rest is made quicker
_NO_LETTERS = bytes(byte for byte in range(128) if not chr(byte).isalnum())


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, heading, list, quotation or table; `text` has no blank line."""

    text: str
    kind: str | None = None  # as Block.kind; None: a plain paragraph


def squeezed(text: str) -> str:
    """Only letters and digits, for comparing what two readers made of one paragraph."""
    plain = text.encode("utf-8", "surrogatepass").translate(None, _NO_LETTERS)
    letters = plain.decode("utf-8", "surrogatepass")
    return (letters if letters.isascii() else _NO_LETTER.sub("", letters)).casefold()


def parts_of(element: HtmlElement) -> Iterator[Piece]:
    """An element of the page as trafilatura's would be: items and rows on lines of their own."""
    kind = PARTS[element.tag]
    if kind == "list":
        lines = [text_of(item) for item in element.iter("li")]
    elif kind == "table":
        rows = ([text_of(cell) for cell in row.iter("td", "th")] for row in element.iter("tr"))
        lines = [" | ".join(row) for row in rows]
    else:
        lines = [text_of(element)]
    text = "\n".join(line for line in lines if line.strip(" |"))
    if text:
        yield Piece(text, kind)
