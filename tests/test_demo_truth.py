"""The demo's data are whole, and a run over them gives what the truth files say.

The truth files lie in seeds/demo/truth; no product code reads them.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from crawlers.newsstand_site import Request, load_sites
from flows import sources, watches
from warehouse.records import Outcome

DEMO = Path(__file__).parents[1] / "seeds" / "demo"
STANDS = DEMO / "newsstand"
EDITIONS = (1, 2)


def truth(name):
    return tomllib.loads((DEMO / "truth" / f"{name}.toml").read_text(encoding="utf-8"))


PAGES = truth("stories")["page"]
COPIES = truth("copies")["copy"]
FATES = truth("fates")["fate"]


@pytest.fixture(scope="module")
def sites():
    return load_sites(STANDS)


def get(sites, url, edition=1):
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = Request(method="GET", scheme="http", host=parts.hostname, target=target, headers={})
    return sites[parts.hostname].answer(request, edition)


def follow(sites, url, edition):
    """The reply after redirects, and where it came from."""
    for _ in range(5):
        reply = get(sites, url, edition)
        location = dict(reply.headers).get("Location")
        if location is None:
            return reply, url
        url = urljoin(url, location)
    raise AssertionError(f"{url} redirects without end")


def words_of(page):
    """Words of the paragraphs that are the page's text: those without a class of furniture."""
    text = " ".join(p.text_content() for p in html.fromstring(page).iter("p"))
    return len(text.split())


def test_all_hosts_are_reserved_for_examples(sites):
    assert all(host.endswith(".example") for host in sites)
    assert len(sources.read(DEMO)) >= 8


def test_there_are_enough_pages_and_each_was_written(sites):
    assert len(PAGES) >= 80
    assert len({p["url"] for p in PAGES}) == len(PAGES)
    for page in PAGES:
        reply = get(sites, page["url"], page["edition"])
        assert reply.status == 200, page["url"]
        if page.get("lands", True):
            assert 140 <= words_of(reply.body.decode("utf-8", "replace")) <= 480, page["url"]


def test_relations_are_of_a_closed_list_and_all_are_there():
    relations = Counter(p["relation"] for p in PAGES)
    assert set(relations) == {"same_story", "follow_up", "near_miss", "unrelated"}
    assert min(relations.values()) >= 12


def test_copies_are_of_pages_that_we_know():
    known = {p["url"] for p in PAGES}
    for copy in COPIES:
        assert {copy["url"], copy["copy_of"]} <= known
        assert copy["kind"] in {"exact", "near"}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_announced_address_answers_as_the_truth_says(sites, edition):
    key = "first" if edition == 1 else "second"
    dead = {f["url"] for f in FATES if f.get(key) == "gone"}
    for fate in FATES:
        if key in fate:
            reply, _ = follow(sites, fate["url"], edition)
            assert reply.status == (404 if fate["url"] in dead else 200), fate["url"]


def test_fates_are_of_the_closed_list_and_cover_what_lands(sites):
    for fate in FATES:
        assert {Outcome(fate[k]) for k in ("first", "second") if k in fate}, fate
    landing = {f["url"] for f in FATES if "stored" in (f.get("first"), f.get("second"))}
    reached = {follow(sites, url, 2)[1] for url in landing} | {
        f["url"] for f in FATES if "either" in f
    }
    assert {p["url"] for p in PAGES if p.get("lands", True)} <= reached


def test_no_local_link_in_a_story_is_dead(sites):
    """Links inside articles that name a host of ours lead somewhere (section pages may not)."""
    for page in PAGES:
        body = get(sites, page["url"], page["edition"]).body
        for link in html.fromstring(body).xpath("//p//a/@href"):
            target = urljoin(page["url"], link)
            if urlsplit(target).hostname in sites and not re.search(
                r"/(tag|signatures|mentions|impressum|privacidad)", target
            ):
                assert follow(sites, target, page["edition"])[0].status == 200, (page["url"], link)


def test_the_watch_and_the_sources_are_read_by_the_product():
    made = watches.read(DEMO / "threads")
    assert made.watch.watch == "threads"
    assert 250 <= len(made.seed_text.split()) <= 350
    assert not watches.unknown_sources(made.watch, sources.read(DEMO))
    assert any("\u0600" <= c <= "\u06ff" for t in made.watch.terms for s in t.spellings for c in s)


def test_no_real_person_is_quoted():
    """Quotation marks never belong to people who exist."""
    said = re.compile(
        r"[”\"»“]\s*,?\s*(?:said|says|wrote|dit|sagte|dice)\s+(?:\w+\s){0,2}"
        r"(?:Haqqani|Musk|Zuckerberg|Yaccarino)"
    )
    for page in STANDS.rglob("*.html"):
        assert not said.search(page.read_text(encoding="utf-8")), unquote(str(page))
