"""The newsstand answers as a web of many hosts would, with good and bad manners on request."""

import gzip
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from crawlers.newsstand import Newsstand
from warehouse.errors import BadToml


@pytest.fixture
def folder(tmp_path):
    host = tmp_path / "web" / "a.example"
    (host / "x").mkdir(parents=True)
    (host / "x" / "index.html").write_text("<p>café", encoding="utf-8")
    (host / "v.html").write_text("first")
    (host / "v@2.html").write_text("second")
    (host / "feed.rss").write_text("<rss/>")
    (tmp_path / "web" / "b.example").mkdir()
    return tmp_path / "web"


@pytest.fixture
def rules(folder):
    """Writes a.example's site.toml."""
    return (folder / "a.example" / "site.toml").write_text


def ask(stand, url, method="GET", **headers):
    """One request through the proxy, with a connection of its own."""
    proxy = urlsplit(stand.proxy)
    connection = http.client.HTTPConnection(proxy.hostname, proxy.port, timeout=300)
    try:
        connection.request(
            method, url, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        reply = connection.getresponse()
        reply.content = reply.read()
        return reply
    finally:
        connection.close()


def test_a_page_is_found_by_path_name_or_folder(folder):
    with Newsstand(folder) as stand:
        assert ask(stand, "http://a.example/v").content == b"first"
        assert ask(stand, "http://A.example:80/v.html?utm_source=x").content == b"first"
        reply = ask(stand, "http://a.example/x/")
        assert reply.content.decode() == "<p>café"
        assert reply.getheader("Content-Type") == "text/html; charset=utf-8"
        assert (
            ask(stand, "http://a.example/feed.rss")
            .getheader("Content-Type")
            .startswith("application/rss+xml")
        )


@pytest.mark.parametrize(
    "path", ["/none", "/", "/site.toml", "/v@2.html", "/../b.example/", "/%2e%2e/web/a.example/v"]
)
def test_what_is_not_there_is_404(folder, path):
    with Newsstand(folder) as stand:
        assert ask(stand, f"http://a.example{path}").status == 404


def test_a_host_without_folder_is_502_and_nothing_is_forwarded(folder):
    with Newsstand(folder) as stand:
        assert ask(stand, "http://elsewhere.example/").status == 502


def test_the_second_edition_replaces_a_page_and_its_etag(folder):
    with Newsstand(folder) as stand:
        first = ask(stand, "http://a.example/v").getheader("ETag")
        assert ask(stand, "http://a.example/v", If_None_Match=first).status == 304
        stand.edition = 2
        changed = ask(stand, "http://a.example/v", If_None_Match=first)
        assert (changed.status, changed.content) == (200, b"second")


def test_last_modified_is_honoured(folder, rules):
    rules("etag = false\nmodified = 2023-07-10T08:00:00Z\n")
    with Newsstand(folder) as stand:
        reply = ask(stand, "http://a.example/v")
        assert reply.getheader("ETag") is None
        assert reply.getheader("Last-Modified") == "Mon, 10 Jul 2023 08:00:00 GMT"
        for since, status in [
            ("Mon, 10 Jul 2023 08:00:00 GMT", 304),
            ("Sun, 09 Jul 2023 08:00:00 GMT", 200),
            ("yesterday", 200),
        ]:
            assert ask(stand, "http://a.example/v", If_Modified_Since=since).status == status


def test_redirects_statuses_headers_and_editions_come_from_rules(folder, rules):
    rules("""
[[rule]]
path = "/old/*"
location = "http://b.example/new"
status = 301
[[rule]]
path = "/busy"
status = 429
headers = { Retry-After = "7" }
[[rule]]
path = "/v"
editions = [2]
status = 410
""")
    with Newsstand(folder) as stand:
        moved = ask(stand, "http://a.example/old/1?x=2")
        assert (moved.status, moved.getheader("Location")) == (301, "http://b.example/new")
        busy = ask(stand, "http://a.example/busy")
        assert (busy.status, busy.getheader("Retry-After")) == (429, "7")
        assert ask(stand, "http://a.example/v").status == 200
        stand.edition = 2
        assert ask(stand, "http://a.example/v").status == 410


def test_a_rule_may_hold_for_the_first_requests_only_and_for_one_query(folder, rules):
    rules("""
[[rule]]
path = "/v"
times = 2
status = 503
body = "later"
[[rule]]
path = "/v"
query = "id=7"
body = "seven"
""")
    with Newsstand(folder) as stand:
        assert [ask(stand, "http://a.example/v").status for _ in range(3)] == [503, 503, 200]
        tries = [ask(stand, "http://a.example/v?id=7").content for _ in range(3)]
        assert tries == [b"later", b"later", b"seven"]


def test_charset_told_and_bytes_sent_may_differ(folder, rules):
    rules('[[rule]]\npath = "/x/"\nencode = "cp1252"\ncharset = "utf-8"\n')
    with Newsstand(folder) as stand:
        reply = ask(stand, "http://a.example/x/")
        assert reply.content == b"<p>caf\xe9"
        assert reply.getheader("Content-Type") == "text/html; charset=utf-8"


def test_gzip_in_transit_and_as_a_file(folder, rules):
    rules('gzip = true\n[[rule]]\npath = "/f.gz"\nfile = "feed.rss"\npack = true\n')
    with Newsstand(folder) as stand:
        assert ask(stand, "http://a.example/v").content == b"first"
        packed = ask(stand, "http://a.example/v", Accept_Encoding="br, gzip")
        assert packed.getheader("Content-Encoding") == "gzip"
        assert gzip.decompress(packed.content) == b"first"
        file = ask(stand, "http://a.example/f.gz")
        assert file.getheader("Content-Type") == "application/gzip"
        assert gzip.decompress(file.content) == b"<rss/>"


def test_bodies_can_be_cut_repeated_and_slow(folder, rules):
    rules("""
[[rule]]
path = "/cut"
body = "0123456789"
cut = 4
[[rule]]
path = "/quiet"
body = "0123456789"
cut = 4
promised = false
[[rule]]
path = "/slow"
body = "ab"
repeat = 300
trickle = 0.01
delay = 0.01
[[rule]]
path = "/drop"
drop = true
""")
    with Newsstand(folder) as stand:
        with pytest.raises(http.client.IncompleteRead):
            ask(stand, "http://a.example/cut")
        assert ask(stand, "http://a.example/quiet").content == b"0123"
        assert ask(stand, "http://a.example/slow").content == b"ab" * 300
        with pytest.raises(http.client.RemoteDisconnected):
            ask(stand, "http://a.example/drop")


def test_head_has_no_body_and_the_connection_is_kept(folder):
    with Newsstand(folder) as stand:
        proxy = urlsplit(stand.proxy)
        connection = http.client.HTTPConnection(proxy.hostname, proxy.port, timeout=300)
        connection.request("HEAD", "http://a.example/v")
        head = connection.getresponse()
        assert (head.read(), head.getheader("Content-Length")) == (b"", "5")
        connection.request("GET", "http://a.example/v")
        assert connection.getresponse().read() == b"first"
        connection.close()


def test_requests_are_logged_with_what_was_answered(folder, rules):
    rules('[[rule]]\npath = "/drop"\ndrop = true\n')
    with Newsstand(folder) as stand:
        ask(stand, "http://a.example/v?q=1", User_Agent="x/1")
        ask(stand, "http://a.example/none")
        with pytest.raises(http.client.RemoteDisconnected):
            ask(stand, "http://a.example/drop")
        assert [r.status for r in stand.requests] == [200, 404, None]
        assert stand.requests[0].headers["user-agent"] == "x/1"
        assert stand.urls("a.example")[0] == "http://a.example/v?q=1"


def test_connect_gives_tls_to_known_hosts_only(folder, tmp_path):
    authority = trustme.CA()
    pem = tmp_path / "cert.pem"
    issued = authority.issue_cert("a.example")
    issued.private_key_and_cert_chain_pem.write_to_path(pem)
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with Newsstand(folder, certificate=pem) as stand:
        proxy = urlsplit(stand.proxy)
        connection = http.client.HTTPSConnection(
            proxy.hostname, proxy.port, timeout=300, context=context
        )
        connection.set_tunnel("a.example", 443)
        connection.request("GET", "/v")
        assert connection.getresponse().read() == b"first"
        connection.close()
        assert stand.requests[0].url == "https://a.example/v"
        stranger = http.client.HTTPSConnection(
            proxy.hostname, proxy.port, timeout=300, context=context
        )
        stranger.set_tunnel("c.example", 443)
        with pytest.raises(OSError, match="502"):
            stranger.request("GET", "/")
        stranger.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rule]]\npath = '/'\nstatsu = 3\n", "statsu"),
        ("[[rule]]\nstatus = 3\n", "path"),
        ("gzip = \n", "site.toml"),
        ("speed = 3\n", "speed"),
    ],
)
def test_a_mistake_in_site_toml_is_named(folder, rules, text, said):
    rules(text)
    with pytest.raises(BadToml, match=said):
        Newsstand(folder)


def test_as_a_child_it_tells_its_address_and_stops_on_a_signal(folder):
    command = [sys.executable, "-m", "crawlers.newsstand", str(folder), "--edition", "2", "--log"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as child:
        proxy = urlsplit(json.loads(child.stdout.readline())["proxy"])
        connection = http.client.HTTPConnection(proxy.hostname, proxy.port, timeout=300)
        connection.request("GET", "http://a.example/v")
        assert connection.getresponse().read() == b"second"
        os.kill(child.pid, signal.SIGTERM)
        assert child.wait(300) == 0
        connection.close()
        logged = json.loads(child.stderr.readline())
        assert (logged["url"], logged["status"]) == ("http://a.example/v", 200)


def test_as_a_child_it_stops_when_its_stdin_closes(folder):
    command = [sys.executable, "-m", "crawlers.newsstand", str(folder), "--until-eof"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        json.loads(child.stdout.readline())
        child.stdin.close()
        assert child.wait(300) == 0


def test_a_missing_folder_is_one_clear_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "crawlers.newsstand", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip().endswith("no such folder")
