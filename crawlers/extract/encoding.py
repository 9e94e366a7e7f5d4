"""Bytes to text, in the order of the WHATWG standard: BOM, HTTP header, `<meta>`, detection.

A page that lies about its encoding is repaired and says so; nothing here looks at the markup
beyond its declared encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

# What browsers fall back to for a page that declares no encoding, by the language it declares
# (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding).
_BY_LANGUAGE = {
    "ar": "cp1256", "az": "cp1254", "ba": "cp1251", "be": "cp1251", "bg": "cp1251",
    "cs": "cp1250", "el": "iso8859-7", "et": "cp1257", "fa": "cp1256", "he": "cp1255",
    "hr": "cp1250", "hu": "iso8859-2", "ja": "cp932", "kk": "cp1251", "ko": "cp949",
    "ku": "cp1254", "ky": "cp1251", "lt": "cp1257", "lv": "cp1257", "mk": "cp1251",
    "pl": "iso8859-2", "ru": "cp1251", "sah": "cp1251", "sk": "cp1250", "sl": "iso8859-2",
    "sr": "cp1251", "tg": "cp1251", "th": "cp874", "tr": "cp1254", "tt": "cp1251",
    "uk": "cp1251", "vi": "cp1258", "zh": "gb18030",
}  # fmt: skip
_LANG = re.compile(rb"""<html[^>]{0,500}?\slang\s*=\s*["']?([A-Za-z]{2,3})""", re.IGNORECASE)
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1|<[^>]*>", re.IGNORECASE | re.DOTALL)
_SAMPLE = 20_000  # bytes of visible text that a guess is made from
# A byte over 127 with no high byte beside it can be no UTF-8.
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's text, the Python codec it was read with, and who named it."""

    text: str
    encoding: str
    said_by: str  # "bom", "header", "meta", "utf-8", "detection", "language", "default"
    repaired: bool = False  # the page declared something else


def decode(body: bytes, headers: Mapping[str, str] | None = None) -> Decoded:
    """The text of `body` by the encoding its bytes, headers or markup name, or the likeliest."""
    codec, bom = read_bom(body)
    if codec is not None and bom is not None:
        return Decoded(body[len(bom) :].decode(codec, "replace"), codec, "bom")
    declared, said_by = _declared(body, headers or {})
    utf8 = _as_utf8(body)
    if utf8 is not None:
        if (once := _encoded_once(utf8)) is not None:
            return Decoded(once, "utf-8", said_by, True)
        # Valid UTF-8 with anything beyond ASCII is UTF-8, whatever the page says of itself.
        lies = declared not in (None, "utf-8") and _HIGH.search(body) is not None
        if declared is None or declared == "utf-8" or lies:
            return Decoded(utf8, "utf-8", "utf-8" if lies or declared is None else said_by, lies)
        return Decoded(_read(body, declared) or utf8, declared, said_by)  # e.g. ISO-2022-JP
    if declared is not None and declared != "utf-8":
        text = _read(body, declared)
        if text is not None:
            return Decoded(text, declared, said_by)
    if declared == "utf-8" and _mostly_utf8(body):
        return Decoded(_mend_utf8(body), "utf-8", said_by, True)
    return _guess(body, lied=declared is not None)


def _declared(body: bytes, headers: Mapping[str, str]) -> tuple[str | None, str]:
    content_type = header(headers, "content-type")
    named = http_content_type_encoding(content_type)
    if named:
        return _codec(named), "header"
    named = html_body_declared_encoding(body[:8192])
    if named:
        codec = _codec(named)
        # A <meta> that could be read as ASCII cannot be in UTF-16; the standard says UTF-8.
        return ("utf-8" if codec and codec.startswith("utf-16") else codec), "meta"
    return None, "default"


def header(headers: Mapping[str, str], name: str) -> str | None:
    """One header's value, whatever the case of its name."""
    for key, value in headers.items():
        if key.lower() == name:
            return value
    return None


def _codec(label: str) -> str | None:
    resolved = resolve_encoding(label)
    return codecs.lookup(resolved).name if resolved else None


def _as_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _encoded_once(text: str) -> str | None:
    """What was UTF-8, read as Latin-1 and written as UTF-8 again; None where any part was not."""
    first = _first_beyond_ascii(text)
    for codec in ("latin-1", "cp1252") if first else ():
        try:
            first.encode(codec).decode("utf-8")  # it tells of nearly all texts
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _first_beyond_ascii(text: str) -> str:
    try:
        text.encode("ascii")  # far quicker than to search for it
    except UnicodeEncodeError as beyond:
        return text[beyond.start : beyond.end]
    return ""


def _read(body: bytes, codec: str) -> str | None:
    """`body` in `codec` unless more than one character in 200 fails (then it is a lie)."""
    text = body.decode(codec, "replace")
    bad = text.count("\ufffd")
    beyond = sum(1 for _ in _HIGH.finditer(body))
    return text if bad == 0 or bad * 20 <= beyond else None


def _mostly_utf8(body: bytes) -> bool:
    """Few of the bytes beyond ASCII are wrong: cut in mid-character, or mixed by an editor."""
    bad = body.decode("utf-8", "replace").count("\ufffd")
    return bad * 10 <= len(_HIGH.findall(body)) or bad <= 1


def _mend_utf8(body: bytes) -> str:
    """UTF-8 in which stray bytes are Windows-1252 quotation marks and dashes."""
    text = body.decode("utf-8", "surrogateescape")

    def stray(match: re.Match[str]) -> str:
        return match[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")

    return re.sub("[\udc80-\udcff]", stray, text)


def _guess(body: bytes, *, lied: bool) -> Decoded:
    for codec, said_by in _guesses(body):
        text = _read(body, codec)
        if text is not None:
            return Decoded(text, codec, said_by, lied)
    return Decoded(body.decode("cp1252", "replace"), "cp1252", "default", lied)


def _guesses(body: bytes) -> list[tuple[str, str]]:
    guesses = []
    lang = _LANG.search(body[:4096])
    if lang and (codec := _BY_LANGUAGE.get(lang[1].decode("ascii").lower())):
        guesses.append((codec, "language"))
    visible = _MARKUP.sub(b" ", body[: _SAMPLE * 20])
    high = _HIGH.search(visible)
    start = max(0, high.start() - 200) if high else 0
    best = from_bytes(visible[start : start + _SAMPLE]).best()
    if best is not None and best.encoding != "ascii":
        codec = codecs.lookup(resolve_encoding(best.encoding) or best.encoding).name
        guesses.append((codec, "detection"))
    return guesses
