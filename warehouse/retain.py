"""Which articles have been kept long enough: by their age, their source, and the watches they fit.

An article goes when nothing asks to keep it: the longest of what its watches ask for counts, else
what its source asks for, else the general rule. It may be found and land again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warehouse import erase, publish, relations
from warehouse.erase import Erased
from warehouse.gone import only_articles, resolve
from warehouse.landed import open_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Days that articles are kept after they were first seen; 0 or nothing: for good."""

    days: float = 0
    sources: dict[str, float] = field(default_factory=dict)
    watches: dict[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any([self.days, *self.sources.values(), *self.watches.values()])


def due(data: Path, kept: Kept, *, now: datetime) -> list[str]:
    """Ids of the articles that go."""
    if not kept:
        return []
    values = {
        "now": now.astimezone(UTC).replace(tzinfo=None),
        "days": kept.days,
        "sources": json.dumps(kept.sources),
        "watches": json.dumps(kept.watches),
    }
    with open_tables(data) as con:
        rows = con.execute(relations.script("erase/due.sql"), values).fetchall()
    return [str(article_id) for (article_id,) in rows]


def retain(
    data: Path, kept: Kept, *, now: datetime, on_step: publish.OnStep = lambda _: None
) -> tuple[int, Erased]:
    """Takes out what has been kept long enough, in one commit; how many articles went.

    Its files stay some days for readers of older generations, as after any commit. What became of
    its addresses stays in the ledger.
    """
    articles = due(data, kept, now=now)
    if not articles:
        return 0, Erased()
    gone = only_articles(resolve(data, articles=articles))
    return len(articles), erase.erase(
        data, gone, now=now, ledger=False, refuse=False, at_once=False, on_step=on_step
    )
