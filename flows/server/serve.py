"""Prefect's worker in the place of this process, for those who want one thing to keep alive."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

_AT_ONCE = 4  # one run of each flow


def serve(pool: str) -> NoReturn:
    """Become a worker of the pool; it ends as Prefect's own worker does, on Ctrl-C too."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool]
    os.execv(sys.executable, [*command, "--type", "process", "--limit", str(_AT_ONCE)])  # noqa: S606
