"""Seeds as people have them become title and text."""

import pytest

from flows import config, seeds
from warehouse.errors import BadSeed

HTML = b"""<!doctype html><html><head><title>The mill stays</title></head><body><article>
<h1>The mill stays</h1>
<p>The council voted on Tuesday to stop the auction of the old paper mill, after a petition.</p>
<p>The mill has stood empty since its owner moved the machines abroad, and nobody knew what to do
with it until the teacher asked his pupils to draw what it might become one day.</p>
<p>The council will discuss the future of the mill again in autumn, the mayor said.</p>
</article></body></html>"""


@pytest.mark.parametrize("body", [b"", b"  \n\n", b"\xef\xbb\xbf \n"])
def test_nothing_is_no_seed(body):
    with pytest.raises(BadSeed, match="empty"):
        seeds.read(body, "x")


@pytest.mark.parametrize(
    "body",
    [b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7\n\0\1\2", bytes(range(256)) * 4, b"\xf0\xf1\xf2\xf3" * 9],
)
def test_bytes_that_are_no_text_are_refused(body):
    with pytest.raises(BadSeed, match="binary"):
        seeds.read(body, "x")


@pytest.mark.parametrize(
    "body",
    [
        "Grüße".encode(),
        "Grüße".encode("utf-16"),
        "Grüße".encode("cp1252") + b" und andere Worte",
        b"\xef\xbb\xbf" + "Grüße".encode(),
    ],
)
def test_text_is_read_in_its_encoding(body):
    assert seeds.read(body, "x").text.startswith("Grüße")


def test_html_is_extracted():
    found = seeds.read(HTML, "page.html")
    assert found.title == "The mill stays"
    assert found.text.startswith("The council voted")
    assert "<p>" not in found.text


def test_markdown_loses_its_marks():
    text = (
        "---\ntitle: ignored?\n---\n# The *mill* stays\n\n## More\n\nThe **council** [voted]"
        "(http://a.example) on `Tuesday` for a_snake_case.\n\n- one\n> quoted\n"
    )
    found = seeds.read(text.encode(), "seed.md")
    assert found.title == "ignored?"
    assert "The council voted on Tuesday for a_snake_case." in found.text
    assert "\none\nquoted" in found.text


def test_a_heading_is_the_title_and_a_heading_alone_no_seed():
    assert seeds.read(b"# Mill\n\nText.", "x").title == "Mill"
    with pytest.raises(BadSeed, match="no text"):
        seeds.read(b"# Mill\n", "x.md")


@pytest.mark.parametrize(
    "text",
    ["Read More:\n", "Read More:\n\nLeave a Comment\n\nShare this:\n", "Facebook | Twitter\n"],
)
def test_a_seed_of_nothing_but_furniture_is_refused(tmp_path, text):
    path = tmp_path / "seed.txt"
    path.write_text(text)
    with pytest.raises(BadSeed, match="only page furniture"):
        seeds.load(str(path), config.Settings())
    path.write_text(text + "\nThe council of Aldermoor voted to keep the mill.\n")
    assert "Aldermoor" in seeds.load(str(path), config.Settings()).text
