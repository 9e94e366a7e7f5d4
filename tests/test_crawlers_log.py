"""The child's log: levels, floods and long lines, and how long each host took."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from crawlers import log
from crawlers.timings import Timings
from warehouse.records import Fetch, Purpose

AT = datetime(2023, 7, 10, 8, tzinfo=UTC)


@pytest.fixture
def told(capfd):
    """What the parent hears while the root logger is the child's."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    ours = logging.getLogger("crawlers").level
    events = []
    handler = log.begin(events.append, lambda: AT)
    yield events, handler
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("crawlers").setLevel(ours)


def test_ours_are_heard_from_info_and_libraries_from_warning(told, capfd):
    events, _ = told
    logging.getLogger("crawlers.lanes").info("asking")
    logging.getLogger("crawlers.lanes").debug("chat")
    logging.getLogger("scrapy.core.engine").info("Spider opened")
    logging.getLogger("scrapy.core.engine").warning("odd")
    heard = [(event["level"], event["message"]) for event in events]
    assert heard == [("INFO", "asking"), ("WARNING", "scrapy.core.engine: odd")]
    lines = capfd.readouterr().err.splitlines()
    assert lines == [
        "2023-07-10T08:00:00Z INFO asking",
        "2023-07-10T08:00:00Z WARNING scrapy.core.engine: odd",
    ]


def test_a_flood_is_cut_with_its_count_and_hides_no_other_level(told):
    events, handler = told
    for n in range(1_000):
        logging.getLogger("crawlers.pages").info("page %d", n)
    logging.getLogger("crawlers.pages").error("x" * 5_000)
    handler.flush()
    levels = [event["level"] for event in events]
    assert levels == ["INFO"] * 60 + ["ERROR", "INFO"]
    assert events[-2]["message"] == "x" * 1_000 + "… (4,000 more characters)"
    assert events[-1]["message"].startswith("940 more lines")


def test_what_was_cut_is_told_in_the_next_window():
    flood = log.Flood(most=2, window=timedelta(seconds=10))
    assert [flood.passes(20, AT) for _ in range(4)] == [
        (True, 0), (True, 0), (False, 0), (False, 0),
    ]  # fmt: skip
    assert flood.passes(20, AT + timedelta(seconds=10)) == (True, 2)
    assert flood.rest() == {}


def fetch(host, seconds, **more):
    return Fetch(url=f"http://{host}/a", source="a", purpose=Purpose.ARTICLE, fetched_at=AT,
                 seconds=seconds, **more)  # fmt: skip


def test_hosts_are_ranked_by_their_slowest_answer():
    timings = Timings()
    for one in (
        fetch("quick.example", 0.1, status=200),
        fetch("quick.example", 0.2, status=503),
        fetch("slow.example", 3.0, error="timeout: 3 s"),
        fetch("unasked.example", 0.0, error="deferred: robots.txt unreachable"),
    ):
        timings.add(one)
    assert timings.slowest() == {
        "slow.example": {"requests": 1, "seconds": 3.0, "slowest": 3.0, "failures": 1},
        "quick.example": {"requests": 2, "seconds": 0.3, "slowest": 0.2, "failures": 1},
    }
    for n in range(100):
        timings.add(fetch(f"h{n}.example", 1.0, status=200))
    assert len(timings.slowest()) == 30
