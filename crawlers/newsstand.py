"""A local newsstand: a web of many invented hosts behind one HTTP proxy on loopback.

It serves folders of pages (format: newsstand_site.py) to whoever uses it as HTTP proxy, so the
demo and the tests need neither DNS nor the outside web. It forwards nothing: a host without a
folder is answered with 502. It is no part of a crawl.

    python -m crawlers.newsstand FOLDER [--edition N] [--port P]

prints {"proxy": "http://127.0.0.1:PORT"} as one line on stdout when it is ready.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import signal
import socket
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast
from urllib.parse import urlsplit

from crawlers.newsstand_site import Reply, Request, load_sites
from warehouse.errors import BadInput, BadToml
from warehouse.records import isoformat

_CHUNK = 256  # bytes between two pauses of a trickling answer


class Newsstand:
    """The running server; a context manager for tests.

    `requests` logs every request in order, `edition` may be changed while it runs, and
    `certificate` (PEM file with key and chain) lets it answer CONNECT for every host it knows.
    """

    def __init__(
        self,
        folder: Path,
        edition: int = 1,
        *,
        port: int = 0,
        certificate: Path | None = None,
        log: IO[str] | None = None,
    ):
        self.sites = load_sites(folder)
        self.edition = edition
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.tls = _tls_context(certificate) if certificate else None
        self._log = log
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread: threading.Thread | None = None

    @property
    def proxy(self) -> str:
        """Address to use as the crawler's HTTP proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def urls(self, host: str | None = None) -> list[str]:
        """Addresses asked for so far, in order."""
        return [r.url for r in self.requests if host in (None, r.host)]

    def answer(self, request: Request) -> Reply:
        """Reply to one request, and log it."""
        with self._lock:
            self._asked[request.url] += 1
            asked = self._asked[request.url]
        site = self.sites.get(request.host)
        reply = site.answer(request, self.edition, asked) if site else _no_such_host(request)
        self._note(request, None if reply.drop else reply.status)
        return reply

    def _note(self, request: Request, status: int | None) -> None:
        noted = dataclasses.replace(request, status=status)
        with self._lock:
            self.requests.append(noted)
            if self._log is not None:
                at = isoformat(cast(datetime, noted.at))
                line = {"at": at, "method": noted.method, "url": noted.url, "status": status}
                self._log.write(json.dumps(line) + "\n")
                self._log.flush()


def _no_such_host(request: Request) -> Reply:
    body = f"the newsstand has no host {request.host}\n".encode()
    headers = (("Content-Type", "text/plain"), ("Content-Length", str(len(body))))
    return Reply(status=502, headers=headers, body=body)


def _tls_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], stand: Newsstand):
        super().__init__(address, _Handler)
        self.stand = stand
        self._open: set[socket.socket] = set()

    def track(self, connection: socket.socket) -> None:
        self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        self._open.discard(connection)

    def hang_up(self) -> None:
        """Wake the threads that wait for another request on a kept connection."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was quicker
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to report; anything else is."""
        if not isinstance(sys.exception(), ConnectionError | ssl.SSLError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    tunnel: str | None = None  # the host of a CONNECT, once TLS is on

    def setup(self) -> None:
        super().setup()
        self.server.track(self.connection)

    def finish(self) -> None:
        super().finish()
        self.server.forget(self.connection)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silent: the stand keeps its own log."""

    def do_GET(self) -> None:
        self._discard_body()
        request = self._request()
        reply = self.server.stand.answer(request)
        self.server.stand.stopping.wait(reply.delay)
        if reply.drop:
            self.close_connection = True
            return
        self._send(reply, with_body=request.method != "HEAD")

    do_HEAD = do_POST = do_GET  # noqa: N815

    def do_CONNECT(self) -> None:
        host = self.path.rsplit(":", 1)[0].lower()
        stand = self.server.stand
        if stand.tls is None or host not in stand.sites:
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._encrypt(stand.tls)
        self.tunnel = host
        self.close_connection = False

    def _encrypt(self, context: ssl.SSLContext) -> None:
        """Go on with TLS on the same connection."""
        self.server.forget(self.connection)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.server.track(self.connection)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def _request(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = urlsplit(self.path)
        host = self.tunnel or asked.hostname or headers.get("host", "").rsplit(":", 1)[0]
        target = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
        return Request(
            method=self.command,
            scheme="https" if self.tunnel else "http",
            host=host.lower(),
            target=target,
            headers=headers,
            at=datetime.now(UTC),
        )

    def _discard_body(self) -> None:
        length = self.headers.get("content-length", "0")
        self.rfile.read(int(length) if length.isdigit() else 0)

    def _send(self, reply: Reply, *, with_body: bool) -> None:
        head = self._head(reply)
        body = reply.body if with_body and reply.status != 304 else b""
        if reply.trickle:
            self._trickle(head, body, reply.trickle)
        else:
            self.wfile.write(head + body)
        if reply.hang_up or self.headers.get("connection", "").lower() == "close":
            self.close_connection = True

    def _head(self, reply: Reply) -> bytes:
        known = reply.status in HTTPStatus._value2member_map_
        phrase = HTTPStatus(reply.status).phrase if known else "Odd"
        lines = [f"HTTP/1.1 {reply.status} {phrase}", f"Date: {formatdate(usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in reply.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")

    def _trickle(self, head: bytes, body: bytes, pause: float) -> None:
        self.wfile.write(head)
        for start in range(0, len(body), _CHUNK):
            if self.server.stand.stopping.wait(pause):
                self.close_connection = True
                return
            self.wfile.write(body[start : start + _CHUNK])


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes (or, with --until-eof, until stdin closes)."""
    options = _parser().parse_args(arguments)
    if not options.folder.is_dir():
        return _complain(BadInput("no such folder", where=options.folder))
    try:
        stand = Newsstand(
            options.folder,
            options.edition,
            port=options.port,
            certificate=options.certificate,
            log=sys.stderr if options.log else None,
        )
    except BadToml as error:
        return _complain(error)
    except OSError as error:
        return _complain(BadInput(f"cannot listen: {error.strerror}", try_="another --port"))
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with stand:
        print(json.dumps({"proxy": stand.proxy}), flush=True)  # noqa: T201
        if options.until_eof:
            threading.Thread(target=_wait_for_eof, args=(done,), daemon=True).start()
        done.wait()
    return 0


def _wait_for_eof(done: threading.Event) -> None:
    while sys.stdin.readline():
        pass
    done.set()


def _complain(error: BadInput) -> int:
    print(error, file=sys.stderr)  # noqa: T201
    return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawlers.newsstand",
        description="Serve a folder of invented news sites as an HTTP proxy on loopback.",
        epilog="Example: python -m crawlers.newsstand seeds/demo/newsstand --edition 2",
    )
    parser.add_argument("folder", type=Path, help="holds one folder for each host")
    parser.add_argument("--edition", type=int, default=1, help="which state of the pages to show")
    parser.add_argument("--port", type=int, default=0, help="0, the default: any free port")
    parser.add_argument("--certificate", type=Path, help="PEM with key and chain, for https")
    parser.add_argument("--log", action="store_true", help="each request as JSON on stderr")
    parser.add_argument("--until-eof", action="store_true", help="stop when stdin closes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
