"""A crawl that is killed goes on where it stopped: the same endings, nothing asked twice."""

import fcntl
import json
import random
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest
from crawling import Turnstile, endings, leads, run_folder, small_web, start_child, wait_until

from crawlers import spool
from crawlers.newsstand import Newsstand
from crawlers.run import crawl

_PARENT = "import sys, pathlib; from crawlers.run import crawl; crawl(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    return folder, small_web(folder, hosts=2, pages=10, delay=0.05)


@pytest.fixture(scope="module")
def undisturbed(web, tmp_path_factory):
    folder, sources = web
    with Newsstand(folder) as stand:
        run = run_folder(tmp_path_factory.mktemp("calm") / "run", sources, stand.proxy)
        crawl(run)
    return run


def lines_on_disk(folder, name):
    """URLs of the whole lines, complete part or not."""
    found = []
    for path in sorted(folder.glob(f"{name}-*")):
        whole = path.read_bytes().rpartition(b"\n")[0]
        found += [json.loads(line)["url"] for line in whole.splitlines()]
    return found


def is_free(folder):
    with (folder / "crawl.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def start_parent(folder):
    return subprocess.Popen([sys.executable, "-c", _PARENT, str(folder)], stderr=subprocess.DEVNULL)


def asked_again(stand, before, folder):
    """Addresses asked after the first `before` requests that had their line by then."""
    had = set(lines_on_disk(folder, "fetches"))
    return had, lambda: had & {r.url for r in stand.requests[before:]}


def test_killed_at_any_moment_it_ends_as_if_undisturbed(web, undisturbed, tmp_path):
    folder, sources = web
    moments = random.Random(7)
    with Turnstile(folder) as stand:
        run = run_folder(tmp_path / "run", sources, stand.proxy)

        def kill_after(n, start, number):
            seen = len(stand.requests)
            stand.let(n)
            process = start(run)
            wait_until(lambda: len(stand.requests) == seen + n or process.poll() is not None)
            assert process.poll() is None, (run / "crawl.log").read_text()
            process.send_signal(number)
            process.communicate()
            wait_until(lambda: is_free(run))  # the child of a killed parent ends by itself
            stand.let_go()

        repeats = []
        for start, number in ((start_child, signal.SIGKILL), (start_parent, signal.SIGTERM),
                              (start_parent, signal.SIGKILL)):  # fmt: skip
            _, again = asked_again(stand, len(stand.requests), run)
            kill_after(moments.randint(2, 4), start, number)
            repeats.append(again())
        had, again = asked_again(stand, len(stand.requests), run)
        assert not spool.is_done(run)
        stats = crawl(run)
        repeats.append(again())
    assert had
    assert repeats == [set(), set(), set(), set()]
    assert endings(run) == endings(undisturbed)
    assert stats.found == len(endings(undisturbed))
    assert len(leads(run)) == len(leads(undisturbed))
    assert sorted(lines_on_disk(run, "fetches")) == sorted(lines_on_disk(undisturbed, "fetches"))


def test_a_second_crawl_of_one_folder_is_refused(web, tmp_path):
    _, sources = web
    run = run_folder(tmp_path / "run", sources, "http://127.0.0.1:9")
    with (run / "crawl.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = start_child(run)
        child.communicate()
    assert child.returncode == 1
    assert not list(run.glob("*.part"))


def test_the_child_of_a_killed_run_may_still_be_closing(web, tmp_path):
    folder, sources = web
    with Newsstand(folder) as stand, ExitStack() as held:
        run = run_folder(tmp_path / "run", sources, stand.proxy)
        lock = held.enter_context((run / "crawl.lock").open("wb"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Silence for a second: the new child is waiting, and now the old one ends.
        crawl(run, on_event=lambda event: held.close() if event.event == "quiet" else None)
    assert lock.closed
    assert spool.is_done(run)
