"""The stage commands' contract: one JSON object in, one out, other keys passed on.

Each accepts what `extract` prints too, where the text is in `article`. Raises ValueError with a
text for people where an object holds no text; which line that was is the caller's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse.records import Document, Profile, to_json
from warehouse.understand import reading, relevance
from warehouse.understand.background import Background, count_texts
from warehouse.understand.copies import CopyIndex, text_of
from warehouse.understand.known import KnownNames
from warehouse.understand.language import detect
from warehouse.understand.tagger import Tagger
from warehouse.understand.tokens import words
from warehouse.understand.vectors import Vector, vector

_FIELDS = ("text", "title", "language", "published_at", "url", "source", "authors")


def document_of(obj: dict[str, Any]) -> Document:
    """The text to work on: the object's own keys first, then those of its `article`."""
    article = obj.get("article")
    inner: dict[str, Any] = article if isinstance(article, dict) else {}
    got = {k: obj[k] if obj.get(k) is not None else inner.get(k) for k in _FIELDS}
    if not isinstance(got["text"], str):
        raise ValueError(_no_text(obj))  # noqa: TRY004  (the input is wrong, not our call)
    url = got["url"] or inner.get("canonical_url")
    return Document(
        id=str(obj.get("id") or url or ""),
        text=got["text"],
        title=got["title"],
        language=got["language"],
        published_at=_time(got["published_at"]),
        url=url,
        source=got["source"],
        authors=tuple(got["authors"] or ()),
    )


def _no_text(obj: dict[str, Any]) -> str:
    if outcome := obj.get("outcome"):
        return f"no text: its outcome was {outcome}"
    return "no text: give it as `text`, or as `article.text`"


def _time(value: Any) -> datetime | None:
    """ISO 8601 to UTC; a time without an offset is taken as UTC. Raises ValueError."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError(f"published_at is not a time: {value!r}")  # noqa: TRY004
    try:
        at = datetime.fromisoformat(value.strip().replace("z", "Z"))
    except ValueError:
        raise ValueError(f"published_at is not an ISO 8601 time: {value!r}") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def understand_line(
    obj: dict[str, Any], *, tagger: Tagger | None = None, names: KnownNames | None = None
) -> dict[str, Any]:
    """Adds `id`, `language`, `entities`, `keywords`, `quotes`."""
    doc = document_of(obj)
    read = reading.read(doc, tagger=tagger, names=names)
    entities = [
        {
            "surface": m.surface,
            "start": m.start,
            "end": m.end,
            "label": str(m.label),
            "entity": m.entity,
            "entity_id": m.entity_id,
        }
        for m in read.mentions
    ]
    return {
        **obj,
        "id": doc.id,
        "language": read.language,
        "entities": entities,
        "keywords": [to_json(k) for k in read.keywords],
        "quotes": [to_json(q) for q in read.quotes],
    }


def relate_line(profile: Profile, obj: dict[str, Any]) -> dict[str, Any]:
    """Adds `id`, `relevance`, `tier`, `reasons`."""
    doc = document_of(obj)
    coverage = relevance.relate(profile, doc)
    return {
        **obj,
        "id": doc.id,
        "relevance": coverage.relevance,
        "tier": str(coverage.tier),
        "reasons": [to_json(r) for r in coverage.reasons],
    }


@dataclass(slots=True)
class Group:
    """State of the `group` stage: what has come by so far, in time order."""

    _index: CopyIndex = field(default_factory=CopyIndex)
    _ids: dict[str, str] = field(default_factory=dict)

    def line(self, obj: dict[str, Any]) -> dict[str, Any]:
        """Adds `id`, `copy_of`, `copy_kind` (null where the text is its own)."""
        doc = document_of(obj)
        # Lines come in time order; where times are missing or equal, the order decides.
        key = f"{len(self._ids):09d}"
        at = doc.published_at or datetime.min.replace(tzinfo=UTC)
        self._index.add(text_of(key, doc.text, at))
        self._ids[key] = doc.id
        copy = self._index.original_of(key)
        return {
            **obj,
            "id": doc.id,
            "copy_of": self._ids[copy.copy_of] if copy else None,
            "copy_kind": str(copy.copy_kind) if copy else None,
        }


# --- every document as seed --------------------------------------------------------------------


def relate_all_pairs(
    docs: Sequence[Document], *, window: timedelta | None = None, top: int = 50
) -> Iterator[dict[str, Any]]:
    """Every document as seed: `{"seed_id","id","relevance"}`, best first for each seed.

    `window`: pairs published further apart are left out (a missing date is within). How common
    words are is counted in these documents too.
    """
    vectors = _vectors(docs)
    postings: dict[str, list[tuple[int, float]]] = {}
    for i, v in enumerate(vectors):
        for word, weight in v.weights.items():
            postings.setdefault(word, []).append((i, weight))
    for i, seed in enumerate(docs):
        scored = [
            (-score, docs[j].id)
            for j, score in _cosines(i, vectors[i], postings).items()
            if _within(seed, docs[j], window)
        ]
        for score, id_ in sorted(scored)[:top]:
            relevant = relevance.of_cosine(-score)
            yield {"seed_id": seed.id, "id": id_, "relevance": relevant}


def _cosines(
    i: int, seed: Vector, postings: dict[str, list[tuple[int, float]]]
) -> dict[int, float]:
    """Cosine of document `i` with each other one that shares a word with it."""
    found: dict[int, float] = {}
    for word, mine in seed.weights.items():
        for j, theirs in postings[word]:
            found[j] = found.get(j, 0.0) + mine * theirs
    found.pop(i, None)
    return found


def _vectors(docs: Sequence[Document]) -> list[Vector]:
    n, seen = count_texts(_folded(docs))
    languages = [detect(d.text, d.language) for d in docs]
    grounds = {lang: Background(lang, n, seen) for lang in set(languages)}
    return [vector(d.text, d.title, grounds[lang]) for d, lang in zip(docs, languages, strict=True)]


def _folded(docs: Iterable[Document]) -> Iterator[set[str]]:
    for d in docs:
        yield {w.folded for w in words(f"{d.title or ''}\n{d.text}")}


def _within(a: Document, b: Document, window: timedelta | None) -> bool:
    if window is None or a.published_at is None or b.published_at is None:
        return True
    return abs(a.published_at - b.published_at) <= window
