"""Asks Prefect's server over plain HTTP how it does: loading Prefect itself takes seconds.

Finds the server's address where Prefect would: environment, .env, prefect.toml, active profile.
"""

from __future__ import annotations

import json
import re
import tomllib
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from flows.config import Settings
from flows.diagnosis import Finding, fail, ok, warn
from flows.server.wanted import Recorded, folder_of

_PATIENCE_SECONDS = 15.0  # for one answer; a loaded machine needs some
_START = "prefect server start; prefect config set PREFECT_API_URL=http://127.0.0.1:4200/api"
_NOT_ASKED = "slugline run needs none; for a schedule: "


class _Silent(Exception):
    """No usable answer; says why."""


def scheduler(
    settings: Settings,
    here: Path,
    environment: Mapping[str, str],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> Iterator[Finding]:
    """The server, what is deployed on it, and who carries it out."""
    said = _said(here, environment)
    address = said.get("PREFECT_API_URL", "").rstrip("/")
    if not address:
        yield ok("prefect server", "none is set", _NOT_ASKED + _START)
        return
    server = _Server(address, _headers(said), patience_seconds)
    try:
        server.ask("/health")
        yield _version(server)
        yield from _deployments(server, settings.pool, here)
    except _Silent as why:
        yield fail("prefect server", f"{address} {why}", f"start it: {_START}")


def _version(server: _Server) -> Finding:
    theirs, ours = str(server.ask("/admin/version")), metadata.version("prefect")
    told = f"{server.address} answers, version {theirs}"
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        what = f"{told}, and here is {ours}"
        return warn("prefect server", what, "run the server from this environment")
    return ok("prefect server", told)


def _deployments(server: _Server, pool: str, here: Path) -> Iterator[Finding]:
    asked = {"deployments": {"name": {"any_": [pool]}, "tags": {"all_": ["slugline"]}}}
    found = server.ask("/deployments/filter", asked)
    if not found:
        yield warn("deployments", "there are none of ours on it", "slugline deploy")
        return
    names = {one["id"]: f"{_flow(server, one)}/{one['name']}" for one in found}
    for one in sorted(found, key=lambda one: names[one["id"]]):
        yield _deployment(one, names[one["id"]], here)
    yield _workers(server, pool)


def _flow(server: _Server, deployment: dict[str, Any]) -> str:
    return str(server.ask(f"/flows/{deployment['flow_id']}")["name"])


def _deployment(one: dict[str, Any], name: str, here: Path) -> Finding:
    folder = folder_of(one.get("pull_steps"))
    wrong = Recorded(deployment=name, folder=folder).complaint(here)
    if wrong:
        advice = f"here: slugline deploy --take-over; or go to {folder}"
        there = folder is not None and folder.is_dir()
        return warn("deployment", wrong, advice if there else "slugline deploy")
    if one.get("paused"):
        return warn("deployment", f"{name} is paused", f"prefect deployment schedule resume {name}")
    return ok("deployment", f"{name} runs in {folder}")


def _workers(server: _Server, pool: str) -> Finding:
    start = f"prefect worker start --pool {pool} --limit 4"
    try:
        workers = server.ask(f"/work_pools/{pool}/workers/filter", {})
    except _Silent:
        return warn("worker", f"there is no work pool {pool}", "slugline deploy")
    online = [worker["name"] for worker in workers if worker.get("status") == "ONLINE"]
    if not online:
        return warn("worker", f"none serves the pool {pool}: nothing will run by itself", start)
    return ok("worker", f"{len(online)} for the pool {pool}")


class _Server:
    """The API at an address."""

    def __init__(self, address: str, headers: dict[str, str], patience_seconds: float) -> None:
        self.address = address
        self._headers = headers
        self._seconds = patience_seconds

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """What it answers; raises _Silent."""
        if not self.address.startswith(("http://", "https://")):
            raise _Silent("is not an address that begins with http:// or https://")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self._headers}
        request = urllib.request.Request(self.address + path, data, headers)  # noqa: S310  checked
        try:
            with urllib.request.urlopen(request, timeout=self._seconds) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            raise _Silent(f"answers {refused.code} to {path}") from refused
        except OSError as lost:
            reason = getattr(lost, "reason", lost)
            raise _Silent(f"does not answer: {reason}") from lost
        except ValueError as odd:
            raise _Silent("answers, but not as Prefect's API does (its path is /api)") from odd


# --- where Prefect would look ----------------------------------------------------------------


def _said(here: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Prefect's settings of the server, the nearest first."""
    places = (environment, _dotenv(here / ".env"), _project(here / "prefect.toml"))
    found: dict[str, str] = {}
    for place in (*places, _profile(environment)):
        found = {k: str(v) for k, v in place.items() if k.startswith("PREFECT_API_")} | found
    return found


def _dotenv(file: Path) -> dict[str, str]:
    text = file.read_text("utf-8", "replace") if file.is_file() else ""
    lines = re.findall(r"^\s*(?:export\s+)?(PREFECT_API_\w+)\s*=\s*(.*?)\s*$", text, re.MULTILINE)
    return {name: value.strip("'\"") for name, value in lines}


def _project(file: Path) -> dict[str, str]:
    api = _toml(file).get("api", {})
    return {f"PREFECT_API_{key.upper()}": value for key, value in api.items()}


def _profile(environment: Mapping[str, str]) -> dict[str, str]:
    home = Path(environment.get("PREFECT_HOME") or Path.home() / ".prefect")
    file = Path(environment.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    whole = _toml(file)
    name = environment.get("PREFECT_PROFILE") or whole.get("active")
    profile: dict[str, str] = whole.get("profiles", {}).get(name, {})
    return profile


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError):  # Prefect itself will say what is wrong with it
        return {}


def _headers(said: Mapping[str, str]) -> dict[str, str]:
    if auth := said.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {b64encode(auth.encode()).decode()}"}
    if key := said.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    return {}
