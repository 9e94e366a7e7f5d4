"""`slugline completion`, and the names that a shell may complete."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from flows.cli.options import command

if TYPE_CHECKING:
    from warehouse.records import Source

VARIABLE = "_SLUGLINE_COMPLETE"  # with it set, a shell asks what may come next
_SHELLS = ("bash", "zsh", "fish")


@command(
    'eval "$(slugline completion bash)"                  # in ~/.bashrc; zsh likewise\n'
    "slugline completion fish > ~/.config/fish/completions/slugline.fish"
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print what makes a shell complete commands and names."""
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(ctx.find_root().command, {}, "slugline", VARIABLE).source())


def files(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """As the shell knows them, for what may also be an address or standard input."""
    return [CompletionItem(incomplete, type="file")]


def watch_names(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """The watches there are."""
    from flows import watches

    return _beginning(incomplete, (folder.name for folder in watches.folders(_seeds(ctx))))


def source_names(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """The sources there are."""
    return _beginning(incomplete, (source.source for source in _sources(ctx)))


def group_names(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """The groups there are."""
    found = {group for source in _sources(ctx) for group in source.groups}
    return _beginning(incomplete, sorted(found | {"all"}))


def _seeds(ctx: click.Context) -> Path:
    from flows import config

    root = ctx.find_root().params
    return config.load(data=root.get("data"), seeds=root.get("seeds")).seeds


def _sources(ctx: click.Context) -> tuple[Source, ...]:
    from flows import sources

    return sources.read(_seeds(ctx))


def _beginning(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
