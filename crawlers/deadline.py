"""Until when a crawl may ask: each start has its minutes, and all of them a few times as many.

A crawl that is interrupted again and again would else never end, nor would the runs behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from crawlers.spool import write_whole
from warehouse.records import CrawlRequest, isoformat

_STARTS = 4  # as long as so many uninterrupted crawls, from the first start to the end


def ends_at(request: CrawlRequest, begun_at: datetime, now: datetime) -> datetime | None:
    """When a crawl that began then and is started now has to end; None: when all is decided."""
    if request.crawl_minutes is None:
        return None
    span = timedelta(minutes=request.crawl_minutes)
    return min(now + span, begun_at + _STARTS * span)


def begun_at(folder: Path, now: datetime) -> datetime:
    """When the crawl of this folder was first started, which is now if it has not been."""
    path = folder / "begun"
    if path.exists():
        return datetime.fromisoformat(path.read_text(encoding="utf-8").strip())
    write_whole(path, f"{isoformat(now)}\n")
    return now
