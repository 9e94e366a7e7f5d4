"""`slugline extract`: a web page to clean text and metadata."""

from __future__ import annotations

import re
from typing import Any

import click

from flows.cli.main import settings_of
from flows.cli.options import command
from flows.cli.reading import body_of, each_line, emit, fetched


@command("slugline extract https://www.example.com/news/1\n"
         "slugline extract --batch pages.ndjson | slugline understand --batch")  # fmt: skip
@click.argument("file", metavar="[FILE|URL|-]", required=False, default="-")
@click.option("--url", help="Where the page in FILE was fetched from.")
@click.option("--batch", is_flag=True, help="Read JSON lines with url and html or html_path.")
@click.pass_context
def extract(ctx: click.Context, *, file: str, url: str | None, batch: bool) -> None:
    """Web page to clean text and metadata.

    Prints "id", "outcome", "reason" and, where there is one, "article" as one JSON line a page.
    """
    from crawlers.extract.lines import extract_line

    if batch:
        each_line(file, extract_line)
        return
    settings = settings_of(ctx)
    if re.match(r"https?://", file):
        body, headers, final_url = fetched(file, settings)
        emit(_page(body, headers, url or final_url, url or final_url))
    else:
        emit(_page(body_of(file, settings), {}, url or _NOWHERE, url or file))


_NOWHERE = "https://unknown.invalid/article.html"  # links of a page without address stay within it


def _page(body: bytes, headers: dict[str, str], url: str, name: str) -> dict[str, Any]:
    from crawlers.extract import Refusal
    from crawlers.extract import extract as read
    from crawlers.extract.lines import article_json
    from warehouse.records import now_utc

    found = read(body, url, headers=headers, fetched_at=now_utc())
    if isinstance(found, Refusal):
        return {"id": name, "url": url, "outcome": found.outcome.value, "reason": found.reason}
    return {
        "id": name,
        "url": url,
        "outcome": "stored",
        "reason": "",
        "article": article_json(found),
    }
