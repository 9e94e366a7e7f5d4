"""Files of articles that people already have, as plain values under the names of our records.

Reads JSON lines, JSON arrays and single objects, CSV, what news-please writes, and what Media Cloud
exports; tells them apart by what is in them. Lands nothing and judges no article.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import types
import typing
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from flows import output
from warehouse.errors import BadInput
from warehouse.records import Article

Line = tuple[int, dict[str, Any] | BadInput]

_LONGEST = 20_000_000  # characters of a CSV field
_PEEK = 65_536
_GZIP = b"\x1f\x8b"

# Our name → what others call it, in the order of preference. Of news-please's own JSON: maintext,
# date_publish, date_modify, date_download, image_url, source_domain, title_page, title_rss; of
# Media Cloud's CSV: publish_date, media_name. The rest is what people call the columns of a sheet.
NAMES = {
    "url": ("url", "link", "address", "uri", "article_url", "source_url"),
    "title": ("title", "headline", "article_title", "title_page", "title_rss", "name"),
    "text": ("text", "maintext", "body", "content", "article_text", "full_text", "fulltext",
             "text_content", "articlebody"),
    "published_at": ("published_at", "date_publish", "publish_date", "publication_date",
                     "published", "pub_date", "pubdate", "date_published", "datepublished", "date"),
    "modified_at": ("modified_at", "date_modify", "date_modified", "datemodified", "updated_at"),
    "fetched_at": ("fetched_at", "date_download", "downloaded_at", "crawled_at"),
    "authors": ("authors", "author", "byline"),
    "source": ("source", "source_domain", "media_name", "outlet", "publication", "publisher",
               "domain"),
    "language": ("language", "lang"),
    "description": ("description", "summary", "abstract"),
    "image": ("image", "image_url"),
    "section": ("section", "category"),
    "tags": ("tags", "keywords"),
    "site_name": ("site_name", "sitename"),
}  # fmt: skip
_TIMES = ("published_at", "modified_at", "fetched_at")
_LISTS = ("authors", "tags")
_WORDS = ("title", "text", "description")  # a title may well be "None"
_NOTHING = {"none", "null", "nan", "nat", "[]", "{}"}
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d[ T]00:00(:00(\.0+)?)?")


# --- reading ---------------------------------------------------------------------------------


def lines(stream: BinaryIO) -> Iterator[Line]:
    """What a file holds, each with its line from 1: an article's values, or what is wrong."""
    number = 0
    try:
        for number, value in _lines(stream):
            yield number, value if isinstance(value, BadInput) else _named_or_wrong(value)
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        yield number + 1, BadInput(f"the file is cut short or damaged from here on: {wrong}")


def _lines(stream: BinaryIO) -> Iterator[Line]:
    head = _peek(stream)
    if head.startswith(_GZIP):
        stream = cast("BinaryIO", io.BufferedReader(cast("Any", gzip.GzipFile(fileobj=stream))))
        head = _peek(stream)
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return _rows(stream) if first[:1] not in b"{[" else _objects(stream, first)


def files_in(folder: Path) -> list[Path]:
    """The articles in a folder, as news-please leaves them: one JSON file each."""
    found = sorted(path for path in folder.rglob("*.json") if path.is_file())
    if not found:
        raise BadInput("holds no .json files", where=folder, try_="name the file itself")
    return found


def _peek(stream: BinaryIO) -> bytes:
    return bytes(cast("Any", stream).peek(_PEEK)[:_PEEK])


def _objects(stream: BinaryIO, first: bytes) -> Iterator[Line]:
    """JSON: an object a line, unless one begins with a bare brace or they stand in an array."""
    opening = first.partition(b"\n")[0].strip()
    if opening == b"{" or first.startswith(b"["):
        return _whole(stream)
    return output.lines(stream)


def _whole(stream: BinaryIO) -> Iterator[Line]:
    try:
        value = json.loads(stream.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        yield 1, BadInput(f"the file is not JSON: {wrong}")
        return
    for number, one in enumerate(value if isinstance(value, list) else [value], 1):
        ok = isinstance(one, dict)
        yield number, one if ok else BadInput(f"item {number} is not a JSON object")


def _rows(stream: BinaryIO) -> Iterator[Line]:
    """CSV with a header; one that comes again, as where Media Cloud joins two queries, is none."""
    csv.field_size_limit(_LONGEST)
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    fed = _Fed(text)
    try:
        yield from _table(csv.reader(fed, delimiter=_delimiter(_peek(stream))), fed)
    finally:
        text.detach()  # the stream is its opener's to close


class _Fed:
    """The lines of a file, and whether there are no more."""

    def __init__(self, text: Iterable[str]):
        self._text, self.ended = iter(text), False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self._text)
        except StopIteration:
            self.ended = True
            raise


def _table(reader: Any, fed: _Fed) -> Iterator[Line]:
    header: list[str] = []
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield number, BadInput(f"the row is not CSV: {wrong}")
            continue
        if fed.ended and reader.line_num > number:  # it took in lines to the end of the file
            what = "a quotation mark is opened and never closed: nothing from here on was read"
            yield number, BadInput(what)
            return
        if not any(field.strip() for field in row):
            continue
        if not header:
            header = _header(row)
        elif [name.strip().lower() for name in row] != header:
            yield number, _row(header, row)


def _row(header: list[str], row: list[str]) -> dict[str, Any] | BadInput:
    if len(row) != len(header):
        return BadInput(f"the row has {len(row)} fields and the header {len(header)}")
    values = dict(zip(header, row, strict=True))
    if any("\udc80" <= c <= "\udcff" for c in "".join(row)):
        return BadInput("the row is not UTF-8")
    return {name: _from_field(name, value) for name, value in values.items()}


def _header(row: list[str]) -> list[str]:
    names = [name.strip().lower() for name in row]
    if not set(NAMES["url"]) & set(names):
        known = ", ".join(names[:12])
        raise BadInput(f"neither JSON nor CSV with a column url: the first line names {known}",
                       try_="give it a header such as url,title,text,published_at")  # fmt: skip
    return names


def _delimiter(head: bytes) -> str:
    line = head.partition(b"\n")[0].decode("utf-8", "replace")
    return max(",;\t|", key=line.count)


def _from_field(name: str, value: str) -> Any:
    """A field as JSON would have it, where an article has no plain text there."""
    kind = _kinds().get(name, str)
    bare = value.strip()
    if kind is tuple and bare.startswith("["):
        with suppress(ValueError):
            return json.loads(bare)
    if kind is tuple and bare:
        return _several(bare)
    if kind is bool:
        return {"true": True, "false": False}.get(bare.lower(), value)
    if kind in (int, float):
        with suppress(ValueError):
            return kind(bare)
    return value


@cache
def _kinds() -> dict[str, type]:
    """What an article's fields are: tuple, bool, int, float, or else told as text."""
    kinds: dict[str, type] = {"byline": tuple, "author": tuple, "keywords": tuple}
    for name, hint in typing.get_type_hints(Article).items():
        options = [one for one in typing.get_args(hint) if one is not types.NoneType]
        plain = options[0] if isinstance(hint, types.UnionType) else hint
        kinds[name] = typing.get_origin(plain) or plain
    return kinds


# --- naming ----------------------------------------------------------------------------------


def _named_or_wrong(value: dict[str, Any]) -> dict[str, Any] | BadInput:
    try:
        return named(value)
    except ValueError as wrong:
        return BadInput(str(wrong))


def named(value: dict[str, Any]) -> dict[str, Any]:
    """An article's values under our names; those of a stage before stay as they are.

    What others call nothing ("", "None", "nan") is left out. Raises ValueError for a date that
    cannot be read.
    """
    if isinstance(value.get("article"), dict):
        return value
    told = {name: one for name, one in value.items() if not _is_nothing(name, one)}
    for ours, theirs in NAMES.items():
        chosen = next((name for name in theirs if name in told), None)
        if chosen is not None and chosen != ours:
            told[ours] = told[chosen]
    for name in _TIMES:
        if isinstance(told.get(name), str):
            told |= _moment(name, told[name], foreign=name not in value)
    for name in _LISTS:
        if isinstance(told.get(name), str) and name not in value:
            told[name] = _several(told[name])
    if "source" in told and "source" not in value:
        told["source"] = str(told["source"]).strip().lower().removeprefix("www.")
    return told


def _is_nothing(name: str, value: Any) -> bool:
    if not isinstance(value, str):
        return value is None
    plain = value.strip().lower()
    return not plain or (plain in _NOTHING and name not in _WORDS)


def _several(text: str) -> list[str]:
    parts = re.split(r"\s*[;|]\s*|\s*,\s*(?=\S+\s+\S)", text.strip())
    return [part for part in parts if part]


def _moment(name: str, text: str, *, foreign: bool) -> dict[str, Any]:
    """A time as ISO 8601; where others write midnight they mean that they know only the day."""
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = _of_mail(name, text)
        text = at.isoformat()
    if name == "published_at":
        if foreign and _MIDNIGHT.fullmatch(text):
            return {name: text[:10]}
        return {name: text}
    return {name: (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()}


def _of_mail(name: str, text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError as wrong:
        raise ValueError(f"{name} must be a date such as 2023-05-31, not {text!r}") from wrong
