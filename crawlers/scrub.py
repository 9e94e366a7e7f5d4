"""Takes what was erased out of a run folder: lines, the log, and bodies as they were received.

A body goes when it was asked for at an erased address, or names one: a feed's or a listing's does.
Its record becomes an empty one of the same length, so that the places of all others stay right.
What is erased is asked of `Erased`; nobody may be crawling or landing the folder meanwhile.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from crawlers import urls
from crawlers.spool import write_whole

_LINKS = re.compile(
    r"""(?:href|src)\s*=\s*["']?([^"'\s<>]+)|(https?:(?:\\?/){2}[^\s"'<>\\]+)""", re.IGNORECASE
)
_EMPTY = b"\x1f\x8b\x08\x10\0\0\0\0\0\xff%s\0\x03\0\0\0\0\0\0\0\0\0"  # %s: a comment
_HEAD = len(_EMPTY) - 2
_WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}


class Erased(Protocol):
    """What must not be found any more."""

    def row(self, row: Mapping[str, Any], /) -> bool:
        """Whether a line tells of it."""

    def text(self, text: str, /) -> bool:
        """Whether a text holds it in so many words."""


def scrub(folder: Path, erased: Erased) -> int:
    """The number of lines and bodies that went. Done twice it does nothing more."""
    lost, gone = _bodies(folder, erased)
    bad = _addresses(folder, erased)
    told = bad | _asked(folder, erased)
    n = sum(_lines(path, erased, bad, lost) for path in _parts(folder, "*"))
    if n:
        _stats(folder, erased)
    _request(folder, erased)
    return n + gone + _log(folder, erased, told)


def _parts(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.glob(f"{kind}-[0-9]*.jsonl")) + sorted(
        folder.glob(f"{kind}-[0-9]*.jsonl.part")
    )


def _read(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            try:
                value = json.loads(text)
            except ValueError:
                continue  # a torn last line; a crawl that goes on drops it as well
            yield text, value


def _addresses(folder: Path, erased: Erased) -> set[str]:
    """The addresses that the lines to go tell of: all other lines of them go too."""
    return {
        value["url"]
        for kind in ("leads", "outcomes", "articles")
        for path in _parts(folder, kind)
        for text, value in _read(path)
        if "url" in value and (erased.row(value) or erased.text(text))
    }


def _asked(folder: Path, erased: Erased) -> set[str]:
    """The addresses of exchanges that go."""
    return {
        value["url"]
        for path in _parts(folder, "fetches")
        for _, value in _read(path)
        if erased.row(value)
    }


def _lines(path: Path, erased: Erased, bad: set[str], lost: set[tuple[str, int]]) -> int:
    kept, n, changed = [], 0, False
    for text, value in _read(path):
        place = (value.get("warc_file"), value.get("warc_offset"))
        if value.get("url") in bad or place in lost or erased.row(value):
            n += 1
            continue
        clean = _without(value, erased)
        changed = changed or clean != value
        kept.append(_line(clean) if clean != value else text)
    if n or changed:
        write_whole(path, "".join(kept))
    return n


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _without(value: Any, erased: Erased) -> Any:
    """`value` without the links and citations in it that lead there."""
    if isinstance(value, dict):
        return {key: _without(item, erased) for key, item in value.items()}
    if isinstance(value, list):
        return [
            _without(item, erased)
            for item in value
            if not (isinstance(item, dict) and erased.row(item))
        ]
    return value


def _stats(folder: Path, erased: Erased) -> None:
    """The books of a finished crawl add up again."""
    path = folder / "stats.json"
    with suppress(FileNotFoundError):
        stats = json.loads(path.read_text("utf-8"))
        found = {value["url"] for part in _parts(folder, "leads") for _, value in _read(part)}
        sources = stats.get("sources", {})
        left = {name: it for name, it in sources.items() if not erased.row({"source": name})}
        write_whole(path, json.dumps(stats | {"found": len(found), "sources": left}))


def _request(folder: Path, erased: Erased) -> None:
    path = folder / "request.json"
    with suppress(FileNotFoundError):
        request = json.loads(path.read_text("utf-8"))
        clean = _without(request, erased)
        if clean != request:
            write_whole(path, json.dumps(clean, ensure_ascii=False, indent=1) + "\n")


def _log(folder: Path, erased: Erased, told: set[str]) -> int:
    n = 0

    def stays(line: str) -> bool:
        named = any(url in line for url in told)
        return not (named or erased.text(line) or _names(line, "", erased))

    for path in folder.glob("*.log"):
        lines = path.read_text("utf-8", "replace").splitlines(keepends=True)
        kept = [line for line in lines if stays(line)]
        if len(kept) < len(lines):
            write_whole(path, "".join(kept))
            n += len(lines) - len(kept)
    return n


# --- bodies ----------------------------------------------------------------------------------


def _bodies(folder: Path, erased: Erased) -> tuple[set[tuple[str, int]], int]:
    """Empties the records that must go; returns their places, and how many there were."""
    by_source = {
        (value["warc_file"], value["warc_offset"])
        for path in _parts(folder, "fetches")
        for _, value in _read(path)
        if erased.row(value) and value.get("warc_file") is not None
    }
    lost = set()
    for path in sorted(folder.glob("warc-*.warc.gz")):
        found = [
            (start, end)
            for start, end, record in _records(path)
            if record
            and (
                (path.name, start) in by_source or _holds(record.decode("latin-1"), record, erased)
            )
        ]
        if found:
            _empty(path, found)
        lost |= {(path.name, start) for start, _ in found}
    return lost, len(lost)


def _records(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Start, end and content of each whole record."""
    data = path.read_bytes()
    start = 0
    while start < len(data):
        stream = zlib.decompressobj(31)
        try:
            record = stream.decompress(data[start:])
        except zlib.error:
            return
        if not stream.eof:
            return
        end = len(data) - len(stream.unused_data)
        yield start, end, record
        start = end


def _holds(head: str, record: bytes, erased: Erased) -> bool:
    """Whether a record is of an erased address, or names one."""
    fields, _, rest = head.partition("\r\n\r\n")
    found = re.search(r"(?im)^WARC-Target-URI: (.+?)\r?$", fields)
    url = found[1] if found else ""
    if erased.row({"url": url, "key": urls.key(url)}):
        return True
    http, _, _ = rest.partition("\r\n\r\n")
    body = record[len(fields) + len(http) + 8 :]
    coding = re.search(r"(?im)^content-encoding:\s*([\w-]+)", http)
    text = _decoded(body, coding[1].lower() if coding else "").decode("utf-8", "replace")
    return erased.text(text) or _names(http + "\n" + text, url, erased)


def _decoded(body: bytes, coding: str) -> bytes:
    wbits = _WBITS.get(coding) or (31 if body[:2] == b"\x1f\x8b" else 0)
    if not wbits:
        return body
    with suppress(zlib.error):
        return zlib.decompressobj(wbits).decompress(body, 100_000_000)
    return body


def _names(text: str, base: str, erased: Erased) -> bool:
    """Whether one of the links in `text` leads to an erased address."""
    told = {a or b.replace("\\/", "/") for a, b in _LINKS.findall(text)}
    for link in told:
        plain = link.replace("&amp;", "&").rstrip(".,;)]")
        url = urls.clean(plain, base or None)
        if url and erased.row({"url": url, "key": urls.key(url)}):
            return True
    return False


def _empty(path: Path, places: list[tuple[int, int]]) -> None:
    data = bytearray(path.read_bytes())
    for start, end in places:
        data[start:end] = _EMPTY % (b" " * (end - start - _HEAD))
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
