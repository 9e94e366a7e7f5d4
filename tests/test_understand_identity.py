"""Who is the same: names within a document, and one identifier across documents."""

from __future__ import annotations

import itertools

import pytest

from warehouse.records import Label
from warehouse.understand.identity import Name, better_name, identify, normal, resolve

PER, ORG, LOC, MISC = Label.PER, Label.ORG, Label.LOC, Label.MISC


def entities(*pairs: tuple[str, Label]) -> list[str]:
    names = [
        Name(surface, i * 100, i * 100 + len(surface), x) for i, (surface, x) in enumerate(pairs)
    ]
    return [identity.name for identity in resolve(names)]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("Vera Lindqvist", PER), ("Lindqvist", PER)], ["Vera Lindqvist"] * 2),
        ([("Ms Lindqvist", PER), ("Vera Lindqvist", PER)], ["Vera Lindqvist"] * 2),
        ([("Vera Lindqvist", PER), ("V. Lindqvist", PER)], ["Vera Lindqvist"] * 2),
        ([("Vera Lindqvist", PER), ("Vera", PER)], ["Vera Lindqvist"] * 2),
        (
            [("George W. Bush", PER), ("George H. W. Bush", PER)],
            ["George W. Bush", "George H. W. Bush"],
        ),
        (
            [("Anna Berg", PER), ("Olof Berg", PER), ("Anna Berg", PER), ("Berg", PER)],
            ["Anna Berg", "Olof Berg", "Anna Berg", "Anna Berg"],  # the one mentioned last
        ),
        ([("World Health Organization", ORG), ("WHO", ORG)], ["World Health Organization"] * 2),
        ([("Bank of England", ORG), ("BoE", ORG)], ["Bank of England", "BoE"]),  # not all capitals
        ([("Nordhaven Shipping Ltd", ORG), ("Nordhaven", ORG)], ["Nordhaven Shipping"] * 2),
        ([("Pope Leander", PER)], ["Pope Leander"]),
        ([("Prime Minister Vera Lindqvist", PER)], ["Vera Lindqvist"]),
    ],
)
def test_names_within_a_document(pairs: list[tuple[str, Label]], expected: list[str]) -> None:
    assert entities(*pairs) == expected


@pytest.mark.parametrize(
    ("surface", "label", "name"),
    [
        ("U.S.", LOC, "United States"),
        ("the United States", LOC, "United States"),
        ("Americans", MISC, "United States"),
        ("South Korean", MISC, "South Korea"),
        ("Britain", LOC, "United Kingdom"),
        ("Türkiye", LOC, "Turkey"),
        ("Czech Republic", LOC, "Czechia"),
        ("Ivory Coast", LOC, "Côte d’Ivoire"),
        ("Kenya's", LOC, "Kenya"),
        ("Nordhaven Inc.", ORG, "Nordhaven"),
    ],
)
def test_names_on_their_own(surface: str, label: Label, name: str) -> None:
    assert identify(surface, label).name == name


def test_spellings_of_one_name_share_an_identifier() -> None:
    same = ["José Ortega", "Jose Ortega", "JOSÉ ORTEGA", "Mr. José  Ortega", "José Ortega’s"]
    assert len({identify(s, PER).entity_id for s in same}) == 1


def test_a_person_is_never_a_place() -> None:
    assert identify("Jordan", PER).entity_id != identify("Jordan", LOC).entity_id


def test_identifiers_are_the_same_on_every_machine() -> None:
    assert identify("Vera Lindqvist", PER).entity_id == "baa4f84db151258d"


def test_the_name_shown_does_not_depend_on_the_order() -> None:
    spellings = ["JOSÉ ORTEGA", "Jose Ortega", "José Ortega", "jose ortega"]
    shown = set()
    for order in itertools.permutations(spellings):
        best = order[0]
        for other in order[1:]:
            best = better_name(best, other)
        shown.add(best)
    assert shown == {"José Ortega"}


@pytest.mark.parametrize("surface", ["", "'", "the", "...", "’s"])
def test_odd_surfaces_still_have_a_key(surface: str) -> None:
    assert isinstance(normal(surface), str)
