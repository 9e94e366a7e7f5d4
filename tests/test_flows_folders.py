"""Who may crawl, between real processes: a monitor waits for a backfill and for nobody else."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows import folders

_HOLD = """
import pathlib, sys
from flows import folders
with folders.crawl_lock(pathlib.Path(sys.argv[1]), sys.argv[2]) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


class Holder:
    """Another process that holds the lock until it is told to let go, or is killed."""

    def __init__(self, data, kind):
        self.process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(data), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "True\n"

    def end(self, *, kill=False):
        if kill:
            self.process.kill()
        self.process.communicate()


def take(data, kind, seconds):
    """Whether the lock was got, and what it said meanwhile of whom it waited for."""
    said = []
    with folders.crawl_lock(data, kind, seconds, on_wait=said.append) as mine:
        return mine, said


@pytest.mark.parametrize("kill", [True, False])
def test_a_monitor_waits_for_a_backfill_however_it_ends(tmp_path, kill):
    other = Holder(tmp_path, "backfill")
    assert folders.holder(tmp_path) == f"process {other.process.pid}, a backfill"
    assert take(tmp_path, "monitor", 0.0)[0] is False
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(take, tmp_path, "monitor", 300.0)
        until(lambda: folders.is_awaited(tmp_path))
        assert take(tmp_path, "monitor", 300.0)[0] is False  # one in the queue is enough
        assert not waiting.done()
        other.end(kill=kill)
        mine, said = waiting.result(timeout=300)
    assert (mine, said) == (True, [f"process {other.process.pid}, a backfill"])
    assert not folders.is_awaited(tmp_path)


def test_a_monitor_does_not_wait_for_another_monitor(tmp_path):
    other = Holder(tmp_path, "monitor")
    assert take(tmp_path, "monitor", 36_000.0) == (False, [])
    other.end(kill=True)
    assert take(tmp_path, "monitor", 0.0)[0] is True


def test_a_backfill_waits_for_all_and_lets_those_who_wait_go_first(tmp_path):
    first = Holder(tmp_path, "backfill")
    with ThreadPoolExecutor(2) as threads:
        order = []

        def crawl(kind):
            with folders.crawl_lock(tmp_path, kind, 300.0) as mine:
                order.append((kind, mine))

        backfill = threads.submit(crawl, "backfill")
        monitor = threads.submit(crawl, "monitor")
        until(lambda: folders.is_awaited(tmp_path))
        first.end()
        backfill.result(timeout=300)
        monitor.result(timeout=300)
    assert order == [("monitor", True), ("backfill", True)]
    assert folders.holder(tmp_path) == f"process {os.getpid()}, a backfill"


def test_two_backfills_take_turns(tmp_path):
    order = []

    def slices(name):
        for _ in range(3):
            with folders.crawl_lock(tmp_path, "backfill", 300.0) as mine:
                assert mine
                order.append(name)
                time.sleep(0.5)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(slices, ["one", "other"]))
    assert order[0:5:2] in (["one"] * 3, ["other"] * 3)
    assert len(set(order[1::2])) == 1


def until(condition, seconds=300.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
