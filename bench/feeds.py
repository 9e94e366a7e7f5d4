"""How much of public feeds, sitemaps, robots.txt and addresses is read as it should be.

    python bench/feeds.py

Reads the sets of SLUGLINE_EVAL, or ../shared/eval; says so when they are not there. Every table
stands beside the reader it is measured against: feedparser for entries, the files' own addresses
for sitemaps, the cases' own answers for robots.txt and addresses. Exit code 1 if anything fails
that should hold.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from crawlers import urls
from crawlers.discover import Found, read_feed, read_page, read_sitemap
from crawlers.discover.markup import unpack
from crawlers.discover.shapes import Shape, shape_of
from crawlers.robots import rules_from

EVAL = Path(os.environ.get("SLUGLINE_EVAL", Path(__file__).parents[2] / "shared" / "eval"))
NOW = datetime(2023, 7, 12, tzinfo=UTC)
BIG = 100_000


def main() -> int:
    """Print every table; 1 if something that should hold does not."""
    if not EVAL.is_dir():
        print(f"no evaluation data at {EVAL}: set SLUGLINE_EVAL to its folder", file=sys.stderr)
        return 1
    tables = (feeds, sitemaps, robots, addresses, shapes, hostile)
    return max(int(table()) for table in tables)


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        paths = sorted((EVAL / folder).rglob("*"))
        yield from (path for path in paths if path.is_file() and path.name != "LICENSE")


def reading(
    body: bytes, read: Callable[..., Found], url: str = "http://www.example.com/x"
) -> Found:
    return read(body, url, source="bench", content_type=None, now=NOW)


def feeds() -> bool:
    """Entries and addressed entries of each feed against feedparser's."""
    import feedparser

    warnings.simplefilter("ignore")
    print(f"{'feeds':28}{'files':>7}{'entries':>9}{'fp':>7}{'leads':>7}{'fp':>7}{'fewer':>7}")
    worse = False
    sets = ("feedparser", "feedjira", "node_feedparser", "crawler_commons/rss")
    for name in sets:
        paths = list(files(f"feeds/{name}"))
        ours = theirs = leads = links = 0
        fewer = []
        for path in paths:
            body = path.read_bytes()
            found = reading(body, read_feed)
            entries = feedparser.parse(body).entries
            linked = sum(1 for entry in entries if urls.clean(entry.get("link") or ""))
            ours, leads = ours + found.entries, leads + len(found.leads)
            theirs, links = theirs + len(entries), links + linked
            if found.entries < len(entries) or len(found.leads) < linked:
                fewer.append(path)
        row = f"{len(paths):7}{ours:9}{theirs:7}{leads:7}{links:7}{len(fewer):7}"
        print(f"  {name:26}{row}")
        for path in fewer:
            print(f"    fewer than feedparser: {path}")
        worse |= bool(fewer)
    return worse


def sitemaps() -> bool:
    """Addresses of each sitemap, as a pattern finds them, that are among ours."""
    found = missing = 0
    paths = list(files("feeds/crawler_commons/sitemaps"))
    for path in paths:
        body = path.read_bytes()
        result = reading(body, read_sitemap)
        ours = {urls.key(lead.url) for lead in result.leads} | set(map(urls.key, result.sitemaps))
        plain = unpack(body)[0].decode("utf-8-sig", "replace")
        locs = re.findall(
            r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</", plain, re.DOTALL
        )
        wanted = [loc.replace("&amp;", "&") for loc in locs]
        wanted = wanted if "<" in plain else plain.split()
        images = re.compile(r"\.(?:jpe?g|png|gif|mp4|flv|swf)$|image|video|thumb", re.IGNORECASE)
        lost = [loc for loc in wanted if urls.key(loc) not in ours and not images.search(loc)]
        found += len(wanted) - len(lost)
        missing += len(lost)
        for loc in lost:
            print(f"    {path.name}: {loc}")
    print(f"sitemaps: {len(paths)} files, {found} addresses found, {missing} missing")
    return missing > 0


def robots() -> bool:
    """Verdicts of the cases, and real files that must be read without an exception."""
    cases = json.loads((EVAL / "robustness/cases/robots_allow_cases.json").read_text("utf-8"))
    wrong = 0
    for case in cases:
        url = case["url"] if "://" in case["url"] else f"https://www.site.local{case['url']}"
        rules = rules_from(200, case["robots"].encode(), fetched_at=NOW)
        wrong += rules.allows(url, case["agent"]).allowed is not case["allowed"]
    real = list(files("robustness/robots_txt", "feeds/crawler_commons/robots"))
    started = time.process_time()
    for path in real:
        body = path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        rules = rules_from(200, body, fetched_at=NOW)
        rules.allows("https://e.example/2023/07/10/a?b=1", "Slugline/1")
    milliseconds = (time.process_time() - started) * 1000 / len(real)
    print(f"robots.txt: {len(cases) - wrong} of {len(cases)} verdicts right; "
          f"{len(real)} real files read, {milliseconds:.1f} CPU ms each")  # fmt: skip
    return wrong > 0


def addresses() -> bool:
    """Pairs that others fold, and the browsers' own tests: read, stable, none raises."""
    pairs = (EVAL / "feeds/crawler_commons/normalizer/weirdToNormalizedUrls.csv").open(
        encoding="utf-8"
    )
    with pairs as lines:
        rows = csv.reader((x for x in lines if x.strip() and x[0] != "#"), skipinitialspace=True)
        same = [urls.key(row[0]) == urls.key(row[1]) for row in rows if len(row) > 1]
    browser = json.loads((EVAL / "robustness/wpt_url/urltestdata.json").read_text("utf-8"))
    read = unstable = agreed = wanted = 0
    for case in (case for case in browser if isinstance(case, dict)):
        base = case.get("base") or ""
        cleaned = urls.clean(case["input"], base if base.startswith("http") else None)
        urls.refused(case["input"])
        read += 1
        key = urls.key(cleaned or case["input"])
        unstable += urls.key(key) != key
        if (case.get("href") or "").startswith("http") and "@" not in case["href"]:
            wanted += 1
            agreed += cleaned is not None and urls.key(cleaned) == urls.key(case["href"])
    print(f"addresses: {sum(same)} of {len(same)} pairs that crawler-commons folds are one key "
          "(the rest are guesses we do not make)")  # fmt: skip
    print(f"  browsers' tests: {read} read, {unstable} keys unstable, "
          f"{agreed} of {wanted} web addresses as browsers read them")  # fmt: skip
    return unstable > 0


def shapes() -> bool:
    """How many addresses of known articles look like one, without a look at the link's text."""
    known: set[str] = set()
    truth = EVAL / "extraction/aeb/ground-truth.json"
    if truth.exists():
        known |= {case["url"] for case in json.loads(truth.read_text("utf-8")).values()}
    for path in (EVAL / "related").glob("*.jsonl"):
        lines = map(json.loads, path.read_text("utf-8").splitlines())
        known |= {line["url"] for line in lines if (line.get("url") or "").startswith("http")}
    good = sum(shape_of(url) in (Shape.ARTICLE, Shape.HEADLINE) for url in known)
    lost = sum(shape_of(url) in (Shape.SECTION, Shape.NEVER) for url in known)
    print(f"shapes: {good} of {len(known)} article addresses seen as such, {lost} taken for others")
    return False


def hostile() -> bool:
    """CPU seconds for documents that are long or meant to hurt."""
    item = (
        "<item><title>Title {0} &amp; more</title><link>http://e.example/2023/{0}</link>"
        "<description>&lt;p&gt;Hello&lt;/p&gt;</description>"
        "<pubDate>Mon, 10 Jul 2023 10:00:00 GMT</pubDate></item>"
    )
    feed = f"<rss><channel>{''.join(map(item.format, range(BIG)))}</channel></rss>".encode()
    listed = "".join(f"<url><loc>http://e.example/{n}</loc></url>" for n in range(50_000))
    packed = gzip.compress(f"<urlset>{listed}</urlset>".encode())
    documents: dict[str, tuple[bytes, Callable[..., Found]]] = {
        f"feed of {BIG:,} entries": (feed, read_feed),
        "the same, one bad tag": (feed.replace(b"Title 70 ", b"Title <b> "), read_feed),
        "sitemap of 50,000": (gzip.decompress(packed), read_sitemap),
        "the same, gzip cut in half": (packed[: len(packed) // 2], read_sitemap),
        "gzip bomb, 300 MB": (gzip.compress(b"<urlset>" + bytes(300_000_000), 1), read_sitemap),
        "100,000 nested tags": (b"<rss>" + b"<a>" * 100_000, read_feed),
        "100,000 links": (b"<a href=/one-two-three-four>x</a>" * 100_000, read_page),
    }
    print(f"{'long and hostile documents':34}{'CPU s':>7}{'leads':>8}  error")
    for name, (body, read) in documents.items():
        started = time.process_time()
        found = reading(body, read)
        seconds = time.process_time() - started
        print(f"  {name:32}{seconds:7.2f}{len(found.leads):8}  {(found.error or '-')[:60]}")
    return False


if __name__ == "__main__":
    sys.exit(main())
