"""Settings: read once from seeds/settings.toml, the environment and flags into a frozen record.

Nothing else in Slugline reads the environment or that file; everybody is handed what they need.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from flows import tomlfile
from warehouse.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set. Each default is stated here and nowhere else."""

    data: Path = Path("data")  # the data directory
    seeds: Path = Path("seeds")  # watches, sources.toml and settings.toml
    contact: str | None = None  # an address or e-mail in the user agent, for webmasters
    proxy: str | None = None  # http://host:port; all requests go through it
    allow_private_hosts: bool = False  # also ask loopback and private addresses
    concurrency: int = 16  # requests in flight over all hosts
    pace_seconds: float = 5.0  # between two requests to one host
    timeout_seconds: float = 30.0  # of one request
    max_bytes: int = 10_000_000  # of one answer
    max_pages: int = 5_000  # fetched of one source in one run
    max_leads: int = 50_000  # followed up of one source in one run
    page_seconds: float = 20.0  # CPU time for the extraction of one page
    workers: int = 2  # extraction processes
    every_minutes: float = 15.0  # how often a source is asked
    revisit_hours: float = 48.0  # an article younger than this is asked for again
    crawl_minutes: float = 12.0  # a run asks for; what is left then comes first in the next
    slice_minutes: float = 5.0  # a backfill asks for, before it lets others crawl
    retries: int = 3  # runs that may defer an address before it is quarantined
    keep_days: float = 8.0  # run folders, replaced files and old generations
    keep_warc_days: float = 8.0  # bodies as received, which reprocess --from extract reads again
    keep_articles_days: float = 0.0  # articles since they were first seen; 0: for good
    keep_server_days: float = 30.0  # old runs of ours in Prefect's own database
    timezone: str = "UTC"  # of the schedules
    schedule_minutes: float = 15.0  # from one scheduled monitor run to the next
    maintain_at: str = "03:37"  # when the nightly maintenance begins
    pool: str = "slugline"  # Prefect's work pool, and the name of the deployments

    @property
    def user_agent(self) -> str:
        """Names the product and, where set, whom to write to."""
        return f"Slugline/{product_version()} (news monitor; +{self.contact or 'no contact set'})"


_CHECKS: dict[str, tomlfile.Check] = {
    "contact": tomlfile.text,
    "proxy": tomlfile.address,
    "allow_private_hosts": tomlfile.flag,
    "concurrency": tomlfile.whole(1, 1_000),
    "pace_seconds": tomlfile.number(0, 3_600),
    "timeout_seconds": tomlfile.number(0.1, 600),
    "max_bytes": tomlfile.whole(1_000, 1_000_000_000),
    "max_pages": tomlfile.whole(1, 10_000_000),
    "max_leads": tomlfile.whole(1, 10_000_000),
    "page_seconds": tomlfile.number(0.1, 600),
    "workers": tomlfile.whole(1, 64),
    "every_minutes": tomlfile.number(0, 43_200),
    "revisit_hours": tomlfile.number(0, 10_000_000),
    "crawl_minutes": tomlfile.number(0.01, 10_000),
    "slice_minutes": tomlfile.number(0.01, 10_000),
    "retries": tomlfile.whole(0, 100),
    "keep_days": tomlfile.number(0, 3_650),
    "keep_warc_days": tomlfile.number(0, 3_650),
    "keep_articles_days": tomlfile.number(0, 100_000),
    "keep_server_days": tomlfile.number(1, 3_650),
    "timezone": tomlfile.zone,
    "schedule_minutes": tomlfile.number(0.05, 1_440),
    "maintain_at": tomlfile.time_of_day,
    "pool": tomlfile.name,
}


def product_version() -> str:
    """Of the installed distribution; "0+unknown" where it runs without being installed."""
    # a quarter of what any command imports, and only few say it
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("slugline")
    except PackageNotFoundError:
        return "0+unknown"


def load(
    *,
    data: Path | None = None,
    seeds: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    **flags: Any,
) -> Settings:
    """Flags before environment before seeds/settings.toml before defaults.

    Every setting has an environment variable, SLUGLINE_ and its name in capitals. Raises BadToml
    for a wrong file, BadInput for a wrong variable.
    """
    defaults = Settings()
    folder = seeds or Path(environment.get("SLUGLINE_SEEDS") or defaults.seeds)
    found: dict[str, Any] = {}
    file = folder / "settings.toml"
    if file.is_file():
        table = tomlfile.read(file)
        found |= table.checked({"data": tomlfile.text, **_CHECKS})
    found |= _from_environment(environment)
    found |= {key: value for key, value in flags.items() if value is not None}
    found["data"] = data or Path(
        environment.get("SLUGLINE_DATA") or found.get("data") or defaults.data
    )
    return Settings(seeds=folder, **{k: v for k, v in found.items() if k in _NAMES})


def named_folders(
    *, data: Path | None, seeds: Path | None, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Those that flags or variables name, in full: for processes that start with neither."""
    named = {
        "data": data or environment.get("SLUGLINE_DATA"),
        "seeds": seeds or environment.get("SLUGLINE_SEEDS"),
    }
    return {key: str(Path(path).resolve()) for key, path in named.items() if path}


_NAMES = {field.name for field in fields(Settings)} - {"seeds"}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for key, check in _CHECKS.items():
        raw = environment.get(f"SLUGLINE_{key.upper()}")
        if not raw:
            continue
        try:
            found[key] = check(_parsed(raw))
        except tomlfile.WrongValue as wrong:
            name = f"SLUGLINE_{key.upper()}"
            raise BadInput(str(wrong), where=name, try_="unset it, or mend it") from wrong
    return found


def _parsed(raw: str) -> Any:
    """What a TOML file would make of the words of an environment variable."""
    if raw in {"true", "false"}:
        return raw == "true"
    for kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            continue
    return raw
