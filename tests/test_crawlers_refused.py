"""Inner addresses are refused when a name is resolved, and again when the connection stands.

Without a proxy, since a proxy resolves for itself. The resolver is a fake: it gives each name an
address of our choice, and a socket on loopback notes whether anything was sent to it.
"""

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from crawling import AGENT, articles, fates, run_folder, source

from crawlers.run import fetch_one
from warehouse.errors import Unreachable
from warehouse.records import Lead, LeadKind, Outcome, now_utc, to_json

# The child, with a resolver of our own; "rebound" skips the check of the resolved address, as if
# the name had changed its address in between.
_CHILD = """
import socket, sys
socket.gethostbyname = lambda name: {"public.example": "192.0.2.1"}.get(name, "127.0.0.1")
from crawlers import download
from crawlers.__main__ import main
if sys.argv[2] == "rebound":
    download.GuardedResolver._checked = lambda self, address, name: address
sys.exit(main([sys.argv[1]]))
"""


@contextmanager
def listener():
    """A server on loopback that notes what it is sent, and answers each connection with a page."""
    page = b"<html><body><p>" + b"Nobody outside shall read this. " * 30 + b"</p></body></html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    got.append(connection.recv(65_536))
                    if got[-1]:
                        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(page) + page)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], got
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def crawl_with_fake_names(folder, url, how, **settings):
    """Crawl a folder that holds one lead already, so that no listing need be fetched."""
    run_folder(folder, [source("inner", feeds=())], None, **settings)
    lead = Lead(url=url, key=url, source="inner", kind=LeadKind.FEED, found_on="x", position=1,
                found_at=now_utc())  # fmt: skip
    (folder / "leads-00001.jsonl").write_text(json.dumps(to_json(lead)) + "\n", encoding="utf-8")
    assert _run_child(folder, how) == 0


def _run_child(folder, how):
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder), how],
        stdin=subprocess.PIPE,  # stays open: its closing would end the child
        stdout=subprocess.DEVNULL,
    ) as child:
        return child.wait(300)


@pytest.mark.parametrize("how", ["resolved", "rebound"])
def test_a_name_that_leads_inside_is_refused_before_a_byte_is_sent(tmp_path, how):
    with listener() as (port, got):
        url = f"http://inner.example:{port}/a.html"
        crawl_with_fake_names(tmp_path / "run", url, how)
        fate = fates(tmp_path / "run")[url]
        assert fate.outcome is Outcome.REFUSED_ADDRESS
        assert "127.0.0.1" in fate.reason
        assert not any(got)


def test_the_same_page_is_read_where_inner_hosts_are_allowed(tmp_path):
    with listener() as (port, got):
        url = f"http://inner.example:{port}/a.html"
        crawl_with_fake_names(tmp_path / "run", url, "resolved", allow_private_hosts=True)
        assert [line.split()[1] for line in got if line] == [b"/robots.txt", b"/a.html"]
        assert url in articles(tmp_path / "run") or url in fates(tmp_path / "run")


def test_fetching_one_page_refuses_what_leads_inside(monkeypatch):
    with listener() as (port, got):
        url = f"http://inner.example:{port}/a.html"
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
        with pytest.raises(Unreachable, match="inner address"):
            fetch_one(url, user_agent=AGENT)
        assert not any(got)
        page = fetch_one(url, user_agent=AGENT, allow_private_hosts=True)
        assert page.status == 200
        assert b"Nobody outside" in page.body


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://2130706433/", "file:///etc/hostname", "http://u:p@a.example/"],
)
def test_fetching_one_page_refuses_by_the_address_alone(url):
    with pytest.raises(Unreachable):
        fetch_one(url, user_agent=AGENT)


def test_fetching_one_page_follows_redirects_through_the_proxy(newsweb):
    page = fetch_one("http://vices.example/chain-1", user_agent=AGENT, proxy=newsweb.proxy)
    assert (page.status, page.final_url) == (200, "http://vices.example/third.html")
    with pytest.raises(Unreachable):
        fetch_one("http://vices.example/to-loopback", user_agent=AGENT, proxy=newsweb.proxy)
    with pytest.raises(Unreachable):
        fetch_one("http://vices.example/loop", user_agent=AGENT, proxy=newsweb.proxy)
    with pytest.raises(Unreachable):
        fetch_one("http://vices.example/drop", user_agent=AGENT, proxy=newsweb.proxy)
