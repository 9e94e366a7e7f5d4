"""Reads the entries of an XML document one by one, so that a bad one costs only itself.

A well-formed document is streamed. Any other is cut at its entry tags, and each entry is parsed
alone with libxml2's recovery; what follows the fault is then not lost.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from lxml import etree

from crawlers.discover.markup import local_name, parse_fragment, parser_options

_T = TypeVar("_T")
_Make = Callable[[etree._Element, bool], _T]

_HIDDEN = {"<![CDATA[": "]]>", "<!--": "-->"}
_START_TAG = re.compile(r"<[A-Za-z_][^<>]*>")


@dataclass(frozen=True, slots=True)
class Pieces(Generic[_T]):
    """The entries of a document in order, what is left of its root, and what was wrong."""

    entries: list[_T]
    root: etree._Element | None  # entries are empty here, their surroundings complete
    error: str | None = None

    @property
    def root_name(self) -> str:
        """The root's tag in lower case without namespace; "" where there is none."""
        return "" if self.root is None else local_name(self.root.tag)


def read_pieces(xml: str, names: tuple[str, ...], make: _Make[_T]) -> Pieces[_T]:
    """`make(element, whole)` of each element called one of `names` in mended `xml`.

    `whole` is False where the document was cut, so that children may sit too deep.
    """
    try:
        return _streamed(xml, names, make)
    except etree.XMLSyntaxError as error:
        return _cut(xml, names, make, _first_line(error))


def _streamed(xml: str, names: tuple[str, ...], make: _Make[_T]) -> Pieces[_T]:
    tags = [f"{{*}}{form}" for name in names for form in (name, name.title(), name.upper())]
    context = etree.iterparse(
        io.BytesIO(xml.encode("utf-8")),
        events=("end",),
        tag=tags,
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        **parser_options(recover=False),
    )
    entries = []
    for _, element in context:
        entries.append(make(element, True))
        element.clear(keep_tail=False)
    return Pieces(entries, context.root)


def _cut(xml: str, names: tuple[str, ...], make: _Make[_T], error: str) -> Pieces[_T]:
    spans = list(_spans(xml, names))
    head = xml[: spans[0][0]] if spans else xml
    opening = "".join(_open_tags(head)) or "<document>"
    entries = []
    for start, end in spans:
        tree = parse_fragment(opening + xml[start:end])
        element = None if tree is None else _first(tree, names)
        if element is not None:
            entries.append(make(element, False))
    return Pieces(entries, parse_fragment(head), f"not well-formed XML ({error})")


def _spans(xml: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where each entry starts and ends; one that is not closed ends where the next starts."""
    tag = rf"(?:[\w.-]+:)?(?:{'|'.join(names)})"
    mark = re.compile(
        rf"(?P<hidden><!\[CDATA\[|<!--)|(?P<open><{tag}(?=[\s/>]))|(?P<close></{tag}\s*>)",
        re.IGNORECASE,
    )
    start: int | None = None
    hidden_until = 0
    last = {opening: xml.rfind(closing) for opening, closing in _HIDDEN.items()}
    for match in mark.finditer(xml):
        if match.start() < hidden_until:
            continue
        if match["hidden"]:
            if match.end() <= last[match[0].upper()]:  # one that is never closed hides nothing
                hidden_until = xml.find(_HIDDEN[match[0].upper()], match.end())
        elif match["open"]:
            if start is not None:
                yield start, match.start()
            start = match.start()
        elif start is not None:
            yield start, match.end()
            start = None
    if start is not None:
        yield start, _last_whole(xml)


def _last_whole(xml: str) -> int:
    """Where a document that breaks off is still whole: half an address would be another one."""
    tag, text = xml.rfind("<"), xml.rfind(">") + 1
    return max(tag, text)


def _open_tags(head: str) -> list[str]:
    """The start tags of the root and of a channel before the first entry: namespaces, bases."""
    tags = [tag for tag in _START_TAG.findall(head) if not tag.endswith("/>")]
    channel = [tag for tag in tags[1:] if local_name(tag[1:-1].split()[0]) == "channel"]
    return tags[:1] + channel[:1]


def _first(tree: etree._Element, names: tuple[str, ...]) -> etree._Element | None:
    return next((el for el in tree.iter() if local_name(el.tag) in names), None)


def _first_line(error: etree.XMLSyntaxError) -> str:
    return re.sub(r" \(<string>, line \d+\)$", "", str(error).splitlines()[0])[:200]
