"""`slugline understand`, `relate` and `group`: understanding as stages of a pipe."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

from flows import output
from flows.cli.completion import files
from flows.cli.options import command
from flows.cli.reading import bad_line, each_line, emit, opened
from warehouse.errors import BadInput

_BATCH = click.option("--batch", is_flag=True, help="Read JSON lines, one document a line.")
_FILE = click.argument("file", required=False, default="-", shell_complete=files)


@command("slugline extract --batch pages.ndjson | slugline understand --batch")
@_FILE
@_BATCH
def understand(*, file: str, batch: bool) -> None:
    """Text to language, names, keywords and quotes.

    Without --batch FILE is one text; with it, JSON lines with at least "id" and "text", or those
    that `slugline extract --batch` gives.
    """
    from warehouse.understand.stages import understand_line

    if batch:
        each_line(file, understand_line)
    else:
        emit(understand_line({"id": file, "text": text_of(file)}))


def text_of(file: str) -> str:
    """The text of a file or of standard input; raises BadInput where it is none."""
    from flows.seeds import decode

    with opened(file) as stream:
        text = decode(stream.read())
    if text is None or not text.strip():
        raise BadInput("no text in it", where=file)
    return text


@command("slugline relate --seed article.txt --batch documents.ndjson\n"
         "slugline relate --all-pairs --window 7d --top 50 documents.ndjson")  # fmt: skip
@_FILE
@_BATCH
@click.option("--seed", type=click.Path(exists=True, dir_okay=False), help="The article to match.")
@click.option("--all-pairs", is_flag=True, help="Take every document as the seed in turn.")
@click.option("--window", default="7d", show_default=True, help="Pairs at most so far apart.")
@click.option("--top", type=click.IntRange(1), default=50, show_default=True,
              help="Closest documents of each seed.")  # fmt: skip
@click.pass_context
def relate(
    ctx: click.Context,
    *,
    file: str,
    batch: bool,
    seed: str | None,
    all_pairs: bool,
    window: str,
    top: int,
) -> None:
    """How close texts are to a seed.

    Prints "id", "relevance", "tier" and "reasons" of each, in order; with --all-pairs "seed_id",
    "id" and "relevance".
    """
    if all_pairs:
        _all_pairs(file, parsed_window(window), top)
        return
    if seed is None:
        raise click.UsageError("say --seed FILE or --all-pairs")
    from flows.cli.main import settings_of
    from flows.stages import profile_of
    from warehouse.understand.stages import relate_line

    profile = profile_of(seed, settings_of(ctx))
    if batch:
        each_line(file, lambda line: relate_line(profile, line))
    else:
        emit(relate_line(profile, {"id": file, "text": text_of(file)}))


def parsed_window(text: str) -> timedelta:
    """The time that 7d, 36h or 90m stands for; raises click's error for misuse."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([dhm])", text)
    if not found:
        raise click.BadParameter("expected days, hours or minutes, as in 7d, 36h, 90m")
    unit = {"d": "days", "h": "hours", "m": "minutes"}[found[2]]
    return timedelta(**{unit: float(found[1])})


def _all_pairs(file: str, window: timedelta, top: int) -> None:
    """Needs all documents before it can say which are close: the one stage that cannot stream."""
    from warehouse.understand.stages import document_of, relate_all_pairs

    documents = []
    with opened(file) as stream:
        for number, value in output.lines(stream):
            try:
                if isinstance(value, BadInput):
                    raise value
                documents.append(document_of(value))
            except (ValueError, TypeError, KeyError) as wrong:
                known = None if isinstance(value, BadInput) else value
                emit(bad_line(number, known, wrong))
    for pair in relate_all_pairs(documents, window=window, top=top):
        emit(pair)


@command("slugline understand --batch documents.ndjson | slugline group --batch")
@_FILE
@_BATCH
def group(*, file: str, batch: bool) -> None:  # noqa: ARG001
    """Which texts are copies of which.

    Reads JSON lines in the order of time and prints "id" with "copy_of" and "copy_kind".
    """
    from warehouse.understand.stages import Group

    state: Any = Group()
    each_line(file, state.line)
