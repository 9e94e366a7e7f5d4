"""Which parts of the index are put together when, so that a query opens a handful of files.

Recent files are merged by fours after a landing (compact.py), until each holds some thousand
articles. Four of these become a segment, and segments larger ones: in the nightly pass, or after
a landing where nobody runs one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from warehouse import manifest, relations
from warehouse.index import segments
from warehouse.manifest import Manifest, TableFile
from warehouse.relations import Columns

RECENT_ROWS = 1_000_000  # words in articles; such a recent file is merged no further
_MOST_ROWS = 50_000_000  # of the recent files that become one segment: a minute's work
_WORTH = 300_000  # fewer rows are not worth a segment of their own
_RECENT_AT_LANDING = 4  # large recent files
_SMALL_SEGMENT = 32 * 1024 * 1024  # bytes; larger ones are put together in the nightly pass only
_SEGMENTS_AT_LANDING, _SEGMENTS_AT_NIGHT = 12, 3

Declared = dict[str, Columns]
Files = tuple[TableFile, ...]


def ripe(files: Files) -> Files:
    """The recent files that the nightly pass makes a segment of; none: they are too little.

    At most some hundred thousand articles at once. Large files first, since a landing may merge
    small ones meanwhile.
    """
    ranked = sorted(files, key=lambda file: file.rows < RECENT_ROWS)
    before = accumulate((file.rows for file in ranked), initial=0)
    chosen = tuple(file for file, rows in zip(ranked, before, strict=False) if rows < _MOST_ROWS)
    return chosen if sum(file.rows for file in chosen) >= _WORTH else ()


def _overdue(files: Files) -> Files:
    """The recent files that a landing makes a segment of."""
    large = tuple(file for file in files if file.rows >= RECENT_ROWS)
    return large if len(large) >= _RECENT_AT_LANDING else ()


def crowded(files: Files, most: int = _SEGMENTS_AT_NIGHT) -> Files:
    """The segments to put together: the small ones, once there are more than `most`.

    After it each is larger than all smaller ones together.
    """
    if len(files) <= most:
        return ()
    total, chosen = 0, 2
    ranked = sorted(files, key=lambda file: (file.bytes, file.path))
    for number, file in enumerate(ranked):
        if file.bytes <= total:
            chosen = max(chosen, number + 1)
        total += file.bytes
    paths = {file.path for file in ranked[:chosen]}
    return tuple(file for file in files if file.path in paths)


def put_together(
    data: Path, current: Manifest, declared: Declared, relation: str, files: Files
) -> TableFile:
    """Writes the segment that takes the place of these files of `relation`."""
    build: Callable[..., TableFile] = {
        "recent": segments.from_recent,
        "postings": segments.merged,
    }[relation]
    name = f"{current.generation:08d}-{relation}-{files[0].digest or ''}"[:48]
    return build(data, files, data / f"tables/postings/{name}.db", dead(data, current, declared))


def instead(current: Manifest, relation: str, files: Files, segment: TableFile) -> Manifest:
    """`current` with the segment in the place of the files."""
    kept = tuple(file for file in current.files.get(relation, ()) if file not in files)
    without = replace(current, files=current.files | {relation: kept})
    return manifest.with_file(without, "postings", segment)


def at_landing(data: Path, before: Manifest, declared: Declared, written: list[Path]) -> Manifest:
    """`before` with what is overdue put together; to be committed by the caller."""
    after = before
    for relation, due in (("recent", _overdue), ("postings", _crowded_at_landing)):
        if files := due(after.files.get(relation, ())):
            segment = put_together(data, after, declared, relation, files)
            written.append(data / segment.path)
            after = instead(after, relation, files, segment)
    return after


def _crowded_at_landing(files: Files) -> Files:
    small = tuple(file for file in files if file.bytes < _SMALL_SEGMENT)
    return crowded(small, _SEGMENTS_AT_LANDING)


def dead(data: Path, current: Manifest, declared: Declared) -> str:
    """SQL for the numbers of articles that have another version by now."""
    root = relations.quoted(str(data))
    return f"SELECT h.doc FROM ({relations.select_history(current, 'docs', declared, root)}) h"
