"""sources.toml and OPML: read, inherited, edited without losing comments."""

from pathlib import Path

import pytest

from flows import opml, sources
from warehouse.errors import BadInput, BadToml, Unknown
from warehouse.records import Source

SEEDS = Path(__file__).parents[1] / "seeds"


def write(tmp_path, text):
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_sources_inherit_from_groups_what_they_do_not_set(tmp_path):
    seeds = write(
        tmp_path,
        """
[group.uk]
country = "GB"
pace_seconds = 8
expect = { articles_per_day = [5, 400] }
[group.slow]
pace_seconds = 60
[source.one]
home = "https://one.example/"
groups = ["uk", "slow"]
[source.two]
home = "https://two.example/"
groups = ["uk"]
country = "IE"
[source.two.expect]
articles_per_day = [0, 2.5]
""",
    )
    one, two = sources.read(seeds)
    assert (one.country, one.pace_seconds) == ("GB", 8.0)
    assert (two.country, two.pace_seconds) == ("IE", 8.0)
    assert (one.expect, two.expect) == ((5.0, 400.0), (0.0, 2.5))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[source.one]\nfeeds = []", r"sources.toml:1: source 'one' needs a home"),
        ('[source.one]\nhome = "one.example"', r":2: home: expected an address"),
        ('[source.one]\nhome = "http://a/"\nfeed = []', r":3: unknown key 'feed'.*'feeds'"),
        ('[sources.one]\nhome = "http://a/"', r":1: unknown table 'sources'"),
        ("[group.uk]\nhome = 'http://a/'", r":2: unknown key 'home'"),
        ('[source."a b"]\nhome = "http://a/"', "cannot be the name"),
        ("[source.one]\nhome = 'http://a/'\nfeeds = 'http://a/rss'", ":3: feeds: expected a list"),
        ("source = 3", "must be a table"),
        (
            "[group.a]\nexpect = { articles_per_dya = [1, 2] }",
            ":2: unknown key.*'articles_per_day'",
        ),
        ("[group.a]\nexpect = [5, 400]", ":2: expect must be a table"),
        ("[group.a.expect]\narticles_per_day = 5", r":2: articles_per_day: expected the fewest"),
        ("[group.a.expect]\narticles_per_day = [9, 5]", r":2: .* smaller number first"),
    ],
)
def test_mistakes_are_named_with_file_and_line(tmp_path, text, says):
    with pytest.raises(BadToml, match=says):
        sources.read(write(tmp_path, text))


def test_no_file_means_no_sources(tmp_path):
    assert sources.read(tmp_path) == ()


def test_the_shipped_file_can_be_read_also_with_its_example(tmp_path):
    text = (SEEDS / "sources.toml").read_text(encoding="utf-8")
    example = text[text.index("# [source.example-times]") : text.index("#\n# A table of a group")]
    lines = [line.removeprefix("# ") for line in example.splitlines()]
    (found,) = sources.read(write(tmp_path, "\n".join(lines)))
    assert found.source == "example-times"
    assert found.groups == ("uk", "english")
    assert found.checked == "2026-01-31"


def test_adding_keeps_comments_and_removing_the_rest(tmp_path):
    before = '# mine\n[source.one]\nhome = "http://one.example/" # the first\n'
    seeds = write(tmp_path, before)
    new = Source(
        source="two.example", home="http://two.example/", feeds=("http://two.example/rss",)
    )
    sources.add(seeds, [new])
    text = (tmp_path / "sources.toml").read_text()
    assert text.startswith(before)
    assert sources.read(seeds)[1] == new
    with pytest.raises(BadInput, match="already"):
        sources.add(seeds, [new])
    sources.remove(seeds, "two.example")
    assert (tmp_path / "sources.toml").read_text().strip() == before.strip()
    with pytest.raises(Unknown):
        sources.remove(seeds, "two.example")


def test_adding_to_the_shipped_file_and_to_none(tmp_path):
    new = Source(source="one", home="http://one.example/", expect=(0.5, 400.0))
    sources.add(tmp_path, [new])
    assert sources.read(tmp_path) == (new,)
    text = (SEEDS / "sources.toml").read_text(encoding="utf-8")
    sources.add(write(tmp_path, text), [new])
    assert sources.read(tmp_path)[-1] == new
    assert (tmp_path / "sources.toml").read_text().startswith(text)


def test_finding_by_name_group_and_all(tmp_path):
    one = Source(source="one", home="http://one.example/", groups=("town",))
    two = Source(source="two", home="http://two.example/")
    assert sources.find([one, two], []) == [one, two]
    assert sources.find([one, two], ["town"]) == [one]
    assert sources.find([one, two], ["all"]) == [one, two]
    with pytest.raises(Unknown, match="did you mean 'town'"):
        sources.find([one, two], ["towns"])


OPML = b"""<?xml version="1.0"?>
<opml version="1.0"><head/><body>
<outline text="World News">
  <outline text="One" xmlUrl="http://one.example/a.rss" htmlUrl="http://one.example/"/>
  <outline text="One more" xmlUrl="http://one.example/b.rss" htmlUrl="http://one.example/"/>
</outline>
<outline text="Two" type="rss" xmlUrl="https://www.two.example/feed"/>
<outline text="no feed"/><outline text="odd" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_opml_in():
    one, two = opml.read(OPML, "list.opml")
    assert (one.source, one.title, one.groups) == ("one.example", "One", ("world-news",))
    assert one.feeds == ("http://one.example/a.rss", "http://one.example/b.rss")
    assert (two.source, two.home) == ("two.example", "https://www.two.example/")


def test_opml_out_and_in_again():
    before = [
        Source(source="one.example", title="One & <Only>", home="http://one.example/",
               feeds=("http://one.example/a?b=1&c=2",), groups=("news",), language="en"),
        Source(source="two.example", title="two.example", home="http://two.example/",
               feeds=("http://two.example/x", "http://two.example/y")),
    ]  # fmt: skip
    assert opml.read(opml.write(before).encode(), "x") == before


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html></html>", "not an OPML file but <html>"),
        (b"nonsense", "not an OPML file"),
        (b"<opml><body>", "not an OPML file"),
        (b"<opml><body/></opml>", "names no feeds"),
    ],
)
def test_what_is_no_opml_is_refused(body, says):
    with pytest.raises(BadInput, match=says):
        opml.read(body, "list.opml")
