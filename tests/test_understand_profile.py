"""From a seed to what its watch looks for; furniture is dropped by general rules, and reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.errors import BadSeed
from warehouse.records import Term, Watch
from warehouse.understand import furniture, profile

DEMO = Path(__file__).parents[1] / "seeds" / "demo" / "threads" / "article.txt"

STORY = """Harbour wall of Tromso breaks in storm

The harbour wall of Tromso broke on Monday night, said Mayor Ingrid Holm. Holm asked the Norwegian
navy
for pumps. The harbour wall was built in 1911.

Ingrid Holm said that Nordhaven Shipping had warned of cracks. Nordhaven wrote to the mayor in
May."""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Read More:", "heading of a list of links"),
        ("RELATED ARTICLES", "heading of a list of links"),
        ("Lesen Sie auch: Der Hafen von gestern", "heading of a list of links"),
        ("1 thought on “Harbour wall of Tromso breaks in storm”", "comment section"),
        ("Leave a Comment", "comment section"),
        ("12 comments", "comment section"),
        ("Information Source: NB", "source line"),
        ("Facebook Twitter WhatsApp Email", "share bar"),
        ("Share this:", "page furniture"),
        ("Sign up for our free newsletter", "newsletter or subscription line"),
        ("We use cookies to give you the best experience.", "cookie or privacy line"),
        ("© 2024 The Thimble. All rights reserved.", "copyright line"),
        ("Photo: T. Lund / The Thimble", "picture credit"),
        ("4 min read", "page furniture"),
        ("MAYOR OF ALTA: WHAT STORMS COST US", "line in capitals, as of a link"),
    ],
)
def test_furniture_is_dropped_and_reported(line: str, why: str) -> None:
    text, dropped = furniture.drop(f"{STORY}\n\n{line}")
    assert text == STORY
    assert [(d.line, d.why) for d in dropped] == [(line, why)]


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell by four per cent on Tuesday, the exchange said.",
        "Twitter and Facebook said they would appeal.",
        "Related diseases are rare, but doctors advise everybody over sixty to be careful.",
        "Comments by the mayor on Monday led to a quarrel in the council.",
        "Photo albums were all she saved.",
        "Search teams came from Alta.",
    ],
)
def test_prose_that_begins_like_furniture_stays(line: str) -> None:
    text, _ = furniture.drop(f"{STORY}\n\n{line}\n\nThe mayor spoke.")
    assert line in text


def test_links_below_their_heading_go_along_but_sentences_stay() -> None:
    text, dropped = furniture.drop(
        f"{STORY}\n\nRead more:\n\nTen photos of the storm\nWhat the insurers pay\n\nThe navy came."
    )
    assert text.endswith("The navy came.")
    assert [d.line for d in dropped][1:] == ["Ten photos of the storm", "What the insurers pay"]


def test_what_follows_the_comment_heading_is_no_article() -> None:
    text, dropped = furniture.drop(f"{STORY}\n\n2 comments\n\nOla: I told you so. For years.")
    assert text == STORY
    assert dropped[-1].why == "below the comment section"


def test_a_seed_becomes_weighted_terms() -> None:
    seed = profile.make(STORY)
    terms = {t.text: t for t in seed.terms}
    assert seed.title == "Harbour wall of Tromso breaks in storm"
    assert seed.language == "en"
    assert seed.modelled
    assert terms["Ingrid Holm"].kind == "person"
    assert terms["Ingrid Holm"].spellings == ("Holm",)
    assert max(t.weight for t in seed.terms) == 1.0
    assert [t.weight for t in seed.terms] == sorted((t.weight for t in seed.terms), reverse=True)


def test_the_demo_seed_has_its_people_and_platforms_in_front() -> None:
    names = [t for t in profile.make(DEMO.read_text("utf-8")).terms if t.kind != "phrase"]
    front = {t.text: t.kind for t in names[:5]}
    assert front.pop("Anas Haqqani") == "person"
    assert front == dict.fromkeys(["Taliban", "Twitter", "Threads", "Meta"], "organisation")
    assert {"Elon Musk", "Mark Zuckerberg"} <= {t.text for t in names if t.kind == "person"}


@pytest.mark.parametrize("seed", ["", " \n\t ", "\ufeff", "…", "Word"])
def test_a_seed_without_an_article_is_refused(seed: str) -> None:
    with pytest.raises(BadSeed):
        profile.make(seed)


def test_a_language_without_a_model_gives_keywords_and_says_so() -> None:
    seed = profile.make(
        "Satamamuuri murtui myrskyssä\n\nTromssan satamamuuri murtui maanantaina. Pormestari "
        "Ingrid Holm kertoi, että satamamuuri rakennetaan uudelleen ennen talvea."
    )
    assert seed.language == "fi"
    assert not seed.modelled
    assert any("satamamuuri" in t.text.lower() for t in seed.terms)
    assert "Ingrid Holm" in [t.text for t in seed.terms]


def test_a_script_without_case_still_gives_phrases() -> None:
    seed = profile.make(
        "港の壁が壊れた。港の壁は一九一一年に建てられた。市長は港の壁を直すと言った。"
    )
    assert seed.language == "ja"
    assert seed.terms


def test_any_edit_that_matters_gives_another_version() -> None:
    term = Term(text="Ingrid Holm", kind="person", weight=1.0)
    watch = Watch(watch="wall", title="Harbour wall", terms=(term,))
    versions = {
        profile.of_watch(w, text).profile_version
        for w, text in (
            (watch, STORY),
            (Watch(watch="wall", title="Harbour wall", terms=(term,), must=("Tromso",)), STORY),
            (Watch(watch="wall", title="Harbour wall", terms=()), STORY),
            (watch, STORY + " More."),
        )
    }
    assert len(versions) == 4
    paused = Watch(watch="wall", title="Harbour wall", terms=(term,), paused=True)
    assert profile.of_watch(paused, STORY).profile_version in versions


def test_the_profile_text_has_neither_title_nor_furniture() -> None:
    watch = Watch(watch="wall", title="Harbour wall of Tromso breaks in storm")
    made = profile.of_watch(watch, f"{STORY}\n\nLeave a Comment")
    assert made.seed_text.startswith("The harbour wall of Tromso broke")
    assert "Comment" not in made.seed_text


def kinds(text: str) -> dict[str, str]:
    return {t.text: t.kind for t in profile.make(text).terms}


def spellings(text: str) -> dict[str, tuple[str, ...]]:
    return {t.text: t.spellings for t in profile.make(text).terms}


def test_a_company_is_known_by_what_is_said_of_it() -> None:
    text = """Pebble's new app worries Tromso

Pebble's app, which the harbour office began to use in May, lost the data of forty boats. The
office had moved from Lantern to Pebble, an app owned by Nordhaven Shipping, a year before.
Users of Pebble complained to Mayor Ingrid Holm. Pebble's staff did not answer."""
    assert kinds(text)["Pebble"] == "organisation"


def test_every_place_where_a_name_stands_counts() -> None:
    seed = profile.make(STORY)
    assert "Nordhaven" in {f for t in seed.terms for f in (t.text, *t.spellings)}


def test_who_wrote_it_and_where_is_no_part_of_the_story() -> None:
    text = """Harbour wall breaks in storm

By Ola Nordmann and Kari Lie, Staff Writers

BERGEN, Norway (NTB) - The harbour wall of Tromso broke on Monday night, said Mayor Ingrid Holm,
who told Weekly Lantern that Holm and the navy would rebuild it.

Per Hansen contributed to this report."""
    seed = profile.make(text)
    shown = " ".join(t.text for t in seed.terms)
    for stranger in ("Nordmann", "Lie", "Hansen", "Bergen", "NTB", "Monday"):
        assert stranger.lower() not in shown.lower()
    assert [d.why for d in seed.dropped] == ["who wrote it", "who wrote it"]


def test_days_figures_and_cut_words_are_no_phrases() -> None:
    text = (
        f"{STORY}\n\nThe wall wasn't old on Friday, the 12th, and wasn't new: see www.wall.example"
    )
    shown = {t.text.lower() for t in profile.make(text).terms}
    assert not shown & {"wasn", "friday", "12th", "www", "monday", "may"}


def test_a_surname_is_its_person_where_there_is_no_model() -> None:
    forms = spellings(
        "Havnemuren raste i natt\n\nOrdfører Ingrid Holm sa at havnemuren raste i natt. Muren er "
        "gammel, sa Holm til avisen. I dag møter Holm marinen, og Ingrid Holm vil be om pumper."
    )
    assert forms["Ingrid Holm"] == ("Holm",)
    assert "Holm" not in forms


def test_endings_of_cases_do_not_make_two_names_of_one() -> None:
    forms = spellings(
        "Port w Rewalu zamknięty\n\nW nocy zamknięto port w Rewalu. Burmistrz mówi, że Rewalu nie "
        "da się odbudować bez pieniędzy, a mieszkańcy czekają pod Rewalem na pomoc wojska."
    )
    assert len([t for t in forms if t.startswith("Rewal")]) == 1


@pytest.mark.parametrize(
    "seed",
    [
        "Read more:\n\nLeave a Comment",
        "Share this:\nSubscribe to our newsletter\n© 2024 The Thimble. All rights reserved.",
        "We use cookies to give you the best experience.\n\nAccept all cookies",
    ],
)
def test_a_seed_of_nothing_but_furniture_is_refused(seed: str) -> None:
    with pytest.raises(BadSeed):
        profile.make(seed)


@pytest.mark.parametrize(
    "line",
    [
        "Copyright law was changed by parliament on Tuesday, and museums protest.",
        "Terms of service were rewritten by the harbour office in the spring, she said.",
        "Newsletters have become a business for small towns, said the mayor.",
        "Privacy policy was the second matter of the evening, and took longer than the first.",
        "By evening Holm had asked the navy for more pumps.",
    ],
)
def test_a_sentence_that_begins_like_a_notice_stays(line: str) -> None:
    text, _ = furniture.drop(f"{STORY}\n\n{line}\n\nThe mayor spoke.")
    assert line in text


def test_a_link_within_its_line_takes_nothing_along() -> None:
    text, dropped = furniture.drop(
        f"{STORY}\n\nRelated post: The harbour of 1911\n\nWhat the navy can do\n\nIt has ships."
    )
    assert "What the navy can do" in text
    assert [d.line for d in dropped] == ["Related post: The harbour of 1911"]
