"""Which groups fit a seed."""

import pytest

from flows import groups
from warehouse.records import Source
from warehouse.understand.gazetteer import country_of


def source(name, language, country, *names, **more):
    home = f"http://{name}.example/"
    feeds = (f"{home}a", f"{home}b")
    return Source(source=name, home=home, feeds=feeds, language=language, country=country,
                  groups=names, **more)  # fmt: skip


THERE = [
    source("asa", "ja", "JP", "japan", "japanese"),
    source("yuu", "ja-JP", "JP", "japan", "japanese"),
    source("one", "en", "GB", "uk", "english"),
    source("two", "en-GB", "GB", "uk", "english", "science"),
    source("taipei", "en", "TW", "taiwan", "english"),
    source("beirut", "ar", "LB", "english"),
    source("jam", "en", "JM"),
    source("off", "fr", "FR", "french", paused=True),
]


@pytest.mark.parametrize(
    ("language", "countries", "found"),
    [
        (("en", "English"), {}, [("uk", 2)]),  # english is a quarter Arabic, here
        (("en", "English"), {"GB": "United Kingdom"}, [("uk", 2), ("uk", 2)]),
        (("ja", "Japanese"), {"JP": "Japan"}, [("japanese", 2), ("japan", 2)]),
        (("ar", "Arabic"), {}, [(None, 1)]),
        (None, {"JM": "Jamaica", "TW": "Taiwan", "AF": "Afghanistan"}, [(None, 1), ("taiwan", 1)]),
        (("fr", "French"), {}, []),  # paused
    ],
    ids=["share", "country", "namesake", "alone", "several", "paused"],
)
def test_a_group_fits_that_is_nearly_all_of_the_language_or_country(language, countries, found):
    fits = groups.fitting(THERE, language, countries)
    assert [(fit.group, len(fit.sources)) for fit in fits] == found


def test_groups_know_what_is_in_them():
    uk = next(one for one in groups.gather(THERE) if one.group == "uk")
    assert (len(uk.sources), uk.addresses) == (2, 4)


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [
        ("the Netherlands", "en", ("NL", "Netherlands")),
        ("U.S.", "en", ("US", "United States")),
        ("Afghans", "en", ("AF", "Afghanistan")),
        ("Österreich", "de", ("AT", "Austria")),
        ("Turkey", None, ("TR", "Turkey")),
        ("Kabul", "en", None),
        ("", None, None),
    ],
    ids=str,
)
def test_a_country_by_its_name_and_its_people(name, language, found):
    assert country_of(name, language) == found
