"""The key `extract` of sources.toml: a source's own CSS selectors, checked before a run needs them.

Only its form, in the file and in records; what they find on a page is told by the crawlers.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from flows import tomlfile
from warehouse.records import Overrides


def selector(value: Any) -> str:
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415  few files have one

    css = tomlfile.text(value)
    try:
        HTMLTranslator().css_to_xpath(css)
    except SelectorError as wrong:
        raise tomlfile.WrongValue(f"no CSS selector: {css!r} ({wrong})") from wrong
    return css


def selectors(value: Any) -> tuple[str, ...]:
    return tuple(selector(css) for css in tomlfile.texts(value))


CHECKS: tomlfile.Checks = {
    "body": selector,
    "remove": selectors,
    "title": selector,
    "author": selector,
    "date": selector,
}


def as_record(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a table, `extract` as records have it."""
    if "extract" not in values:
        return values
    return values | {"extract": Overrides(**values["extract"]) if values["extract"] else None}


def as_table(own: Overrides) -> dict[str, Any]:
    """`extract` as TOML has it."""
    values = ((f.name, getattr(own, f.name)) for f in dataclasses.fields(own))
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values if v}
