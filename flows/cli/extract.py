"""`slugline extract`: a web page to clean text and metadata."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from flows.cli.completion import files
from flows.cli.main import settings_of
from flows.cli.options import command
from flows.cli.reading import body_of, each_line, emit, fetched

if TYPE_CHECKING:
    from crawlers.run import Fetched


@command("slugline extract https://www.example.com/news/1\n"
         "slugline extract --batch pages.ndjson | slugline understand --batch")  # fmt: skip
@click.argument("file", metavar="[FILE|URL|-]", required=False, default="-",
                shell_complete=files)  # fmt: skip
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
        answer = fetched(file, settings)
        name = url or answer.final_url
        emit(_refused(answer, name) or _page(answer.body, dict(answer.headers), name, name))
    else:
        emit(_page(body_of(file, settings), {}, url or _NOWHERE, url or file))


_NOWHERE = "https://unknown.invalid/article.html"  # links of a page without address stay within it


def _refused(answer: Fetched, name: str) -> dict[str, Any] | None:
    """What a run would say of this answer, if it is not a page to read."""
    from crawlers.fates import ending_of
    from warehouse.records import Fetch, Purpose, now_utc

    now = now_utc()
    exchange = Fetch(url=answer.final_url, source="", purpose=Purpose.ARTICLE, fetched_at=now,
                     seconds=0.0, status=answer.status,
                     content_type=answer.headers.get("content-type"))  # fmt: skip
    ending = ending_of(exchange, answer.headers, tries=0, retries=1, now=now)
    if ending is None:
        return None
    reason = ending.reason.partition(";")[0]  # when a run would try again is no matter here
    return {"id": name, "url": name, "outcome": ending.outcome.value, "reason": reason}


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
