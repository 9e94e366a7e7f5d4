"""No bytes make extract raise; each page is an article or has its outcome."""

import random
import time
from datetime import UTC, datetime

import pytest

from bench.extraction import cases, mutations
from crawlers.extract import Refusal, extract
from warehouse.records import Article, Outcome

NOW = datetime(2023, 7, 14, tzinfo=UTC)
URL = "https://courier.example/news/two-ferries-for-nordhaven"
PARAGRAPH = "<p>The board of Nordhaven decided on Monday to buy two ferries, its chairman said.</p>"


def read(body, **more):
    return extract(body, URL, fetched_at=NOW, **more)


@pytest.mark.parametrize("tag", ["div", "b", "q", "ul><li", "my-box"])
def test_fifty_thousand_levels_lose_no_text(tag):
    found = read(f"<h1>Ferries</h1>{f'<{tag}>' * 50_000}{PARAGRAPH * 4}".encode())
    assert isinstance(found, Article)
    assert found.text.count("two ferries") == 4


@pytest.mark.parametrize("tag", ["div", "my-box"])
def test_closing_fifty_thousand_levels_takes_no_longer(tag):
    page = f"<h1>Ferries</h1>{f'<{tag}>' * 50_000}{PARAGRAPH * 4}{f'</{tag}>' * 50_000}"
    began = time.process_time()
    found = read(page.encode())
    assert isinstance(found, Article)
    assert time.process_time() - began < 5  # it took 24 s


@pytest.mark.parametrize(
    "page",
    [
        "<p>" + " " * 300_000 + PARAGRAPH * 3,
        "<p>" + "<br>" * 30_000 + PARAGRAPH * 3,
        PARAGRAPH * 30_000,
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + PARAGRAPH * 3,
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>" + PARAGRAPH * 3,
        "<h1>Ferries</h1>" + "<i>By </i>" * 30_000 + PARAGRAPH * 3,
        "".join(part + "\0" for part in (PARAGRAPH * 3).split(" ")).replace("\0", " \0"),
    ],
    ids=["spaces", "breaks", "paragraphs", "attributes", "brackets", "bylines", "nul"],
)
def test_huge_and_odd_pages_keep_their_text(page):
    found = read(page.encode())
    assert isinstance(found, Article)
    assert found.text.count("two ferries") >= 3


@pytest.mark.parametrize(
    "odd", ["&#1;", "&#x1F;", "&#11", "\x01", "\uffff", "&#xFFFE;", "&#xD800;"]
)
def test_a_character_that_no_tree_can_hold_costs_no_text(odd):
    page = f"<h1>Ferries</h1>{(odd + '<b></b>' + odd + PARAGRAPH) * 4}"
    found = read(page.replace("two", f"{odd}two").encode())
    assert isinstance(found, Article)
    assert found.text.count("two ferries") == 4


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"  \n", {}),
        (b"%PDF-1.7 ...", {}),
        (b"<p>x</p>", {"Content-Type": "image/png"}),
        (random.Random(7).randbytes(20_000), {}),
        (b"<!--" + b"a" * 100_000, {}),
    ],
)
def test_what_is_no_page_is_bad_content(body, headers):
    found = read(body, headers=headers)
    assert isinstance(found, Refusal)
    assert found.outcome is Outcome.BAD_CONTENT


def test_spoiled_pages_never_raise():
    files = cases.files(cases.cases(cases.folder(), ["ours"]))
    spoiled = list(mutations.spoiled(files, 40, seed=11))
    assert {page.how for page in spoiled} == {"truncated", "flipped", "recoded", "nested"}
    for page in spoiled:
        assert isinstance(read(page.body), Article | Refusal), page.how
