"""Extraction processes: a page that hangs or crashes costs itself and nothing else."""

import asyncio
from datetime import UTC, datetime

import pytest

from crawlers.fates import Ending
from crawlers.tasks import Lost, ReceivedListing
from crawlers.workers import Workers
from warehouse.errors import BrokenRun
from warehouse.records import LeadKind


def task(body):
    now = datetime(2023, 7, 1, tzinfo=UTC)
    return ReceivedListing(
        body=body, headers={}, url="http://a.example/", kind=LeadKind.FEED, source="a", now=now,
        since=None, max_bytes=1000,
    )  # fmt: skip


@pytest.fixture
def call():
    """Hand tasks to two processes at once; the results come in the order of the tasks."""
    workers = Workers(2, 0.4, work="odd_work")

    def together(*bodies):
        async def run():
            return await asyncio.gather(*(workers.call(task(body)) for body in bodies))

        return asyncio.run(run())

    yield together
    workers.close()


def test_a_page_that_hangs_or_crashes_loses_only_itself(call, capfd):
    names = [b"one", b"crash", b"two", b"hang", b"spin", b"three", b"raise", b"print", b"four"]
    results = dict(zip(names, call(*names), strict=True))
    lost = {name: result.late for name, result in results.items() if isinstance(result, Lost)}
    assert lost == {b"crash": False, b"hang": True, b"spin": True, b"raise": False}
    assert "exit code 3" in results[b"crash"].reason
    assert results[b"hang"].reason == "was not done after 4 s"  # it used no CPU time
    assert results[b"spin"].reason == "took more than 0.4 s of CPU time"
    done = [result for result in results.values() if isinstance(result, Ending)]
    assert len(done) == 5
    assert "among the events?" not in capfd.readouterr().out


def test_a_process_that_cannot_start_is_no_outcome_of_a_page():
    workers = Workers(1, 4, work="no_such_module")

    async def run():
        await workers.call(task(b"page"))

    with pytest.raises(BrokenRun, match="does not start"):
        asyncio.run(run())
    workers.close()


def test_a_process_serves_many_tasks(call):
    by = {result.reason.rpartition(" ")[2] for result in call(*[b"page"] * 20)}
    assert len(by) <= 2


def test_a_process_that_has_grown_is_replaced_after_its_answer():
    workers = Workers(1, 4, work="odd_work", grown_bytes=1)

    async def run():
        return [await workers.call(task(b"page")) for _ in range(3)]

    answers = asyncio.run(run())
    workers.close()
    assert all(isinstance(answer, Ending) for answer in answers)
    assert len({answer.reason for answer in answers}) == 3
