"""Scrapy's HTTP handler with what it does not stop by itself: inner hosts and endless headers.

A host name is checked when it has been resolved, and again when the connection stands and before
a byte is sent, because a name may change its address in between. With a proxy neither happens
here: the proxy resolves. Nothing is decided about pages.
"""

from __future__ import annotations

import ipaddress
from typing import Any, ClassVar

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.web._newclient import HEADER, STATUS

from crawlers import urls

_MAX_HEADER_BYTES = 256_000  # more than any real server sends; 232 MB came in 10 s from a bad one


class RefusedAddress(ConnectError):
    """A host whose address is not one to ask."""

    def __init__(self, address: str):
        super().__init__(string=f"inner address {address}")  # type: ignore[no-untyped-call]
        self.address = address

    def __str__(self) -> str:
        return f"inner address {self.address}"


def check(address: str) -> None:
    """Raise RefusedAddress unless `address` (a literal IP) is public."""
    host = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    if urls.refused(f"http://{host}/") is not None:
        raise RefusedAddress(address)


class GuardedHandler(HTTP11DownloadHandler):
    """HTTP and HTTPS, with guarded connections."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        guarded = not crawler.settings.getbool("SLUGLINE_ALLOW_PRIVATE_HOSTS")
        self._pool._factory = GuardedFactory if guarded else LimitedFactory

    async def download_request(self, request: Request) -> Response:
        try:
            return await super().download_request(request)
        except CannotResolveHostError as e:
            # Twisted keeps of a resolver's failure only that there was one.
            address = GuardedResolver.inner.get(urls.host(request.url))
            if address is None:
                raise
            raise RefusedAddress(address) from e

    async def close(self) -> None:
        # All is on disk by now; nobody is worth waiting for.
        self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]


class LimitedProtocol(_LenientHTTP11ClientProtocol):
    """Gives up on an answer whose headers do not end."""

    _header_bytes = 0

    def request(self, request: Any) -> Any:
        self._header_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._header_bytes += len(data)
            if self._header_bytes > _MAX_HEADER_BYTES:
                assert self.transport is not None
                self.transport.abortConnection()
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class LimitedFactory(_LenientHTTP11ClientFactory):
    """Connections whose answers have bounded headers."""

    def buildProtocol(self, _addr: Any) -> LimitedProtocol:  # noqa: N802 - Twisted's name
        return LimitedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedFactory(LimitedFactory):
    """Refuses a connection to an inner address, before TLS and before a byte is sent."""

    def buildProtocol(self, addr: Any) -> LimitedProtocol:  # noqa: N802 - Twisted's name
        check(addr.host)
        return super().buildProtocol(addr)


class GuardedResolver(CachingThreadedResolver):
    """Resolves names to public addresses only, unless inner hosts are allowed."""

    guarded = True
    inner: ClassVar[dict[str, str]] = {}  # names that were refused, and why

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        resolver = super().from_crawler(crawler, reactor)
        resolver.guarded = not crawler.settings.getbool("SLUGLINE_ALLOW_PRIVATE_HOSTS")
        return resolver

    def getHostByName(  # noqa: N802 - Twisted's name
        self, name: str, timeout: Any = ()
    ) -> Deferred[str]:
        resolved = super().getHostByName(name, timeout)
        return resolved.addCallback(self._checked, name) if self.guarded else resolved

    def _checked(self, address: str, name: str) -> str:
        try:
            check(address)
        except RefusedAddress as e:
            self.inner[name] = address
            raise DNSLookupError(str(e)) from e
        return address
