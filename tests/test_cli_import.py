"""Articles that people already have: every format of tests/data/import lands, bad lines are told.

FILE.told beside a file or folder is what `slugline import` prints for it.
"""

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from commanding import WEB, Desk, fill
from runfolders import fresh

from crawlers.newsstand import Newsstand

GIVEN = Path(__file__).parent / "data" / "import"
CASES = sorted(path.name.removesuffix(".told") for path in GIVEN.glob("*.told"))


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch):
    fresh(tmp_path / "data")
    (tmp_path / "seeds").mkdir()
    return Desk(tmp_path, capsys, monkeypatch)


def told_of(case):
    return [json.loads(line) for line in (GIVEN / f"{case}.told").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES)
def test_what_others_wrote_lands_and_bad_lines_are_told(desk, case):
    done = desk("import", str(GIVEN / case))
    told = [row | ({"file": Path(row["file"]).name} if "file" in row else {}) for row in done.rows]
    assert done.code == 0, done.err
    assert told == told_of(case)
    n_bad = sum("error" in row for row in told)
    assert (f"{n_bad} lines could not be read" in done.err) == bool(n_bad)
    ledger = desk("sql", "SELECT outcome, sum(n) AS n FROM ledger WHERE started_at IS NOT NULL"
                         " GROUP BY outcome ORDER BY outcome").rows  # fmt: skip
    outcomes = [row["outcome"] for row in told if "outcome" in row]
    assert ledger == [{"outcome": o, "n": outcomes.count(o)} for o in sorted(set(outcomes))]


def landed(desk, columns):
    return desk("sql", f"SELECT {columns} FROM articles ORDER BY url").rows


def test_each_value_comes_to_its_place(desk):
    desk("import", str(GIVEN / "news-please"))
    loaf, mill = landed(desk, "source, title, published_at, published_precision, fetched_at,"
                              " image, description, authors, language, text")  # fmt: skip
    assert mill == {
        "source": "a.example",
        "title": "Mill stays",
        "published_at": "2026-03-03T08:00:00Z",
        "published_precision": "second",
        "fetched_at": "2026-03-03T09:26:40Z",
        "image": "http://a.example/mill.jpg",
        "description": "It grinds on.",
        "authors": ["Ada Example"],
        "language": "en",
        "text": "The mill stays.\nIt grinds on.",
    }
    assert (loaf["title"], loaf["published_at"], loaf["published_precision"]) == (
        "Loaf | A", "2026-03-02T00:00:00Z", "day",
    )  # fmt: skip
    desk("import", str(GIVEN / "sheet.csv"))
    first, second = landed(desk, "authors, source, published_at, published_offset, text")
    assert first["authors"] == ["Doe, Jane"]
    assert (first["published_at"], first["published_offset"]) == ("2026-03-03T09:00:00Z", 60)
    assert second["authors"] == ["Ada Example", "Ben Brook"]
    assert second["text"] == 'The mill "stays", they say.\n\nIt grinds on.'
    assert [row["source"] for row in (first, second)] == ["import", "the courier"]


def test_what_is_packed_or_comes_through_a_pipe_is_read_too(desk):
    packed = desk.folder / "media-cloud.csv.gz"
    packed.write_bytes(gzip.compress((GIVEN / "media-cloud.csv").read_bytes()))
    assert desk("import", str(packed)).rows == told_of("media-cloud.csv")
    child = desk.child("import", stdin=subprocess.PIPE)
    out, err = child.communicate((GIVEN / "array.json").read_bytes(), timeout=300)
    assert [json.loads(line).get("outcome") for line in out.splitlines()] == [
        "unchanged", None, None,
    ], err  # fmt: skip


def test_a_file_that_is_cut_short_lands_as_far_as_it_goes(desk, tmp_path):
    rows = [{"url": f"http://a.example/{n}", "text": f"Mill {n} " * 40} for n in range(400)]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    done = desk("import", str(tmp_path / "cut.jsonl.gz"))
    assert done.code == 0
    assert "Traceback" not in done.err
    assert done.rows[-1]["line"] == len(done.rows)
    assert "cut short or damaged from here on" in done.rows[-1]["error"]
    assert len(landed(desk, "url")) == len(done.rows) - 1 > 10
    (tmp_path / "tiny.jsonl.gz").write_bytes(whole[:20])
    tiny = desk("import", str(tmp_path / "tiny.jsonl.gz"))
    assert (tiny.code, tiny.rows[0]["line"]) == (2, 1)


def test_nothing_read_is_no_success(desk, tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"url": "http://a.example/1"\n')
    assert desk("import", str(tmp_path / "bad.jsonl")).code == 2
    (tmp_path / "empty.jsonl").write_text("")
    empty = desk("import", str(tmp_path / "empty.jsonl"))
    assert (empty.code, empty.err) == (0, "there was nothing in it\n")


def test_what_is_no_list_of_articles_is_told_with_what_it_should_be(desk):
    path = desk.folder / "table.csv"
    path.write_text("country,capital\nFrance,Paris\n")
    done = desk("import", str(path))
    assert done.code == 2
    assert "with a column url: the first line names country, capital" in done.err
    (desk.folder / "empty").mkdir()
    assert "holds no .json files" in desk("import", str(desk.folder / "empty")).err


def test_pages_of_which_only_the_address_is_known_are_fetched(desk):
    fill(desk.folder)
    path = desk.folder / "mc-onlinenews-mediacloud-20260304-content.csv"
    path.write_text(
        "id,indexed_date,language,media_name,media_url,publish_date,title,url\n"
        "m1,2026-03-04,en,one.example,http://one.example/,2026-03-03,Mill,"
        "http://one.example/2026/mill.html\n"
        "m2,2026-03-04,en,one.example,http://one.example/,2026-03-03,Gone,"
        "http://one.example/2026/not-there.html\n"
    )
    with Newsstand(WEB) as stand:
        first = desk("import", str(path), "--fetch", proxy=stand.proxy)
    assert first.rows == [
        {"id": "m1", "outcome": "stored", "reason": "new article"},
        {"id": "m2", "outcome": "gone", "reason": "HTTP 404"},
    ], first.err
    ((totals),) = desk("sql", "SELECT n_found, balanced FROM run_totals ORDER BY run LIMIT 1").rows
    assert totals == {"n_found": 2, "balanced": True}
    ((row),) = desk("sql", "SELECT a.source, f.kind FROM articles a JOIN found_in f"
                           " USING (article_id)").rows  # fmt: skip
    assert row == {"source": "one", "kind": "import"}
