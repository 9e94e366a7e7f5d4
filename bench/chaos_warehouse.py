"""Kills landing, compaction, backup, migration and erasure at seeded moments, or fills their disk.

After each the data directory must open, hold every committed batch exactly once and pass the
integrity check; then the work is done again to its end, and must come out as if nothing had
happened. `python -m bench.chaos_warehouse --moments 200`; each moment is told by its seed and can
be tried alone with --seed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from runfolders import NOW, article, fresh, write_run  # noqa: E402

import warehouse  # noqa: E402
from flows import erasing  # noqa: E402
from warehouse import backup, compact, integrity, landing, manifest, publish, tidy  # noqa: E402
from warehouse.errors import DiskFull  # noqa: E402

FULL_EVERY = 4  # of so many moments one has a full disk instead of a kill
SIZE = 12  # articles in a run
SECRET = "https://tern.example/0-0"


@dataclass(frozen=True, slots=True)
class Work:
    """Something that may be interrupted."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    states: Callable[[Path], set[int]]  # how many articles there may be after an interruption
    after: Callable[[Path], str]  # what is wrong once it was done again; "": nothing
    older: bool = False  # it begins with the tables of an earlier version


def _runs(data: Path, first: int, last: int, *, land: bool) -> None:
    for n in range(first, last):
        pages = [article(f"{n}-{m}", text=_text(n * SIZE + m)) for m in range(SIZE)]
        folder = write_run(data / "runs", f"r{n}", articles=pages)
        if land:
            landing.land_run(data, folder, now=NOW + timedelta(hours=n))


def _text(seed: int) -> str:
    words = random.Random(seed)
    return " ".join(f"word{words.randrange(3_000)}" for _ in range(400))


def _land(data: Path) -> None:
    for n in range(2, 4):
        landing.land_run(data, data / "runs" / f"r{n}", now=NOW + timedelta(hours=n))


def _tidy(data: Path) -> None:
    tidy.tidy(data, now=NOW + timedelta(days=30), keep_days=0, many=2)  # packs articles, too


def _back_up(data: Path) -> None:
    backup.back_up(data, data.with_name("backup"), now=NOW)


def _back_up_twice(data: Path) -> None:
    _runs(data, 0, 2, land=True)
    _back_up(data)
    _runs(data, 2, 4, land=True)


def _migrate(data: Path) -> None:
    landing.land_rows(data, "next", {"sources": [{"source": "gull"}]}, now=NOW)


def _erase(data: Path) -> None:
    if not erasing.finish(data, now=NOW):
        erasing.erase(data, erasing.Wanted(url=SECRET), clock=lambda: NOW)


def _stored(schema: int, data: Path) -> None:
    shutil.copytree(ROOT / f"tests/data/warehouse/schema-{schema}", data, dirs_exist_ok=True)


def count(data: Path) -> tuple[int, int]:
    with warehouse.connect(data) as con:
        sql = "SELECT count(*), count(DISTINCT url) FROM articles"
        (found,) = con.execute(sql).fetchall()
    return found[0], found[1]


def _all(n: int) -> Callable[[Path], str]:
    def check(data: Path) -> str:
        found = count(data)
        return "" if found == (n, n) else f"{found} articles instead of {n}"

    return check


def _restored(data: Path) -> str:
    place = data.with_name("restored")
    backup.restore(data.with_name("backup"), place, now=NOW)
    return _all(4 * SIZE)(place)


def _nowhere(data: Path) -> str:
    left = [p for p in (data / "runs").rglob("*.jsonl") if SECRET + '"' in p.read_text()]
    return _all(2 * SIZE - 1)(data) or (f"still in {left[0]}" if left else "")


WORKS = {
    work.name: work
    for work in (
        Work(
            "landing",
            lambda data: (_runs(data, 0, 2, land=True), _runs(data, 2, 4, land=False))[0],
            _land,
            lambda _: {2 * SIZE, 3 * SIZE, 4 * SIZE},
            _all(4 * SIZE),
        ),
        Work(
            "compaction",
            lambda data: _runs(data, 0, 6, land=True),
            _tidy,
            lambda _: {6 * SIZE},
            _all(6 * SIZE),
        ),
        Work("backup", _back_up_twice, _back_up, lambda _: {4 * SIZE}, _restored),
        Work("migration", partial(_stored, 2), _migrate, lambda _: {2}, _all(2), older=True),
        Work("numbering", partial(_stored, 4), _migrate, lambda _: {2}, _all(2), older=True),
        Work(
            "erasure",
            lambda data: _runs(data, 0, 2, land=True),
            _erase,
            lambda _: {2 * SIZE, 2 * SIZE - 1},
            _nowhere,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """A prepared data directory, kept to be copied, and how long the work takes there."""

    work: Work
    pristine: Path
    folder: Path
    seconds: float

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def renew(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.pristine, self.folder, symlinks=True)


def place(work: Work, at: Path) -> Place:
    pristine, folder = at / f"{work.name}-pristine", at / work.name
    fresh(folder / "data")
    work.prepare(folder / "data")
    if not work.older:
        warehouse.connect(folder / "data").close()
    shutil.copytree(folder, pristine, symlinks=True)
    started = time.monotonic()
    work.act(folder / "data")
    return Place(work, pristine, folder, time.monotonic() - started)


def moment(there: Place, seed: int) -> tuple[str, str]:
    """How the work ended ("killed", "full", "done"), and what is wrong afterwards."""
    there.renew()
    moments = random.Random(f"{there.work.name} {seed}")
    full = seed % FULL_EVERY == FULL_EVERY - 1
    child = os.fork()
    if not child:
        _child(there, int(10 ** moments.uniform(2.5, 5.3)) if full else None)
    if not full:
        time.sleep(moments.uniform(0, 1.1) * there.seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = {0: "done", 3: "full"}.get(code, "killed" if code < 0 else f"failed ({code})")
    wrong = "it failed otherwise" if ended.startswith("failed") else ""
    return ended, wrong or _wrong(there)


def _child(there: Place, most_bytes: int | None) -> None:
    """Does the work; with a limit on the size of files, which is a full disk to whoever writes."""
    code = 1
    try:
        if most_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
        there.work.act(there.data)
        code = 0
    except DiskFull:
        code = 3
    except BaseException as error:  # noqa: BLE001 - told by the parent, which sees only the code
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    os._exit(code)


def _wrong(there: Place) -> str:
    try:
        n, distinct = count(there.data)
        if n != distinct or n not in there.work.states(there.data):
            return f"{n} articles, {distinct} addresses"
        publish.publish(there.data)  # committed and not yet shown is no flaw
        return _flaws(there.data) or _again(there)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return f"{type(error).__name__}: {error}"


def _flaws(data: Path) -> str:
    later = datetime.now(UTC) + timedelta(minutes=1)
    broken = [it for it in integrity.check(data, now=later) if it.broken]
    broken = [it for it in broken if not it.where.startswith("erasing/")]  # finished next
    return str(broken[0]) if broken else ""


def _again(there: Place) -> str:
    there.work.act(there.data)
    names = manifest.all_batches(there.data, manifest.read(there.data, schema=99))
    with warehouse.connect(there.data) as con:
        rows = [name for (name,) in con.execute("SELECT batch FROM batches").fetchall()]
    if sorted(names) != sorted(rows):
        return "a batch is there twice, or not at all"
    return there.work.after(there.data) or _flaws(there.data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=200)
    parser.add_argument("--seed", type=int, help="try this one alone")
    parser.add_argument("--only", choices=list(WORKS))
    told = parser.parse_args()
    compact.MERGED_AT = 4
    bad = 0
    print("| work | moments | killed | full disk | had ended | wrong | seconds |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in [told.only] if told.only else list(WORKS):
        with tempfile.TemporaryDirectory(prefix="chaos-warehouse-") as folder:
            bad += _try(WORKS[name], Path(folder), told)
    sys.exit(1 if bad else 0)


def _try(work: Work, folder: Path, told: argparse.Namespace) -> int:
    started, ends, wrong = time.monotonic(), Counter[str](), 0
    there = place(work, folder)
    for seed in range(told.moments) if told.seed is None else [told.seed]:
        ended, what = moment(there, seed)
        ends[ended] += 1
        if what:
            wrong += 1
            print(f"{work.name} --seed {seed}: {ended}: {what}", file=sys.stderr, flush=True)
    took = time.monotonic() - started
    print(
        f"| {work.name} | {ends.total()} | {ends['killed']} | {ends['full']} | {ends['done']}"
        f" | {wrong} | {took:.0f} |",
        flush=True,
    )
    return wrong


if __name__ == "__main__":
    main()
