"""Fetches one address, once, for a person who named it: no crawl, no robots.txt, no run folder.

Redirects are followed a few times, and every hop is checked as the crawl checks its own.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from crawlers import urls
from crawlers.bodies import TooLarge, decoded
from crawlers.fates import MAX_HOPS, REDIRECTS
from warehouse.errors import Unreachable

_TRY = "check the address, the network and the proxy setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page as it came; `headers` have lower-case names, `body` is without content encoding."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch_one(
    url: str,
    *,
    user_agent: str,
    proxy: str | None = None,
    timeout: float = 30.0,
    max_bytes: int = 10_000_000,
    allow_private_hosts: bool = False,
) -> Fetched:
    """The page at `url`, whatever its status; raises Unreachable when there is no answer.

    `timeout` counts seconds for each step (connecting, each read). Inner addresses are refused
    before anything is sent, unless allowed or a proxy resolves the names.
    """
    asked = url
    for _ in range(MAX_HOPS + 1):
        refusal = urls.refused(url, allow_private_hosts=allow_private_hosts)
        if refusal is not None:
            raise Unreachable(refusal, where=url, try_="give a public http(s) address")
        connection, target = _connection(url, proxy, timeout)
        guarded = proxy is None and not allow_private_hosts
        try:
            status, headers, body = _ask(connection, target, url, user_agent, max_bytes, guarded)
        except (OSError, http.client.HTTPException, ValueError) as e:
            reason = str(e) or type(e).__name__
            raise Unreachable(f"no usable answer: {reason}", where=url, try_=_TRY) from e
        finally:
            connection.close()
        fetched = Fetched(url=asked, final_url=url, status=status, headers=headers, body=body)
        location = fetched.headers.get("location")
        following = urls.clean(location, url) if location else None
        if fetched.status not in REDIRECTS or following is None:
            return fetched
        url = following
    raise Unreachable(f"more than {MAX_HOPS} redirects", where=asked, try_=_TRY)


def _ask(  # noqa: PLR0917 - one request in full
    connection: http.client.HTTPConnection,
    target: str,
    url: str,
    user_agent: str,
    max_bytes: int,
    guarded: bool,
) -> tuple[int, dict[str, str], bytes]:
    headers = {
        "Host": urlsplit(url).netloc,  # http.client would name the proxy
        "User-Agent": user_agent,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    connection.connect()
    if guarded:
        _check_peer(connection, url)
    connection.request("GET", target, headers=headers)
    response = connection.getresponse()
    body = response.read(max_bytes + 1)
    got = {name.lower(): value for name, value in response.getheaders()}
    if len(body) > max_bytes:
        raise TooLarge(f"more than {max_bytes:,} bytes")
    return response.status, got, decoded(body, got, 10 * max_bytes)


def _connection(
    url: str, proxy: str | None, timeout: float
) -> tuple[http.client.HTTPConnection, str]:
    """A connection, not yet open, and what to ask for on it."""
    parts = urlsplit(url)
    host = urls.host(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    path = urlsplit(_ascii(url))._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if proxy is None:
        if secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=context), path
        return http.client.HTTPConnection(host, port, timeout=timeout), path
    via = urlsplit(proxy)
    if not secure:
        plain = http.client.HTTPConnection(via.hostname or "", via.port or 80, timeout=timeout)
        return plain, _ascii(url)
    tunnel = http.client.HTTPSConnection(
        via.hostname or "", via.port or 80, timeout=timeout, context=ssl.create_default_context()
    )
    tunnel.set_tunnel(host, port)
    return tunnel, path


def _ascii(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    plain = parts._replace(netloc=f"{urls.host(url)}{port}", fragment="").geturl()
    return quote(plain, safe="%/:=&?~+!$,;'@()*[]")


def _check_peer(connection: http.client.HTTPConnection, url: str) -> None:
    address = connection.sock.getpeername()[0]
    host = f"[{address}]" if ":" in address else address
    refusal = urls.refused(f"http://{host}/")
    if refusal is not None:
        raise Unreachable(f"leads to an {refusal}", where=url, try_="give a public address")
