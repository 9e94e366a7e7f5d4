"""Addresses: cleaned as found, told apart by a key, and refused where they lead inside.

A key merges two spellings only where that is sure; an address that merely looks like another
one stays its own. Nothing here asks the network, so a name that resolves to an inner address is
caught at connect time, not here.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

import idna
import tldextract

from crawlers.trackers import SESSION_SUFFIXES, TRACKERS

MAX_LENGTH = 2_083  # what browsers and servers have long agreed on

# Suffixes come from the snapshot in the package: a crawl must not begin with a download.
_suffixes = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)

_EDGES = "".join(map(chr, range(0x21))) + "\x7f\xa0\u2028\u2029\u200b\ufeff"
_INSIDE = re.compile(r"[\t\n\r\x00]")
_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):")
_WEB_SCHEME = re.compile(r"(https?):(/*)", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x20"<>`{}|^\x7f]')
_BAD_HOST = re.compile(r"[\x00-\x20\"#%/:<>?@\[\\\]^`{|}\x7f]")
# Most addresses need nothing done to them; to see that at once halves the time of a long feed.
_PLAIN = re.compile(
    r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*)"
    r"(?:(?P<simple>/[A-Za-z0-9_~/.@!$&()*+,=-]*)|/[A-Za-z0-9_~/.:@!$&()*+,;=%-]*)"
    r"(?(simple)|(?:\?[A-Za-z0-9_~/.:@!$&()*+,;=%?-]+)?)"
)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NUMBER = re.compile(r"^(?:\d+|0[xX][0-9a-fA-F]*)$")
_INNER_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "onion")


def clean(url: str, base: str | None = None) -> str | None:
    """`url` as found, made absolute on `base`, without fragment, controls and edge whitespace.

    None if it is no http(s) address or cannot be parsed. Letters outside ASCII stay as they are,
    so that people can read them; spaces and quotes are escaped as browsers do (WHATWG URL).
    """
    if _PLAIN.fullmatch(url):
        return url
    text = _slashes(_INSIDE.sub("", url.strip(_EDGES)), base)
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port = parts.port
        if "%" in parts.netloc.rpartition("@")[2]:
            parts = parts._replace(netloc=_host_unescaped(parts.netloc))
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not _host_can_be(parts):
        return None
    netloc = parts.netloc.removesuffix(":") if port is None else parts.netloc
    path, query = (_UNSAFE.sub(_escape, part) for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme.lower(), netloc, path, query, ""))


def key(url: str) -> str:
    """The conservative identity of an address: equal keys are the same page for sure.

    Folded are scheme, letter case of scheme and host, default ports, escapes that mean the same
    (RFC 3986, 6.2.2), dot segments, and parameters on the exact list of trackers. Kept apart are
    `www.`, a trailing slash, the order of parameters, and the case of a path. `key(key(u)) ==
    key(u)`. What cannot be parsed is its own key.
    """
    plain = _PLAIN.fullmatch(url)
    if plain and plain["simple"] is not None and "/." not in plain["simple"]:
        return f"https://{plain['host']}{plain['simple']}"
    cleaned = clean(url)
    if cleaned is None:
        return url.strip(_EDGES)
    parts = urlsplit(cleaned)
    path = _without_dots(_same_escapes(_without_session(parts.path))) or "/"
    query = _same_escapes("&".join(filter(_tells_pages_apart, parts.query.split("&"))))
    return urlunsplit(("https", _same_netloc(parts), path, query, ""))


@lru_cache(maxsize=65_536)
def host(url: str) -> str:
    """Host name in lower case and ASCII, without port; "" where there is none."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _ascii(name.rstrip("."))


@lru_cache(maxsize=65_536)
def site(url: str) -> str:
    """The registrable domain, e.g. "bbc.co.uk"; the host itself for addresses and lone names."""
    name = host(url)
    if not name or _as_address(name) is not None:
        return name
    registered = _suffixes.extract_str(name).top_domain_under_public_suffix
    # The public suffix list's own default rule, for top-level names it does not list.
    return registered or ".".join(name.split(".")[-2:])


def refused(url: str, *, allow_private_hosts: bool = False) -> str | None:
    """Why this address is not one to ask, or None if it is.

    With `allow_private_hosts` inner hosts pass, but never another scheme, credentials or an
    overlong address.
    """
    if len(url) > MAX_LENGTH:
        return f"address longer than {MAX_LENGTH:,} characters"
    cleaned = clean(url) if re.match(r"(?i)https?://", url) else None
    if cleaned is None:
        return "not an http(s) address"
    if "@" in urlsplit(cleaned).netloc:
        return "address with credentials"
    return None if allow_private_hosts else _inner(host(cleaned))


def _inner(name: str) -> str | None:
    labels = name.rsplit(".", 1)
    if name.startswith("[") or ":" in name or _NUMBER.match(labels[-1]):
        address = _as_address(name)
        if address is None:
            return f"disguised numeric host {name}"
        return None if _is_public(address) else f"inner address {name}"
    if any(name == inner or name.endswith(f".{inner}") for inner in _INNER_NAMES):
        return f"inner host {name}"
    return None if len(labels) > 1 else f"inner host {name} (no domain)"


def _as_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Public itself, and so is any IPv4 address that it carries (mapped, 6to4, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour]
        if address in ipaddress.ip_network("64:ff9b::/96"):
            carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        for inner in carried:
            if inner is not None:
                return _is_public(inner)
        if address in ipaddress.ip_network("::/96"):  # IPv4-compatible, long deprecated
            return False
    return address.is_global and not address.is_multicast


def _slashes(text: str, base: str | None) -> str:
    """Slashes as browsers read them: backslashes too, and any number after a scheme."""
    head, mark, tail = text.partition("?")
    text = head.replace("\\", "/") + mark + tail if "\\" in head else text
    scheme = _WEB_SCHEME.match(text)
    if scheme is None or scheme[2] == "//":
        return text
    if base and len(scheme[2]) < 2 and base.lower().startswith(f"{scheme[1].lower()}:"):
        return text[len(scheme[1]) + 1 :]  # relative, with the scheme said again
    return f"{scheme[1]}://{text[scheme.end() :]}"


def _host_unescaped(netloc: str) -> str:
    """Escapes in a host undone; ValueError where that would change what is the host."""
    user, at, name = netloc.rpartition("@")
    plain = unquote(name, errors="strict")
    if any(char in plain.replace(":", "", name.count(":")) for char in "/?#@[]:\\"):
        raise ValueError(netloc)
    return user + at + plain


def _host_can_be(parts: SplitResult) -> bool:
    name = parts.hostname or ""
    if parts.netloc.rpartition("@")[2].startswith("["):
        return _as_address(name) is not None
    return bool(name.strip(".")) and not _BAD_HOST.search(_ascii(name))


def _escape(match: re.Match[str]) -> str:
    return quote(match[0], safe="")


@lru_cache(maxsize=65_536)
def _ascii(name: str) -> str:
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        pass
    try:  # emoji and other names that only the older standard (RFC 3490) lets through
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name.lower()


def _same_netloc(parts: SplitResult) -> str:
    name = _ascii((parts.hostname or "").rstrip("."))
    bracketed = f"[{name}]" if ":" in name else name
    # Neither port serves the other scheme, so both are the default whatever the scheme.
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    user, at, _ = parts.netloc.rpartition("@")
    return f"{user}{at}{bracketed}{port}"


def _same_escapes(text: str) -> str:
    """Needless escapes undone, the others in upper case, other letters escaped (RFC 3986)."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return quote(_ESCAPE.sub(one, text), safe="%/:=&?~+!$,;'@()*")


def _without_dots(path: str) -> str:
    """Dot segments removed (RFC 3986, 5.2.4); empty segments are kept, they can matter."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
        if segment in (".", "..") and place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _without_session(path: str) -> str:
    head, mark, tail = path.rpartition(";")
    return head if mark and tail.partition("=")[0].lower() in SESSION_SUFFIXES else path


def _tells_pages_apart(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return bool(parameter) and name not in TRACKERS
