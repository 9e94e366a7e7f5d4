"""Feeds of every kind and fault, as documents beside the leads they should give."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from reading import DATA, NOW, documents, expectation, read, told

from crawlers.discover import read_feed, read_leads
from crawlers.discover.dates import read_date
from crawlers.discover.found import clip, language_tag, plain
from warehouse.records import LeadKind, isoformat


def feed(body: bytes, **more: str | None) -> list[str]:
    found = read_feed(
        body,
        more.get("url") or "https://herald.example/rss",
        source="herald",
        content_type=more.get("content_type"),
        now=NOW,
    )
    return [lead.url for lead in found.leads]


@pytest.mark.parametrize("path", documents("feeds"), ids=lambda path: path.name)
def test_feed(path: Path) -> None:
    assert told(read("feeds", path)) == json.loads(expectation(path).read_text("utf-8"))


def test_every_lead_says_where_it_comes_from() -> None:
    lead = read("feeds", DATA / "feeds" / "rss20.xml").leads[0]
    assert lead.kind is LeadKind.FEED
    assert lead.source == "herald"
    assert lead.found_on == "https://herald.example/feeds/rss20.xml"
    assert lead.found_at == NOW
    assert lead.key == "https://www.herald.example/2023/07/10/harbour-reopens"


def item(number: int, extra: str = "") -> str:
    link = f"https://herald.example/{number}"
    return f"<item><title>{number}{extra}</title><link>{link}</link></item>"


def test_long_feeds_are_read_to_the_end() -> None:
    """Peers read the first 42 entries."""
    body = f"<rss><channel>{''.join(map(item, range(3_000)))}</channel></rss>".encode()
    assert feed(body) == [f"https://herald.example/{number}" for number in range(3_000)]


@pytest.mark.parametrize("fault", [b"\xff", b"\x00", b"<b>", b"</p>", b"&", b"<", b"]]>", b"<!--"])
def test_one_bad_byte_costs_at_most_its_entry(fault: bytes) -> None:
    """Peers drop the feed."""
    items = [item(number).encode() for number in range(50)]
    items[20] = items[20].replace(b"<title>20", b"<title>20" + fault)
    found = feed(b"<rss><channel>" + b"\n".join(items) + b"</channel></rss>")
    assert [url for url in found if not url.endswith("/20")] == [
        f"https://herald.example/{number}" for number in range(50) if number != 20
    ]


def test_entries_that_differ_only_in_the_query_are_different() -> None:
    """Peers key without the query string."""
    body = f"<rss><channel>{item(0)}</channel></rss>".replace("/0<", "/?p=1<")
    both = body.replace("</channel>", item(0).replace("/0<", "/?p=2<") + "</channel>")
    found = read_leads(LeadKind.FEED, both.encode(), "https://herald.example/", "h", None, NOW)
    assert len({lead.key for lead in found.leads}) == 2


def test_an_entry_needs_neither_title_nor_date_nor_text() -> None:
    """Peers refuse short texts and pages without this or that mark."""
    assert feed(b"<rss><channel><item><link>https://herald.example/a</link></item></channel></rss>")


def test_a_charset_of_the_header_is_used_where_the_document_names_none() -> None:
    body = "<rss><channel><item><title>новости</title><link>https://e.example/ж</link></item></channel></rss>"
    found = feed(body.encode("koi8-r"), content_type="text/xml; charset=koi8-r")
    assert found == ["https://e.example/ж"]


def test_entity_bombs_and_outside_files_stay_text() -> None:
    for name in ("entity-bomb.xml", "external-entity.xml"):
        found = read("feeds", DATA / "feeds" / name)
        assert len(found.leads) == 1
        assert len(found.leads[0].title or "") < 30


def test_no_bytes_make_it_fail() -> None:
    dice = random.Random(1)
    whole = [path.read_bytes() for folder in ("feeds", "sitemaps") for path in documents(folder)]
    for _ in range(300):
        body = bytearray(dice.choice(whole) + b" ")
        for _ in range(dice.randint(1, 8)):
            place = dice.randrange(len(body))
            body[place : place + dice.randrange(9)] = dice.randbytes(dice.randrange(4))
            body = body or bytearray(b" ")
        for kind in (LeadKind.FEED, LeadKind.SITEMAP, LeadKind.PAGE):
            read_leads(kind, bytes(body), "https://herald.example/x", "herald", None, NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<a>" * 20_000,
        b"<rss><channel>" + b"<![CDATA[" * 20_000,
        b"<rss><channel>" + b"<!--" * 20_000,
        b"<!DOCTYPE " + b"<!--[" * 20_000,
        b"&" * 100_000,
        b"<" * 100_000,
        b'{"items":' + b"[" * 100_000,
        b'{"items":[' + b"{" * 100_000,
        b'{"items":[' + b'{"a":},' * 200_000,
        b"<item>" * 4_000,
    ],
    ids=lambda body: body[:24].decode(),
)
def test_hostile_documents_end(body: bytes) -> None:
    assert feed(body) == []


def test_only_known_kinds_of_document_are_read() -> None:
    with pytest.raises(ValueError, match="no kind of document"):
        read_leads("gopher", b"", "https://herald.example/", "herald", None, NOW)


def dates() -> list[list[str]]:
    lines = (DATA / "dates" / "dates.tsv").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("written", "utc", "offset"), dates())
def test_dates(written: str, utc: str, offset: str) -> None:
    instant = read_date(written)
    if utc == "-":
        assert instant is None
    else:
        assert instant is not None
        assert isoformat(instant.at) == utc
        assert instant.offset == (None if offset == "-" else int(offset))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("<p>One</p><p>Two &amp; three</p>", "One Two & three"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("<style>p{}</style><script>x()</script>kept<!-- not -->", "kept"),
        (" \n ", None),
        (None, None),
    ],
)
def test_plain_text(written: str | None, text: str | None) -> None:
    assert plain(written) == text


def test_long_texts_are_cut_at_a_word() -> None:
    assert clip("one two three", 9) == "one two…"
    assert clip("onetwothree", 9) == "onetwoth…"
    assert clip("one two", 9) == "one two"


@pytest.mark.parametrize(
    ("written", "tag"),
    [("en-us", "en-US"), ("pt_BR", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("EN", "en"),
     ("und", None), ("english language", None), ("", None), (None, None)],
)  # fmt: skip
def test_language_tags(written: str | None, tag: str | None) -> None:
    assert language_tag(written) == tag
