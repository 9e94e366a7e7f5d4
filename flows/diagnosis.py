"""What an examination finds: one line each, whether it is well, and what to try where it is not."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    state: str  # "ok"; "warn": it works, but look into it; "fail": it does not work
    what: str
    found: str
    advice: str | None = None


def ok(what: str, found: str, advice: str | None = None) -> Finding:
    return Finding(state=OK, what=what, found=found, advice=advice)


def warn(what: str, found: str, advice: str) -> Finding:
    return Finding(state=WARN, what=what, found=found, advice=advice)


def fail(what: str, found: str, advice: str) -> Finding:
    return Finding(state=FAIL, what=what, found=found, advice=advice)
