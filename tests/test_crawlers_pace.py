"""The wait between two requests to one host, as its answers ask for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.pace import Pace, wait_asked_for

NOW = datetime(2023, 7, 10, 12, tzinfo=UTC)
HOST = "news.example"


def seconds_until(pace: Pace, now: datetime = NOW, host: str = HOST) -> float:
    return (pace.next_at(host, now) - now).total_seconds()


def test_a_host_is_asked_every_so_often_and_others_are_not_held_up() -> None:
    pace = Pace(5)
    assert seconds_until(pace) == 0
    pace.asked(HOST, NOW)
    assert seconds_until(pace) == 5
    assert seconds_until(pace, NOW + timedelta(seconds=3)) == 2
    assert seconds_until(pace, host="other.example") == 0


def test_hosts_may_be_given_by_any_of_their_addresses() -> None:
    pace = Pace(5)
    pace.asked("https://News.Example/a", NOW)
    assert seconds_until(pace) == 5


def test_the_slowest_wish_holds_over_the_default() -> None:
    pace = Pace(5)
    pace.slow_down(HOST, 1)
    pace.slow_down(HOST, 20)
    pace.slow_down(HOST, 10)
    pace.asked(HOST, NOW)
    assert seconds_until(pace) == 20


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (200, None, 0),
        (404, None, 0),
        (200, "60", 0),
        (429, None, 30),
        (503, None, 30),
        (429, "120", 120),
        (503, "Mon, 10 Jul 2023 12:10:00 GMT", 600),
        (429, "Mon, 10 Jul 2023 11:00:00 GMT", 30),
        (429, "never", 30),
        (429, "999999999999999999", 86_400),
        (429, "Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        (429, "-5", 30),
    ],
)
def test_answers_that_ask_for_patience(status: int, retry_after: str | None, wait: int) -> None:
    pace = Pace(0)
    pace.after(HOST, status, retry_after, NOW)
    assert seconds_until(pace) == wait


def test_a_silent_host_is_left_alone_for_a_while_and_forgiven_when_it_answers() -> None:
    pace = Pace(0)
    for _ in range(2):
        pace.after(HOST, None, None, NOW)
    assert pace.dead_until(HOST, NOW) is None
    pace.after(HOST, None, None, NOW)
    assert pace.dead_until(HOST, NOW) == NOW + timedelta(minutes=10)
    assert pace.dead_until(HOST, NOW + timedelta(minutes=11)) is None
    pace.after(HOST, 500, None, NOW)
    assert pace.dead_until(HOST, NOW) is None


def test_dates_without_a_zone_are_taken_as_utc() -> None:
    assert wait_asked_for("Mon, 10 Jul 2023 12:00:09", NOW) == timedelta(seconds=9)
