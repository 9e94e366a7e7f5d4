"""How long each host took to answer in one crawl: counted from its fetch lines, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawlers.fates import Trouble
from crawlers.urls import host
from warehouse.records import Fetch

_SLOWEST = 30  # hosts in stats.json


@dataclass(slots=True)
class _Host:
    requests: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    failures: int = 0


class Timings:
    """Requests, seconds and failures by host."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def add(self, fetch: Fetch) -> None:
        """Count one exchange; a line that says why nothing was asked is none."""
        if not was_asked(fetch):
            return
        times = self._hosts.setdefault(host(fetch.url), _Host())
        times.requests += 1
        times.seconds += fetch.seconds
        times.slowest = max(times.slowest, fetch.seconds)
        times.failures += fetch.status is None or fetch.status >= 500 or fetch.status == 429

    def slowest(self) -> dict[str, dict[str, Any]]:
        """The hosts that took longest for one answer, slowest first."""
        ranked = sorted(self._hosts.items(), key=lambda item: (-item[1].slowest, item[0]))
        return {
            name: {
                "requests": times.requests,
                "seconds": round(times.seconds, 3),
                "slowest": times.slowest,
                "failures": times.failures,
            }
            for name, times in ranked[:_SLOWEST]
        }


def was_asked(fetch: Fetch) -> bool:
    """Whether a fetch line stands for an exchange, rather than for the reason why not."""
    troubles = tuple(f"{trouble}:" for trouble in Trouble)
    return fetch.status is not None or (fetch.error or "").startswith(troubles)
