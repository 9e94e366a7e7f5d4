"""A source's own selectors: from sources.toml through the request to the article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers.extract import extract
from flows import sources
from warehouse.errors import BadToml
from warehouse.records import Article, Overrides, Source, from_json, to_json

_PAGE = """<html><head><title>Harbour Weekly</title></head><body>
<h1>The Harbour Weekly</h1><h2 class=head>Dredging of the <b>north</b> basin begins</h2>
<span class=by>By Ann Lee and Tom Park</span><i class=on data-x>3 March 2024, 14:05</i>
<article><p>{other}</p><p>{other}</p></article>
<div id=odd><div class=plug>Subscribe now</div>First words of a text<br>
that has <a href=/x>no paragraphs</a> at all.
<div>Second part.<ul><li>one</li><li>two</li></ul></div></div></body></html>""".format(
    other="Readers of another story will find its many words here. " * 6
)


def _article(overrides: Overrides | None) -> Article:
    found = extract(_PAGE.encode(), "https://one.example/a/dredging-begins",
                    fetched_at=datetime(2026, 1, 1, tzinfo=UTC), overrides=overrides)  # fmt: skip
    assert isinstance(found, Article)
    return found


def test_own_selectors_decide_and_those_that_find_nothing_do_not(tmp_path):
    (tmp_path / "sources.toml").write_text(
        '[source.one]\nhome = "https://one.example/"\n'
        'extract = { body = "#odd", remove = [".plug"], title = "h2.head", author = ".by", '
        'date = "i.on" }\n'
    )
    (source,) = sources.read(tmp_path)
    source = from_json(Source, to_json(source))  # as the crawl child reads it from its request
    own = _article(source.extract)
    assert own.text == (
        "First words of a text\n\nthat has no paragraphs at all.\n\nSecond part.\n\none\ntwo"
    )
    assert [own.text[b.start : b.end] for b in own.blocks] == ["one\ntwo"]
    assert own.title == "Dredging of the north basin begins"
    assert own.authors == ("Ann Lee", "Tom Park")
    assert own.published_at == datetime(2024, 3, 3, 14, 5, tzinfo=UTC)
    assert own.published_from == "override"

    lost = Overrides(
        body="#gone", title=".gone", author=".gone", date=".gone", remove=("article p",)
    )
    assert "Second part." in _article(lost).text
    assert "another story" not in _article(lost).text
    assert "another story" in _article(None).text


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('{ bodi = "main" }', r"sources.toml:3: unknown key 'bodi'.*did you mean 'body'"),
        ('{ body = "main >" }', r"sources.toml:3: body: no CSS selector: 'main >'"),
        ('{ remove = ["p", "::nonsense("] }', r":3: remove: no CSS selector: '::nonsense\("),
        ('"main"', r":3: .*must be a table"),
    ],
    ids=["key", "selector", "one_of_several", "no_table"],
)
def test_what_is_no_selector_is_told_when_the_file_is_read(tmp_path, table, says):
    file = tmp_path / "sources.toml"
    file.write_text(f'[source.one]\nhome = "https://one.example/"\nextract = {table}\n')
    with pytest.raises(BadToml, match=r"(?s)" + says):
        sources.read(tmp_path)


def test_selectors_are_written_as_they_were_read(tmp_path):
    own = Overrides(body="main", remove=(".ad", "aside > p"))
    sources.add(tmp_path, [Source(source="one", home="https://one.example/", extract=own)])
    assert sources.read(tmp_path)[0].extract == own
