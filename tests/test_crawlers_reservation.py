"""Pages that reserve text-and-data-mining rights, where a source is set to respect it."""

from datetime import UTC, datetime

import pytest

from crawlers.fates import Ending
from crawlers.reservation import reserved
from crawlers.tasks import ReceivedPage
from crawlers.work import carry_out
from warehouse.records import Article, Lead, LeadKind, Outcome

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEXT = "The council of Exampleville voted on Monday for a new bridge over the river. " * 12
PAGE = f"<html><head>%s<title>A bridge</title></head><body><article><h1>A bridge</h1><p>{TEXT}</p>"
META = '<META CONTENT="1" name="tdm-reservation">'


@pytest.mark.parametrize(
    ("headers", "head", "expected"),
    [
        ({"tdm-reservation": "1"}, "", "the header TDM-Reservation: 1"),
        ({"tdm-reservation": "0"}, "", None),
        ({}, META, "the meta element tdm-reservation"),
        ({}, META.replace("1", "0"), None),
        ({}, '<meta name="tdm-policy" content="1">', None),
    ],
)
def test_what_reserves_a_page(headers, head, expected):
    assert reserved(headers, (PAGE % head).encode()) == expected


@pytest.mark.parametrize("respected", [True, False])
def test_only_sources_that_are_set_to_respect_it_leave_such_a_page(respected):
    lead = Lead(
        url="https://www.example.com/bridge",
        key="example.com/bridge",
        source="example",
        kind=LeadKind.FEED,
        found_on="https://www.example.com/rss",
        found_at=NOW,
        position=1,
    )
    task = ReceivedPage(
        body=(PAGE % META).encode(),
        headers={"content-type": "text/html; charset=utf-8"},
        lead=lead,
        final_url=lead.url,
        fetched_at=NOW,
        max_bytes=1_000_000,
        respect_reservation=respected,
    )
    result = carry_out(task)
    if respected:
        assert result == Ending(Outcome.RESERVED, "the meta element tdm-reservation")
    else:
        assert isinstance(result, Article)
