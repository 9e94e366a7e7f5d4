"""The run folder and its WARC files: whole lines survive, torn ones go, offsets read back."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from crawlers import spool, warc
from crawlers.spool import Lines
from warehouse.errors import BrokenRun
from warehouse.records import Fetch, Purpose

AT = datetime(2023, 7, 10, 8, tzinfo=UTC)


def fetch(url):
    return Fetch(url=url, source="a", purpose=Purpose.ARTICLE, fetched_at=AT, seconds=0.5)


def test_a_part_has_its_final_name_only_when_it_is_complete(tmp_path):
    lines = Lines(tmp_path, "fetches")
    lines.write(fetch("http://a.example/1"))
    assert [p.name for p in tmp_path.iterdir()] == ["fetches-00001.jsonl.part"]
    lines.close()
    assert [p.name for p in tmp_path.iterdir()] == ["fetches-00001.jsonl"]
    assert list(spool.read_records(tmp_path, "fetches", Fetch)) == [fetch("http://a.example/1")]


def test_nothing_written_leaves_no_part(tmp_path):
    Lines(tmp_path, "leads").close()
    assert not list(tmp_path.iterdir())


def test_a_torn_last_line_goes_and_the_next_part_follows(tmp_path):
    lines = Lines(tmp_path, "fetches")
    lines.write(fetch("http://a.example/1"))
    with (tmp_path / "fetches-00001.jsonl.part").open("ab") as file:
        file.write(b'{"url":"http://a.exa')
    (tmp_path / "leads-00001.jsonl.part").write_bytes(b'{"torn')
    spool.mend(tmp_path)
    again = Lines(tmp_path, "fetches")
    again.write(fetch("http://a.example/2"))
    again.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "fetches-00001.jsonl",
        "fetches-00002.jsonl",
    ]
    urls = [line["url"] for line in spool.read_lines(tmp_path, "fetches")]
    assert urls == ["http://a.example/1", "http://a.example/2"]


def test_a_complete_part_that_is_no_json_is_a_broken_run(tmp_path):
    (tmp_path / "leads-00001.jsonl").write_text("{}\nnonsense\n")
    with pytest.raises(BrokenRun, match=r"leads-00001.jsonl:2"):
        list(spool.read_lines(tmp_path, "leads"))


def test_odd_characters_survive(tmp_path):
    lines = Lines(tmp_path, "fetches")
    lines.write(fetch("http://a.example/ü\u2028\x00"))
    lines.close()
    assert next(spool.read_records(tmp_path, "fetches", Fetch)).url.endswith("/ü\u2028\x00")


HEADERS = (("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"), ("X-A", "1"))


def test_a_record_reads_back_from_its_offset(tmp_path):
    writer = warc.WarcWriter(tmp_path)
    places = [
        writer.write(f"http://a.example/{n}", AT, 200, HEADERS, b"\r\n\r\nbody %d" % n)
        for n in range(3)
    ]
    writer.close()
    name, offset = places[1]
    stored = warc.read(tmp_path / name, offset)
    assert stored.body == b"\r\n\r\nbody 1"
    assert stored.headers == (("Content-Type", "text/html"), ("X-A", "1"))
    assert len(gzip.decompress((tmp_path / name).read_bytes()).split(b"WARC/1.1\r\n")) == 4


def test_a_torn_record_is_cut_off_and_the_next_file_begun(tmp_path):
    writer = warc.WarcWriter(tmp_path)
    name, first = writer.write("http://a.example/1", AT, 200, HEADERS, b"one")
    _, second = writer.write("http://a.example/2", AT, 200, HEADERS, b"two")
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-9])  # as a kill in the middle of a write leaves it
    again = warc.WarcWriter(tmp_path)
    assert path.stat().st_size == second
    assert warc.read(path, first).body == b"one"
    assert again.write("http://a.example/2", AT, 200, HEADERS, b"two")[0] == "warc-00002.warc.gz"
    with pytest.raises(ValueError, match="no whole record"):
        warc.read(path, second)
    writer.close()
    again.close()


def test_a_request_without_watches_reads_back(tmp_path):
    text = {"run": "r", "started_at": "2023-07-10T08:00:00Z", "user_agent": "a", "sources": []}
    (tmp_path / "request.json").write_text(json.dumps(text))
    assert spool.read_request(tmp_path).watches == ()
