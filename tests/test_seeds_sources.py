"""The starting list of outlets: its form, and that reading it stays quick."""

import re
import shutil
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from babel import Locale

from flows import sources

SEEDS = Path(__file__).parents[1] / "seeds"
FOUND = re.compile(r"fundus \d+\.\d+\.\d+ \(MIT\), publishers/\w+/__init__\.py, \w+")

LIST = sources.read(SEEDS)


def test_there_are_outlets_of_many_countries_and_languages():
    assert len(LIST) >= 100
    assert len({s.country for s in LIST}) >= 30
    assert len({s.language for s in LIST}) >= 20


@pytest.mark.parametrize("page", ["seeds/sources.toml", "docs/outlets.md", "README.md"])
def test_the_documents_count_them_as_they_are(page):
    text = " ".join((SEEDS.parent / page).read_text("utf-8").split())
    assert re.search(rf"\b{len(LIST)} (?:news )?outlets", text)


def test_each_outlet_is_whole():
    names = Locale("en")
    for one in LIST:
        assert one.title, one.source
        assert one.feeds or one.sitemaps, one.source
        assert one.language in names.languages, one.source
        assert one.country in names.territories or "europe" in one.groups, one.source
        assert FOUND.fullmatch(one.found or ""), one.source
        assert one.checked == "never" or date.fromisoformat(one.checked or ""), one.source


def test_no_outlet_and_no_address_is_there_twice():
    every = [url for s in LIST for url in (*s.feeds, *s.sitemaps, *s.pages)]
    for values in (every, [s.home for s in LIST], [s.title for s in LIST]):
        assert [value for value, n in Counter(values).items() if n > 1] == []


def test_each_is_in_the_groups_of_its_country_and_language():
    """Which groups these are is told by the others that are in them."""
    for key in ("country", "language"):
        for value, n in Counter(getattr(s, key) for s in LIST if getattr(s, key)).items():
            of_it = [set(s.groups) for s in LIST if getattr(s, key) == value]
            assert set.intersection(*of_it), (key, value, n)


def test_every_group_with_settings_has_members():
    tables = set(
        re.findall(r"^\[group\.([\w-]+)\]", sources.path_of(SEEDS).read_text("utf-8"), re.MULTILINE)
    )
    assert tables <= {group for s in LIST for group in s.groups}
    assert all(s.max_pages and s.every_minutes for s in LIST if "whole-sitemaps" in s.groups)


def test_reading_it_is_quick():
    def read():
        began = time.process_time()
        sources.read(SEEDS)
        return time.process_time() - began

    assert min(read() for _ in range(3)) < 0.15


def test_a_day_is_written_where_never_stood_and_nothing_else_changes(tmp_path):
    shutil.copy(sources.path_of(SEEDS), tmp_path)
    before = sources.path_of(tmp_path).read_text("utf-8").splitlines()
    name = next(s.source for s in LIST if s.checked == "never")
    sources.mark_checked(tmp_path, [name], date(2026, 11, 23))
    after = sources.path_of(tmp_path).read_text("utf-8").splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [('checked = "never"', "checked = 2026-11-23")]
    (found,) = sources.find(sources.read(tmp_path), [name])
    assert found.checked == "2026-11-23"
