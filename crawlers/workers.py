"""The extraction processes: one task each at a time, with a deadline.

A page that takes too long or crashes its process loses nothing but itself: the process is
killed and replaced, as is one that has grown. What counts is the CPU time of the process: where a
machine has no time for it, the page is not to blame. Only one that blocks is ended by the clock.
Waiting for a free process is the crawl's back-pressure. Not a ProcessPoolExecutor: one crash would
break it for good, and it cannot kill a single page.
"""

from __future__ import annotations

import asyncio
import importlib
import multiprocessing
import os
import resource
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import cast

from crawlers.tasks import Lost, Result, Task
from warehouse.errors import BrokenRun

_WORK = "crawlers.work"
_READY = "ready"
_BLOCKED = 10  # times the CPU seconds of a page by the clock: nobody works on it any more
_END_SECONDS = 5.0  # to end, once the connection is closed or the process killed
_START_SECONDS = 120.0  # to load the extractors, on a very busy machine
_MEMORY_BYTES = 3_000_000_000  # of address space; a page of 10 MB needs well under one
_GROWN_BYTES = 600_000_000  # resident after a page; three times what ordinary pages leave
_STATM = Path("/proc/self/statm")


def warm_up() -> None:
    """Start loading what the processes need; it goes on beside the caller."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([_WORK])
    forkserver.ensure_running()


def serve(connection: Connection, work: str, seconds: float, grown_bytes: int) -> None:
    """Answer tasks until the other end is closed or dies. Runs in the extraction process.

    Each has so many `seconds` of CPU time; then the system ends the process, whatever it does.
    An answer is the result, and whether the process has grown beyond `grown_bytes`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawl child decides when we end
    os.dup2(2, 1)  # what a library prints must not get among the crawl's events
    _limit_memory()
    # Loaded by the fork server already; the crawl itself can do without.
    carry_out = importlib.import_module(work).carry_out
    connection.send(_READY)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        result = carry_out(task)
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send((result, _resident_bytes() > grown_bytes))


def _resident_bytes() -> int:
    """What this process holds; where the system does not tell, the most it ever held."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _limit_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):  # macOS knows the limit but refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Worker:
    """One extraction process. Blocking: each is used from one thread at a time."""

    def __init__(self, seconds: float, work: str, grown_bytes: int = _GROWN_BYTES):
        self._seconds, self._work, self._grown_bytes = seconds, work, grown_bytes
        self._context = multiprocessing.get_context("forkserver")
        self._process: ForkServerProcess | None = None
        self._connection: Connection | None = None

    @property
    def pid(self) -> int | None:
        """Of its process, once there is one."""
        return self._process.pid if self._process is not None else None

    def call(self, task: Task) -> Result | Lost:
        """The result of the task, or why there is none; raises BrokenRun when none can start."""
        connection = self._started()
        try:
            connection.send(task)
            if not connection.poll(_BLOCKED * self._seconds):
                self.kill()
                self._end()
                return Lost(True, f"was not done after {_BLOCKED * self._seconds:g} s")
            result, grown = connection.recv()
        except (EOFError, OSError):
            code = self._end()
            if code == -signal.SIGPROF:
                return Lost(True, f"took more than {self._seconds:g} s of CPU time")
            return Lost(False, f"crashed the extractor ({_told(code)})")
        if grown:
            self.kill()
            self._end()
        return cast(Result, result)

    def _started(self) -> Connection:
        if self._connection is None:
            ours, theirs = self._context.Pipe()
            self._process = self._context.Process(
                target=serve,
                args=(theirs, self._work, self._seconds, self._grown_bytes),
                daemon=True,
            )
            self._process.start()
            theirs.close()
            self._connection = ours
            self._await_ready(ours)
        return self._connection

    def _await_ready(self, connection: Connection) -> None:
        """A page's deadline begins only now; and a process that cannot start is no page's fault."""
        try:
            if connection.poll(_START_SECONDS) and connection.recv() == _READY:
                return
        except (EOFError, OSError):
            pass
        raise BrokenRun(f"the extraction process does not start ({_told(self._end())})")

    def _end(self) -> int | None:
        """Kill the process; the code it had ended with, if it had."""
        assert self._process is not None
        assert self._connection is not None
        self._process.join(_END_SECONDS)
        code = self._process.exitcode
        self._process.kill()
        self._process.join()
        self._process.close()
        self._connection.close()
        self._process = self._connection = None
        return code

    def kill(self) -> None:
        """End the process at once, from any thread."""
        process = self._process
        if process is not None:
            with suppress(ValueError):  # closed by the thread that used it
                process.kill()


def _told(code: int | None) -> str:
    return f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"


class Workers:
    """`n` extraction processes behind one awaitable call.

    `work` names the module whose `carry_out` answers the tasks, each within `seconds` of CPU
    time; a process that holds more than `grown_bytes` after a task is replaced.
    """

    def __init__(self, n: int, seconds: float, work: str = _WORK, grown_bytes: int = _GROWN_BYTES):
        self._workers = [Worker(seconds, work, grown_bytes) for _ in range(n)]
        self._threads = ThreadPoolExecutor(n, thread_name_prefix="worker")
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        for worker in self._workers:
            self._free.put_nowait(worker)

    async def call(self, task: Task) -> Result | Lost:
        """Wait for a free process, then for its result."""
        worker = await self._free.get()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, worker.call, task)
        finally:
            self._free.put_nowait(worker)

    def kill(self) -> None:
        """End all processes at once."""
        for worker in self._workers:
            worker.kill()

    def close(self) -> None:
        self.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
