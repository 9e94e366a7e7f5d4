"""What counts as another version of an article, as cases in tests/data/warehouse/versions.toml."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from runfolders import NOW, article

from warehouse import versions
from warehouse.records import Outcome
from warehouse.versions import Known

_CASES = tomllib.loads((Path(__file__).parent / "data" / "warehouse" / "versions.toml").read_text())


@pytest.mark.parametrize("case", _CASES["same"], ids=lambda case: case["why"])
def test_the_same_version(case):
    assert versions.text_hash(case["a"]) == versions.text_hash(case["b"])


@pytest.mark.parametrize("case", _CASES["another"], ids=lambda case: case["why"])
def test_another_version(case):
    assert versions.text_hash(case["a"]) != versions.text_hash(case["b"])


def _known(of, **changes):
    values = {
        "article_id": "a",
        "revision": 1,
        "key": of.key,
        "url": of.url,
        "title": of.title,
        "text": of.text,
        "text_hash": versions.text_hash(of.text),
        "first_seen_at": NOW,
    }
    return Known(**(values | changes))


def test_every_decision_says_why():
    page = article(1)
    decided = [
        versions.decide(page, None),
        versions.decide(page, _known(page)),
        versions.decide(page, _known(page, title="Other", text="x", text_hash="x")),
        versions.decide(page, _known(page, key="elsewhere")),
        versions.decide(page, _known(page, in_this_batch=True)),
    ]
    assert [it.outcome for it in decided] == [
        Outcome.STORED,
        Outcome.UNCHANGED,
        Outcome.REVISED,
        Outcome.DUPLICATE_URL,
        Outcome.DUPLICATE_URL,
    ]
    assert decided[2].reason == "title and text changed"
    assert all(it.reason for it in decided)


def test_the_order_of_a_batch_does_not_depend_on_how_it_came():
    pages = [
        article(n, canonical_url=f"https://tern.example/{n % 3}", fetched_at=NOW + timedelta(n))
        for n in range(9)
    ]
    forwards, backwards = versions.order(pages), versions.order(pages[::-1])
    assert [it.url for it in forwards] == [it.url for it in backwards]
    assert [it.url for it in forwards][:3] == [f"https://tern.example/{n}" for n in range(3)]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://tern.example/1", "http://TERN.example:80/1", True),
        ("https://tern.example", "https://tern.example/", True),
        ("https://tern.example/1#top", "https://tern.example/1", True),
        ("https://tern.example/1?id=2", "https://tern.example/1?id=3", False),
        ("https://tern.example/1/", "https://tern.example/1", False),
        ("https://www.tern.example/1", "https://tern.example/1", False),
        ("https://tern.example:8080/1", "https://tern.example/1", False),
        ("https://[tern/1", "https://tern/1", False),
    ],
)
def test_canonical_addresses_are_the_same_only_when_that_is_sure(a, b, same):
    one, other = article(1, canonical_url=a), article(2, canonical_url=b)
    assert (versions.canonical_key(one) == versions.canonical_key(other)) is same
    assert (versions.article_id(one) == versions.article_id(other)) is same
    assert len(versions.article_id(one)) == 16


def test_words_added_and_removed_are_counted_as_bags():
    assert versions.word_changes("one two two", "Two one three") == (1, 1)
    assert versions.word_changes("same", "same") == (0, 0)
