"""Whether this installation is what Slugline needs: Python, its packages, and its three names.

Reads what the packages say of themselves; imports none of them.
"""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from flows.diagnosis import Finding, fail, ok, warn

NAMES = ("crawlers", "flows", "warehouse")  # what we are imported by; others may claim them too
_TOLD = ("prefect", "duckdb", "scrapy", "trafilatura", "fastapi", "sqlalchemy")
_WHY = {
    "fastapi": "with others Prefect's server dies at its start",
    "sqlalchemy": "with others Prefect's server never makes a scheduled run",
}
_ANEW = "install Slugline anew, in an environment of its own: pipx install slugline"


def python() -> Finding:
    """The interpreter's version."""
    have, wanted = platform.python_version(), _requires_python()
    if have not in SpecifierSet(wanted, prereleases=True):
        return fail("python", f"{have}, but Slugline needs {wanted}", _ANEW)
    return ok("python", have)


def packages() -> Iterator[Finding]:
    """The packages that matter most, and any other that is missing or of a wrong version."""
    for line in metadata.requires("slugline") or []:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        finding = _package(wanted)
        if wanted.name.lower() in _TOLD or finding.state != "ok":
            yield finding


def _package(wanted: Requirement) -> Finding:
    try:
        have = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return fail(wanted.name, "is not installed", _ANEW)
    if wanted.specifier.contains(have, prereleases=True):
        return ok(wanted.name, have)
    why = f": {_WHY[wanted.name]}" if wanted.name in _WHY else ""
    return fail(wanted.name, f"{have}, but {wanted.specifier} is supported{why}", _ANEW)


def names(home: Path | None = None) -> Iterator[Finding]:
    """Who owns our import names: a package `flows` of the registry overwrites ours in silence."""
    home = home or Path(__file__).parents[1]
    others = _claims()
    for name in NAMES:
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).parent if spec and spec.origin else None
        if others[name]:
            packages = " and ".join(others[name])
            advice = f"pip uninstall {' '.join(others[name])}; then {_ANEW}"
            yield fail(f"import {name}", f"the package {packages} brings one too", advice)
        elif origin is None or origin.resolve() != (home / name).resolve():
            yield fail(f"import {name}", f"is {origin}, not {home / name}", "start it elsewhere")
        else:
            yield ok(f"import {name}", str(origin))


def _claims() -> dict[str, list[str]]:
    """Distributions other than ours with files in a folder of such a name."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for package in metadata.distributions():
        files = "\n" + (package.read_text("RECORD") or package.read_text("top_level.txt") or "")
        for name in NAMES:
            claims = f"\n{name}/" in files or f"\n{name}\n" in files
            if claims and package.name.lower() != "slugline":  # reading the name takes longer
                found[name].append(package.name)
    return found


def _requires_python() -> str:
    try:
        return metadata.metadata("slugline")["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        return ""


def installed() -> Iterator[Finding]:
    """All of this module; only a warning where it runs without being installed."""
    yield python()
    try:
        metadata.version("slugline")
    except metadata.PackageNotFoundError:
        yield warn("slugline", "runs without being installed, versions are not checked", _ANEW)
    else:
        yield from packages()
    yield from names()
