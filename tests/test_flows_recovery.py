"""A full disk, and an analyst who has the database open: the next slot goes on by itself."""

import os
import subprocess
import sys

import pytest
from commanding import SEED, WEB

pytestmark = pytest.mark.timeout(300)

_ANALYST = """
import sys, duckdb
con = duckdb.connect(sys.argv[1])  # for writing, as the bare client opens it
print(con.execute("SELECT count(*) FROM articles").fetchone()[0], flush=True)
sys.stdin.readline()
print(con.execute("SELECT count(*) FROM articles").fetchone()[0], flush=True)
"""


@pytest.fixture
def small_disk(desk):
    """A data directory on a disk of its own, where this user may mount one."""
    desk.data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(desk.data)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield desk.data
    subprocess.run(["umount", "--lazy", str(desk.data)], check=True)


def leave(data, n_bytes):
    """Fill the disk up to so much room."""
    ballast = data / "ballast"
    ballast.unlink(missing_ok=True)
    disk = os.statvfs(data)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - n_bytes)


def run(desk, stand):
    return desk("run", proxy=stand.proxy)


def watch(desk):
    done = desk("watch", "add", str(SEED), "--slug", "mill", "--group", "all")
    assert done.code == 0, done.err


def test_a_run_on_a_full_disk_is_made_up_for_by_the_next(small_disk, desk, newsstand):
    watch(desk)
    stand = newsstand(WEB)
    for room in (0, 45_000, 120_000):  # for the request, for the crawl, for what comes after
        leave(small_disk, room)
        done = run(desk, stand)
        assert (done.code, "Traceback" in done.err) == (1, False), (room, done.err)
        assert "full" in done.err or "no space" in done.err, (room, done.err)
    (small_disk / "ballast").unlink()
    done = run(desk, stand)
    assert done.code == 0, done.err
    rows = desk("sql", "SELECT count(*) AS n, count(DISTINCT key) AS k FROM articles").rows
    assert rows == [{"n": 3, "k": 3}]
    counts = desk("sql", "SELECT sum(n) = sum(n_found) AS same FROM runs JOIN (SELECT run, sum(n) "
                  "AS n FROM run_counts GROUP BY run) USING (run)").rows  # fmt: skip
    assert counts == [{"same": True}]
    assert not list((desk.data / "runs").glob(".new-*"))


def test_an_analyst_with_the_database_open_stops_no_run(desk, newsstand):
    watch(desk)
    stand = newsstand(WEB)
    assert run(desk, stand).code == 0
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
    out, _ = analyst.communicate("\n", timeout=60)
    assert out == "3\n"  # the generation that was opened, still whole
