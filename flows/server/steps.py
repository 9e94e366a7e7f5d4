"""Each step of a run as a Prefect task: a name in the UI, and retries for what may pass by itself.

The work comes as a closure, so nothing is passed between tasks and nothing is stored of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.exceptions import TerminationSignal
from prefect.tasks import exponential_backoff

from warehouse.errors import BadInput, CouldNotDo, DiskFull, NewerWarehouse

_T = TypeVar("_T")
RETRIES = 2
_STEPS = {
    "plan": "Which watches, which sources, which of them are due.",
    "crawl": "Ask the sources and fetch; a retry goes on where the crawl stopped.",
    "land": "Commit what was fetched to the warehouse.",
    "understand": "Derive what is lacking, and match every watch.",
    "check": "What a person should look into.",
    "tell": "What is new for each watch, and why.",
    "tidy": "Merge small files, and remove those that no reader can need any more.",
    "forget": "Delete run folders and bodies that are old enough.",
    "verify": "Whether every file is there and is what was written.",
    "prune": "Delete old runs of ours, with logs and artifacts, from Prefect's database.",
    "extract": "Extract again from the bodies as received.",
    "derive": "Understand, compare and relate again.",
}


def may_pass(wrong: BaseException) -> bool:
    """Whether it is worth trying again within the minute."""
    if isinstance(wrong, BadInput | NewerWarehouse | DiskFull):
        return False
    return isinstance(wrong, CouldNotDo | OSError)


def _is_worth_a_retry(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    try:
        state.result()
    except Exception as wrong:  # noqa: BLE001  the state's own, handed over to be judged
        return may_pass(wrong)
    return False


def _work(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as wrong:
        # DuckDB ends an interrupted query with an error of its own, which is no failure to retry.
        if isinstance(wrong.__cause__, TerminationSignal):
            raise wrong.__cause__ from None
        raise


def step(name: str, description: str = "") -> Task[[Callable[[], Any]], Any]:
    """The task of that name; each flow makes its own, once."""
    return Task(
        _work,
        name=name,
        description=description or _STEPS.get(name),
        task_run_name=name,
        retries=RETRIES,
        retry_delay_seconds=exponential_backoff(backoff_factor=5),
        retry_jitter_factor=0.5,
        retry_condition_fn=_is_worth_a_retry,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


_tasks: dict[str, Task[[Callable[[], Any]], Any]] = {}


def do(name: str, work: Callable[[], _T], /) -> _T:
    """Carry out a step as the task of its name."""
    if name not in _tasks:
        _tasks[name] = step(name)
    return cast(_T, _tasks[name](work))
