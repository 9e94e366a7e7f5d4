"""`slugline leads`: a feed, sitemap or section page to the addresses it names."""

from __future__ import annotations

import sys

import click

from flows import output
from flows.cli.completion import files
from flows.cli.main import settings_of
from flows.cli.options import command
from flows.cli.reading import body_of
from warehouse.errors import BadInput
from warehouse.records import now_utc, to_json


@command("curl -s https://www.example.com/rss.xml | slugline leads --kind feed "
         "--url https://www.example.com/rss.xml")  # fmt: skip
@click.argument("file", required=False, default="-", shell_complete=files)
@click.option("--kind", type=click.Choice(["feed", "sitemap", "page"]), required=True)
@click.option("--url", required=True, help="Where it was fetched from; links are resolved by it.")
@click.option("--source", default="", help="Name of the source, for the records.")
@click.option("--content-type", help="As the server said.")
@click.pass_context
def leads(
    ctx: click.Context, *, file: str, kind: str, url: str, source: str, content_type: str | None
) -> None:
    """Feed, sitemap or page to the addresses it names.

    They come as JSON lines. FILE may be an address too. Read are RSS, Atom and JSON Feed,
    sitemaps and their indexes, gzipped or not, and the links of HTML pages.
    """
    from crawlers.discover import read_leads

    body = body_of(file, settings_of(ctx))
    found = read_leads(kind, body, url, source, content_type, now_utc())
    for lead in found.leads:
        sys.stdout.write(output.line(to_json(lead)) + "\n")
    for nested in found.sitemaps:
        output.say(f"names another sitemap: {nested}")
    if found.error and not found.leads:
        raise BadInput(found.error, where=file if file != "-" else url)
    if found.error:
        output.say(f"note: {found.error}")
