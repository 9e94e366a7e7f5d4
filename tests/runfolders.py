"""Writes finished run folders as the crawl child does, for tests of landing and all behind it."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from warehouse import landing, pack, publish
from warehouse.records import (
    Article,
    CrawlRequest,
    Fate,
    Fetch,
    Lead,
    LeadKind,
    Outcome,
    Purpose,
    Source,
    isoformat,
    to_json,
)

NOW = datetime(2023, 7, 10, 12, 0, tzinfo=UTC)
FEED = "https://tern.example/feed"


_TIDY = """
import os, sys
from datetime import datetime
from pathlib import Path
from warehouse import tidy
data, point, now, many = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
tidy.tidy(data, now=datetime.fromisoformat(now), keep_days=8, many=many,
          on_step=lambda step: step == point and os._exit(9))
"""


def killed_while_tidying(data: Path, point: str, *, many: int = pack.MANY) -> bool:
    """Tidies in a process that is killed at `point`; whether it got there."""
    args = [sys.executable, "-c", _TIDY, str(data), point, NOW.isoformat(), str(many)]
    return subprocess.run(args, check=False).returncode == 9


@cache
def _surface() -> Path:
    """The lasting part of a published file, made once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="slugline-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    publish.publish(folder)
    (file,) = (folder / "pub").glob("empty-*.db")
    return file


def fresh(data: Path) -> Path:
    """A data directory without anything in it but what saves a test half a second."""
    (data / "pub").mkdir(parents=True)
    shutil.copy(_surface(), data / "pub")
    return data


def article(n: int | str, **changes: Any) -> Article:
    """Page `n` of the outlet `tern`; anything can be changed."""
    url = changes.pop("url", f"https://tern.example/{n}")
    plain = Article(
        url=url,
        key=url.removeprefix("https://"),
        source="tern",
        final_url=url,
        canonical_url=url,
        fetched_at=NOW,
        title=f"Harbour news {n}",
        text=f"The ferry number {n} left the harbour.\n\nNobody was on the quay.",
        digest=f"{n}",
        extractor_version="1",
        published_at=NOW - timedelta(hours=2),
        word_count=12,
    )
    return replace(plain, **changes)


def lead(url: str, **changes: Any) -> Lead:
    plain = Lead(
        url=url,
        key=url.removeprefix("https://"),
        source="tern",
        kind=LeadKind.FEED,
        found_on=FEED,
        found_at=NOW,
        position=1,
    )
    return replace(plain, **changes)


def fate(url: str, outcome: Outcome, **changes: Any) -> Fate:
    plain = Fate(
        url=url,
        key=url.removeprefix("https://"),
        source="tern",
        outcome=outcome,
        reason="as told",
        decided_at=NOW,
    )
    return replace(plain, **changes)


def fetch(url: str, **changes: Any) -> Fetch:
    plain = Fetch(
        url=url, source="tern", purpose=Purpose.ARTICLE, fetched_at=NOW, seconds=0.1, status=200
    )
    return replace(plain, **changes)


def write_run(
    runs: Path,
    run: str,
    *,
    articles: list[Article] | None = None,
    fates: list[Fate] | None = None,
    leads: list[Lead] | None = None,
    fetches: list[Fetch] | None = None,
    now: datetime = NOW,
    done: bool = True,
) -> Path:
    """The folder of one run; leads are made for all articles and fates unless given."""
    articles, fates = articles or [], fates or []
    if leads is None:
        told = [*articles, *fates]
        leads = [lead(it.url, key=it.key, source=it.source) for it in told]
    folder = runs / run
    folder.mkdir(parents=True)
    request = CrawlRequest(
        run=run,
        started_at=now,
        user_agent="test",
        sources=(Source(source="tern", home="https://tern.example/"),),
        watches=(),
    )
    (folder / "request.json").write_text(json.dumps(to_json(request)))
    for kind, records in (
        ("leads", leads),
        ("outcomes", fates),
        ("articles", articles),
        ("fetches", fetches or []),
    ):
        lines = "".join(json.dumps(to_json(record)) + "\n" for record in records)
        (folder / f"{kind}-00001.jsonl").write_text(lines)
    found = len({it.url for it in leads})
    stats = {
        "found": found,
        "articles": len(articles),
        "outcomes": Counter(it.outcome for it in fates),
        "fetched": len(fetches or []),
        "bytes": 0,
        "started_at": isoformat(now),
        "ended_at": isoformat(now + timedelta(minutes=1)),
        "sources": {},
    }
    (folder / "stats.json").write_text(json.dumps(stats))
    if done:
        (folder / "DONE").touch()
    return folder


def two_days(data, now):
    """Two days of hourly runs, in which source one answers and source two is gone."""
    fresh(data)
    at = [now.replace(tzinfo=None) - timedelta(hours=h, minutes=5) for h in range(48)]
    runs = [
        {"run": f"r{n}", "started_at": t, "ended_at": t, "sources": ["one", "two"],
         "watches": ["mill"], "n_found": 0} for n, t in enumerate(at)
    ]  # fmt: skip
    fetches = [
        {"run": f"r{n}", "source": source, "url": f"http://{source}.example/feed.rss",
         "purpose": "feed", "fetched_at": t, "error": error}
        for n, t in enumerate(at[:3]) for source, error in (("one", None), ("two", "HTTP 404"))
    ]  # fmt: skip
    slot = {"flow": "monitor", "scheduled_at": at[1], "reason": "no server was running"}
    sources = [{"source": "one"}, {"source": "two"}]
    rows = {"runs": runs, "fetches": fetches, "sources": sources, "missed_slots": [slot]}
    landing.land_rows(data, "b1", rows, now=now)
