"""Keeps each response as it was received, one gzip member a record (WARC 1.1, ISO 28500:2017).

A record can be read back from its file and offset, which is how an interrupted crawl goes on
without asking a page twice. It decodes nothing and decides nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from warehouse.records import isoformat

_MAX_FILE_BYTES = 256_000_000
_LEVEL = 3  # most bodies arrive compressed already; more effort buys almost nothing


@dataclass(frozen=True, slots=True)
class Stored:
    """A response as read back from a WARC file."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class WarcWriter:
    """Appends records to warc-NNNNN.warc.gz in a run folder; never touches an earlier file."""

    def __init__(self, folder: Path):
        self._folder = folder
        earlier = sorted(folder.glob("warc-*.warc.gz"))
        if earlier:
            mend(earlier[-1])
        self._number = int(earlier[-1].name[5:10]) if earlier else 0
        self._open_next()

    def _open_next(self) -> None:
        self._number += 1
        self.name = f"warc-{self._number:05}.warc.gz"
        self._file = (self._folder / self.name).open("xb", buffering=0)
        self._offset = 0

    def write(
        self, url: str, at: datetime, status: int, headers: Sequence[tuple[str, str]], body: bytes
    ) -> tuple[str, int]:
        """Keep a response; returns the file's name and the record's offset in it."""
        if self._offset > _MAX_FILE_BYTES:
            self.close()
            self._open_next()
        record = gzip.compress(_record(url, at, status, headers, body), _LEVEL, mtime=0)
        offset = self._offset
        _write_all(self._file, record)
        self._offset += len(record)
        return self.name, offset

    def close(self) -> None:
        self._file.close()
        if self._offset == 0:
            (self._folder / self.name).unlink()


def _write_all(file: BinaryIO | io.FileIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _record(
    url: str, at: datetime, status: int, headers: Sequence[tuple[str, str]], body: bytes
) -> bytes:
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    # The transfer coding was undone on receipt, so the header would be a lie.
    kept = [(n, v) for n, v in headers if n.lower() != "transfer-encoding"]
    http = "".join([f"HTTP/1.1 {status} {phrase}\r\n", *(f"{n}: {v}\r\n" for n, v in kept), "\r\n"])
    block = http.encode("latin-1", "replace") + body
    fields = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        "WARC-Date": isoformat(at),
        "WARC-Target-URI": url,
        "WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "Content-Type": "application/http;msgtype=response",
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + "\r\n"
    return head.encode() + block + b"\r\n\r\n"


def read(path: Path, offset: int) -> Stored:
    """The response at `offset`; raises ValueError when there is no whole record there."""
    with path.open("rb") as file:
        file.seek(offset)
        stream = zlib.decompressobj(31)
        data = bytearray()
        while not stream.eof and (chunk := file.read(65_536)):
            data += stream.decompress(chunk)
    if not stream.eof:
        raise ValueError(f"{path}: no whole record at {offset}")
    _, _, rest = bytes(data).partition(b"\r\n\r\n")
    head, _, body = rest[:-4].partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(": ") for line in lines]
    return Stored(int(status_line.split()[1]), tuple((n, v) for n, _, v in pairs), body)


def joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Headers by lower-case name, repeated ones joined."""
    found: dict[str, str] = {}
    for name, value in pairs:
        low = name.lower()
        # A repeated header is a list (RFC 9110, 5.2); of these two a list makes no sense.
        if low in found and low not in ("content-type", "location"):
            found[low] = f"{found[low]}, {value}"
        else:
            found.setdefault(low, value)
    return found


def mend(path: Path) -> None:
    """Cut off a last record that was torn when its writer died, so that any tool can read on."""
    good = 0
    with path.open("rb") as file:
        while (end := _member_end(file, good)) is not None:
            good = end
    os.truncate(path, good)


def _member_end(file: BinaryIO, start: int) -> int | None:
    """Offset after the gzip member at `start`, or None when there is no whole one."""
    file.seek(start)
    stream = zlib.decompressobj(31)
    read_up_to = start
    try:
        while not stream.eof:
            chunk: bytes = file.read(65_536)
            if not chunk:
                return None
            read_up_to += len(chunk)
            stream.decompress(chunk)
    except zlib.error:
        return None
    return read_up_to - len(stream.unused_data)
