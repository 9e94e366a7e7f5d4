"""Makes seeds/sources.toml from the publishers of `fundus`, a public list under the MIT licence.

    pip download --no-deps --dest /tmp fundus
    python bench/outlets.py /tmp/fundus-*.whl

The list is read as text, never run: an address that code puts together is left out. What else is
left out, and why, is in docs/outlets.md. Days in `checked` and the head of the file are kept.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from babel import Locale

from crawlers.urls import site
from flows import sources, tomlfile

FILE = Path(__file__).parents[1] / "seeds" / "sources.toml"
BEGINS = "# --- from fundus "  # everything before this line is written by people

COUNTRY = {"uk": "GB", "ind": "IN", "isl": "IS"}  # else the folder's name
SHORT = {"GB": "uk", "US": "usa", "CZ": "czechia"}  # else the country's English name
LANGUAGE = {"tw": "zh"}  # what is no language's tag
HOMELESS = ("Euronews",)  # written for no one country, though listed under three
LATE = {  # listed as maps of news, yet of all articles ever
    "https://www.theglobeandmail.com/arc/outboundfeeds/sitemap-index/?outputType=xml",
}
FEEDS_ONLY = {"follow.it", "e00-elmundo.uecdn.es"}  # hosts that feeds are on, never articles
TOPICS = {
    "agencies": "APNews AnadoluAjansi",
    "business": "BoersenZeitung FinancialPost CNBC BusinessInsider BusinessInsiderDE",
    "culture": "TheNewYorker RollingStone VogueDE",
    "europe": "EuronewsDE EuronewsEN EuronewsFR PoliticoEu",
    "investigative": "Correctiv TheIntercept",
    "law": "LTO",
    "public-broadcasters": "ORF SRF MDR NDR WDR BR ZDF Hessenschau Tagesschau DW BBC CBCNews "
    "LRT NRK",
    "satire": "Postillon",
    "science": "Nature",
    "sport": "SportSchau MotorSportMagazin",
    "technology": "Heise Golem WinFuture NetzpolitikOrg Gamestar TechRadar TechCrunch Wired "
    "RestOfWorld",
}
WHOLE = "whole-sitemaps"  # of outlets that announce neither feed nor news sitemap


@dataclass(frozen=True)
class Listed:
    """A publisher as the list has it."""

    folder: str
    name: str  # of the attribute that holds it
    given: dict[str, ast.expr]
    default: str  # language

    def text(self, key: str) -> str:
        return str(ast.literal_eval(self.given[key]))

    def addresses(self, kind: str) -> list[tuple[str, str | None]]:
        """Addresses of that kind with their language, where they are plain and need no filter."""
        found = []
        for call in ast.walk(self.given["sources"]):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == kind and call.args:
                more = {word.arg: word.value for word in call.keywords}
                said = ast.literal_eval(more.pop("languages", ast.Constant(None)))
                if isinstance(call.args[0], ast.Constant) and not more.keys() - {"reverse"}:
                    url = str(ast.literal_eval(call.args[0]))
                    found += [(url, tag) for tag in sorted(said or {self.default})]
        return [one for one in found if one[0] not in LATE]


def listed(wheel: zipfile.ZipFile) -> Iterator[Listed]:
    for path in sorted(wheel.namelist()):
        if not re.fullmatch(r"fundus/publishers/\w+/__init__\.py", path):
            continue
        for group in ast.parse(wheel.read(path)).body:
            if isinstance(group, ast.ClassDef):
                yield from _of_group(path.split("/")[2], group)


def _of_group(folder: str, group: ast.ClassDef) -> Iterator[Listed]:
    default = ""
    for line in group.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            name = line.targets[0].id
            if name == "default_language":
                default = str(ast.literal_eval(line.value))
            elif isinstance(line.value, ast.Call):
                given = {word.arg: word.value for word in line.value.keywords if word.arg}
                yield Listed(folder, name, given, LANGUAGE.get(default, default))


def entry(one: Listed, version: str) -> dict[str, object] | str:
    """What sources.toml says of it, or why it is left out."""
    if "deprecated" in one.given:
        return "the list gives it up"
    if "impersonate" in one.given:
        return "the list reaches it only as a pretended browser"
    feeds, maps = one.addresses("RSSFeed"), one.addresses("NewsMap")
    whole = [] if feeds or maps else one.addresses("Sitemap")
    all_of_them = [*feeds, *maps, *whole]
    if not all_of_them:
        return "its addresses need code"
    tags = [tag for tag, _ in Counter(tag for _, tag in all_of_them).most_common()]
    home, others = _home(one.text("domain"), [url for url, _ in all_of_them])
    country = COUNTRY.get(one.folder, one.folder.upper())
    names = Locale("en")
    values = {
        "title": one.text("name"),
        "home": home,
        "feeds": _unique(feeds),
        "sitemaps": _unique([*maps, *whole]),
        "hosts": others,
        "language": tags[0],
        "country": "" if one.name.startswith(HOMELESS) else country,
        "groups": [
            *([] if one.name.startswith(HOMELESS) else [_country(country)]),
            *(_slug(names.languages[tag]) for tag in tags),
            *(topic for topic, members in TOPICS.items() if one.name in members.split()),
            *([WHOLE] if whole else []),
        ],
        "found": f"fundus {version} (MIT), publishers/{one.folder}/__init__.py, {one.name}",
        "checked": "never",
    }
    return {key: value for key, value in values.items() if value}


def _unique(found: list[tuple[str, str | None]]) -> list[str]:
    return list(dict.fromkeys(url for url, _ in found))


def _home(domain: str, urls: list[str]) -> tuple[str, list[str]]:
    """The home page, and other hosts that its news is announced on."""
    home = domain.replace("//www.timesofindia.", "//timesofindia.").removesuffix("/") + "/"
    hosts = {urlsplit(url).hostname or "" for url in urls} - FEEDS_ONLY
    return home, sorted(host for host in hosts if site(f"http://{host}/") != site(home))


def _country(code: str) -> str:
    return SHORT.get(code) or _slug(Locale("en").territories[code])


def _slug(name: str) -> str:
    name = {"Türkiye": "Turkey"}.get(name, name)
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")


def table(name: str, values: dict[str, object]) -> str:
    """One table as a person would write it: of several addresses, one a line."""
    lines = [f"[source.{json.dumps(name)}]"]
    for key, value in values.items():
        if isinstance(value, list) and key in {"feeds", "sitemaps"} and len(value) > 1:
            inside = "".join(f"\n  {json.dumps(url, ensure_ascii=False)}," for url in value)
            lines.append(f"{key} = [{inside}\n]")
        else:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines)


def main() -> None:
    wheel = Path(sys.argv[1])
    version = wheel.name.split("-")[1]
    before = FILE.read_text("utf-8")
    days = {name: str(t.get("checked", "never"))
            for name, t in tomlfile.read(FILE).values.get("source", {}).items()}  # fmt: skip
    tables: dict[str, dict[str, object]] = {}
    left: Counter[str] = Counter()
    with zipfile.ZipFile(wheel) as opened:
        for one in listed(opened):
            found = entry(one, version)
            if isinstance(found, str):
                left[found] += 1
                continue
            name = sources.name_of(urlsplit(str(found["home"])).hostname or "")
            assert name not in tables, name
            tables[name] = found | {"checked": days.get(name, "never")}
    head = before.partition(BEGINS)[0].rstrip()
    rows = [table(name, values) for name, values in tables.items()]
    FILE.write_text("\n\n".join([head, f"{BEGINS}{version} ---", *rows]) + "\n", "utf-8")
    print(f"{len(tables)} outlets; left out: {dict(left)}", file=sys.stderr)


if __name__ == "__main__":
    main()
