"""One HTTP exchange: ask, keep the response in the WARC, and say what came back as a Fetch.

Whatever goes wrong on the wire is part of the answer, under the closed list of troubles. A
response that an interrupted crawl already has is read back instead of asked for again. It does
not follow redirects and waits for nobody's pace.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import scrapy
from OpenSSL import SSL
from scrapy import exceptions as scrapy_errors
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.http import Response
from twisted.internet import error as tx_errors
from twisted.web.client import ResponseFailed
from twisted.web.error import Error as TxWebError

from crawlers import warc
from crawlers.download import RefusedAddress
from crawlers.fates import REDIRECTS, Trouble
from crawlers.urls import clean
from warehouse.records import CrawlRequest, Fetch, Purpose

Download = Callable[[scrapy.Request], Awaitable[Response]]
Clock = Callable[[], datetime]

_WIRE_ERRORS = (
    scrapy_errors.DownloadTimeoutError,
    scrapy_errors.DownloadCancelledError,
    scrapy_errors.DownloadConnectionRefusedError,
    scrapy_errors.DownloadFailedError,
    scrapy_errors.CannotResolveHostError,
    scrapy_errors.ResponseDataLossError,
    scrapy_errors.UnsupportedURLSchemeError,
    scrapy_errors.NotSupported,
    TunnelError,
    ResponseFailed,
    TxWebError,
    tx_errors.ConnectError,
    tx_errors.ConnectionClosed,
    SSL.Error,
    OSError,
    ValueError,  # an address that no request can be made of; UnicodeError is one
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A Fetch with what it brought; `headers` have lower-case names, repeated ones joined."""

    fetch: Fetch
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def redirect(self) -> str | None:
        """Where it leads on to, if it does."""
        return self.fetch.location if self.fetch.status in REDIRECTS else None


class Exchanges:
    """Makes the exchanges of one crawl."""

    def __init__(
        self,
        request: CrawlRequest,
        folder: Path,
        *,
        download: Download,
        earlier: Mapping[tuple[Purpose, str], Fetch],
        clock: Clock,
    ):
        self._request, self._folder = request, folder
        self._download, self._earlier, self._clock = download, dict(earlier), clock
        self._warc = warc.WarcWriter(folder)

    def has(self, url: str, purpose: Purpose) -> bool:
        """Whether this run has an answer already."""
        return (purpose, url) in self._earlier

    def recalled(self, url: str, purpose: Purpose) -> Answer | None:
        """The answer that this run already has, perhaps from before it was interrupted."""
        fetch = self._earlier.get((purpose, url))
        if fetch is None:
            return None
        if fetch.warc_file is None or fetch.warc_offset is None:
            return Answer(fetch)
        stored = warc.read(self._folder / fetch.warc_file, fetch.warc_offset)
        return Answer(fetch, warc.joined(stored.headers), stored.body)

    async def ask(
        self,
        url: str,
        purpose: Purpose,
        source: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        robots_rule: str | None = None,
    ) -> Answer:
        """Ask once. The caller writes the Fetch line when what it brought is safe."""
        started = self._clock()
        bare = Fetch(
            url=url,
            source=source,
            purpose=purpose,
            fetched_at=started,
            seconds=0.0,
            robots_rule=robots_rule,
        )
        try:
            response = await self._download(self._to_scrapy(url, etag, last_modified))
        except _WIRE_ERRORS as e:
            trouble, detail = trouble_of(e)
            error = f"{trouble}: {detail}"[:500]
            answer = Answer(replace(bare, seconds=self._since(started), error=error))
        else:
            answer = self._answer(bare, response, self._since(started))
        self._earlier[purpose, url] = answer.fetch
        return answer

    def close(self) -> None:
        self._warc.close()

    def _since(self, started: datetime) -> float:
        return round((self._clock() - started).total_seconds(), 3)

    def _to_scrapy(self, url: str, etag: str | None, last_modified: str | None) -> scrapy.Request:
        headers = {
            "User-Agent": self._request.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        # Without its middleware, Scrapy takes the timeout from here only.
        meta: dict[str, object] = {"download_timeout": self._request.timeout_seconds}
        if self._request.proxy is not None:
            meta["proxy"] = self._request.proxy
        return scrapy.Request(url, headers=headers, meta=meta)

    def _answer(self, bare: Fetch, response: Response, seconds: float) -> Answer:
        pairs = _header_pairs(response)
        headers = warc.joined(pairs)
        name, offset = self._warc.write(
            bare.url, bare.fetched_at, response.status, pairs, response.body
        )
        location = headers.get("location")
        fetch = replace(
            bare,
            seconds=seconds,
            status=response.status,
            bytes=len(response.body),
            content_type=headers.get("content-type"),
            digest=hashlib.sha256(response.body).hexdigest(),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            location=clean(location, bare.url) or location if location else None,
            warc_file=name,
            warc_offset=offset,
        )
        return Answer(fetch, headers, response.body)


def _header_pairs(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )


def trouble_of(e: BaseException) -> tuple[Trouble, str]:
    """Which of the troubles an exception is, and its words for people."""
    causes = tuple(_causes(e))
    for cause in causes:
        if isinstance(cause, RefusedAddress):
            return Trouble.REFUSED, str(cause)
        if isinstance(cause, SSL.Error):
            return _tls(cause)
    text = str(causes[-1]) or type(causes[-1]).__name__
    return _kind_of(e), " ".join(text.split())


def _kind_of(e: BaseException) -> Trouble:
    if isinstance(e, scrapy_errors.DownloadTimeoutError | tx_errors.TimeoutError):
        return Trouble.TIMEOUT
    if isinstance(e, scrapy_errors.DownloadCancelledError):
        return Trouble.TOO_LARGE  # the only thing for which the handler cancels by itself
    if isinstance(e, scrapy_errors.CannotResolveHostError):
        return Trouble.NO_HOST
    if isinstance(e, scrapy_errors.ResponseDataLossError):
        return Trouble.CUT_SHORT
    if isinstance(e, scrapy_errors.UnsupportedURLSchemeError | scrapy_errors.NotSupported):
        return Trouble.REFUSED
    if isinstance(e, OSError | tx_errors.ConnectError | tx_errors.ConnectionClosed):
        return Trouble.NETWORK
    if isinstance(e, ValueError):
        return Trouble.BAD_HTTP
    return Trouble.NETWORK


def _tls(e: SSL.Error) -> tuple[Trouble, str]:
    words = "; ".join(str(part[-1]) for part in e.args[0]) if e.args and e.args[0] else str(e)
    lasting = "certificate" in words
    return (Trouble.CERTIFICATE if lasting else Trouble.NETWORK), words or "TLS failed"


def _causes(e: BaseException) -> list[BaseException]:
    """The exception, its causes, and the reasons that Twisted wraps up, outermost first."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [e]
    while todo and len(found) < 20:
        one = todo.pop(0)
        if one is None or one in found:
            continue
        found.append(one)
        reasons = getattr(one, "reasons", None) or ()
        todo.extend(reason.value for reason in reasons)
        todo.append(one.__cause__)
    return found
