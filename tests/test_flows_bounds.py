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
HOUR = timedelta(hours=1)


def crawls(*hours_ago, watch="ferry", source="tern"):
    """Runs of two minutes, so many hours ago."""
    return [
        {
            "run": f"r{h}",
            "started_at": NAIVE - h * HOUR,
            "ended_at": NAIVE - h * HOUR + timedelta(minutes=2),
            "watches": [watch],
            "sources": [source],
        }
        for h in hours_ago
    ]


def articles(*hours_ago):
    return [
        {
            "article_id": f"a{n}",
            "revision": 1,
            "source": "tern",
            "first_seen_at": NAIVE - h * HOUR,
        }
        for n, h in enumerate(hours_ago)
    ]


def related(*tiers):
    return [{"watch": "ferry", "article_id": f"a{n}", "tier": tier} for n, tier in enumerate(tiers)]


def judge(tmp_path, rows, *, watch=None, source=None, paused=False):
    data = fresh(tmp_path / "data")
    landing.land_rows(data, "b1", rows, now=NOW)
    file = WatchFile(
        Watch(watch="ferry", title="Ferry", sources=("tern",), expect=watch, paused=paused),
        "text",
        Path("watch.toml"),
    )
    tern = Source(source="tern", home="https://tern.example/", expect=source)
    return bounds.judge(data, [file], [tern], NOW)


ALL_DAY = tuple(range(60, 0, -1))
# The third is from before, the fourth is a copy of the second, the last is off.
SIX = {
    "articles": articles(2, 23.9, 24.1, 5, 0.5),
    "coverage": related("same_story", "background", "follow_up", "follow_up", "off"),
    "copies": [{"article_id": "a3", "copy_of": "a1"}],
}


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ((2, 2), None),
        ((3, 9), "watch ferry: 2 related articles in the last 24 hours, expected 3 to 9"),
        ((0, 1.5), "watch ferry: 2 related articles in the last 24 hours, expected 0 to 1.5"),
    ],
    ids=["within", "too few", "too many"],
)
def test_a_watch_counts_what_is_related_and_no_copy(tmp_path, expect, says):
    told = judge(tmp_path, {"runs": crawls(*ALL_DAY), **SIX}, watch=expect)
    assert [line.split(" (")[0] for line in told.out] == ([says] if says else [])
    assert told.unknown == ()


def test_a_source_counts_all_that_it_gave(tmp_path):
    told = judge(tmp_path, {"runs": crawls(*ALL_DAY), **SIX}, source=(5, 9))
    assert [line.split(",")[0] for line in told.out] == [
        "source tern: 4 new articles in the last 24 hours"
    ]


@pytest.mark.parametrize(
    ("runs", "unknown"),
    [
        ((), []),
        (tuple(range(23, 0, -1)), []),
        (
            (60, 59, 58, 57, *range(20, 0, -1)),
            ["08 Jun 03:02 to 09 Jun 16:00 UTC"],
        ),
        (
            tuple(range(60, 4, -1)),
            ["10 Jun 07:02 to 10 Jun 12:00 UTC"],
        ),
    ],
    ids=["never crawled", "day one", "asleep until four hours into the day", "stopped"],
)
def test_nothing_is_judged_without_a_whole_day_of_crawls(tmp_path, runs, unknown):
    told = judge(tmp_path, {"runs": crawls(*runs)}, source=(5, 9))
    assert told.out == ()
    assert [line.split(" was crawled for it from ")[1] for line in told.unknown] == unknown


def test_crawls_once_a_day_are_no_gaps(tmp_path):
    told = judge(tmp_path, {"runs": crawls(100, 76, 52, 28, 4)}, source=(5, 9))
    assert [line.split(" (")[0] for line in told.out] == [
        "source tern: 0 new articles in the last 24 hours, expected 5 to 9"
    ]


def test_what_is_paused_is_not_judged(tmp_path):
    rows = {"runs": crawls(*ALL_DAY)}
    told = judge(tmp_path, rows, watch=(5, 9), source=(5, 9), paused=True)
    assert told == bounds.Judged()
