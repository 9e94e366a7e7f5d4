"""Which days an address is about, and on which side of a window a lead lies."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.discover.periods import period_of, periods_of, side_of
from warehouse.records import Lead, LeadKind, Window

WINDOW = Window(since=datetime(2023, 6, 10, tzinfo=UTC), until=datetime(2023, 7, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("path", "days"),
    [
        ("sitemap-2023-07.xml", "2023-07-01 2023-07-31"),
        ("2023/7/1/", "2023-07-01 2023-07-01"),
        ("sitemap.xml?yyyy=2023&mm=07&dd=09", "2023-07-09 2023-07-09"),
        ("2023/jul/10/a-story", "2023-07-10 2023-07-10"),
        ("sitemap-20230710.xml.gz", "2023-07-10 2023-07-10"),
        ("2023/12/", "2023-12-01 2023-12-31"),
        ("sitemap-2023-1.xml", None),
        ("story-2019051234", None),
        ("best-films-of-2023", None),
        ("archive/2023/02/31", None),
    ],
)
def test_the_date_in_an_address(path, days):
    period = period_of(f"https://x.example/{path}")
    found = f"{period.first:%Y-%m-%d} {period.last:%Y-%m-%d}" if period else None
    assert found == days


def test_a_year_counts_only_where_all_of_an_index_have_one():
    by_year = [f"https://x.example/s-{n}.xml" for n in (2021, 2022, 2023)]
    numbered = [f"https://x.example/part{n}.xml" for n in (1, 2, 2022, 2023)]
    found = periods_of([*by_year, *numbered])
    assert [bool(found[url]) for url in by_year] == [True, True, True]
    assert [found[url] for url in numbered] == [None] * 4


LEAD = Lead(
    url="https://x.example/a-story",
    key="k",
    source="x",
    kind=LeadKind.SITEMAP,
    found_on="https://x.example/sitemap.xml",
    found_at=WINDOW.until,
    position=1,
)


@pytest.mark.parametrize(
    ("known", "side"),
    [
        ({}, "within"),
        ({"published_at": datetime(2023, 6, 9, 12, tzinfo=UTC)}, "within"),  # of another zone
        ({"published_at": datetime(2023, 6, 8, tzinfo=UTC)}, "older"),
        ({"published_at": datetime(2023, 8, 8, tzinfo=UTC)}, "newer"),
        ({"modified_at": datetime(2023, 6, 8, tzinfo=UTC)}, "older"),
        ({"modified_at": datetime(2026, 6, 8, tzinfo=UTC)}, "within"),  # it may be of any date
        ({"url": "https://x.example/2023/05/01/a"}, "older"),
        ({"found_on": "https://x.example/2023/08/s.xml"}, "newer"),
        ({"url": "https://x.example/2023/06/a", "modified_at": datetime(2023, 6, 2, tzinfo=UTC)},
         "older"),
    ],
    ids=["unknown", "edge", "older", "newer", "changed before", "changed since", "by address",
         "by sitemap", "changed before in its month"],
)  # fmt: skip
def test_the_side_of_a_lead(known, side):
    assert side_of(replace(LEAD, **known), WINDOW) == side
