"""The command line: `slugline`. Knows the names of the commands and how errors end, no work.

Each command lives in a module of its own, imported when it is asked for, so that `--help` and
the quick commands start at once.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warehouse.errors import CouldNotDo, SluglineError

if TYPE_CHECKING:
    from types import FrameType

    from click.shell_completion import CompletionItem

INTERRUPTED = 130
STOPS_WITHIN = 4.5  # seconds from Ctrl-C to the end, whatever is going on

# Section -> command -> (module:name in flows.cli, one line of help). The help stands here too so
# that the overview imports nothing; a test compares it with the commands' own.
SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Start": {
        "demo": ("demo:demo", "See it work on a small invented web, in two minutes, offline."),
        "init": ("init:init", "Make a working folder: seeds, settings and prefect.yaml."),
        "watch": ("watch:watch", "Say what to look for: add, list, show, check, remove."),
        "source": ("source:source", "Say where to look: add, list, groups, check, import …"),
        "run": ("run:run", "Crawl, land, understand and tell what is new."),
        "backfill": ("backfill:backfill", "Fetch what a watch's sources published earlier."),
    },
    "By itself, with Prefect": {
        "deploy": (
            "deploy:deploy",
            "Put the schedule on a Prefect server: work pool, deployments, watch for dead runs.",
        ),
        "serve": (
            "deploy:serve",
            "Deploy, then carry out what is scheduled, in one process, until Ctrl-C.",
        ),
    },
    "Ask": {
        "search": ("search:search", "Articles that match a query, best first."),
        "show": ("show:show", "One article with all that is known of it."),
        "entity": ("entities:entity", "Articles that name a person, organisation or place."),
        "timeline": (
            "entities:timeline",
            "How often somebody is named, day by day.",
        ),
        "together": ("entities:together", "Who appears together with somebody."),
        "coverage": ("coverage:coverage", "Articles related to a watch, with the reasons."),
        "why": ("coverage:why", "Why an article is related to a watch, or is not."),
        "fate": ("fates:fate", "What became of an address, run by run."),
        "copies": ("fates:copies", "Where else an article's text appeared."),
        "outcomes": ("fates:outcomes", "What became of every address a run found."),
        "sql": ("sql:sql", "Ask the warehouse in SQL, read-only."),
        "export": ("export:export", "Take articles along, for other tools."),
    },
    "Stages alone (JSON lines in, JSON lines out)": {
        "leads": ("leads:leads", "Feed, sitemap or page to the addresses it names."),
        "extract": ("extract:extract", "Web page to clean text and metadata."),
        "understand": ("stages:understand", "Text to language, names, keywords and quotes."),
        "relate": ("stages:relate", "How close texts are to a seed."),
        "group": ("stages:group", "Which texts are copies of which."),
        "import": ("imports:import_", "Land articles that you already have."),
    },
    "Keep": {
        "doctor": ("doctor:doctor", "Look whether all is well, and say what to try."),
        "maintain": ("maintain:maintain", "Tidy up, forget what is old, and verify every file."),
        "reprocess": ("reprocess:reprocess", "Derive again with the current version."),
        "backup": ("backup:backup", "Copy all that has landed into a folder, verified."),
        "restore": ("backup:restore", "Make the data directory from a backup."),
        "snapshot": ("backup:snapshot", "Write everything into one DuckDB file."),
        "erase": ("erase:erase", "Erase an article, a source or somebody, everywhere."),
        "publish": (
            "publish:publish",
            "Make the database to read anew.",
        ),
        "completion": (
            "completion:completion",
            "Print what makes a shell complete commands and names.",
        ),
        "newsstand": ("newsstand:newsstand", "Serve the demo's small web on this machine."),
    },
}
COMMANDS = {name: row for section in SECTIONS.values() for name, row in section.items()}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"flows.cli.{module}"), name)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """From the table, so that a shell that asks imports no command."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem

        found = {name: text for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)}
        return [CompletionItem(name, help=text) for name, text in found.items()]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = not args or args[0].startswith("-") or args[0] in COMMANDS
        if not known and not ctx.resilient_parsing:
            from flows.tomlfile import nearest

            near = nearest(args[0], COMMANDS)
            advice = f"did you mean {near!r}?" if near else "see slugline --help"
            raise click.UsageError(f"no command {args[0]!r} ({advice})", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (_, text) in commands.items()])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from flows.config import product_version

        click.echo(f"slugline {product_version()}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: slugline demo",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data directory. [default: $SLUGLINE_DATA or ./data]",
)
@click.option(
    "--seeds",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of watches, sources and settings. [default: $SLUGLINE_SEEDS or ./seeds]",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
@click.pass_context
def cli(ctx: click.Context, data: Path | None, seeds: Path | None) -> None:
    """Turn one news article into a watch, and collect all further coverage of it in DuckDB.

    Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 could not be
    done, 2 wrong input, 3 done but out of bounds, 130 interrupted.
    """
    ctx.obj = {"data": data, "seeds": seeds}


def main() -> None:
    """Entry point: run, and end as the kind of error asks."""
    if asked := os.environ.get("_SLUGLINE_COMPLETE"):
        sys.exit(_complete(asked))
    _stop_in_time()
    _without_frames()
    sys.exit(run(sys.argv[1:]))


def _without_frames() -> None:
    """Spares commands half a second where pandas is installed, of which none has any need.

    DuckDB's Python looks for it, and with it for NumPy and Arrow, at the first value it is given.
    """
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]  # how Python says: there is none


def _complete(asked: str) -> int:
    """Tell the shell what may come next; nothing where a file to read names from has a mistake."""
    from click.shell_completion import shell_complete

    try:
        return shell_complete(cli, {}, "slugline", "_SLUGLINE_COMPLETE", asked)
    except (SluglineError, OSError):
        return 1


def run(args: list[str]) -> int:
    """Run one command and return its exit code; errors for people become one clear line."""
    try:
        with cli.make_context("slugline", args) as ctx:
            cli.invoke(ctx)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as misuse:
        misuse.show()
        return misuse.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except SluglineError as wrong:
        return _fail(str(wrong), wrong.exit_code)
    except OSError as wrong:
        return _failed_by_system(wrong)
    except Exception:
        if _Stopping.asked:  # DuckDB ends an interrupted query with an error of its own
            return _interrupted()
        raise
    except SystemExit:
        if _Stopping.asked:
            return _interrupted()
        raise
    return 0


def _fail(message: str, code: int) -> int:
    from flows.output import say

    say(f"error: {message}")
    return code


def _failed_by_system(wrong: OSError) -> int:
    if isinstance(wrong, BrokenPipeError) or wrong.errno == errno.EPIPE:
        # The reader of our output has gone, as `head` does: nothing to say and nothing left to
        # flush, so that the interpreter does not complain at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if wrong.errno in {errno.ENOSPC, errno.EDQUOT}:
        advice = "make room and run again; nothing that had landed is lost"
        return _fail(f"the disk is full ({advice})", CouldNotDo.exit_code)
    where = f"{wrong.filename}: " if wrong.filename else ""
    return _fail(f"{where}{wrong.strerror or wrong}", CouldNotDo.exit_code)


def _interrupted() -> int:
    from flows.output import say

    say(f"interrupted{_Stopping.advice}")
    return INTERRUPTED


class _Stopping:
    """Whether Ctrl-C was pressed, and what to tell the person then."""

    asked = False
    advice = ""


def on_interrupt(advice: str) -> None:
    """What to say, after "interrupted", from now on."""
    _Stopping.advice = f"; {advice}"


def _stop_in_time() -> None:
    """Ctrl-C and a polite kill raise KeyboardInterrupt; what ignores it is ended soon after."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    if not _Stopping.asked:
        _Stopping.asked = True
        last = threading.Timer(STOPS_WITHIN, os._exit, [INTERRUPTED])
        last.daemon = True
        last.start()
    raise KeyboardInterrupt


def settings_of(ctx: click.Context, **flags: Any) -> Any:
    """The settings that the global flags, the environment and the file give."""
    from flows import config

    chosen = ctx.find_root().obj
    return config.load(data=chosen["data"], seeds=chosen["seeds"], **flags)
