"""TOML mistakes are named with file, line, key and the nearest valid key."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import tomlfile
from warehouse.errors import BadToml

KEYS = {"title": tomlfile.text, "weight": tomlfile.number(0, 1), "paused": tomlfile.flag}


def read(tmp_path, text):
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    return tomlfile.read(path)


@pytest.mark.parametrize(
    ("text", "line", "nearest"),
    [
        ('title = "a"\nwieght = 1', 2, "weight"),
        ("# first\n\npuased = true", 3, "paused"),
        ('title = "a"\nsomething_else = 1', 2, None),
    ],
)
def test_an_unknown_key_is_named_with_line_and_nearest(tmp_path, text, line, nearest):
    with pytest.raises(BadToml) as raised:
        read(tmp_path, text).checked(KEYS)
    assert (raised.value.line, raised.value.nearest) == (line, nearest)
    assert str(raised.value).startswith(f"{tmp_path / 'file.toml'}:{line}: unknown key")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 3", "expected text in quotes"),
        ("weight = 2", "expected 0 to 1"),
        ('weight = "1"', "expected a number"),
        ("weight = true", "expected a number"),
        ('paused = "no"', "expected true or false"),
    ],
)
def test_a_wrong_value_says_what_is_expected(tmp_path, text, says):
    with pytest.raises(BadToml, match=says):
        read(tmp_path, text).checked(KEYS)


@pytest.mark.parametrize(
    ("text", "line"), [('a = 1\nb = "open\n', 2), ("a = 1\na = 2\n", 2), ("a = [1,\n", 2)]
)
def test_what_is_no_toml_says_where(tmp_path, text, line):
    with pytest.raises(BadToml, match="not valid TOML") as raised:
        read(tmp_path, text)
    assert raised.value.line == line


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "file.toml").write_bytes(b'title = "\xff\xfe"')
    with pytest.raises(BadToml, match="UTF-8"):
        tomlfile.read(tmp_path / "file.toml")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("terms", 0, "text"), 3),
        (("terms", 1, "text"), 4),
        (("source", "one", "home"), 8),
        (("source", "two.example", "home"), 10),
        (("rule", 1, "x"), 14),
        (("nowhere",), None),
    ],
)
def test_line_of_finds_nested_keys(path, line):
    text = """\
title = "a { brace"
terms = [
  { text = "one, {two}" },  # a comment with a {
  { text = "two" },
]

[source.one]
home = "x"
[source."two.example"]
home = "y"
[[rule]]
x = 1
[[rule]]
x = 2
"""
    assert tomlfile.line_of(text, path) == line


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        (datetime(2026, 1, 31, 10), datetime(2026, 1, 31, 10, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_moments_are_utc(value, at):
    assert tomlfile.moment(value) == at


def test_an_end_includes_its_day():
    assert tomlfile.last_moment("2026-01-31") == datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)


def test_the_file_may_have_a_mark_and_other_line_ends(tmp_path):
    path = Path(tmp_path / "file.toml")
    path.write_bytes(b'\xef\xbb\xbftitle = "a"\r\nweigth = 1\r\n')
    with pytest.raises(BadToml) as raised:
        tomlfile.read(path).checked(KEYS)
    assert raised.value.line == 2
