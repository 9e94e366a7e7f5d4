"""Environments of their own for the programs that ours is compared with; made once, pinned."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(".bench/environments")


def python_of(name: str, *packages: str) -> Path:
    """The interpreter of the environment `name` with `packages` (each "name==version")."""
    folder = FOLDER / name
    wanted = "\n".join(packages)
    mark = folder / "installed"
    if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
        print(f"installing {', '.join(packages)}", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [folder / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check",
             *packages],
            check=True, stdout=sys.stderr,
        )  # fmt: skip
        mark.write_text(wanted, encoding="utf-8")
    return folder / "bin/python"


def search_engines() -> dict[str, tuple[str, str]]:
    """Interpreter, and extension file where there is one, of each search engine."""
    tantivy = python_of("tantivy", "tantivy==0.27.0")
    fts = python_of("fts", "duckdb==1.5.5", "duckdb_extension_fts==1.5.5")
    (extension,) = fts.parents[1].glob("lib/*/site-packages/duckdb_extension_fts/**/fts.duckdb_*")
    return {
        "fts5": (sys.executable, ""),
        "tantivy": (str(tantivy), ""),
        "fts": (str(fts), str(extension)),
    }
