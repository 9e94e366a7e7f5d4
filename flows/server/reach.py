"""Reaching Prefect's server: clear words when none is set, none answers, or versions do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

import httpx
from packaging.requirements import Requirement
from prefect import __version__ as prefect_version
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import get_current_settings

from warehouse.errors import CouldNotDo, Unreachable

_START = "start one with: prefect server start"
_SET = "prefect config set PREFECT_API_URL=http://127.0.0.1:4200/api"
# With other versions the server dies at its start, or never makes a scheduled run.
_PINNED = ("prefect", "fastapi", "sqlalchemy")


@contextmanager
def server() -> Iterator[SyncPrefectClient]:
    """A client of the server that is set; raises Unreachable or CouldNotDo."""
    wrong = wrong_pins()
    if wrong:
        raise CouldNotDo(
            "; ".join(wrong), try_="install Slugline anew, in an environment of its own"
        )
    at = address()
    if at is None:
        raise Unreachable("no Prefect server is set", try_=f"{_START}; then: {_SET}")
    try:
        with get_client(sync_client=True) as client:
            _check(client, at)
            yield client
    except PrefectHTTPStatusError as wrong_answer:
        told = wrong_answer.response.text[:500] or str(wrong_answer)
        raise CouldNotDo(f"Prefect's server refused: {told}", where=at) from wrong_answer
    except httpx.HTTPError as lost:
        what = f"Prefect's server does not answer: {lost or type(lost).__name__}"
        raise Unreachable(what, where=at, try_="look whether it runs, and try again") from lost


def address() -> str | None:
    """Of the server's API, as Prefect's profile and environment say."""
    return get_current_settings().api.url


def _check(client: SyncPrefectClient, at: str) -> None:
    wrong = client.api_healthcheck()
    if wrong is not None:
        what = f"no Prefect server answers: {wrong or type(wrong).__name__}"
        raise Unreachable(what, where=at, try_=f"{_START}; another address: {_SET}")
    theirs = client.api_version()
    if _minor(theirs) != _minor(prefect_version):
        what = f"the server is Prefect {theirs}, and this is Prefect {prefect_version}"
        raise CouldNotDo(what, where=at, try_="run the server from this environment")


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def wrong_pins() -> list[str]:
    """Packages of this environment that Prefect's server does not work with, a line each."""
    wrong = []
    for line in metadata.requires("slugline") or []:
        wanted = Requirement(line)
        if wanted.name.lower() not in _PINNED:
            continue
        have = metadata.version(wanted.name)
        if have not in wanted.specifier:
            wrong.append(f"{wanted.name} {have} does not work, only {wanted.specifier}")
    return wrong
