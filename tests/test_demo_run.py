"""Two runs over the demo's newsstand, through the whole pipeline, give what the truth files say."""

import pickle
import tomllib
from collections import Counter
from dataclasses import dataclass

import pytest
from sharing import DEMO, after_first, run_demo

from warehouse import answers

CLOSE = {"same_story", "follow_up"}


def truth(name):
    return tomllib.loads((DEMO / "truth" / f"{name}.toml").read_text(encoding="utf-8"))[
        name_of[name]
    ]


name_of = {"stories": "page", "copies": "copy", "fates": "fate"}


@dataclass
class Ran:
    runs: list  # names of the runs, per edition
    asked: list  # (address, status) asked for, per edition
    rows: dict


QUERIES = {
    "fates": "SELECT run, url, outcome FROM outcomes ORDER BY decided_at",
    "counts": "SELECT run, outcome, sum(n) FROM run_counts GROUP BY ALL",
    "articles": "SELECT article_id, url, final_url, canonical_url, title FROM articles",
    "coverage": "SELECT article_id, tier, relevance FROM coverage WHERE watch = 'threads'",
    "copies": "SELECT article_id, copy_of, copy_kind FROM copies",
    "revisions": "SELECT article_id, text_changed FROM revisions",
}


@pytest.fixture(scope="module")
def ran(all_of_us):
    """Both runs, once for all processes that share these tests."""
    kept = all_of_us.once("demo-both", lambda folder: run_both(all_of_us, folder)) / "ran.pickle"
    return pickle.loads(kept.read_bytes())


def run_both(all_of_us, folder):
    first = after_first(all_of_us, folder / "data")
    second = run_demo(folder / "data", edition=2)
    with answers.open_reader(folder / "data") as con:
        rows = {name: con.execute(sql).fetchall() for name, sql in QUERIES.items()}
    both = Ran([first.runs, second.runs], [first.asked, second.asked], rows)
    (folder / "ran.pickle").write_bytes(pickle.dumps(both))


@pytest.fixture(scope="module")
def ids(ran):
    """Address of a page to its article, by any of its addresses."""
    found = {}
    for article_id, *urls, _ in ran.rows["articles"]:
        found |= dict.fromkeys(urls, article_id)
    return found


def fates_of(ran, edition):
    """Outcome by address after this run: a row is written only where the fate has changed."""
    runs = {run for runs in ran.runs[:edition] for run in runs}
    return {url: outcome for run, url, outcome in ran.rows["fates"] if run in runs}


@pytest.mark.parametrize("edition", [1, 2])
def test_every_address_has_the_outcome_that_the_truth_says(ran, edition):
    key = "first" if edition == 1 else "second"
    got = fates_of(ran, edition)
    expected = {f["url"]: f for f in truth("fates") if key in f}
    wrong = {
        url: (fate[key], got.get(url))
        for url, fate in expected.items()
        if "either" not in fate and got.get(url) not in {fate[key], same(fate[key], fate)}
    }
    assert not wrong


def same(outcome, fate):
    """Only changes of fate are rows: an article that stays as it was keeps its first outcome."""
    return fate.get("first") if outcome == "unchanged" else outcome


def test_of_two_addresses_of_one_page_one_lands_and_one_is_the_duplicate(ran):
    got = fates_of(ran, 1)
    pairs = {}
    for fate in truth("fates"):
        if "either" in fate and "first" in fate:
            pairs.setdefault(fate["either"], []).append(got.get(fate["url"]))
    assert pairs
    assert all(sorted(pair) == ["duplicate_url", "stored"] for pair in pairs.values()), pairs


def test_found_is_the_sum_of_outcomes_and_matches_the_truth(ran):
    for runs, key in zip(ran.runs, ("first", "second"), strict=True):
        expected = Counter(f[key] for f in truth("fates") if key in f)
        got = {o: n for run, o, n in ran.rows["counts"] if run in runs and n}
        assert got == expected


def test_nothing_lands_but_the_pages_of_the_truth(ran):
    known = {p["url"] for p in truth("stories") if p.get("lands", True)}
    strange = [row for row in ran.rows["articles"] if not {row[1], row[2], row[3]} & known]
    assert not strange
    assert len(ran.rows["articles"]) == len(known)


def test_the_second_run_gets_no_page_again_that_has_a_validator(ran):
    """Thimble's old machine sends none; all others say 304 for what has not changed."""
    changed = {f["url"] for f in truth("fates") if f.get("second") in {"revised", "stored"}}
    pages = {p["url"] for p in truth("stories") if p.get("lands", True)} - changed
    full = {url for url, status in ran.asked[1] if status == 200 and url in pages}
    assert {url for url, status in ran.asked[1] if status == 304} & pages
    assert all("thimble.example" in url for url in full)


def test_related_pages_are_taken_and_near_misses_are_not(ran, ids):
    tiers = {article_id: (tier, relevance) for article_id, tier, relevance in ran.rows["coverage"]}
    missed, taken = [], []
    for page in truth("stories"):
        if not page.get("lands", True):
            continue
        tier, relevance = tiers.get(ids[page["url"]], ("off", 0.0))
        if page["relation"] in CLOSE and tier not in CLOSE:
            missed.append((page["url"], page["relation"], tier, relevance))
        if page["relation"] not in CLOSE and tier in CLOSE:
            taken.append((page["url"], page["relation"], tier, relevance))
    assert (missed, taken) == ([], [])


def test_copies_are_marked_with_their_kind_and_nothing_else_is(ran, ids):
    got = {(row[0], row[1]): row[2] for row in ran.rows["copies"]}
    expected = {(ids[c["url"]], ids[c["copy_of"]]): c["kind"] for c in truth("copies")}
    assert got == expected


def test_the_corrected_article_has_two_versions(ran, ids):
    revised = [f["url"] for f in truth("fates") if f.get("second") == "revised"]
    article = ids[revised[0]]
    assert [(row[0], row[1]) for row in ran.rows["revisions"]] == [(article, True)]
