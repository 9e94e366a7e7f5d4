"""Shell completion: in a real bash, and without anything heavy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import SEED
from test_cli_help import HEAVY

from flows.cli import main

SCRIPT = """
source "$0"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_slugline_completion slugline
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def press_tab(desk):
    """What bash offers for a line whose last word is being typed."""
    desk("watch", "list")  # the folder of seeds is there
    mill = desk.seeds / "mill"
    mill.mkdir()
    shutil.copy(SEED, mill / "article.txt")
    (mill / "watch.toml").write_text('title = "A mill"\n')
    script = desk.folder / "slugline.bash"
    script.write_text(desk("completion", "bash").out)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def press(*words):
        line = ["bash", "--norc", "-c", SCRIPT, script, "slugline", *words]
        env = os.environ | {"PATH": path}
        done = subprocess.run(
            line, cwd=desk.folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        return done.stdout.split()

    return press


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_commands_flags_and_names(press_tab):
    assert press_tab("sea") == ["search"]
    assert press_tab("source", "ch") == ["check"]
    assert press_tab("run", "") == ["mill"]
    assert press_tab("watch", "add", "--group", "t") == ["town"]
    assert press_tab("nonsense", "x") == []


@pytest.mark.parametrize(("shell", "word"), [("zsh", "compdef"), ("fish", "complete --no-files")])
def test_other_shells_have_a_script(desk, shell, word):
    done = desk("completion", shell)
    assert done.code == 0
    assert word in done.out
    assert "_SLUGLINE_COMPLETE" in done.out


def test_a_mistake_in_a_file_completes_nothing_and_says_nothing(press_tab, desk):
    (desk.seeds / "sources.toml").write_text("[source.one]\nfeedz = []\n")
    assert press_tab("source", "check", "") == []


def test_a_seed_is_completed_as_a_file(capfd, monkeypatch):
    monkeypatch.setenv("COMP_WORDS", "slugline watch add art")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert main._complete("bash_complete") == 0
    assert capfd.readouterr().out == "file,art\n"


def test_completing_imports_nothing_heavy(desk):
    code = (
        "import json, sys\n"
        "from flows.cli import main\n"
        "assert main._complete('bash_complete') == 0\n"
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    env = os.environ | {"COMP_WORDS": "slugline source check o", "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=desk.folder, env=env, capture_output=True, check=True
    )
    assert done.stdout.splitlines()[0] == b"plain,one"
    assert json.loads(done.stdout.splitlines()[-1]) == []
