"""A small web with a past: outlets whose sitemaps and archives go back over months."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

_BODY = (
    "The river council of {place} spoke for two hours about the old paper mill on {day}. "
    "Petra Lindqvist of Brackwater Holdings said that the chimney would stand, and that the "
    "turbines could run again before winter if the weir was mended. Residents asked who would pay "
    "for the fish ladder, and the engineer answered item {n} of the list at some length."
)
SOURCES = """
[source.monthly]
home = "http://monthly.example/"
feeds = ["http://monthly.example/feed.rss"]

[source.announced]
home = "http://announced.example/"

[source.daily]
home = "http://daily.example/"
archives = ["http://daily.example/archive/{year}/{month:02}/{day:02}"]

[source.paged]
home = "http://paged.example/"
archives = ["http://paged.example/mill?page={page}"]

[source.feedonly]
home = "http://feedonly.example/"
feeds = ["http://feedonly.example/feed.rss"]

[source.down]
home = "http://down.example/"
sitemaps = ["http://down.example/sitemap.xml"]
"""
# Per outlet: the months or days of which it has pages.
MONTHS = [date(2023, month, 1) for month in range(3, 9)]
PER_MONTH = 3
DAYS = [date(2023, 6, day) for day in (28, 29, 30)]


def build(web: Path, *, delay: float = 0.0) -> None:
    """Write the outlets; pages are slow by `delay`."""
    for name in ("monthly", "announced", "daily", "paged", "feedonly", "down"):
        (web / f"{name}.example").mkdir(parents=True)
        rule = f'[[rule]]\npath = "/2023/*"\ndelay = {delay}\n'
        (web / f"{name}.example" / "site.toml").write_text(rule)
    (web / "down.example" / "site.toml").write_text('[[rule]]\npath = "/s*"\nstatus = 503\n')
    _monthly(web / "monthly.example", "sitemap.xml", news=True)
    _monthly(web / "announced.example", "old/index.xml", news=False)
    for name, index in (("announced", "old/index.xml"), ("monthly", "sitemap.xml")):
        (web / f"{name}.example" / "robots.txt").write_text(
            f"User-agent: *\nDisallow: /private/\nSitemap: http://{name}.example/{index}\n"
        )
    _daily(web / "daily.example")
    _paged(web / "paged.example")
    for name in ("monthly", "feedonly"):
        _feed(web / f"{name}.example", name)


def _monthly(host: Path, index: str, *, news: bool) -> None:
    """An index of months; half of the pages say their date in the sitemap, the others not."""
    entries = []
    (host / index).parent.mkdir(exist_ok=True)
    for month in MONTHS:
        urls = []
        for n in range(PER_MONTH):
            day = month + timedelta(days=8 * n + 1)
            url = _page(host, f"/2023/{month:%m}/council-of-the-river-{n}.html", day, n)
            urls.append(f"<url><loc>{url}</loc>{_dated(day) if news else ''}</url>")
        urls.append(f"<url><loc>http://{host.name}/2023/{month:%m}/lost-page.html</loc></url>")
        name = f"pages-{month:%Y-%m}.xml"
        (host / name).write_text(f"<urlset>{''.join(urls)}</urlset>")
        entries.append(f"<sitemap><loc>http://{host.name}/{name}</loc></sitemap>")
    (host / index).write_text(f"<sitemapindex>{''.join(entries)}</sitemapindex>")


def _dated(day: date) -> str:
    return f"<lastmod>{day:%Y-%m-%d}T10:00:00Z</lastmod>"


def _daily(host: Path) -> None:
    for day in DAYS:
        file = host / "archive" / f"{day:%Y/%m/%d}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        links = "".join(
            f'<li><a href="{_page(host, f"/news/mill-story-{day:%d}-number-{n}.html", day, n)}">'
            f"What the council said of the mill on day {day:%d}, part {n}</a></li>"
            for n in range(2)
        )
        file.write_text(f"<html><body><ul>{links}</ul></body></html>")


def _paged(host: Path) -> None:
    """Six pages of two, from August back; a page beyond the last repeats the last."""
    rules = []
    for page in range(1, 7):
        day = date(2023, 8, 30) - timedelta(days=15 * page)
        links = "".join(
            f'<a href="{_page(host, f"/2023/{day:%m/%d}/turbines-of-the-mill-{n}.html", day, n)}">'
            f"Turbines of the old mill on the river, part {n}</a>"
            for n in range(2)
        )
        (host / f"mill-{page}.html").write_text(f"<html><body>{links}</body></html>")
        rules.append(
            f'[[rule]]\npath = "/mill"\nquery = "page={page}"\nfile = "mill-{page}.html"\n'
        )
    rules.append('[[rule]]\npath = "/mill"\nfile = "mill-6.html"\n')
    site = host / "site.toml"
    site.write_text(site.read_text() + "".join(rules))


def _feed(host: Path, name: str) -> None:
    _page(host, "/new-story-of-the-mill.html", date(2023, 8, 30), 9)
    (host / "feed.rss").write_text(
        f'<rss version="2.0"><channel><title>{name}</title><item><title>New</title>'
        f"<link>http://{host.name}/new-story-of-the-mill.html</link></item></channel></rss>"
    )


def _page(host: Path, path: str, day: date, n: int) -> str:
    file = host / path[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    place = host.name.partition(".")[0]
    title = f"The council of {place} on the mill, {day:%d %B}, part {n}"
    text = "".join(f"<p>{_BODY.format(place=place, day=day, n=10 * n + k)}</p>" for k in range(3))
    file.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{day}T09:00:00Z"></head>'
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )
    return f"http://{host.name}{path}"
