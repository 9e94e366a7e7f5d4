"""`slugline show`: one article with all that is known of it."""

from __future__ import annotations

import sys
from typing import Any

import click

from flows import output
from flows.cli.main import settings_of
from flows.cli.options import command, format_option, write
from flows.questions import Desk, desk

_PARTS = ("names", "keywords", "quotes", "coverage", "found_in", "revisions", "citations")


@command("slugline show https://www.example.com/news/1")
@click.argument("url")
@click.option("--text/--no-text", default=True, help="With the text itself.")
@format_option
@click.pass_context
def show(ctx: click.Context, url: str, text: bool, form: output.Format) -> None:
    """One article with all that is known of it.

    URL may also be an article_id.
    """
    with desk(settings_of(ctx).data) as open_desk:
        known = _known(open_desk, open_desk.article_id(url))
    if not text:
        known["article"].pop("text")
    if form is output.Format.TABLE:
        _print(known)
    else:
        flat = known["article"] | {part: known[part] for part in (*_PARTS, "copies")}
        write(list(flat), [list(flat.values())], form)


def _known(open_desk: Desk, article_id: str) -> dict[str, Any]:
    article = open_desk.rows("show_article", article_id=article_id)[0]
    known: dict[str, Any] = {
        part: open_desk.rows(f"show_{part}", article_id=article_id) for part in _PARTS
    }
    copies = open_desk.rows("copies", url=article["url"])
    return {"article": article, "copies": copies, **known}


_FACTS = (
    "article_id", "source", "url", "canonical_url", "authors", "agency", "published_at",
    "published_from", "modified_at", "first_seen_at", "fetched_at", "language", "kind", "section",
    "tags", "word_count", "revision",
)  # fmt: skip


def _print(known: dict[str, Any]) -> None:
    article = known["article"]
    out = sys.stdout
    out.write(f"{output.printable(article['title'] or '(no title)')}\n\n")
    for key in _FACTS:
        if article.get(key) not in (None, [], ""):
            out.write(f"  {key:<15}{output.cell(article[key])}\n")
    if article.get("text"):
        out.write(f"\n{output.printable(article['text'])}\n")
    for part in (*_PARTS, "copies"):
        rows = known[part]
        if rows:
            out.write("\n")
            columns = [c for c in rows[0] if any(row[c] not in (None, [], "") for row in rows)]
            write(columns, [[row[c] for c in columns] for row in rows], output.Format.TABLE,
                  title=part.replace("_", " ").capitalize())  # fmt: skip
