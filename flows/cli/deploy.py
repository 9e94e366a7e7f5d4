"""`slugline deploy` and `slugline serve`: hand the schedule to Prefect, and carry it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flows.cli.main import settings_of
from flows.cli.options import command, format_option, write
from flows.output import Format, say

_COLUMNS = ("what", "name", "done", "note")
_take_over = click.option(
    "--take-over", is_flag=True, help="Also where the deployments are those of another project."
)


@command("slugline deploy")
@_take_over
@format_option
@click.pass_context
def deploy(ctx: click.Context, *, take_over: bool, form: Format) -> None:
    """Put the schedule on a Prefect server: work pool, deployments, watch for dead runs.

    Of the project in this folder, whose prefect.yaml lists the deployments. Twice is as once; after
    a move, again. --data and --seeds (or their variables) become part of the deployments.
    """
    settings = settings_of(ctx)
    rows = _deployed(ctx, settings, take_over=take_over)
    write(_COLUMNS, rows, form)
    say(f"carry it out with: prefect worker start --pool {settings.pool} --limit 4")


@command("slugline serve")
@_take_over
@click.pass_context
def serve(ctx: click.Context, *, take_over: bool) -> None:
    """Deploy, then carry out what is scheduled, in one process, until Ctrl-C.

    The same as slugline deploy and a Prefect worker. It needs a Prefect server all the same.
    """
    from flows.server import serve as worker

    settings = settings_of(ctx)
    for _, name, done, note in _deployed(ctx, settings, take_over=take_over):
        say(f"{name}: {done}{f' ({note})' if note else ''}")
    worker.serve(settings.pool)


def _deployed(ctx: click.Context, settings: Any, *, take_over: bool) -> list[list[str]]:
    from flows import config
    from flows.server import deploy as server_side
    from flows.server import reach

    folder = Path.cwd().resolve()
    parameters = config.named_folders(**ctx.find_root().obj)
    with reach.server() as client:
        done = server_side.deploy(client, folder, settings, parameters, take_over=take_over)
    return [[one.what, one.name, one.done, one.note] for one in done]
