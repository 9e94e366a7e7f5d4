"""Which links of a section page are leads: shapes of addresses, headlines, furniture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading import DATA, NOW, documents, expectation, read, told

from crawlers.discover import read_page
from crawlers.discover.shapes import Shape, shape_of


@pytest.mark.parametrize("path", documents("pages"), ids=lambda path: path.name)
def test_page(path: Path) -> None:
    assert told(read("pages", path)) == json.loads(expectation(path).read_text("utf-8"))


def shapes() -> list[list[str]]:
    lines = (DATA / "urls" / "shapes.tsv").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("shape", "path"), shapes())
def test_shape(shape: str, path: str) -> None:
    assert shape_of(f"https://herald.example{path}") is Shape(shape)


def leads(html: str) -> list[tuple[str, str | None]]:
    url = "https://herald.example/world/"
    found = read_page(html.encode(), url, source="herald", content_type=None, now=NOW)
    return [(lead.url.removeprefix("https://herald.example"), lead.title) for lead in found.leads]


def test_all_links_to_one_address_are_one_lead_with_the_best_title() -> None:
    link = '<a href="/a-b-c-d-e">{}</a>'
    html = link.format('<img alt="Picture">') + link.format("A headline of some words") * 2
    assert leads(html + link.format("Read more")) == [("/a-b-c-d-e", "A headline of some words")]


def test_a_page_is_no_lead_of_itself() -> None:
    assert (
        leads('<a href="https://herald.example/world/">All the news of the world today</a>') == []
    )


def test_scripts_inside_a_link_are_not_its_title() -> None:
    html = '<a href="/2023/07/10/harbour"><script>var a = 1</script>Harbour<b>open</b></a>'
    assert leads(html) == [("/2023/07/10/harbour", "Harbour open")]


def test_deep_and_broken_pages_are_read() -> None:
    link = '<a href="/2023/07/10/harbour">Harbour</a>'
    assert leads(link + "<div>" * 5_000 + "</p></b>")
    assert leads("<table><tr><td>" + link + "<a href='/x")


@pytest.mark.parametrize("body", [b"", b"\x00\x00", b"<!-- -->", b"\xff\xfe", b"%PDF-1.7"])
def test_pages_without_links_give_none(body: bytes) -> None:
    found = read_page(body, "https://e.example/", source="e", content_type=None, now=NOW)
    assert found.leads == ()
