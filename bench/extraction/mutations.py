"""Spoils pages in ways that happen: cut short, bits flipped, nested too deep, in another encoding.

Pure: the same seed gives the same pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.extraction.cases import html_of

_LEVELS = 50_000
_TAGS = ("div", "b", "span", "ul><li", "table><tr><td", "my-box", "q", "font", "a")
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1252", "iso-8859-5", "cp1251", "shift_jis",
              "gb18030", "euc_kr", "big5", "iso-2022-jp", "koi8-r", "cp1256", "utf-7")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoiled:
    """One page made from another: enough to make it again."""

    how: str
    number: int
    file: Path
    body: bytes


def spoiled(files: Sequence[Path], number: int, seed: int) -> Iterator[Spoiled]:
    """`number` pages; one in forty is nested, since each of those takes as long as ten others."""
    for index in range(number):
        chance = random.Random(f"{seed} {index}")
        how = "nested" if index % 40 == 39 else list(_WAYS)[index % 3]
        file = chance.choice(files)
        yield Spoiled(how, index, file, _WAYS[how](html_of(file), chance))


def _truncated(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flipped(body: bytes, chance: random.Random) -> bytes:
    """A few bits, or a good many, anywhere; half of them in the first part, where the head is."""
    page = bytearray(body)
    for _ in range(chance.choice((1, 8, 64, 1024))):
        reach = len(page) if chance.random() < 0.5 else min(len(page), 4096)
        page[chance.randrange(reach)] ^= 1 << chance.randrange(8)
    return bytes(page)


def _recoded(body: bytes, chance: random.Random) -> bytes:
    """Written in another encoding than it says, sometimes by way of a wrong one."""
    text = body.decode(chance.choice(("utf-8", "utf-8", "latin-1")), "replace")
    return text.encode(chance.choice(_ENCODINGS), chance.choice(("replace", "xmlcharrefreplace")))


def _nested(body: bytes, chance: random.Random) -> bytes:
    """Fifty thousand elements, opened somewhere and perhaps closed at the end."""
    tag = chance.choice(_TAGS)
    closing = b"".join(f"</{name}>".encode() for name in reversed(tag.split("><")))
    at = chance.randrange(len(body) + 1)
    after = closing * _LEVELS if chance.random() < 0.5 else b""
    return body[:at] + f"<{tag}>".encode() * _LEVELS + body[at:] + after


_WAYS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncated": _truncated,
    "flipped": _flipped,
    "recoded": _recoded,
    "nested": _nested,
}
