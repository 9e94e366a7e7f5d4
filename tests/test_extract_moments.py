from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.extract.dates import choose
from crawlers.extract.encoding import decode
from crawlers.extract.moments import read_moment
from warehouse.records import DateCandidate, Precision

LINES = (Path(__file__).parent / "data" / "dates" / "written.tsv").read_text("utf-8").splitlines()


@pytest.mark.parametrize("line", LINES[1:], ids=lambda line: line.split("\t")[0])
def test_written_dates(line):
    text, clock, offset, precision = line.split("\t")
    moment = read_moment(text)
    if clock == "-":
        assert moment is None
        return
    assert moment is not None
    assert moment.local == datetime.fromisoformat(clock)
    assert moment.offset == (None if offset == "-" else int(offset))
    assert moment.precision == precision


@pytest.mark.parametrize(
    ("month_first", "month"), [(True, 3), (False, 4), (None, None)], ids=["us", "else", "unknown"]
)
def test_what_comes_first_in_numbers_is_asked_of_the_page(month_first, month):
    moment = read_moment("03/04/2023", month_first=month_first)
    assert (moment and moment.at.month) == month
    assert read_moment("13/04/2023", month_first=month_first).at.month == 4


def test_a_month_may_mean_another_one_in_another_language():
    assert read_moment("12. listopada 2023.", language="hr").at.month == 10
    assert read_moment("12 listopada 2023", language="pl").at.month == 11


@pytest.mark.parametrize("text", ["", "yesterday", "2023-02-31", "2023-07-12T25:61:00x" * 20, "12"])
def test_no_date(text):
    assert read_moment(text) is None


def test_the_clock_with_its_zone_is_better_than_the_same_clock_without():
    at = datetime(2023, 7, 12, 9, tzinfo=UTC)
    naive = DateCandidate(at=at, offset=None, precision=Precision.SECOND, found_in="json-ld")
    zoned = DateCandidate(
        at=at.replace(hour=7), offset=120, precision=Precision.MINUTE, found_in="meta"
    )
    assert choose([naive, zoned]) == zoned
    assert choose([]) is None


def test_a_clock_without_zone_gives_the_zone_of_greenwichs_away():
    at = datetime(2023, 7, 12, 0, 47, 31, tzinfo=UTC)
    utc = DateCandidate(at=at, offset=0, precision=Precision.SECOND, found_in="meta")
    local = DateCandidate(
        at=at.replace(day=11, hour=18, second=0), precision=Precision.MINUTE, found_in="time"
    )
    chosen = choose([utc, local])
    assert (chosen.at, chosen.offset) == (at, -360)


@pytest.mark.parametrize(
    ("body", "headers", "text", "encoding"),
    [
        ("\ufeffFähre".encode(), {}, "Fähre", "utf-8"),
        ("Fähre".encode("utf-16"), {}, "Fähre", "utf-16-le"),
        ("Fähre".encode(), {"content-type": "text/html; charset=iso-8859-1"}, "Fähre", "utf-8"),
        (
            "Fähre".encode("cp1252"),
            {"Content-Type": "text/html; charset=iso-8859-1"},
            "Fähre",
            "cp1252",
        ),
        ('<meta charset="windows-1251">Паром'.encode("cp1251"), {}, "Паром", "cp1251"),
        ('<html lang="ja">フェリーは明日から'.encode("cp932"), {}, "フェリーは明日から", "cp932"),
    ],
)
def test_encodings_in_the_standards_order(body, headers, text, encoding):
    decoded = decode(body, headers)
    assert decoded.text.endswith(text)
    assert decoded.encoding == encoding
