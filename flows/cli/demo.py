"""`slugline demo`."""

from __future__ import annotations

import sys
import time

import click

from flows.cli.main import on_interrupt
from flows.cli.options import command
from flows.output import say


@command("slugline demo")
@click.pass_context
def demo(ctx: click.Context) -> None:
    """See it work on a small invented web, in two minutes, offline.

    The database stays on disk in data/demo (or where --data says) to play with; the next demo
    wipes it.
    """
    from pathlib import Path

    from flows import demo as acts

    data = ctx.find_root().obj["data"] or Path("data") / "demo"
    on_interrupt("slugline demo begins anew")
    started = time.monotonic()
    acts.play(data, sys.stdout)
    say(f"\nthe demo took {time.monotonic() - started:.0f} s")
