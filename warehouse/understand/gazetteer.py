"""The small tables of names that everybody knows: countries, aliases, demonyms, titles.

English facts are in data/names.toml; the names of countries in all languages are CLDR's, which
babel brings along. Nothing is looked up anywhere else.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError

from warehouse.understand.tokens import fold

# CLDR's official name -> the name of news texts.
_USUAL = {
    "Türkiye": "Turkey",
    "Myanmar (Burma)": "Myanmar",
    "Congo - Kinshasa": "Democratic Republic of the Congo",
    "Congo - Brazzaville": "Republic of the Congo",
    "Hong Kong SAR China": "Hong Kong",
    "Macao SAR China": "Macao",
    "Palestinian Territories": "Palestine",
    "Bosnia & Herzegovina": "Bosnia and Herzegovina",
    "Trinidad & Tobago": "Trinidad and Tobago",
}


@cache
def _facts() -> dict[str, Any]:
    text = files("warehouse.understand").joinpath("data/names.toml").read_text("utf-8")
    return tomllib.loads(text)


def _key(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(name)).split())


@cache
def _territories() -> dict[str, str]:
    """ISO 3166-1 code -> English name of countries (CLDR's other codes are regions)."""
    names = Locale("en").territories
    return {c: _USUAL.get(n, n) for c, n in names.items() if len(c) == 2 and c not in _NO_COUNTRY}


_NO_COUNTRY = frozenset(["EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"])


@cache
def countries() -> dict[str, str]:
    """Folded English name -> name."""
    return {_key(name): name for name in _territories().values()}


@cache
def countries_in(language: str) -> dict[str, str]:
    """Name of a country in `language` -> its English name; empty where CLDR has none."""
    try:
        names = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {names[c]: english for c, english in _territories().items() if c in names}


def country_of(name: str, language: str | None = None) -> tuple[str, str] | None:
    """ISO 3166-1 code and English name of the country that `name` is, or is the people of."""
    key = _key(name).removeprefix("the ")
    usual = demonyms().get(key) or aliases().get(key) or countries().get(key)
    if usual is None and language:
        usual = {_key(n): english for n, english in countries_in(language).items()}.get(key)
    codes = {english: code for code, english in _territories().items()}
    return (codes[usual], usual) if usual in codes else None


@cache
def aliases() -> dict[str, str]:
    """Folded other name -> the usual name."""
    return dict(_facts()["aliases"])


@cache
def demonyms() -> dict[str, str]:
    """Folded demonym, singular and plural -> the place."""
    found = {}
    for place, forms in _facts()["demonyms"].items():
        for form in forms.split():
            word = form.replace("~", " ")
            found[word] = place
            found[word + "s"] = place
    return found


@cache
def honorifics() -> frozenset[str]:
    return frozenset(_facts()["honorifics"].split())


@cache
def naming_titles() -> frozenset[str]:
    """Titles that people with one name are called by."""
    return frozenset(_facts()["naming_titles"].split())


@cache
def legal_endings() -> frozenset[str]:
    return frozenset(_facts()["legal"].split())
