"""`slugline init`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from flows.cli.options import command, format_option, write
from flows.output import Format, say

_NEXT = """\
next:
  {cd}slugline demo                              # see it work, offline
  slugline source groups                     # where it may look
  slugline watch add FILE --group english    # what to look for
  slugline run
  slugline deploy                            # every quarter of an hour, by Prefect
all of it is said in seeds/, which is yours to edit; contact in seeds/settings.toml comes first"""


@command("slugline init news")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be made, but write nothing.")
@format_option
def init(*, folder: Path, dry_run: bool, form: Format) -> None:
    """Make a working folder: seeds, settings and prefect.yaml.

    A file that is there already stays as it is.
    """
    from flows import starting

    placed = starting.start(folder, dry_run=dry_run)
    state = {True: "would be made" if dry_run else "made", False: "kept as it was"}
    rows = [[str(folder / one.file), state[one.made]] for one in placed]
    write(["file", "state"], rows, form)
    if not dry_run:
        cd = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))}\n  "
        say(_NEXT.format(cd=cd))
