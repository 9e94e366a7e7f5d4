"""Rows as table, JSON, JSON lines and CSV."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from flows import output
from flows.output import Format
from warehouse.errors import BadInput

REASON = {"term": "Mill", "gave": 0.25, "count": 2}
COLUMNS = ["name", "n", "at", "list"]
ROWS = [
    ["Grüße, \u201cyou\u201d", 1, datetime(2026, 1, 31, 10, 0), ["a", "b"]],  # noqa: DTZ001
    [None, 0.5, datetime(2026, 1, 31, 10, 0, tzinfo=UTC), [REASON]],
]  # fmt: skip


def written(form, rows=ROWS):
    stream = io.StringIO()
    assert output.write(COLUMNS, iter(rows), form, stream) == len(rows)
    return stream.getvalue()


def test_ndjson_and_json_say_the_same():
    lines = [json.loads(line) for line in written(Format.NDJSON).splitlines()]
    assert lines == json.loads(written(Format.JSON))
    assert lines[0]["at"] == lines[1]["at"] == "2026-01-31T10:00:00Z"
    assert "Grüße" in written(Format.NDJSON)


def test_no_rows_are_no_lines_and_an_empty_array():
    assert written(Format.NDJSON, []) == ""
    assert json.loads(written(Format.JSON, [])) == []
    assert written(Format.CSV, []) == "name,n,at,list\n"


def test_csv_can_be_read_back():
    first, second = csv.DictReader(io.StringIO(written(Format.CSV)))
    assert first["name"] == ROWS[0][0]
    assert json.loads(second["list"])[0]["term"] == "Mill"
    assert second["name"] == ""


def test_a_table_shows_reasons_as_people_say_them():
    assert "Mill ×2 +0.25" in written(Format.TABLE)


def test_a_page_cannot_move_the_cursor():
    table = written(Format.TABLE, [["\x1b]0;owned\x07\x9b2J", 1, None, []]])
    assert not {"\x1b", "\x07", "\x9b"} & set(table)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_has_no_nan(value):
    assert json.loads(written(Format.NDJSON, [["x", value, None, []]]))["n"] is None


def test_lines_number_what_is_wrong():
    given = [b'\xef\xbb\xbf{"a":1}\n', b"\n", b"[1]\n", b"\xff\xfe\n", b"{\n", b'{"b":2}']
    found = [
        (number, "bad" if isinstance(value, BadInput) else value)
        for number, value in output.lines(given)
    ]
    assert found == [(1, {"a": 1}), (3, "bad"), (4, "bad"), (5, "bad"), (6, {"b": 2})]


def test_a_table_of_too_many_columns_gives_each_value_a_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    columns = [f"c{n}" for n in range(11)]
    output.write(columns, [["one\ntwo", *range(10)], ["x" * 300, *range(10)]], Format.TABLE, out)
    lines = out.getvalue().splitlines()
    assert lines[:3] == ["c0   one two", "c1   0", "c2   1"]
    assert lines[11] == ""
    assert lines[12] == f"c0   {'x' * 200}…"
