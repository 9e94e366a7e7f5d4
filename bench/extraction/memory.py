"""Whether the processes of a crawl stay as large as they are: resident memory over many pages."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bench.extraction import crawling, tables
from bench.extraction.cases import Case
from bench.extraction.cases import files as files_of
from bench.extraction.crawling import Sample

_WARM = 0.1  # of the pages: caches are full by then
_ROWS = 10


def flat(pages: list[Case], number: int) -> str:
    """Megabytes of each process as the crawl goes on, and the spread after the first tenth."""
    files = files_of(pages)
    told: list[Sample] = []

    def tell(s: Sample) -> None:
        if s.memory and s.pages >= number * (len(told) + 1) // _ROWS:
            told.append(s)
            sizes = ", ".join(_sizes(s))
            print(f"{s.pages:,} pages, {s.wall:.0f} s, MB: {sizes}", file=sys.stderr, flush=True)

    crawled = crawling.crawl(files, number, tell)
    samples = [s for s in crawled.samples if s.memory]
    head = ["pages", "crawl", "fork server", "extraction", "extraction processes so far"]
    rows = [[f"{s.pages:,}", *_sizes(s), str(_workers(samples, s))] for s in told]
    warm = [s for s in samples if s.pages >= _WARM * number]
    spread = ", ".join(f"{role} ±{_spread(warm, role):.1%}" for role in ("crawl", "worker"))
    return f"{tables.markdown(head, rows)}\n\nmeans of tenths after the first: {spread}"


def _sizes(s: Sample) -> list[str]:
    workers = [size for role, size in sorted(s.memory.items()) if role.startswith("worker")]
    return [_mb(s.memory.get("crawl", 0)), _mb(s.memory.get("server", 0)),
            " + ".join(map(_mb, workers))]  # fmt: skip


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f}"


def _workers(samples: Sequence[Sample], until: Sample) -> int:
    seen = (s.memory for s in samples if s.pages <= until.pages)
    return len({role for memory in seen for role in memory if role.startswith("worker")})


def _spread(samples: Sequence[Sample], role: str) -> float:
    """How far tenths of the run are from their middle: single pages come and go."""
    means = [m for part in _tenths(samples) if (m := _mean(part, role))]
    return (max(means) - min(means)) / (max(means) + min(means)) if means else 0.0


def _tenths(samples: Sequence[Sample]) -> list[Sequence[Sample]]:
    size = max(1, len(samples) // 10)
    return [samples[i : i + size] for i in range(0, len(samples), size)]


def _mean(samples: Sequence[Sample], role: str) -> float:
    sizes = [size for s in samples for name, size in s.memory.items() if name.startswith(role)]
    return sum(sizes) / len(sizes) if sizes else 0.0
