"""Derives what lacks the current version: understanding, copies, and coverage of each watch.

One mechanism for new articles, for a better model and for a new or edited watch: ask what lacks
the version, work through it newest first, land batch by batch. What has landed is not lacking any
more, so a process killed in between goes on where it was. The deriving itself is in understand/,
which knows no database; rows are built in derived.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse import derived, learned, manifest, migrate
from warehouse.answers import open_reader
from warehouse.landed import LandedRows
from warehouse.landing import Settle, as_given, land_rows
from warehouse.records import Copy, CopyKind, Coverage, Document, Label, Profile
from warehouse.relations import script
from warehouse.understand import reading
from warehouse.understand.copies import COPIES_VERSION, CopyIndex, text_of
from warehouse.understand.known import Known, KnownNames, spellings
from warehouse.understand.language import MODELLED
from warehouse.understand.reading import UNDERSTANDING_VERSION
from warehouse.understand.relevance import RELEVANCE_VERSION, matcher, ready_relate

Rows = dict[str, list[dict[str, Any]]]
OnProgress = Callable[[int, int], None]  # done, all

_COPY_DAYS = 30  # how far apart in time a text and its copy may be
_BATCH = 200  # articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What one call did."""

    understood: int  # articles read
    related: int  # pairs of article and watch
    copies: int  # copies found among the articles read
    batches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Landed:
    """An article as the warehouse has it."""

    doc: Document
    revision: int
    first_seen_at: datetime | None


def understand(
    data: Path,
    *,
    profiles: Sequence[Profile],
    now: datetime,
    clock: Callable[[], datetime] | None = None,
    batch_size: int = _BATCH,
    on_progress: OnProgress | None = None,
) -> Derived:
    """Reads every article that lacks the current version and relates all to `profiles`.

    `now` (UTC) goes into the rows; `clock` tells when each batch lands, `now` without. Raises
    NewerWarehouse, DiskFull; batches that have landed stay. Profiles of paused watches may be
    left out: their rows stay as they are.
    """
    tell = on_progress or (lambda _done, _all: None)
    work = _Work(data, tuple(profiles), now, batch_size, tell, clock=clock)
    work.read_lacking()
    for profile in profiles:
        work.relate_lacking(profile)
    if learned.overdue(data):
        learned.look_for_names(data, now=now)
    return work.told()


def again(
    data: Path,
    ids: Sequence[str],
    *,
    modelled: bool,
    profiles: Sequence[Profile],
    now: datetime,
) -> Derived:
    """Reads these articles again, whatever has read them; `modelled`: as lacking.sql says."""
    work = _Work(data, tuple(profiles), now, len(ids), lambda _done, _all: None)
    work.read_again(list(ids), modelled=modelled)
    return work.told()


def compare_again(data: Path, ids: Sequence[str], *, now: datetime) -> Derived:
    """Looks again whose copies these articles are, and lands what differs."""
    work = _Work(data, (), now, len(ids), lambda _done, _all: None)
    work.compare_again(list(ids))
    return work.told()


def relate_again(data: Path, ids: Sequence[str], *, profile: Profile, now: datetime) -> Derived:
    """Compares `profile` again with these articles."""
    work = _Work(data, (profile,), now, len(ids), lambda _done, _all: None)
    work.relate_again(profile, list(ids))
    return work.told()


class _Work:
    """One call of `understand`: what it carries from batch to batch."""

    def __init__(
        self,
        data: Path,
        profiles: tuple[Profile, ...],
        now: datetime,
        batch_size: int,
        on_progress: OnProgress,
        *,
        clock: Callable[[], datetime] | None = None,
    ):
        self._data, self._now, self._size, self._tell = data, now, batch_size, on_progress
        self._clock = clock or (lambda: now)
        self._matchers = [matcher(p) for p in profiles]
        self._terms = [k for p in profiles for k in spellings(p.terms)]
        self._index = CopyIndex()
        self.understood = self.related = self.copies = 0
        self.batches: list[str] = []

    def told(self) -> Derived:
        return Derived(
            understood=self.understood,
            related=self.related,
            copies=self.copies,
            batches=tuple(self.batches),
        )

    def read_lacking(self) -> None:
        found = self._ask("lacking.sql", version=UNDERSTANDING_VERSION, modelled=sorted(MODELLED))
        done = 0
        for modelled in (True, False):
            ids = [id_ for id_, is_modelled in found if is_modelled == modelled]
            known = self._known() if ids and not modelled else KnownNames.of(self._terms)
            for part in _parts(ids, self._size):
                self._read(part, known)
                done += len(part)
                self._tell(done, len(found))

    def relate_lacking(self, profile: Profile) -> None:
        """Compares `profile` with every article it has not met in this version."""
        found = self._ask(
            "unrelated.sql",
            watch=profile.watch,
            profile=profile.profile_version,
            version=RELEVANCE_VERSION,
        )
        done = 0
        for part in _parts([id_ for (id_,) in found], 5 * self._size):
            self.relate_again(profile, part)
            done += len(part)
            self._tell(done, len(found))

    def read_again(self, ids: list[str], *, modelled: bool) -> None:
        self._read(ids, KnownNames.of(self._terms) if modelled else self._known())

    def compare_again(self, ids: list[str]) -> None:
        rows, supersede = self._copies(ids, copies="copies_version.sql", version=COPIES_VERSION)
        if supersede["copies"]:
            self._land("copies", ids, rows, supersede)

    def relate_again(self, profile: Profile, ids: list[str]) -> None:
        ready = matcher(profile)
        rows = [ready_relate(ready, landed.doc) for landed in self._documents(ids)]
        self._land("coverage", ids, *derived.of_coverage(rows, self._now))
        self.related += len(rows)

    def _read(self, ids: list[str], known: KnownNames) -> None:
        """Understands, relates and compares one batch, and lands all of it at once."""
        articles = self._documents(ids)
        read = [reading.read(a.doc, names=known) for a in articles]
        revisions = {a.doc.id: a.revision for a in articles}
        rows, supersede = derived.of_understandings(read, revisions, self._now)
        self._add(rows, supersede, *self._copies(ids))
        coverage: list[Coverage] = [
            ready_relate(ready, a.doc, u.language)
            for ready in self._matchers
            for a, u in zip(articles, read, strict=True)
        ]
        self._add(rows, supersede, *derived.of_coverage(coverage, self._now))
        self._land("understood", ids, rows, supersede, settle=_settle_entities)
        self.understood += len(articles)
        self.related += len(coverage)

    @staticmethod
    def _add(
        rows: Rows, supersede: dict[str, list[str]], more: Rows, further: dict[str, list[str]]
    ) -> None:
        for relation, new in more.items():
            rows[relation] = new
        supersede.update(further)

    # --- what the warehouse has ---------------------------------------------------------------

    def _copies(
        self, ids: list[str], *, copies: str = "copies.sql", **version: str
    ) -> tuple[Rows, dict[str, list[str]]]:
        """The copies among `ids`, and the changes they make to what was known of others.

        `copies`: the query that tells what was known.
        """
        self._extend_index(ids)
        concerned = sorted(self._index.changed_by(ids))
        before = {
            id_: Copy(article_id=id_, copy_of=of, copy_kind=CopyKind(kind), similarity=similarity)
            for id_, of, kind, similarity in self._ask(copies, wanted=concerned, **version)
        }
        found = {id_: self._index.original_of(id_) for id_ in concerned}
        self.copies += sum(found[id_] is not None for id_ in ids)
        changed = [id_ for id_ in concerned if found[id_] != before.get(id_)]
        return derived.of_copies([c for id_ in changed if (c := found[id_])], changed)

    def _extend_index(self, ids: list[str]) -> None:
        ((first, last),) = self._ask("span.sql", wanted=ids)
        if first is None:
            return
        for id_, text, at in self._ask("texts.sql", first=first, last=last, days=_COPY_DAYS):
            self._index.add(text_of(id_, text, _utc(at)))

    def _known(self) -> KnownNames:
        """The watches' names, and those of the articles read so far."""
        brought = [
            Known(entity, Label(label), alias, sure=False)
            for entity, label, alias in self._ask("known.sql")
        ]
        return KnownNames.of([*self._terms, *brought])

    def _documents(self, ids: list[str]) -> list[_Landed]:
        by_id = {row[0]: row for row in self._ask("documents.sql", wanted=ids)}
        return [_landed(by_id[id_]) for id_ in ids if id_ in by_id]

    def _ask(self, query: str, **params: Any) -> list[tuple[Any, ...]]:
        with open_reader(self._data) as con:
            return con.execute(script(f"derive/{query}"), params or None).fetchall()

    def _land(
        self,
        what: str,
        ids: Iterable[str],
        rows: Rows,
        supersede: dict[str, list[str]],
        *,
        settle: Settle = as_given,
    ) -> None:
        """Lands `rows`. The generation is part of the name: after an edit and its undoing the
        same work is done again, and must land again.
        """
        generation = manifest.read(self._data, schema=migrate.newest()).generation
        digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]
        batch = f"{what}-{generation}-{digest}"
        land_rows(self._data, batch, rows, supersede=supersede, now=self._clock(), settle=settle)
        self.batches.append(batch)


def _settle_entities(landed: LandedRows, rows: Rows, supersede: dict[str, list[str]]) -> None:
    """Leaves the entities and aliases that are new, or better named than those that have landed.

    Decided under the landing lock: two processes that derive at once name nobody twice.
    """
    wanted = [row["entity_id"] for row in rows["entities"]]
    entities = landed.query("entities_of_ids.sql", "entities", wanted)
    aliases = landed.query("aliases_of_ids.sql", "aliases", wanted)
    changed, replaced = derived.merge_entities(
        rows,
        [(row["entity_id"], row["entity"], row["label"]) for row in entities],
        [(row["entity_id"], row["alias"]) for row in aliases],
    )
    rows.update(changed)
    supersede.update(replaced)


def _landed(row: tuple[Any, ...]) -> _Landed:
    article_id, revision, text, title, language, published_at, url, source, authors, seen = row
    doc = Document(
        id=article_id,
        text=text or "",
        title=title,
        language=language,
        published_at=_utc(published_at),
        url=url,
        source=source,
        authors=tuple(authors or ()),
    )
    return _Landed(doc, revision, _utc(seen))


def _utc(at: datetime | None) -> datetime | None:
    """TIMESTAMP columns hold UTC without saying so."""
    return at.replace(tzinfo=UTC) if at else None


def _parts(ids: list[str], size: int) -> Iterator[list[str]]:
    for i in range(0, len(ids), size):
        yield ids[i : i + size]
