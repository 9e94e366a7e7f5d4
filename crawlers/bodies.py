"""Undoes the content encoding of a body as received, never beyond a limit.

It knows nothing of character sets: what comes out is still bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

_CHUNK = 65_536
_GZIP_MAGIC = b"\x1f\x8b"


class BadBody(ValueError):
    """A body that cannot be decoded: cut short, corrupt, or in a coding we did not ask for."""


class TooLarge(ValueError):
    """A body that grows beyond the limit when it is decoded."""


def decoded(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """The body without its content encoding, of `limit` bytes at most.

    Raises BadBody or TooLarge. Several codings are undone in the order RFC 9110 asks for.
    """
    codings = [c.strip().lower() for c in headers.get("content-encoding", "").split(",")]
    for coding in reversed([c for c in codings if c and c != "identity"]):
        body = _undo(coding, body, limit)
    return body


def _undo(coding: str, body: bytes, limit: int) -> bytes:
    if coding in ("gzip", "x-gzip"):
        # Servers that say gzip and send plain text are common; browsers show the text.
        return _inflate(body, 31, limit) if body.startswith(_GZIP_MAGIC) else body
    if coding == "deflate":
        return _deflate(body, limit)
    raise BadBody(f"content encoding {coding!r}, which we did not ask for")


def _deflate(body: bytes, limit: int) -> bytes:
    # RFC 9110 means zlib's wrapper, but some servers send the bare stream.
    try:
        return _inflate(body, 15, limit)
    except BadBody:
        return _inflate(body, -15, limit)


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    out = bytearray()
    while body:
        stream = zlib.decompressobj(window)
        body = _member(stream, body, out, limit)
        if not stream.eof:
            raise BadBody("the compressed body is cut short")
        if body and not (window == 31 and body.startswith(_GZIP_MAGIC)):
            break  # padding after the last member is harmless
    return bytes(out)


def _member(stream: zlib._Decompress, body: bytes, out: bytearray, limit: int) -> bytes:
    """Decode one member into `out`; what follows it is returned."""
    try:
        while body and not stream.eof:
            out += stream.decompress(body, _CHUNK)
            if len(out) > limit:
                raise TooLarge(f"more than {limit:,} bytes when decompressed")
            body = stream.unconsumed_tail
    except zlib.error as e:
        raise BadBody(f"the compressed body is corrupt: {e}") from e
    return stream.unused_data
