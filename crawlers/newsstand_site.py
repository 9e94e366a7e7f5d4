"""What one invented host answers: rules and page files in a folder become replies.

A pure reading of the newsstand's folders; it opens no socket (newsstand.py does) and knows
nothing of crawling. The format, for people who add pages:

    <folder>/<host>/site.toml          the rules below; may be missing or empty
    <folder>/<host>/2023/07/a.html     answers /2023/07/a.html and /2023/07/a
    <folder>/<host>/sport/index.html   answers /sport/
    <folder>/<host>/a@2.html           stands for a.html from edition 2 on (or appears in it)
    <folder>/<host>/404.html           body of every "not found", if there is one

    # site.toml: defaults of the host, each optional
    charset = "utf-8"     # told in Content-Type of text; "" tells none
    gzip = true           # compress for clients that accept it
    etag = true           # send an ETag (of the body) and honour If-None-Match
    modified = 2023-07-10T08:00:00Z   # send Last-Modified and honour If-Modified-Since

    [[rule]]              # the first rule that matches is used
    path = "/old/*"       # the path, whatever the query; a last * matches any rest
    query = "id=7"        # only with exactly this query
    scheme = "https"      # only over TLS ("http": only without)
    method = "HEAD"       # only this method
    editions = [2]        # only in these editions
    times = 2             # only for the first two requests of each address
    # what it answers; without any of these the file that the path names
    file = "a.html"       # this file of the host's folder
    body = "plain text"
    status = 503          # 200 unless said otherwise; 302 with a location
    location = "/new"     # as it is sent, so also broken ones
    drop = true           # hang up without an answer
    # how it answers
    type = "text/plain"   # Content-Type in full; "" sends none
    charset = "latin-1"   # told, whatever the bytes are
    encode = "cp1252"     # recode the UTF-8 file before sending
    pack = true           # send the file gzipped as a file (sitemap.xml.gz)
    gzip = false
    etag = false          # or a text: sent as it is
    modified = 2023-07-10T08:00:00Z
    headers = { Retry-After = "120" }
    delay = 1.5           # seconds before the answer
    trickle = 0.1         # seconds between two chunks of 256 bytes
    repeat = 1000         # the body so many times
    cut = 300             # only so many bytes of the body as sent, then hang up
    promised = false      # with cut: Content-Length is that of the cut body
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from warehouse.errors import BadToml

_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".rdf": "application/rdf+xml",
    ".rss": "application/rss+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the newsstand understood it; header names are in lower case."""

    method: str
    scheme: str
    host: str
    target: str  # path and query as they were asked for
    headers: dict[str, str]
    status: int | None = None  # what was answered; None: hung up
    at: datetime | None = None  # when it came

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        return urlsplit(self.target).query

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to send, and with which bad manners."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0.0  # seconds
    trickle: float = 0.0  # seconds between chunks
    hang_up: bool = False  # close the connection afterwards
    drop: bool = False  # send nothing at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One [[rule]] of a site.toml; see the module's docstring."""

    path: str
    query: str | None = None
    scheme: str | None = None
    method: str | None = None
    editions: tuple[int, ...] = ()
    times: int | None = None
    file: str | None = None
    body: str | None = None
    status: int | None = None
    location: str | None = None
    drop: bool = False
    type: str | None = None
    charset: str | None = None
    encode: str | None = None
    pack: bool = False
    gzip: bool | None = None
    etag: bool | str | None = None
    modified: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trickle: float = 0.0
    repeat: int = 1
    cut: int | None = None
    promised: bool = True

    def matches(self, request: Request, edition: int) -> bool:
        return (
            (not self.editions or edition in self.editions)
            and self.query in (None, request.query)
            and self.scheme in (None, request.scheme)
            and self.method in (None, request.method)
            and self._meets(request.path)
        )

    def _meets(self, path: str) -> bool:
        if self.path.endswith("*"):
            return path.startswith(self.path[:-1])
        return path == self.path or unquote(path) == self.path


@dataclass(frozen=True, slots=True)
class _Page:
    status: int
    body: bytes
    suffix: str = ".html"


@dataclass(frozen=True, kw_only=True)
class Site:
    """One host's folder."""

    folder: Path
    rules: tuple[Rule, ...] = ()
    charset: str = "utf-8"
    gzip: bool = False
    etag: bool = True
    modified: datetime | None = None

    @cached_property
    def not_found(self) -> bytes:
        page = self.folder / "404.html"
        return page.read_bytes() if page.exists() else b"<h1>Not found</h1>"

    def rule_for(self, request: Request, edition: int, asked: int) -> Rule:
        """The rule for the `asked`-th request (from 1) of this address; a plain one if none."""
        for rule in self.rules:
            if rule.matches(request, edition) and (rule.times is None or asked <= rule.times):
                return rule
        return Rule(path=request.path)

    def answer(self, request: Request, edition: int, asked: int = 1) -> Reply:
        """The reply to one request in this edition."""
        rule = self.rule_for(request, edition, asked)
        if rule.drop:
            return Reply(status=0, drop=True, delay=rule.delay)
        page = self._page(rule, request.path, edition)
        if page is None:
            return _shape(self, Rule(path=rule.path), request, _Page(404, self.not_found))
        return _shape(self, rule, request, page)

    def _page(self, rule: Rule, path: str, edition: int) -> _Page | None:
        status = rule.status or (302 if rule.location is not None else 200)
        if rule.body is not None:
            return _Page(status, rule.body.encode())
        file = self.find(rule.file or path, edition)
        if file is not None:
            return _Page(status, file.read_bytes(), file.suffix)
        return None if status == 200 else _Page(status, f"<h1>{status}</h1>".encode())

    def find(self, path: str, edition: int) -> Path | None:
        """The file that answers `path`, in its newest version up to `edition`."""
        parts = PurePosixPath(unquote(path).lstrip("/")).parts
        if any(part in ("..", "site.toml") or "@" in part for part in parts):
            return None
        plain = self.folder.joinpath(*parts)
        if not parts or path.endswith("/"):
            return _newest(plain / "index.html", edition)
        return _newest(plain, edition) or _newest(plain.with_name(plain.name + ".html"), edition)


def load_sites(folder: Path) -> dict[str, Site]:
    """Host name to site, of all folders in `folder`; raises BadToml naming file and key."""
    return {sub.name: _load(sub) for sub in sorted(folder.iterdir()) if sub.is_dir()}


def _load(folder: Path) -> Site:
    path = folder / "site.toml"
    if not path.exists():
        return Site(folder=folder)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadToml(str(error), where=path) from error
    rules = tuple(_rule(rule, path) for rule in data.pop("rule", []))
    _check_keys(data, {"charset", "gzip", "etag", "modified"}, path)
    return Site(folder=folder, rules=rules, **data)


def _rule(data: dict[str, Any], path: Path) -> Rule:
    _check_keys(data, {f.name for f in dataclasses.fields(Rule)}, path)
    if "path" not in data:
        raise BadToml("a rule without a path", where=path)
    editions = tuple(data.pop("editions", ()))
    return Rule(editions=editions, **data)


def _check_keys(data: dict[str, Any], known: set[str], path: Path) -> None:
    unknown = sorted(data.keys() - known)
    if unknown:
        raise BadToml(f"unknown key {unknown[0]!r}", where=path, key=unknown[0])


def _newest(plain: Path, edition: int) -> Path | None:
    for number in range(edition, 1, -1):
        version = plain.with_name(f"{plain.stem}@{number}{plain.suffix}")
        if version.is_file():
            return version
    return plain if plain.is_file() else None


def _shape(site: Site, rule: Rule, request: Request, page: _Page) -> Reply:
    """Body and validators as the rule wants them sent."""
    body = _recoded(rule, page.body)
    kind = _content_type(site, rule, ".gz" if rule.pack else page.suffix)
    headers = [("Content-Type", kind)]
    fine = page.status == 200
    etag = _etag(site, rule, body) if fine else None
    modified = (rule.modified or site.modified) if fine else None
    if etag:
        headers.append(("ETag", etag))
    if modified:
        headers.append(("Last-Modified", _http_date(modified)))
    if rule.location is not None:
        headers.append(("Location", rule.location))
    headers += rule.headers.items()
    headers = [(name, value) for name, value in headers if value]
    if _still_fresh(request, etag, modified):
        return Reply(status=304, headers=tuple(headers), delay=rule.delay)
    body, encoding = _compressed(site, rule, request, body)
    return _with_length(rule, page.status, headers + encoding, body)


def _recoded(rule: Rule, body: bytes) -> bytes:
    if rule.encode:
        body = body.decode("utf-8").encode(rule.encode, errors="xmlcharrefreplace")
    body *= rule.repeat
    return gzip.compress(body, mtime=0) if rule.pack else body


def _content_type(site: Site, rule: Rule, suffix: str) -> str:
    if rule.type is not None:
        return rule.type
    kind = _TYPES.get(suffix, "application/octet-stream")
    charset = site.charset if rule.charset is None else rule.charset
    textual = kind.startswith("text/") or kind.endswith(("xml", "json"))
    return f"{kind}; charset={charset}" if charset and textual else kind


def _etag(site: Site, rule: Rule, body: bytes) -> str | None:
    wanted = site.etag if rule.etag is None else rule.etag
    if isinstance(wanted, str):
        return wanted
    return f'"{hashlib.sha256(body).hexdigest()[:16]}"' if wanted else None


def _http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _still_fresh(request: Request, etag: str | None, modified: datetime | None) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it is given."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return etag is not None and etag in [tag.strip() for tag in tags.split(",")]
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(since) >= modified.replace(microsecond=0)
    except (ValueError, TypeError):
        return False


def _compressed(
    site: Site, rule: Rule, request: Request, body: bytes
) -> tuple[bytes, list[tuple[str, str]]]:
    wanted = site.gzip if rule.gzip is None else rule.gzip
    if not wanted or "gzip" not in request.headers.get("accept-encoding", ""):
        return body, []
    coding = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return gzip.compress(body, compresslevel=6, mtime=0), coding


def _with_length(rule: Rule, status: int, headers: list[tuple[str, str]], body: bytes) -> Reply:
    sent = body if rule.cut is None else body[: rule.cut]
    length = len(body) if rule.promised else len(sent)
    return Reply(
        status=status,
        headers=(*headers, ("Content-Length", str(length))),
        body=sent,
        delay=rule.delay,
        trickle=rule.trickle,
        hang_up=rule.cut is not None,
    )
