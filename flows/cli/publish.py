"""`slugline publish`."""

from __future__ import annotations

import click

from flows.cli.main import settings_of
from flows.cli.options import command
from flows.output import say


@command("slugline --data /srv/news publish")
@click.pass_context
def publish(ctx: click.Context) -> None:
    """Make the database to read anew.

    It is made from what has landed; needed after the data directory has been moved.
    """
    from warehouse.publish import publish as make

    data = settings_of(ctx).data
    make(data)
    say(f"published {data / 'slugline.db'}")
