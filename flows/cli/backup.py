"""`slugline backup`, `restore` and `snapshot`: copies of what has landed, and the way back."""

from __future__ import annotations

from pathlib import Path

import click

from flows.cli.main import on_interrupt, settings_of
from flows.cli.options import command
from flows.output import say

_FOLDER = click.Path(file_okay=False, path_type=Path)


@command("slugline backup /mnt/disk/news")
@click.argument("folder", type=_FOLDER)
@click.pass_context
def backup(ctx: click.Context, *, folder: Path) -> None:
    """Copy all that has landed into a folder, verified.

    An earlier backup there is brought up to date. Landings and readers go on meanwhile. Every
    file is compared with its digest, then the copy is opened and asked. Run folders that have
    not landed and the state are in it; bodies as received of those that have landed are not.
    The folder can be asked like any other: --data names it.
    """
    from flows import keeping

    on_interrupt("an earlier backup in this folder is as it was")
    say(keeping.back_up(settings_of(ctx), folder))


@command("slugline restore /mnt/disk/news")
@click.argument("folder", type=_FOLDER)
@click.pass_context
def restore(ctx: click.Context, *, folder: Path) -> None:
    """Make the data directory from a backup.

    It must not be there yet. Every file is compared with its digest, and the result is opened and
    asked.
    """
    from flows import keeping

    on_interrupt("nothing has been restored")
    say(keeping.restore(settings_of(ctx), folder))


@command("slugline snapshot news.duckdb")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def snapshot(ctx: click.Context, *, file: Path) -> None:
    """Write everything into one DuckDB file.

    To be handed to somebody else: real tables, views, macros and search: it needs nothing of the
    data directory, and any DuckDB from 1.2 on opens it.
    """
    from flows import keeping

    say(keeping.snapshot(settings_of(ctx), file))
