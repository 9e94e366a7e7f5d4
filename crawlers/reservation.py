"""Whether a page reserves text-and-data-mining rights for itself (TDMRep, W3C 2024): pure.

Reads the HTTP header and the meta element; the site-wide /.well-known/tdmrep.json is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_META = re.compile(
    rb"""<meta\b(?=[^>]*\bname\s*=\s*["']?tdm-reservation\b)(?=[^>]*\bcontent\s*=\s*["']?1\b)[^>]*>""",
    re.IGNORECASE,
)
_HEAD = 100_000  # bytes; the element belongs into the head


def reserved(headers: Mapping[str, str], body: bytes) -> str | None:
    """What reserves the page, in words, or None. `headers` have lower-case names."""
    if headers.get("tdm-reservation", "").strip() == "1":
        return "the header TDM-Reservation: 1"
    return "the meta element tdm-reservation" if _META.search(body[:_HEAD]) else None
