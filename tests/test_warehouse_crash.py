"""Landing that is killed, that meets a full disk, or that is watched by readers: whole or not."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import integrity, landing, manifest, publish
from warehouse.errors import DiskFull

_LAND = """
import os, sys
sys.path.insert(0, sys.argv[4])
from pathlib import Path
from runfolders import NOW
from warehouse import compact, landing
compact.MERGED_AT = 3
data, point = Path(sys.argv[1]), sys.argv[3]
def die(step):
    if step == point:
        os._exit(9)
for run in sys.argv[2].split(","):
    landing.land_run(data, data / "runs" / run, now=NOW, on_step=die)
    print(run, flush=True)
"""

_READ = """
import sys
from pathlib import Path
import warehouse
print("ready", flush=True)
while True:
    with warehouse.connect(Path(sys.argv[1])) as con:
        for _ in range(3):
            got = con.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM run_counts),"
                " (SELECT sum(n_found) FROM runs), (SELECT count(*) FROM outcomes)").fetchone()
            print(*got, flush=True)
"""


def _child(code, *args, **more):
    here = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", code, *args, here], stdout=subprocess.PIPE, text=True, **more
    )


def _runs(data, count, size=3):
    for n in range(count):
        pages = [article(f"{n}-{m}") for m in range(size)]
        write_run(data / "runs", f"r{n}", articles=pages)
    return [f"r{n}" for n in range(count)]


def _counts(data):
    with warehouse.connect(data) as con:
        return con.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(DISTINCT url) FROM articles),"
            " (SELECT count(*) FROM runs), (SELECT count(*) FROM outcomes)"
        ).fetchone()


@pytest.mark.parametrize(
    ("point", "landed"),
    [
        ("written", False),
        ("before commit", False),
        ("after commit", True),
        ("before publish", True),
        ("before swap", True),
        ("after swap", True),
        ("merged", True),
    ],
)
def test_killed_at_any_step_the_batch_is_there_once_or_not_yet(tmp_path, point, landed):
    data = fresh(tmp_path / "data")
    runs = _runs(data, 3)
    for run in runs[:2]:
        landing.land_run(data, data / "runs" / run, now=NOW)
    child = _child(_LAND, str(data), "r2", point)
    assert child.wait(300) == 9
    child.stdout.close()
    assert ("r2" in manifest.read(data, schema=99).batches) is landed
    seen = _counts(data)
    # a whole generation, old or new; a batch is there to read before small files are merged
    assert seen[2] == (3 if point in {"after swap", "merged"} else 2)
    assert seen[0] == seen[1] == seen[3] == 3 * seen[2]
    again = landing.land_run(data, data / "runs" / "r2", now=NOW)
    assert again.already is landed
    assert _counts(data) == (9, 9, 3, 9)
    _child(_LAND, str(data), "r2", "none").communicate(timeout=300)
    assert len(manifest.read(data, schema=99).files["articles"]) == 1  # what is due is merged
    assert _counts(data) == (9, 9, 3, 9)
    assert integrity.check(data, now=datetime.now(UTC)) == []


def test_killed_at_seeded_moments_every_batch_lands_exactly_once(tmp_path):
    data = fresh(tmp_path / "data")
    runs = _runs(data, 5)
    moments = random.Random(3)
    for _ in range(3):
        child = _child(_LAND, str(data), ",".join(runs), "none")
        try:
            child.stdout.readline()  # it is on its way
            time.sleep(moments.random() * 0.6)  # the moment is the case, not a condition
            child.send_signal(signal.SIGKILL)
        finally:
            child.wait(300)
            child.stdout.close()
        seen = _counts(data)
        assert seen[0] == seen[1] == seen[3] == 3 * seen[2]
    child = _child(_LAND, str(data), ",".join(runs), "none")
    child.communicate(timeout=300)
    assert child.returncode == 0
    assert _counts(data) == (15, 15, 5, 15)


def test_a_reader_beside_sees_whole_batches_only_and_never_fails(tmp_path):
    data = fresh(tmp_path / "data")
    runs = _runs(data, 6)
    landing.land_run(data, data / "runs" / runs[0], now=NOW)
    reader = subprocess.Popen(
        [sys.executable, "-c", _READ, str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline() == "ready\n"
    writer = _child(_LAND, str(data), ",".join(runs), "none")
    lines = []
    while writer.poll() is None or len(lines) < 20:
        lines.append(reader.stdout.readline())
        assert lines[-1], reader.stderr.read()
    reader.kill()
    reader.communicate()
    writer.stdout.close()
    assert writer.returncode == 0
    seen = [tuple(int(n) for n in line.split()) for line in lines]
    assert all(a == found == fates == 3 * batches for a, batches, found, fates in seen)
    assert seen == sorted(seen)
    assert _counts(data) == (18, 18, 6, 18)


def test_two_landings_at_once_take_turns(tmp_path):
    data = fresh(tmp_path / "data")
    runs = _runs(data, 4)
    children = [_child(_LAND, str(data), ",".join(order), "none") for order in (runs, runs[::-1])]
    for child in children:
        child.communicate(timeout=300)
    assert [child.returncode for child in children] == [0, 0]
    assert _counts(data) == (12, 12, 4, 12)


def _big(data):
    """A run that needs more room than there is: its text cannot be compressed."""
    noise = random.Random(1)
    text = "".join(noise.choices([chr(c) for c in range(0x4E00, 0x9FA5)], k=700_000))
    return write_run(data.parent / "elsewhere", "big", articles=[article("big", text=text)])


def _fills_up(data, folder):
    with pytest.raises(
        DiskFull, match="no space left on the disk; nothing that had landed"
    ) as told:
        landing.land_run(data, folder, now=NOW)
    assert "\n" not in str(told.value)
    assert told.value.exit_code == 1


def test_a_full_disk_loses_nothing_and_landing_goes_on_when_there_is_room(tmp_path):
    """A real one: a tmpfs of 3 MB, where this user may mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; the limit on file sizes is tested instead")
    try:
        data = fresh(small / "data")
        landing.land_run(data, write_run(tmp_path / "runs", "r1", articles=[article(1)]), now=NOW)
        before = manifest.path(data).read_text()
        folder = _big(tmp_path / "x")
        _fills_up(data, folder)
        assert manifest.path(data).read_text() == before
        assert _counts(data) == (1, 1, 1, 1)
        small_run = write_run(tmp_path / "runs", "r2", articles=[article(2)])
        landing.land_run(data, small_run, now=NOW)  # what did not fit was taken back
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        assert not landing.land_run(data, folder, now=NOW).already
        assert _counts(data) == (3, 3, 3, 3)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_limit_on_file_sizes_is_a_full_disk(tmp_path):
    data = fresh(tmp_path / "data")
    landing.land_run(data, write_run(tmp_path / "runs", "r1", articles=[article(1)]), now=NOW)
    folder = _big(tmp_path / "x")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signalled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
        _fills_up(data, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, signalled)
    assert _counts(data) == (1, 1, 1, 1)
    assert not list((data / "tables" / "articles").glob("*.jsonl"))
    assert not landing.land_run(data, folder, now=NOW).already


def test_a_disk_that_is_full_when_publishing_has_landed_the_batch(tmp_path):
    data = fresh(tmp_path / "data")
    folder = write_run(tmp_path / "runs", "r1", articles=[article(1)])

    def full(step):
        if step == "before publish":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DiskFull):
        landing.land_run(data, folder, now=NOW, on_step=full)
    assert landing.land_run(data, folder, now=NOW).already
    assert publish.is_published(data, manifest.read(data, schema=99))
    assert _counts(data) == (1, 1, 1, 1)
