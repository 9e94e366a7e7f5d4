"""Real news texts in blocks as generate.py makes them, for what depends on how language is: size.

Words of real texts come in the same order again and again, made ones don't. The texts are those
of SLUGLINE_EVAL (or ../shared/eval) `related/`, some three thousand; as often and in as many
orders as it takes. Names, keywords and quotations are what the product finds in them.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.warehouse.generate import BLOCK, DAYS, FIRST_DAY, Made
from warehouse.records import Document, Understanding
from warehouse.understand import reading

EVAL = Path(os.environ.get("SLUGLINE_EVAL", Path(__file__).parents[3] / "shared" / "eval"))
_SHORTEST = 300  # letters; shorter ones are mostly what stands where a text was not had
_TEXTS = ("text", "text1", "text2")


class RealTexts:
    """Articles in blocks of a thousand; `total` decides how dense the days are."""

    def __init__(self, total: int, folder: Path = EVAL / "related"):
        self._total = total
        self._texts = list(_read(folder))
        self._understood: dict[str, Understanding] = {}

    def block(self, number: int) -> list[Made]:
        """The articles `number * BLOCK` up to the next block's first."""
        return [self._article(at) for at in range(number * BLOCK, (number + 1) * BLOCK)]

    def understanding(self, made: Made, article_id: str) -> Understanding:
        """What the product understands of the article's text."""
        if made.text not in self._understood:
            doc = Document(id=article_id, text=made.text, title=made.title)
            self._understood[made.text] = reading.read(doc)
        return replace(self._understood[made.text], id=article_id)

    def _article(self, at: int) -> Made:
        order, place = divmod(at, len(self._texts))
        title, text = self._texts[_order(len(self._texts), order)[place]]
        source = f"outlet{at * at % 97}"
        slug = "-".join(title.lower().split())
        return Made(
            number=at,
            url=f"https://www.{source}.example/{slug}-{at}",
            source=source,
            language="en",
            title=title,
            text=text,
            published_at=FIRST_DAY + timedelta(days=at * DAYS / self._total),
            names=(),
            copy_of=None,
        )


@cache
def _order(n: int, number: int) -> list[int]:
    return random.Random(number).sample(range(n), n)


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    """Title and text of all that differ; of those without a title its first words."""
    seen = set()
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            told: dict[str, Any] = json.loads(line)
            for text in (told.get(key) or "" for key in _TEXTS):
                if len(text) >= _SHORTEST and text[:200] not in seen:
                    seen.add(text[:200])
                    yield told.get("title") or text[:60].strip(), text
