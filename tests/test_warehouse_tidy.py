"""The nightly pass over the table files: few files, no row lost, nobody disturbed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from runfolders import NOW, article, fresh, killed_while_tidying, write_run

import warehouse
from warehouse import compact, integrity, landing, manifest, publish, tidy
from warehouse.manifest import TableFile


def _file(n, size):
    return TableFile(path=f"{n}", rows=1, bytes=size, layout=0)


def test_a_year_of_nights_keeps_a_handful_of_files_and_rewrites_a_row_seldom():
    files, rewritten, made = (), 0, 0
    per_night = []
    for night in range(365):
        files = (*files, *(_file(f"{night}-{n}", 30_000) for n in range(12)))
        made += 12 * 30_000
        before = rewritten
        while merged := compact.tail(files):
            size = sum(file.bytes for file in merged)
            rewritten += size
            files = (*(f for f in files if f not in merged), _file(f"{night}-{size}", size))
        per_night.append(rewritten - before)
        assert len(files) <= 12
    assert sum(file.bytes for file in files) == made
    assert rewritten <= 8 * made
    assert max(per_night) <= 2 * compact.LARGEST
    assert sorted(per_night)[180] <= 20 * 12 * 30_000


def test_large_files_are_left_alone_and_a_merge_has_a_limit():
    assert compact.tail(tuple(_file(n, compact.LARGEST) for n in range(20))) == ()
    near = tuple(_file(n, compact.LARGEST - 1) for n in range(20))
    assert sum(file.bytes for file in compact.tail(near)) <= 2 * compact.LARGEST


def test_tidying_while_batches_land_and_somebody_reads_loses_nothing(tmp_path):
    data = fresh(tmp_path / "data")

    def land(n):
        row = {"watch": "w", "article_id": "a", "relevance": n / 100}
        landing.land_rows(
            data, f"c{n}", {"coverage": [row]}, supersede={"coverage": ["w/a"]}, now=NOW
        )

    for n in range(6):
        land(n)
    with warehouse.connect(data) as old, ThreadPoolExecutor(1) as beside:
        going_on = beside.submit(lambda: [land(n) for n in range(6, 14)])
        merged = tidy.tidy(data, now=NOW, keep_days=8).merged
        while not going_on.done():
            merged += tidy.tidy(data, now=NOW, keep_days=8).merged
            with warehouse.connect(data) as con:
                assert con.execute("SELECT count(*) FROM coverage").fetchall() == [(1,)]
        going_on.result()
        assert old.execute("SELECT relevance FROM coverage").fetchall() == [(0.05,)]
    tidy.tidy(data, now=NOW, keep_days=8)
    assert merged > 0
    current = manifest.read(data, schema=99)
    assert all(not compact.tail(files) for files in current.files.values())
    assert max(Counter({name: len(files) for name, files in current.files.items()}).values()) <= 5
    with warehouse.connect(data) as con:
        assert con.execute("SELECT relevance FROM coverage").fetchall() == [(0.13,)]
        assert con.execute("SELECT count(*) FROM coverage_history").fetchall() == [(13,)]
    assert integrity.check(data, now=datetime.now(UTC)) == []
    assert tidy.tidy(data, now=NOW, keep_days=8) == tidy.Tidied()


def test_a_night_is_bounded_and_the_next_one_goes_on(tmp_path):
    data = fresh(tmp_path / "data")
    for n in range(5):
        folder = write_run(data / "runs", f"r{n}", articles=[article(n)])
        landing.land_run(data, folder, now=NOW)
    first = tidy.tidy(data, now=NOW, keep_days=8, most_bytes=10_000)
    assert 0 < first.bytes <= 10_000
    assert first.left > 0
    rest = tidy.tidy(data, now=NOW, keep_days=8)
    assert (rest.merged >= first.left, rest.left) == (True, 0)


def test_killed_at_any_step_every_row_is_there_once(tmp_path):
    data = fresh(tmp_path / "data")
    for n in range(5):
        landing.land_rows(data, f"k{n}", {"keywords": [{"keyword": f"k{n}"}]}, now=NOW)
    for point in ("merged", "before commit", "after commit", "before swap"):
        assert killed_while_tidying(data, point)
        with warehouse.connect(data) as con:
            asked = "SELECT count(*), count(DISTINCT keyword) FROM keywords"
            assert con.execute(asked).fetchall() == [(5, 5)]
        publish.publish(data)
        assert integrity.check(data, now=datetime.now(UTC)) == []
    tidy.tidy(data, now=NOW, keep_days=8)
    assert len(manifest.read(data, schema=99).files["keywords"]) == 1


def test_what_was_replaced_goes_when_no_reader_can_need_it(tmp_path):
    data = fresh(tmp_path / "data")
    for n in range(5):
        landing.land_rows(data, f"k{n}", {"keywords": [{"keyword": f"k{n}"}]}, now=NOW)
    tidy.tidy(data, now=NOW, keep_days=8)
    there = len(list((data / "tables" / "keywords").iterdir()))
    soon = tidy.tidy(data, now=NOW + timedelta(days=7), keep_days=8)
    assert (there, soon.collected.files) == (6, 0)
    later = tidy.tidy(data, now=NOW + timedelta(days=9), keep_days=8)
    assert later.collected.files >= 5
    assert later.collected.bytes > 0
    assert len(list((data / "tables" / "keywords").iterdir())) == 1
