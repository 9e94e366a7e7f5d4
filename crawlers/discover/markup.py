"""From bytes as received to text that a parser can take: unpacking, decoding, mending XML.

Declared charsets are often wrong and one bad byte must not cost a feed, so bytes are believed
before declarations. Document types are dropped, and with them every entity that a document
defines itself: neither external files nor entity bombs are left for the parser.
"""

from __future__ import annotations

import codecs
import re
import zlib
from html.entities import html5

from lxml import etree

MAX_UNPACKED = 100_000_000  # bytes; the sitemap protocol allows 50 MB

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_XML_CHARSET = re.compile(rb"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)""")
_META_CHARSET = re.compile(rb"""(?i)<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)""")
_HTTP_CHARSET = re.compile(r"""(?i)charset\s*=\s*["']?\s*([\w.:-]+)""")
# Labels that mean more in practice than they say (WHATWG Encoding, 4.2).
_MEANT = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "iso-8859-9": "cp1254", "tis-620": "cp874", "utf8": "utf-8", "x-gbk": "gb18030",
    "windows-31j": "cp932", "iso-8859-11": "cp874", "big5": "big5hkscs",
}  # fmt: skip
# With whatever a server printed before it, such as a warning.
_DECLARATION = re.compile(r"\A.{0,10000}?<\?xml\s[^>]*>", re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]+")
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:#(?P<number>x[0-9a-f]+|\d+);|(?P<name>[a-z][a-z0-9]*);)?",
    re.IGNORECASE | re.DOTALL,
)
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def unpack(body: bytes) -> tuple[bytes, str | None]:
    """The body without gzip, and what was wrong with it; a cut file gives what it holds."""
    if not body.startswith(b"\x1f\x8b"):
        return body, None
    parts: list[bytes] = []
    left, room = body, MAX_UNPACKED
    while left.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(left, room))
        except zlib.error as error:
            return b"".join(parts) + _salvage(left, room), f"broken gzip ({error})"
        room -= len(parts[-1])
        if room <= 0:
            return b"".join(parts), f"more than {MAX_UNPACKED:,} bytes unpacked; the rest is unread"
        if not member.eof:
            return b"".join(parts), "truncated gzip; read as far as it goes"
        left = member.unused_data
    return b"".join(parts), None


def _salvage(packed: bytes, room: int) -> bytes:
    """What comes out of broken gzip before the fault, in small bites."""
    member = zlib.decompressobj(wbits=31)
    out = bytearray()
    try:
        for start in range(0, len(packed), 256):
            out += member.decompress(packed[start : start + 256], max(1, room - len(out)))
    except zlib.error:
        pass
    return bytes(out)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a document; never fails.

    Order of belief: byte order mark; the shape of UTF-16/32; valid UTF-8 with letters outside
    ASCII (hardly ever anything else); the charset of the document; that of the HTTP header;
    then UTF-8 with stray bytes read as Windows-1252.
    """
    for mark, name in (*_BOMS, *_WIDE):
        if body.startswith(mark):
            return body.decode(name, errors="replace").lstrip("\ufeff")
    if not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start > len(body) - 4:  # cut in the middle of a letter
                return body.decode("utf-8", errors="ignore")
    for name in _declared(body, content_type):
        text = _try(body, name)
        if text is not None:
            return text
    return body.decode("utf-8", errors="windows-1252-bytes")


def _declared(body: bytes, content_type: str | None) -> list[str]:
    head = body[:2_048]
    xml, meta = _XML_CHARSET.match(head), _META_CHARSET.search(head)
    http = _HTTP_CHARSET.search(content_type or "")
    names = [m[1].decode("ascii").lower() for m in (xml, meta) if m]
    names += [http[1].lower()] if http else []
    return [_MEANT.get(name, name) for name in names]


def _try(body: bytes, name: str) -> str | None:
    """Decoded by `name` if such a codec exists and few bytes resist it."""
    try:
        if codecs.lookup(name).name.startswith(("utf-16", "utf-32", "utf-8")) and b"<" in body:
            return None  # its shape would have shown already
        text = body.decode(name, errors="replace")
    except (LookupError, ValueError, TypeError):  # TypeError: codecs that are not for text
        return None
    return text if text.count("\ufffd") <= 1 + len(text) // 100 else None


def _as_windows_1252(error: UnicodeError) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252-bytes", _as_windows_1252)


def mend(text: str) -> str:
    """Text that an XML parser can take: no document type, no illegal letters, no loose `&`.

    Named entities of HTML become their letters, those that the document defined itself stay as
    written.
    """
    text = _ILLEGAL.sub("", text)
    text = _without_doctype(_DECLARATION.sub("", text.lstrip("\ufeff \t\r\n")))
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    whole, number, name = match[0], match["number"], match["name"]
    if whole.startswith("<") or (name and name in _XML_NAMES):
        return whole
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number[:10])
        return whole if _legal(code) else ""
    return html5.get(f"{name};", f"&amp;{whole[1:]}") if name else "&amp;"


def _legal(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0x110000


def _without_doctype(text: str) -> str:
    start = text[:100_000].upper().find("<!DOCTYPE")
    root = re.search(r"<[A-Za-z_]", text)
    if start < 0 or (root and root.start() < start):
        return text
    end = _doctype_end(text, start)
    return text[:start] + text[end:]


def _doctype_end(text: str, start: int) -> int:
    """Just after the `>` that closes a document type; quotes and the inner subset may hold `>`."""
    depth, quote = 0, ""
    for match in re.finditer(r"<!--.*?(?:-->|\Z)|[\"'\[\]>]", text[start:], re.DOTALL):
        char = match[0]
        if len(char) > 1:
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[]":
            depth += 1 if char == "[" else -1
        elif depth <= 0:
            return start + match.end()
    return text.find(">", start) + 1 or len(text)  # never closed: give up only its first tag


def parser_options(*, recover: bool) -> dict[str, bool]:
    """Options for every XML parser here: nothing fetched, nothing expanded."""
    return {
        "recover": recover,
        "huge_tree": True,
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
    }


def parse_fragment(xml: str) -> etree._Element | None:
    """The root of a small piece of XML, mended as far as libxml2 can; None if nothing is left."""
    parser = etree.XMLParser(encoding="utf-8", **parser_options(recover=True))
    try:
        return etree.fromstring(xml.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def local_name(tag: object) -> str:
    """A tag without namespace and prefix, in lower case; "" for that of a comment."""
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
