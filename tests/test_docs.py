"""Every command and query in README and docs is run, over the demo's data and its small web.

A block that cannot be run here has `<!-- not run here: reason -->` before it, one that shows a
mistake `<!-- exit 2 -->`; SQL in docs/sql.md is run by test_ask_docs.
"""

import contextlib
import dataclasses
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sharing import DEMO, after_first

import warehouse
from crawlers.newsstand import Newsstand
from flows import config, watches
from flows.cli import main
from warehouse import landing

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?:<!-- (?P<note>[^>]*) -->\n)?```(?P<kind>\w+)\n(?P<body>.*?)```", re.DOTALL)
SHELL = set("|<>&;$`*")


@dataclass(frozen=True)
class Block:
    page: str
    kind: str
    body: str
    note: str

    @property
    def exit_code(self):
        found = re.fullmatch(r"exit (\d+)", self.note)
        return int(found[1]) if found else 0

    @property
    def runs(self):
        return not self.note.startswith("not run here:")

    def commands(self):
        return [line[2:] for line in self.body.splitlines() if line.startswith("$ ")]

    def statements(self):
        bare = "\n".join(line.split("--")[0] for line in self.body.splitlines())
        return [one.strip() for one in bare.split(";") if one.strip()]


def blocks():
    return [
        Block(page.name, m["kind"], m["body"], m["note"] or "")
        for page in PAGES
        for m in BLOCK.finditer(page.read_text("utf-8"))
    ]


COMMANDS = [b for b in blocks() if b.kind == "console" and b.runs]
UNITS = sorted((ROOT / "docs" / "systemd").iterdir())
QUERIES = [b for b in blocks() if b.kind == "sql" and b.runs and b.page != "sql.md"]


@pytest.fixture(scope="module")
def place(tmp_path_factory, all_of_us):
    """A working folder as a user has it: seeds/, data/ after a run, an article, a saved page."""
    folder = tmp_path_factory.mktemp("docs")
    seeds = folder / "seeds"
    seeds.mkdir()
    for name in ("sources.toml", "settings.toml"):
        shutil.copy(DEMO / name, seeds / name)
    for found in watches.folders(DEMO):
        shutil.copytree(found, seeds / found.name)
    after_first(all_of_us, folder / "data")
    with Newsstand(DEMO / "newsstand") as stand:
        land_missed_slot(folder / "data")
        shutil.copy(seeds / watches.folders(DEMO)[0].name / "article.txt", folder / "article.txt")
        write_inputs(folder)
        yield folder, stand.proxy


def land_missed_slot(data):
    at = datetime(2023, 7, 14, 12)  # noqa: DTZ001  UTC, as the tables hold it
    slot = {"flow": "monitor", "scheduled_at": at, "reason": "no worker", "landed_at": at}
    landing.land_rows(data, "missed", {"missed_slots": [slot]}, now=at.replace(tzinfo=UTC))


def write_inputs(folder):
    paragraph = "The town council met on Monday and voted for the new bridge over the river. "
    (folder / "page.html").write_text(
        f"<html><head><title>A bridge</title></head><body><article><h1>A bridge</h1>"
        f"<p>{paragraph * 4}</p><p>{paragraph * 3}</p></article></body></html>"
    )
    (folder / "feed.xml").write_text(
        "<rss version='2.0'><channel><title>Kestrel</title><item><title>A bridge</title>"
        "<link>http://www.kestrel.example/bridge</link></item></channel></rss>"
    )
    broken = folder / "broken" / "town-story"
    broken.mkdir(parents=True)
    (broken / "article.txt").write_text("A town decides.")
    (broken / "watch.toml").write_text('title = "A town decides"\nlangauge = "en"\n')


def run(command, place):
    """As a shell would; in this process where the shell would only start Slugline."""
    folder, proxy = place
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "SLUGLINE_PROXY": proxy, "SLUGLINE_PACE_SECONDS": "0"}
    env |= {"PREFECT_HOME": str(folder), "PREFECT_API_URL": ""}  # none that somebody has set
    words = shlex.split(command, comments=True)
    if words[0] == "slugline" and not SHELL & set(command):
        return run_here(words[1:], folder, env)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def run_here(args, folder, env):
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in env.items():
            patch.setenv(name, value)
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
            code = main.run(args)
    return code, told.getvalue()


def test_every_command_of_the_documents_runs(place):
    """In the order of the page, since later ones build on what earlier ones made."""
    assert COMMANDS
    for block in COMMANDS:
        for command in block.commands():
            code, told = run(command, place)
            told = f"{block.page}: {command}\n{told}"
            assert code == block.exit_code, told
            assert "Traceback" not in told, told


@pytest.mark.parametrize("block", QUERIES, ids=lambda b: b.page)
def test_every_query_of_the_documents_gives_rows(place, block, monkeypatch):
    monkeypatch.chdir(place[0])
    with warehouse.connect(place[0] / "data") as con:
        for statement in block.statements():
            assert con.execute(statement).fetchall(), statement


def test_every_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    for field in dataclasses.fields(config.Settings):
        assert f"| `{field.name}` |" in readme, field.name


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_to_a_file_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_every_unit_of_systemd_is_sound(unit, tmp_path):
    text = unit.read_text("utf-8")
    for program, args in re.findall(
        r"^ExecStart=/opt/slugline/bin/(\w+) (.+)$", text, re.MULTILINE
    ):
        assert program == "prefect" or args.split()[0] in main.COMMANDS
    assert text.startswith(("#", "[Unit]"))
    checker = shutil.which("systemd-analyze")
    if not checker:
        return  # not on this machine
    for one in UNITS:  # they name each other
        body = one.read_text("utf-8").replace("/opt/slugline/bin", str(Path(sys.executable).parent))
        (tmp_path / one.name).write_text(body)
    verify = [checker, "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
