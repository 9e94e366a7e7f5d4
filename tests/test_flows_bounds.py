"""Bounds over the last 24 hours: told when broken, never on day one, while paused or asleep."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from runfolders import fresh

from flows import bounds
from flows.watches import WatchFile
from warehouse import landing
from warehouse.records import Source, Watch

NOW = datetime(2031, 6, 10, 12, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
ALL_DAY = tuple(range(60, 0, -1))
# Sources by the hours ago at which they were asked; the watch is served by tern's runs.
ASKED = {
    "tern": ALL_DAY,
    "never": (),
    "day-one": tuple(range(23, 0, -1)),
    "asleep": (60, 59, 58, 57, *range(20, 0, -1)),
    "stopped": tuple(range(60, 4, -1)),
    "daily": (100, 76, 52, 28, 4),
}
# Of the watch: the third is from before, the fourth a copy of the second, the fifth is off.
SEEN = (2, 23.9, 24.1, 5, 0.5)
TIERS = ("same_story", "background", "follow_up", "follow_up", "off")


def before(hours):
    return NAIVE - timedelta(hours=hours)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = fresh(tmp_path_factory.mktemp("bounds") / "data")
    hours = sorted({h for those in ASKED.values() for h in those})
    rows = {
        "runs": [
            {
                "run": f"r{h}",
                "started_at": before(h),
                "ended_at": before(h) + timedelta(minutes=2),
                "watches": ["ferry"] if h in ASKED["tern"] else [],
                "sources": [source for source, those in ASKED.items() if h in those],
            }
            for h in hours
        ],
        "articles": [
            {"article_id": f"a{n}", "revision": 1, "source": "tern", "first_seen_at": before(h)}
            for n, h in enumerate(SEEN)
        ],
        "coverage": [
            {"watch": "ferry", "article_id": f"a{n}", "tier": tier} for n, tier in enumerate(TIERS)
        ],
        "copies": [{"article_id": "a3", "copy_of": "a1"}],
    }
    landing.land_rows(folder, "b1", rows, now=NOW)
    return folder


def judged(data, *, watch=None, paused=False, **of_sources):
    """What is told when the watch and these sources expect so much; short."""
    expected = {name.replace("_", "-"): pair for name, pair in of_sources.items()}
    sources = [
        Source(source=name, home="https://a.example/", expect=expected.get(name)) for name in ASKED
    ]
    ferry = Watch(watch="ferry", title="Ferry", groups=("all",), expect=watch, paused=paused)
    told = bounds.judge(data, [WatchFile(ferry, "text", Path("watch.toml"))], sources, NOW)
    return [line.split(" (")[0] for line in told.out], list(told.unknown)


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ((2, 2), []),
        ((3, 9), ["watch ferry: 2 related articles in the last 24 hours, expected 3 to 9"]),
        ((0, 1.5), ["watch ferry: 2 related articles in the last 24 hours, expected 0 to 1.5"]),
    ],
    ids=["within", "too few", "too many"],
)
def test_a_watch_counts_what_is_related_and_no_copy(data, expect, says):
    assert judged(data, watch=expect) == (says, [])


def test_a_source_counts_all_that_it_gave(data):
    says = "source tern: 4 new articles in the last 24 hours, expected 5 to 9"
    assert judged(data, tern=(5, 9)) == ([says], [])
    assert judged(data, tern=(4, 4)) == ([], [])


def test_nothing_is_judged_without_a_whole_day_of_crawls(data):
    many = (5, 9)
    out, unknown = judged(data, never=many, day_one=many, asleep=many, stopped=many)
    assert out == []
    cannot = "whether the last 24 hours were as expected cannot be told"
    assert unknown == [
        (
            f"source asleep: {cannot}, nothing was crawled for it"
            " from 08 Jun 03:02 to 09 Jun 16:00 UTC"
        ),
        (
            f"source stopped: {cannot}, nothing was crawled for it"
            " from 10 Jun 07:02 to 10 Jun 12:00 UTC"
        ),
    ]


def test_crawls_once_a_day_are_no_gaps(data):
    says = "source daily: 0 new articles in the last 24 hours, expected 5 to 9"
    assert judged(data, daily=(5, 9)) == ([says], [])


def test_what_is_paused_is_not_judged(data):
    assert judged(data, watch=(5, 9), tern=(5, 9), paused=True) == ([], [])
