"""Every folder in data/extract is a page, what is known of it, and what extract makes of it.

A key of expected.json is compared with the stage's answer; null means that the key is absent.
"""

import json
from pathlib import Path

import pytest

from crawlers.extract import extract_line

CASES = sorted((Path(__file__).parent / "data" / "extract").iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_page_gives_what_is_expected(folder):
    given = json.loads((folder / "given.json").read_text("utf-8"))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    answer = extract_line({**given, "html_path": str(folder / "page.html")})
    if "outcome" in expected:
        assert answer["outcome"] == expected["outcome"], answer
        assert answer["reason"]
        assert "article" not in answer
        return
    assert answer["outcome"] == "stored", answer["reason"]
    article = answer["article"]
    for block in article.get("blocks", []):
        part = article["text"][block["start"] : block["end"]]
        assert part == part.strip() != ""
    article["block_kinds"] = [block["kind"] for block in article.get("blocks", [])]
    if article.get("published_at"):
        article["published_at"] = _utc(article["published_at"])
    for key, value in expected.items():
        assert article.get(key, [] if value == [] else None) == value, key


def _utc(text):
    from datetime import datetime

    from warehouse.records import isoformat

    return isoformat(datetime.fromisoformat(text))
