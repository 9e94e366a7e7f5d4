"""What was erased and must not come back: kept as digests, so that the list itself names nobody.

An address, an article, a source, an entity or a name. Landing asks here about every row; the
crawl is told the addresses, so that it does not even ask for them. Pure, but for reading the list.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse import quiet
from warehouse.spooled import Line, Run

if TYPE_CHECKING:
    from warehouse.landed import LandedRows

Row = dict[str, Any]
Rows = dict[str, list[Row]]

# Columns that hold an address, as it was found or as a key.
ADDRESSES = ("url", "key", "final_url", "canonical_url", "canonical_key", "location")
ARTICLES = ("article_id", "copy_of")
_WORD = re.compile(r"\w+")


class Kind(StrEnum):
    """What a tombstone stands for."""

    ADDRESS = "address"
    ARTICLE = "article"
    SOURCE = "source"
    ENTITY = "entity"
    NAME = "name"


def digest(kind: Kind, value: str) -> str:
    """Equal for equal values of a kind; hex."""
    return hashlib.sha256(f"{kind.value}\n{value}".encode("utf-8", "replace")).hexdigest()


def words(text: str) -> list[str]:
    """The words of `text` without case and accents: how erased names are told from others."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in apart if not unicodedata.combining(c))
    return _WORD.findall(text.casefold())


@dataclass(frozen=True, slots=True)
class Refused:
    """What must not land."""

    digests: frozenset[str] = frozenset()
    lengths: frozenset[int] = frozenset()  # words of the names among them

    def __bool__(self) -> bool:
        return bool(self.digests)

    def __contains__(self, what: tuple[Kind, str]) -> bool:
        return digest(*what) in self.digests

    def row(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of any relation tells of something that was erased."""
        told = [(Kind.ADDRESS, row.get(name)) for name in ADDRESSES]
        told += [(Kind.ARTICLE, row.get(name)) for name in ARTICLES]
        told += [(Kind.SOURCE, row.get("source")), (Kind.ENTITY, row.get("entity_id"))]
        return any(value and digest(kind, value) in self.digests for kind, value in told) or (
            bool(self.lengths) and self.names(texts(row))
        )

    def names(self, told: Iterable[str]) -> bool:
        """Whether one of these texts names somebody who was erased."""
        return any(self._named(words(text)) for text in told)

    def text(self, text: str) -> bool:
        """Whether a text names somebody who was erased, in so many words."""
        return bool(self.lengths) and self._named(words(text))

    def _named(self, found: list[str]) -> bool:
        return any(
            digest(Kind.NAME, " ".join(found[start : start + n])) in self.digests
            for n in self.lengths
            for start in range(len(found) - n + 1)
        )


def texts(row: Mapping[str, Any]) -> Iterator[str]:
    """All that a row says in words."""
    for value in row.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from (item for item in value if isinstance(item, str))


def known(data: Path) -> Refused:
    """What was erased from this data directory."""
    from warehouse import manifest, migrate, relations  # noqa: PLC0415
    from warehouse.landed import LandedRows  # noqa: PLC0415

    current = manifest.read(data, schema=migrate.newest())
    if not current.files.get("tombstones"):
        return Refused()
    with quiet.connect(config={"threads": 1}) as con:
        return of(LandedRows(con, data, current, relations.declared()))


def of(landed: LandedRows) -> Refused:
    """What was erased, by what has landed."""
    found = landed.all_rows("tombstones")
    return Refused(
        frozenset(row["tombstone"] for row in found),
        frozenset(row["n_words"] for row in found if row["n_words"]),
    )


def rows(told: Iterable[tuple[Kind, str]], refused: Refused, now: datetime) -> list[Row]:
    """Rows of tombstones for what is not refused yet."""
    made = {
        digest(kind, value): {
            "tombstone": digest(kind, value),
            "kind": kind.value,
            "n_words": len(value.split()) if kind is Kind.NAME else None,
            "erased_at": now,
        }
        for kind, value in told
    }
    return [row for key, row in sorted(made.items()) if key not in refused.digests]


def spared(refused: Refused, given: Rows) -> Rows:
    """The rows that may land."""
    if not refused:
        return given
    kept = {name: [r for r in those if not refused.row(r)] for name, those in given.items()}
    gone = {row["reading"] for row in given.get("readings", ())}
    gone -= {row["reading"] for row in kept.get("readings", ())}
    if gone:
        pairs = kept.get("article_entities", [])
        kept["article_entities"] = [row for row in pairs if row["reading"] not in gone]
    return kept


def sifted(run: Run, refused: Refused) -> Run:
    """`run` without what was erased, as if it had not been found; it adds up as before."""
    if not refused:
        return run
    told: list[Line] = [*run.leads, *run.fates, *run.fetches]
    gone = {line["url"] for line in told if refused.row(line)}
    gone |= {a.url for a in run.articles if refused.row(of_article(a))}
    leads = [line for line in run.leads if line["url"] not in gone]
    return dataclasses.replace(
        run,
        leads=leads,
        fates=[line for line in run.fates if line["url"] not in gone],
        fetches=[line for line in run.fetches if line["url"] not in gone],
        articles=[article for article in run.articles if article.url not in gone],
        stats=run.stats | {"found": len({line["url"] for line in leads})},
        request=_without_sources(run.request, refused),
    )


def of_article(article: Any) -> Row:
    """An article as the row by which it is judged."""
    from warehouse.versions import article_id, canonical_key  # noqa: PLC0415 - only where needed

    names = (*ADDRESSES, "source", "title", "text", "description", "authors")
    found = {name: getattr(article, name, None) for name in names}
    return found | {"article_id": article_id(article), "canonical_key": canonical_key(article)}


def _without_sources(request: Line, refused: Refused) -> Line:
    kept = [s for s in request.get("sources", ()) if (Kind.SOURCE, s["source"]) not in refused]
    return request | {"sources": kept}
