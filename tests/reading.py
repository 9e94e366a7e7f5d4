"""Cases of discovery: a document beside the leads it should give.

`python tests/reading.py` writes the expectations anew; read the difference before keeping it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.discover import Found, read_leads
from warehouse.records import LeadKind, to_json

DATA = Path(__file__).parent / "data"
NOW = datetime(2023, 7, 12, tzinfo=UTC)
FOLDERS = {"feeds": LeadKind.FEED, "sitemaps": LeadKind.SITEMAP, "pages": LeadKind.PAGE}
_SAME_FOR_ALL = ("key", "source", "kind", "found_on", "found_at")


def documents(folder: str) -> list[Path]:
    """All documents of a folder, without their expectations."""
    return sorted(path for path in (DATA / folder).iterdir() if ".expected" not in path.name)


def read(folder: str, path: Path) -> Found:
    """What discovery makes of one document."""
    url = f"https://herald.example/{folder}/{path.name}"
    return read_leads(FOLDERS[folder], path.read_bytes(), url, "herald", None, NOW)


def told(found: Found) -> dict[str, Any]:
    """What a case expects of a reading, as JSON."""
    data: dict[str, Any] = to_json(found)
    for lead in data.get("leads", ()):
        for name in _SAME_FOR_ALL:
            del lead[name]
    return data


def expectation(path: Path) -> Path:
    """The file that holds what a document should give."""
    return path.with_name(f"{path.name}.expected.json")


def resave() -> None:
    """Write what is read today as what is expected."""
    for folder in FOLDERS:
        for path in documents(folder):
            text = json.dumps(told(read(folder, path)), ensure_ascii=False, indent=1)
            expectation(path).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    resave()
