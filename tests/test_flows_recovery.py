"""A full disk, and an analyst who has the database open: the next slot goes on by itself."""

import contextlib
import subprocess
import sys

import pytest
from commanding import SEED, WEB
from crawling import wait_until

_ANALYST = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])  # for writing, as the bare client opens it
print(con.execute("SELECT count(*) FROM articles").fetchone()[0], flush=True)
sys.stdin.readline()
print(con.execute("SELECT count(*) FROM articles").fetchone()[0], flush=True)
"""


@pytest.fixture
def small_disk(desk):
    """A data directory on a disk of its own; None where this user may mount none."""
    desk.data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(desk.data)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        yield None
        return
    yield desk.data
    subprocess.run(["umount", "--lazy", str(desk.data)], check=True)


def fill(disk):
    """Leave no room on it."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


def run(desk, stand):
    return desk("run", proxy=stand.proxy)


def watch(desk):
    done = desk("watch", "add", str(SEED), "--slug", "mill", "--group", "all")
    assert done.code == 0, done.err


def test_full_disks_and_an_analyst_are_made_up_for_by_the_next_run(small_disk, desk, newsstand):
    watch(desk)
    stand = newsstand(WEB)
    if small_disk:  # else only root may mount one
        runs_that_find_no_room(small_disk, desk, stand)
    assert run(desk, stand).code == 0
    rows = desk("sql", "SELECT count(*) AS n, count(DISTINCT key) AS k FROM articles").rows
    assert rows == [{"n": 3, "k": 3}]
    counts = desk("sql", "SELECT bool_and(n = n_found) AS same FROM runs JOIN (SELECT run, sum(n) "
                  "AS n FROM run_counts GROUP BY run) USING (run)").rows  # fmt: skip
    assert counts == [{"same": True}]
    assert not list((desk.data / "runs").glob(".new-*"))
    stops_no_run(desk, stand)


def runs_that_find_no_room(disk, desk, stand):
    """One that cannot begin, and one whose disk fills up while it crawls."""
    fill(disk)
    done = run(desk, stand)
    assert (done.code, "the disk is full" in done.err) == (1, True), done.err
    (disk / "ballast").unlink()
    child = desk.child("run", proxy=stand.proxy)
    wait_until(lambda: stand.requests)
    fill(disk)
    _, err = child.communicate(timeout=300)
    assert (child.returncode, b"no space left" in err) == (1, True), err
    assert b"Traceback" not in err
    (folder,) = (disk / "runs").glob("2*")  # what was fetched is kept
    assert not (folder / "DONE").exists()
    (disk / "ballast").unlink()


def stops_no_run(desk, stand):
    """An analyst whose session stays open sees the generation that it opened, whole."""
    analyst = subprocess.Popen(
        [sys.executable, "-c", _ANALYST, str(desk.data / "slugline.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert analyst.stdout.readline() == "3\n"
    stand.edition = 2
    done = run(desk, stand)
    assert done.code == 0, done.err
    assert desk("sql", "SELECT count(*) AS n FROM articles").rows == [{"n": 4}]
    out, _ = analyst.communicate("\n", timeout=300)
    assert out == "3\n"
