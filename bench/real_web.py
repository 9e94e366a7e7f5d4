"""Public evaluation pages as a newsstand: a web of many hosts with feeds, sitemaps and robots.txt.

Builds a folder for crawlers.newsstand; it fetches nothing and measures nothing (real.py does).
The pages are not ours to ship: they are read from SLUGLINE_EVAL or ../shared/eval.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_EVERY = 6  # one host in so many also shows one of each vice


@dataclass(frozen=True, slots=True)
class Page:
    """One evaluation page under its own address (http, since the newsstand is the proxy)."""

    suite: str
    url: str
    file: Path
    article: bool

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def title(self) -> str:
        head = gzip.decompress(self.file.read_bytes())[:200_000].decode("utf-8", "replace")
        found = re.search(r"<title[^>]*>(.*?)</title>", head, re.IGNORECASE | re.DOTALL)
        return " ".join(unescape(found[1]).split())[:200] if found else ""


@dataclass(frozen=True, slots=True)
class Web:
    """What was built: the folder, sources.toml, and what each announced address should become."""

    folder: Path
    sources: str
    expected: dict[str, str]  # address to outcome
    suites: dict[str, str]  # address of an article page to its set


def pages(root: Path) -> list[Page]:
    """All pages of the three extraction sets, each address once."""
    found: dict[str, Page] = {}
    for page in (*_aeb(root / "aeb"), *_fundus(root / "fundus"), *_wcxb(root / "wcxb")):
        found.setdefault(page.url, page)
    return list(found.values())


def _plain(url: str) -> str:
    parts = urlsplit(url.strip())
    return urlunsplit(("http", parts.netloc.lower(), parts.path or "/", parts.query, ""))


def _aeb(root: Path) -> Iterator[Page]:
    truth = json.loads((root / "ground-truth.json").read_text(encoding="utf-8"))
    for name, case in sorted(truth.items()):
        yield Page("aeb", _plain(case["url"]), root / "html" / f"{name}.html.gz", article=True)


def _fundus(root: Path) -> Iterator[Page]:
    for path in sorted(root.rglob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        yield Page("fundus", _plain(case["_url"]), path.with_name(case["_html"]), article=True)


def _wcxb(root: Path) -> Iterator[Page]:
    for path in sorted((root / "ground-truth").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if not case.get("url"):
            continue
        kind = case["_internal"]["page_type"]["primary"]
        file = root / "html" / f"{path.stem}.html.gz"
        yield Page("wcxb", _plain(case["url"]), file, article=kind == "article")


def build(root: Path, folder: Path) -> Web:
    """Write the newsstand's folders into `folder`."""
    hosts: dict[str, list[Page]] = {}
    for page in pages(root):
        hosts.setdefault(page.host, []).append(page)
    expected: dict[str, str] = {}
    sources = []
    for number, (host, there) in enumerate(sorted(hosts.items())):
        vices = _vices(host, there) if number % _EVERY == 0 else {}
        expected |= {p.url: "stored" if p.article else "not_article" for p in there}
        expected |= {url: outcome for url, (outcome, _) in vices.items()}
        sources.append(_host(folder / host, host, there, vices, number))
    suites = {p.url: p.suite for there in hosts.values() for p in there if p.article}
    return Web(folder, "\n".join(sources), expected, suites)


def _vices(host: str, there: list[Page]) -> dict[str, tuple[str, str]]:
    """Address to the outcome it should have and the rule that makes it so."""
    first = there[0].url
    tracked = f"{first}{'&' if '?' in first else '?'}utm_source=feed&utm_medium=rss"
    links = "".join(f"<li><a href='/{n}'>{n} more of the same</a></li>" for n in range(30))
    section = f"<title>Latest</title><h1>Latest</h1><ul>{links}</ul>"
    at = f"http://{host}/__newsstand"
    return {
        tracked: ("duplicate_url", ""),
        f"{at}/gone": ("gone", "status = 410"),
        f"{at}/members/only": ("robots", 'body = "<h1>Members</h1>"'),
        f"{at}/forbidden": ("blocked", "status = 403"),
        f"{at}/short": ("duplicate_url", f"status = 301\nlocation = {_quoted(first)}"),
        f"{at}/section": ("not_article", f"body = {_quoted(section)}"),
    }


def _host(
    folder: Path, host: str, there: list[Page], vices: dict[str, tuple[str, str]], number: int
) -> str:
    """One host's folder; returns its table of sources.toml."""
    folder.mkdir(parents=True)
    rules = []
    for index, page in enumerate(there):
        (folder / f"{index}.html").write_bytes(gzip.decompress(page.file.read_bytes()))
        parts = urlsplit(page.url)
        query = f"query = {_quoted(parts.query)}\n" if parts.query else ""
        rules.append(
            f'path = {_quoted(parts.path)}\n{query}file = "{index}.html"\ntype = "text/html"'
        )
    for url, (_, rule) in vices.items():
        if rule:
            rules.append(f'path = {_quoted(urlsplit(url).path)}\ntype = "text/html"\n{rule}')
    robots = "User-agent: *\nDisallow: /__newsstand/members/\n"
    rules.append(f'path = "/robots.txt"\ntype = "text/plain"\nbody = {_quoted(robots)}')
    entries = [(p.url, p.title) for p in there] + [(url, "One more") for url in vices]
    listing, more = _LISTINGS[number % len(_LISTINGS)](folder, host, entries)
    rules += more
    text = "gzip = true\n" + "".join(f"\n[[rule]]\n{rule}\n" for rule in reversed(rules))
    (folder / "site.toml").write_text(text, encoding="utf-8")
    return f'[source."{host}"]\nhome = "http://{host}/"\n{listing}\n'


def _quoted(text: str) -> str:
    """A TOML string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(
    folder: Path, host: str, name: str, body: str, *, key: str = "feeds"
) -> tuple[str, list[str]]:
    (folder / name).write_text(body, encoding="utf-8")
    path = f"/__newsstand/{name}"
    return f'{key} = ["http://{host}{path}"]', [f'path = "{path}"\nfile = "{name}"']


Entries = list[tuple[str, str]]


def _rss(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    items = "".join(
        f"<item><title>{escape(t)}</title><link>{escape(u)}</link></item>\n" for u, t in entries
    )
    channel = f"<title>{host}</title><link>http://{host}/</link><description>News</description>"
    body = f'<?xml version="1.0"?>\n<rss version="2.0"><channel>{channel}\n{items}</channel></rss>'
    return _listed(folder, host, "feed.rss", body)


def _atom(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    items = "".join(
        f'<entry><title>{escape(t)}</title><id>{escape(u)}</id><link href="{escape(u)}"/></entry>\n'
        for u, t in entries
    )
    start = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{host}</title>'
    return _listed(folder, host, "feed.atom", f'<?xml version="1.0"?>\n{start}\n{items}</feed>')


def _json_feed(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    items = [{"id": u, "url": u, "title": t} for u, t in entries]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": host, "items": items}
    return _listed(folder, host, "feed.json", json.dumps(feed))


def _urlset(entries: Entries) -> str:
    urls = "".join(f"<url><loc>{escape(u)}</loc></url>\n" for u, _ in entries)
    return (
        '<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}</urlset>"
    )


def _sitemap(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    return _listed(folder, host, "sitemap.xml", _urlset(entries), key="sitemaps")


def _packed_index(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    (folder / "part.xml").write_text(_urlset(entries), encoding="utf-8")
    index = (
        '<?xml version="1.0"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>http://{host}/__newsstand/part.xml.gz</loc></sitemap></sitemapindex>"
    )
    line, rules = _listed(folder, host, "index.xml", index, key="sitemaps")
    part = 'path = "/__newsstand/part.xml.gz"\nfile = "part.xml"\npack = true\ngzip = false'
    return line, [*rules, part]


def _text_sitemap(folder: Path, host: str, entries: Entries) -> tuple[str, list[str]]:
    body = "\n".join(u for u, _ in entries)
    return _listed(folder, host, "sitemap.txt", body, key="sitemaps")


_LISTINGS = (_rss, _sitemap, _atom, _packed_index, _json_feed, _text_sitemap)
