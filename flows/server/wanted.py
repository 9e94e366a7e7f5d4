"""What prefect.yaml and the settings ask for, as plain records, and how a deployment differs.

Reads and decides; flows.server.deploy carries it out.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # Prefect's own reader of that file

from flows import tomlfile
from flows.config import Settings
from warehouse.errors import BadInput

FILE = "prefect.yaml"
_WORKING_DIRECTORY = "prefect.deployments.steps.set_working_directory"
_KEYS = ("name", "entrypoint", "description", "tags", "parameters", "schedules", "work_pool")
_SHIPPED = {"interval": 900, "cron": "37 3 * * *", "timezone": "UTC"}
# What of a deployment is ours to say, by Prefect's names, in words.
SAID = {
    "entrypoint": "entrypoint",
    "description": "description",
    "tags": "tags",
    "parameters": "parameters",
    "pull_steps": "project folder",
    "job_variables": "environment",
    "work_pool_name": "work pool",
    "parameter_openapi_schema": "form of parameters",
    "schedules": "schedule",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One deployment as it should be, in Prefect's own names."""

    flow: str
    name: str
    entrypoint: str
    description: str
    tags: list[str]
    parameters: dict[str, Any]
    pull_steps: list[dict[str, Any]]
    job_variables: dict[str, Any]
    work_pool_name: str
    schedules: list[dict[str, Any]]

    @property
    def full_name(self) -> str:
        return f"{self.flow}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where a deployment's runs take place."""

    deployment: str
    folder: Path | None

    def complaint(self, here: Path) -> str | None:
        """What is wrong with it, seen from the project in `here`."""
        if self.folder is None:
            return f"{self.deployment} records no project folder"
        if not self.folder.is_dir():
            return f"{self.deployment} records {self.folder}, which is not there"
        if self.folder.resolve() != here.resolve():
            return f"{self.deployment} records another folder, {self.folder}"
        return None


def read(folder: Path, settings: Settings, parameters: dict[str, str]) -> list[Wanted]:
    """The deployments of the project in `folder`; pool, time zone and times are the settings'.

    `parameters` go to those that a person has not given such a parameter. Raises BadInput.
    """
    file = folder / FILE
    if not file.is_file():
        advice = "go to the folder of your project; slugline init makes one"
        raise BadInput(f"there is no {FILE} here", where=folder, try_=advice)
    try:
        said = yaml.safe_load(file.read_text("utf-8"))
        deployments = said["deployments"]
        return [_wanted(one, folder, settings, parameters) for one in deployments]
    except yaml.YAMLError as wrong:
        raise BadInput(str(wrong), where=file, try_="mend the file") from wrong
    except (KeyError, TypeError, AttributeError) as wrong:
        missing = f"is not a list of deployments as Prefect reads it: {wrong!r}"
        raise BadInput(missing, where=file, try_="compare with slugline init") from wrong


def _wanted(
    said: dict[str, Any], folder: Path, settings: Settings, parameters: dict[str, str]
) -> Wanted:
    for key in said.keys() - set(_KEYS):
        near = tomlfile.nearest(key, _KEYS)
        advice = f"did you mean {near!r}?" if near else f"use prefect deploy --all for {key!r}"
        raise BadInput(f"unknown key {key!r}", where=folder / FILE, try_=advice)
    entrypoint = str(said["entrypoint"])
    return Wanted(
        flow=entrypoint.rpartition(".")[2],
        name=settings.pool,
        entrypoint=entrypoint,
        description=said.get("description") or "",
        tags=sorted(said.get("tags") or []),
        parameters={**parameters, **(said.get("parameters") or {})},
        pull_steps=[{_WORKING_DIRECTORY: {"directory": str(folder)}}],
        job_variables=copy.deepcopy(said["work_pool"].get("job_variables") or {}),
        work_pool_name=settings.pool,
        schedules=[_schedule(one, settings) for one in said.get("schedules") or []],
    )


def _schedule(said: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """What is written as it was shipped follows the settings; what a person has changed stays."""
    hour, minute = map(int, settings.maintain_at.split(":"))
    ours = {
        "interval": settings.schedule_minutes * 60,
        "cron": f"{minute} {hour} * * *",
        "timezone": settings.timezone,
    }
    changed = {key: ours[key] for key, shipped in _SHIPPED.items() if said.get(key) == shipped}
    return {"timezone": settings.timezone, **said, **changed}


def folder_of(pull_steps: list[dict[str, Any]] | None) -> Path | None:
    """The project folder that a deployment records; None where it records none."""
    for step in pull_steps or []:
        for name, values in step.items():
            if name == _WORKING_DIRECTORY:
                return Path(values["directory"])
    return None


def differences(wanted: dict[str, Any], there: dict[str, Any]) -> list[str]:
    """Prefect's names of what is not as it should be."""
    return [name for name in SAID if wanted[name] != there[name]]
