"""Every command explains itself, quickly."""

import json
import subprocess
import sys

import click
import pytest
from commanding import command

from flows.cli.main import COMMANDS, cli, run

HEAVY = ["duckdb", "scrapy", "twisted", "prefect", "onnxruntime", "rich", "lxml", "numpy",
         "trafilatura", "tomlkit", "asyncio"]  # fmt: skip


def every_command():
    ctx = click.Context(cli, info_name="slugline")
    for name in cli.list_commands(ctx):
        found = cli.get_command(ctx, name)
        yield [name], found
        if isinstance(found, click.Group):
            for sub in found.list_commands(ctx):
                yield [name, sub], found.get_command(ctx, sub)


ALL = list(every_command())


@pytest.mark.parametrize(("path", "found"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_each_help_ends_in_an_example(path, found, capsys):
    assert run([*path, "--help"]) == 0
    told = capsys.readouterr()
    last = told.out.rstrip().splitlines()[-1]
    assert "slugline" in last
    assert "Example" in told.out
    assert found.help
    assert not told.err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_overview_says_what_each_command_says(name):
    found = cli.get_command(click.Context(cli), name)
    assert found.get_short_help_str(limit=200) == COMMANDS[name][1]


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("slugline 0.")


def test_misuse_is_2_and_suggests(capsys):
    assert run(["serach", "x"]) == 2
    assert "did you mean 'search'" in capsys.readouterr().err
    assert run(["search"]) == 2
    assert run(["search", "x", "--tpo-n", "3"]) == 2
    assert run(["timeline", "x", "--zone", "Europe/Berln"]) == 2
    assert "Europe/Berlin" in capsys.readouterr().err


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["watch", "--help"], ["run", "-h"]])
def test_starting_imports_nothing_heavy(args):
    code = (
        "import json, sys\n"
        "from flows.cli.main import run\n"
        f"run({args!r})\n"
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    """As `head` does: the pipe is closed before the first byte."""
    (tmp_path / "lines").write_bytes(b'{"url":"http://a.example/","text":"x"}\n' * 5_000)
    with subprocess.Popen(
        command("--data", tmp_path, "group", "--batch", tmp_path / "lines"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
