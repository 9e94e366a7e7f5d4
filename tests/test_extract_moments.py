from datetime import UTC, datetime

import pytest

from crawlers.extract.dates import choose
from crawlers.extract.encoding import decode
from crawlers.extract.moments import read_moment
from warehouse.records import DateCandidate, Precision


@pytest.mark.parametrize(
    ("text", "at", "offset", "precision"),
    [
        ("2023-07-12T09:00:30+02:00", "2023-07-12T07:00:30", 120, "second"),
        ("2023-07-12T09:00Z", "2023-07-12T09:00:00", 0, "minute"),
        ("2023-07-12 09:00:30 -0430", "2023-07-12T13:30:30", -270, "second"),
        ("2023-07-12", "2023-07-12T00:00:00", None, "day"),
        ("20230712", "2023-07-12T00:00:00", None, "day"),
        ("1689152430", "2023-07-12T09:00:30", None, "second"),
        ("Wed, 12 Jul 2023 09:00:30 GMT", "2023-07-12T09:00:30", 0, "second"),
        ("July 12, 2023 9:05 p.m. EDT", "2023-07-13T01:05:00", -240, "minute"),
        ("12. Juli 2023, 9:05", "2023-07-12T09:05:00", None, "minute"),
        ("12 de julio de 2023", "2023-07-12T00:00:00", None, "day"),
        ("12 juillet 2023 \u00e0 09h05", "2023-07-12T09:05:00", None, "minute"),
        ("12.07.2023", "2023-07-12T00:00:00", None, "day"),
        ("12 \u0438\u044e\u043b\u044f 2023", "2023-07-12T00:00:00", None, "day"),
    ],
)
def test_written_dates(text, at, offset, precision):
    moment = read_moment(text)
    assert moment is not None
    assert moment.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (moment.offset, moment.precision) == (offset, precision)


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
