"""One lane a host: its robots.txt, its pace, and one request at a time in order of priority.

Lanes only ask; what an answer means is settled by the crawl, which gets each job back exactly
once: with an answer, or with an ending when the host forbids it or wants too much patience.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawlers import robots, urls
from crawlers.bodies import BadBody, TooLarge, decoded
from crawlers.exchange import Answer, Clock, Exchanges
from crawlers.fates import Ending, LeftOver, Trouble, deferral
from crawlers.jobs import Job
from crawlers.pace import Pace
from crawlers.robots import RobotsRules
from warehouse.records import CrawlRequest, Fetch, Outcome, Purpose, isoformat

# A host that wants us to wait longer has its pages deferred to a later run; the longest
# Crawl-delay we follow is 120 s.
_PATIENCE = timedelta(seconds=130)
_ROBOTS_HOPS = 5  # RFC 9309, 2.3.1.2

_log = logging.getLogger(__name__)

Settle = Callable[[Job, Answer | Ending], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class _Lane:
    host: str
    heap: list[tuple[int, int, Job]] = field(default_factory=list)
    robots: dict[str, RobotsRules] = field(default_factory=dict)  # by origin
    trouble: dict[str, str] = field(default_factory=dict)  # by origin: why there is no robots.txt
    running: bool = False


class Lanes:
    """All hosts of a crawl."""

    def __init__(
        self,
        request: CrawlRequest,
        exchanges: Exchanges,
        *,
        tasks: asyncio.TaskGroup,
        settle: Settle,
        keep: Callable[[Fetch], None],
        clock: Clock,
    ):
        self._request, self._exchanges = request, exchanges
        self._tasks, self._settle, self._keep, self._clock = tasks, settle, keep, clock
        self._pace = Pace(request.pace_seconds)
        self._own_pace = {s.source: s.pace_seconds for s in request.sources}
        self._lanes: dict[str, _Lane] = {}
        self._numbers = itertools.count()
        self._wire = asyncio.Semaphore(request.concurrency)
        # Pages in memory, being fetched or waiting for extraction: the back-pressure.
        self._desk = asyncio.Semaphore(request.concurrency + 2 * request.workers)
        self._over: LeftOver | None = None  # what everything ends in from now on
        self._closing = asyncio.Event()

    def push(self, job: Job) -> None:
        """Queue a job at its host."""
        host = urls.host(job.url)
        lane = self._lanes.setdefault(host, _Lane(host))
        pace = self._own_pace.get(job.target.source)
        if pace is not None:
            self._pace.slow_down(host, pace)
        heapq.heappush(lane.heap, (-job.priority, next(self._numbers), job))
        if not lane.running:
            lane.running = True
            self._tasks.create_task(self._run(lane))

    def close(self, reason: str) -> None:
        """Ask for nothing new from now on: what is under way ends, the others are left over."""
        # A backfill finds its leads again in its listings; the next run would not.
        outcome = Outcome.BUDGET if self._request.window else Outcome.DEFERRED
        self._over = LeftOver(outcome, reason)
        self._closing.set()

    async def _run(self, lane: _Lane) -> None:
        while lane.heap:
            _, _, job = heapq.heappop(lane.heap)
            answer = await self._answer(lane, job)
            if isinstance(answer, Ending):
                await self._settle(job, answer)
                await asyncio.sleep(0)  # thousands of leads may end here in a row
            else:
                self._tasks.create_task(self._hand_over(job, answer))
        lane.running = False

    async def _hand_over(self, job: Job, answer: Answer) -> None:
        try:
            await self._settle(job, answer)
        finally:
            self._desk.release()

    async def _answer(self, lane: _Lane, job: Job) -> Answer | Ending:
        """What the host answers, with a place at the desk; or why it is not asked.

        The place is taken last: a host that wants long pauses must not hold it all the while.
        """
        recalled = self._exchanges.has(job.url, job.purpose)
        rule = "" if recalled else await self._permission(lane, job)
        if isinstance(rule, Ending):
            return rule
        await self._desk.acquire()
        answer = self._exchanges.recalled(job.url, job.purpose) or await self._request_now(
            lane,
            job.url,
            job.purpose,
            job.target.source,
            etag=job.etag,
            last_modified=job.last_modified,
            robots_rule=rule,
        )
        if isinstance(answer, Ending):
            self._desk.release()
        return answer

    async def _permission(self, lane: _Lane, job: Job) -> str | Ending:
        """Wait until the host may be asked; the rule that allows it."""
        rules = self._over or await self._rules(lane, job)
        if isinstance(rules, Ending):
            return rules
        verdict = rules.allows(job.url, self._request.user_agent)
        if rules.unreachable:
            trouble = lane.trouble.get(_origin(job.url))
            return self._deferral(job, f"robots.txt: {trouble}" if trouble else verdict.rule)
        if not verdict.allowed:
            return Ending(Outcome.ROBOTS, verdict.rule)
        return await self._turn(lane, job) or verdict.rule

    async def _request_now(
        self, lane: _Lane, url: str, purpose: Purpose, source: str, **validators: str | None
    ) -> Answer | LeftOver:
        async with self._wire:
            if self._over is not None:
                return self._over
            self._pace.asked(lane.host, self._clock())
            answer = await self._exchanges.ask(url, purpose, source, **validators)
        fetch = answer.fetch
        retry_after = answer.headers.get("retry-after")
        # A 503 that names no time is a broken page more often than a busy host.
        status = 500 if fetch.status == 503 and not retry_after else fetch.status
        self._pace.after(lane.host, status, retry_after, self._clock())
        if self._pace.dead_until(lane.host, self._clock()):
            _log.warning("%s does not answer and is left alone: %s", lane.host, fetch.error)
        return answer

    async def _turn(self, lane: _Lane, job: Job) -> Ending | None:
        """Wait until the host may be asked; an ending when that is not soon."""
        now = self._clock()
        dead_until = self._pace.dead_until(lane.host, now)
        if dead_until is not None:
            return self._deferral(job, f"{lane.host} does not answer", dead_until)
        at = self._pace.next_at(lane.host, now)
        if at - now > _PATIENCE:
            return self._deferral(job, f"{lane.host} asks to wait until {isoformat(at)}", at)
        if at > now:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), (at - now).total_seconds())
        return self._over

    def _deferral(self, job: Job, reason: str, retry_at: datetime | None = None) -> Ending:
        return deferral(
            reason,
            tries=job.tries,
            retries=self._request.retries,
            now=self._clock(),
            retry_at=retry_at,
        )

    async def _rules(self, lane: _Lane, job: Job) -> RobotsRules | LeftOver:
        origin = _origin(job.url)
        if origin not in lane.robots:
            rules = await self._fetch_rules(lane, f"{origin}/robots.txt", job)
            if isinstance(rules, LeftOver):
                return rules
            delay = rules.crawl_delay(self._request.user_agent)
            if delay is not None:
                self._pace.slow_down(lane.host, delay)
            lane.robots[origin] = rules
        return lane.robots[origin]

    async def _fetch_rules(self, lane: _Lane, url: str, job: Job) -> RobotsRules | LeftOver:
        for _ in range(_ROBOTS_HOPS + 1):
            recalled = self._exchanges.recalled(url, Purpose.ROBOTS)
            answer = recalled or await self._ask_for_rules(lane, url, job)
            if isinstance(answer, LeftOver):
                return answer
            if answer is None:
                return robots.rules_from(None, None, fetched_at=self._clock())
            location = answer.redirect
            if location is None:
                lane.trouble[_origin(job.url)] = answer.fetch.error or ""
                return _rules_from(answer)
            if urls.refused(location, allow_private_hosts=self._request.allow_private_hosts):
                break
            url = location
        # RFC 9309, 2.3.1.2: what cannot be reached through five redirects counts as unavailable.
        return robots.rules_from(404, None, fetched_at=self._clock())

    async def _ask_for_rules(self, lane: _Lane, url: str, job: Job) -> Answer | LeftOver | None:
        """The answer for a robots.txt; None where the host wants too much patience."""
        ending = await self._turn(lane, job)
        if ending is not None:
            return ending if isinstance(ending, LeftOver) else None
        answer = await self._request_now(lane, url, Purpose.ROBOTS, job.target.source)
        if isinstance(answer, Answer):
            self._keep(answer.fetch)
        return answer


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _rules_from(answer: Answer) -> RobotsRules:
    fetch = answer.fetch
    if fetch.error is not None and fetch.error.startswith((Trouble.REFUSED, Trouble.CERTIFICATE)):
        # Its pages are refused in the same way, and shall have that as their outcome.
        return robots.rules_from(404, None, fetched_at=fetch.fetched_at)
    try:
        body = decoded(answer.body, answer.headers, 8 * robots.MAX_BYTES)
    except (BadBody, TooLarge):
        return robots.rules_from(None, None, fetched_at=fetch.fetched_at)
    return robots.rules_from(fetch.status, body, fetched_at=fetch.fetched_at, url=fetch.url)
