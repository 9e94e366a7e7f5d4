"""`slugline newsstand`: the demo's small web, to play with."""

from __future__ import annotations

import os
from pathlib import Path

import click

from flows.cli.options import command


@command("slugline newsstand --edition 2 --port 8765")
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--edition", type=click.IntRange(1), default=1, show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="[default: any free one]")
def newsstand(folder: Path | None, edition: int, port: int) -> None:
    """Serve the demo's small web on this machine.

    It is an HTTP proxy that answers for the invented hosts.
    It prints its address as one JSON line and goes on until it is interrupted. Ask it with
    `curl --proxy`, or set `proxy` in the settings.
    """
    from flows.demo import newsstand_command

    starts = newsstand_command(folder, edition, port)
    os.execv(starts[0], starts)  # noqa: S606  it takes this process over, signals and all
