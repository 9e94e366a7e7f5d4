"""Serves pages to a crawl as an HTTP proxy on loopback, as cheaply as can be.

Every answer is ready in memory, compressed as a server would send it: what is measured is the
crawl, not its server. (The newsstand compresses anew for each request, which costs as much as
extraction.)
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from pathlib import Path

from bench.extraction.cases import html_of

_SITES = 100


class Web:
    """The addresses of a web of `number` pages made of some files, each under many addresses."""

    def __init__(self, files: list[Path], number: int):
        self._files, self._number = files, number

    def sitemaps(self) -> list[str]:
        return [f"http://s{site}.example/sitemap.xml" for site in range(_SITES)]

    def answer(self, url: str) -> bytes:
        """The whole response to one request."""
        site, _, path = url.removeprefix("http://s").partition(".example/")
        if path == "sitemap.xml":
            return _response("application/xml", self._sitemap(int(site)))
        number = path.split("/")[1] if path.startswith("2026/") else ""
        if not number.isdigit():
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        return self._page(int(number) % len(self._files))

    def _sitemap(self, site: int) -> bytes:
        urls = (
            f"<url><loc>http://s{site}.example/2026/{n}/a-story-of-today</loc></url>"
            for n in range(site, self._number, _SITES)
        )
        start = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        return f"{start}{''.join(urls)}</urlset>".encode()

    def _page(self, index: int) -> bytes:
        if index not in self._ready:
            self._ready[index] = _response("text/html", html_of(self._files[index]))
        return self._ready[index]

    _ready: dict[int, bytes] = {}  # noqa: RUF012 - one web a process


def _response(kind: str, body: bytes) -> bytes:
    packed = gzip.compress(body, 6, mtime=0)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(packed)}\r\n\r\n"
    )
    return head.encode() + packed


async def _serve(web: Web) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(web.answer(head.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"proxy": f"http://127.0.0.1:{port}"}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # till we are closed
    server.close()


def main() -> None:
    """`python -m bench.extraction.web NUMBER LIST`; it serves until its input is closed."""
    number = int(sys.argv[1])
    files = [Path(line) for line in Path(sys.argv[2]).read_text("utf-8").splitlines()]
    web = Web(files, number)
    for index in range(len(files)):
        web.answer(f"http://s0.example/2026/{index}/a")
    asyncio.run(_serve(web))


if __name__ == "__main__":
    main()
