"""The key `expect` of watch.toml and sources.toml: how many articles a day are usual.

Only its form, in the file and in records; what is outside of it is told by flows.bounds.
"""

from __future__ import annotations

from typing import Any

from flows import tomlfile

CHECKS: tomlfile.Checks = {"articles_per_day": tomlfile.low_high(0, 1_000_000)}


def as_pair(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a table, `expect` as records have it: fewest and most."""
    if "expect" not in values:
        return values
    return values | {"expect": values["expect"].get("articles_per_day")}


def as_table(pair: tuple[float, float]) -> dict[str, list[float]]:
    """`expect` as TOML has it."""
    return {"articles_per_day": [int(n) if n == int(n) else n for n in pair]}


def as_toml(pair: tuple[float, float] | None) -> str:
    """The line of a watch.toml; a comment to be copied where nothing is expected."""
    low, high = as_table(pair or (5, 400))["articles_per_day"]
    line = f"expect = {{ articles_per_day = [{low}, {high}] }}"
    return line if pair else f"# {line}"
