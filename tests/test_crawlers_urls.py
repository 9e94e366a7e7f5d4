"""Addresses: what is cleaned, what counts as the same page, what is never asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import urls

DATA = Path(__file__).parent / "data" / "urls"


def rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("found", "base", "expected"), rows("clean.tsv"))
def test_clean(found: str, base: str, expected: str) -> None:
    cleaned = urls.clean(found, None if base == "-" else base)
    assert cleaned == (None if expected == "-" else expected)


@pytest.mark.parametrize(("relation", "one", "other", "why"), rows("keys.tsv"))
def test_key_merges_only_what_is_sure(relation: str, one: str, other: str, why: str) -> None:
    assert (urls.key(one) == urls.key(other)) is (relation == "same"), why


@pytest.mark.parametrize(("url", "reason"), rows("refused.tsv"))
def test_refused(url: str, reason: str) -> None:
    refused = urls.refused(url)
    assert refused is None if reason == "-" else reason in (refused or "")


def test_private_hosts_can_be_allowed_but_nothing_else() -> None:
    assert urls.refused("http://127.0.0.1:9/a", allow_private_hosts=True) is None
    assert urls.refused("http://localhost/a", allow_private_hosts=True) is None
    for url in (
        "file:///etc/passwd",
        "https://a:b@news.example/",
        "https://e.example/" + "a" * 2083,
    ):
        assert urls.refused(url, allow_private_hosts=True)


@pytest.mark.parametrize(
    ("url", "host", "site"),
    [
        ("https://News.BBC.co.uk:443/a", "news.bbc.co.uk", "bbc.co.uk"),
        ("https://ann.blogspot.com/a", "ann.blogspot.com", "ann.blogspot.com"),
        ("https://desk.herald.example/a", "desk.herald.example", "herald.example"),
        ("https://bücher.example/", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8/a", "127.0.0.1", "127.0.0.1"),
        ("http://[::1]/a", "::1", "::1"),
        ("http://localhost/", "localhost", "localhost"),
        ("no address", "", ""),
    ],
)
def test_host_and_site(url: str, host: str, site: str) -> None:
    assert (urls.host(url), urls.site(url)) == (host, site)


_ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "HTTPS"]),
    st.sampled_from(["news.example", "NEWS.example:80", "bücher.example", "[::1]", "faß.example."]),
    st.text("/ab.%2eE;=é~ \\", max_size=12).map(lambda path: f"/{path}"),
    st.text("ab=&%41?utm_id;é[]'", max_size=12).map(lambda query: f"?{query}"),
)


@settings(deadline=None)
@given(_ADDRESSES)
def test_a_key_is_its_own_key_and_cleaning_keeps_it(url: str) -> None:
    cleaned = urls.clean(url)
    assert urls.key(urls.key(url)) == urls.key(url)
    if cleaned is not None:
        assert urls.clean(cleaned) == cleaned
        assert urls.key(cleaned) == urls.key(url)
        assert urls.key(url).isascii()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    urls.clean(text)
    urls.clean(text, "https://news.example/a/b")
    urls.key(text)
    urls.site(text)
    urls.refused(text)
    urls.refused(f"http://{text}")
