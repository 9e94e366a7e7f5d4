"""Fills a warehouse with made articles: in batches of a thousand as the product lands them, or in
large ones where only the size that comes of it matters.

Both go through landing itself. The large ones leave out what is decided of each article (is it
known? revised?), since every made one is new.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bench.warehouse.generate import BLOCK, DAYS, FIRST_DAY, Generator, Made
from bench.warehouse.real_texts import RealTexts
from crawlers import urls
from warehouse import derive, derived, rows, versions
from warehouse.answers import open_reader
from warehouse.landing import land_articles, land_rows
from warehouse.records import (
    Article,
    Copy,
    CopyKind,
    Label,
    Mention,
    Precision,
    Understanding,
)

NOW = FIRST_DAY + timedelta(days=DAYS)
_AT_ONCE = 20  # blocks of a large batch
_LABELS = (Label.PER, Label.ORG, Label.LOC)

Reader = Callable[[Made, str], Understanding]  # of an article with its id


def article(made: Made) -> Article:
    return Article(
        url=made.url,
        key=urls.key(made.url),
        source=made.source,
        final_url=made.url,
        canonical_url=made.url,
        fetched_at=made.published_at + timedelta(minutes=20),
        title=made.title,
        text=made.text,
        digest=f"{made.number:064x}",
        extractor_version="bench",
        published_at=made.published_at,
        published_offset=0,
        published_precision=Precision.SECOND,
        published_from="feed",
        language=made.language,
        word_count=made.text.count(" ") + 1,
    )


def understanding(made: Made, article_id: str) -> Understanding:
    return Understanding(
        id=article_id,
        language=made.language,
        keywords=(),
        mentions=tuple(
            Mention(
                surface=surface,
                start=start,
                end=end,
                label=_LABELS[number % len(_LABELS)],
                entity=surface,
                entity_id=f"{_LABELS[number % len(_LABELS)].lower()}/{number}",
            )
            for number, surface, start, end in made.names
        ),
    )


def article_ids(block: Sequence[Made]) -> dict[int, str]:
    return {made.number: versions.article_id(article(made)) for made in block}


def name_of(block: Sequence[Made]) -> str:
    """The name of the batch that a block lands as."""
    return f"block-{block[0].number:09d}"


def name_of_names(block: Sequence[Made]) -> str:
    """The name of the batch that holds who is named in a block."""
    return f"{name_of(block)}-understood"


def land(data: Path, block: Sequence[Made], *, now: datetime = NOW) -> tuple[float, float]:
    """Lands a block as the product does; CPU seconds of the articles, and of what was derived."""
    articles = [article(made) for made in block]
    began = time.process_time()
    land_articles(data, name_of(block), articles, now=now)
    landed = time.process_time()
    ids = article_ids(block)
    found, supersede = _derived(block, ids, now)
    land_rows(data, name_of_names(block), found, supersede=supersede, now=now,
              settle=derive._settle_entities)  # fmt: skip
    return landed - began, time.process_time() - landed


def fill(
    data: Path,
    made: Generator | RealTexts,
    start: int,
    stop: int,
    *,
    read: Reader = understanding,
    at_once: int = _AT_ONCE,
    now: datetime = NOW,
) -> None:
    """Lands the articles from `start` up to `stop` with what `read` gives, some blocks at once."""
    with open_reader(data) as con:
        named = {id_ for (id_,) in con.execute("SELECT entity_id FROM entities").fetchall()}
    for first in range(start // BLOCK, stop // BLOCK, at_once):
        last = min(first + at_once, stop // BLOCK)
        batch = [one for number in range(first, last) for one in made.block(number)]
        ids = article_ids(batch)
        found, _ = _derived(batch, ids, now, read)
        found["articles"] = [
            rows.of_article(article(one), ids[one.number], 1, None) | {"run": "fill"}
            for one in batch
        ]
        for relation in ("entities", "aliases"):
            found[relation] = [r for r in found[relation] if r["entity_id"] not in named]
        land_rows(data, f"fill-{first:06d}", found, now=now)
        named.update(row["entity_id"] for row in found["entities"])


def _derived(
    block: Sequence[Made], ids: dict[int, str], now: datetime, read: Reader = understanding
) -> tuple[derive.Rows, dict[str, list[str]]]:
    understood = [read(made, ids[made.number]) for made in block]
    found, supersede = derived.of_understandings(understood, dict.fromkeys(ids.values(), 1), now)
    copies = [
        Copy(
            article_id=ids[made.number],
            copy_of=ids[made.copy_of],
            copy_kind=CopyKind.EXACT,
            similarity=1.0,
        )
        for made in block
        if made.copy_of is not None
    ]
    more, _ = derived.of_copies(copies, [])
    return found | more, supersede
