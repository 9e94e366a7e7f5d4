"""The files that come with Slugline beside its code: the demo, the template, the outlets."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from warehouse.errors import CouldNotDo


def path(name: str) -> Path:
    """A file or folder by its place in the clone: of the installed package, or of the clone."""
    package = Path(str(resources.files("flows")))
    for found in (package / "_shipped" / name, package.parent / name):
        if found.exists():
            return found
    raise CouldNotDo(f"{name} is missing", where=package, try_="install Slugline anew")
