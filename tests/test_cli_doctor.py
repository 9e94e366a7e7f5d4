"""`slugline doctor`: every ill is told with what to try; a sound set-up exits with 0."""

import fcntl
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from commanding import command, environment
from runfolders import fresh, two_days, write_run

from flows import installed
from warehouse import manifest
from warehouse.records import now_utc

ROOT = Path(__file__).parents[1]
WATCH = 'title = "Mill"\nsources = ["one", "two"]\nexpect = { articles_per_day = [1, 9] }\n'


@pytest.fixture(autouse=True)
def apart(desk, monkeypatch, tmp_path):
    """No Prefect server of this machine is asked."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.chdir(desk.folder)


@pytest.fixture
def examined(desk):
    """Runs the command and gives its findings by what they are of."""

    def run(*args, code=0):
        told = desk("doctor", *args, "--format", "ndjson")
        assert told.code == code, told.out
        return {row["what"]: row for row in told.rows}

    return run


def watch(desk, text=WATCH):
    folder = desk.seeds / "mill"
    folder.mkdir()
    (folder / "watch.toml").write_text(text)
    (folder / "article.txt").write_text("A text.")


def test_a_new_folder_is_well_and_says_what_comes_next(desk, examined):
    found = examined()
    assert {row["state"] for row in found.values()} == {"ok", "warn"}
    assert {what for what, row in found.items() if row["state"] == "warn"} == {"watches"}
    assert found["watches"]["advice"] == "slugline watch add FILE"
    assert found["import flows"]["found"] == str(ROOT / "flows")
    lines = desk("doctor", "--format", "table").out.splitlines()
    assert len(lines) == len(found)
    assert "warn  watches: there are none (slugline watch add FILE)" in lines


def test_sources_bounds_and_missed_slots_are_told(desk, examined):
    watch(desk)
    two_days(desk.data, now_utc())
    found = examined()
    two = found["source two"]
    assert (two["state"], two["found"].split(" since")[0]) == (
        "warn",
        "failing: nothing it lists could be read",
    )
    assert "slugline source check two" in two["advice"]
    assert "source one" not in found
    assert found["sources"]["found"] == "1 failing, 1 new; 0 in no watch that runs"
    assert found["bounds"]["found"].startswith("watch mill: 0 related articles")
    assert "1 slots of 24 hours were missed" in found["last run"]["found"]
    bounded = examined("--top-n", "0")
    assert "source two" not in bounded


def test_a_run_that_ends_out_of_bounds_says_so_and_exits_with_3(desk):
    watch(desk)
    file = desk.seeds / "sources.toml"  # nobody is asked, the watch is judged all the same
    file.write_text(file.read_text().replace("home =", "paused = true\nhome ="))
    two_days(desk.data, now_utc())
    told = desk("run", "--format", "ndjson")
    assert told.code == 3, told.err
    assert "watch mill: 0 related articles in the last 24 hours, expected 1 to 9" in told.err
    assert told.rows[0]["status"] == "waiting"


@pytest.mark.parametrize(
    ("files", "what", "says"),
    [
        ({"settings.toml": "contakt = 'x'"}, "settings", "settings.toml:1: unknown key 'contakt'"),
        ({"sources.toml": "[source.one]"}, "watches", "sources.toml:1: source 'one' needs a home"),
        ({"mill/watch.toml": WATCH.replace("two", "tow")}, "watch mill", "did you mean 'two'?"),
    ],
    ids=["settings", "sources", "watch"],
)
def test_mistakes_in_the_files_fail(desk, examined, files, what, says):
    watch(desk)
    for name, text in files.items():
        (desk.seeds / name).write_text(text)
    found = examined(code=1)
    assert found[what]["state"] == "fail"
    assert says in found[what]["found"]


def test_run_folders_that_are_broken_or_old_and_who_crawls(desk, examined):
    whole = write_run(fresh(desk.data) / "runs", "r1")
    os.utime(whole, (0, 0))
    assert examined()["runs"]["state"] == "warn"
    (whole / "request.json").write_text("{")
    with (desk.data / "crawl.lock").open("w") as lock:
        lock.write("4711 backfill\n")
        lock.flush()
        assert examined(code=1)["crawling"]["found"] == "nobody"
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = examined(code=1)
    assert found["crawling"]["found"] == "process 4711, a backfill"
    assert found["runs"]["found"] == "1 cannot be read: r1"


def test_tables_of_another_version(desk, examined):
    shutil.copytree(ROOT / "tests/data/warehouse/schema-1", fresh(desk.data), dirs_exist_ok=True)
    moved = examined()["tables"]
    assert moved["found"] == "generation 3, schema 1; they were moved here from /somewhere/else"
    assert moved["advice"] == "slugline publish"
    assert desk("publish").code == 0
    assert "schema 1; the next landing brings it to" in examined()["tables"]["found"]
    current = manifest.read(desk.data, schema=99)
    manifest.write(desk.data, replace(current, schema=9_999))
    assert "newer Slugline" in examined(code=1)["tables"]["found"]


def package(folder, name, version, *files):
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def test_another_package_with_our_names_and_versions_that_do_not_fit(tmp_path, monkeypatch):
    others = tmp_path / "site-packages"
    package(others, "flows", "0.1", "flows/__init__.py", "flows/flow.py")
    package(others, "fastapi", "0.165.0", "fastapi/__init__.py")
    monkeypatch.syspath_prepend(str(others))
    found = {one.what: one for one in installed.installed()}
    assert found["import flows"].state == "fail"
    assert found["import flows"].found == "the package flows brings one too"
    assert found["import flows"].advice.startswith("pip uninstall flows; then")
    assert found["import crawlers"].state == found["sqlalchemy"].state == "ok"
    assert found["fastapi"].state == "fail"
    assert found["fastapi"].found.startswith("0.165.0, but <0.140 is supported: with others")


def test_a_server_that_does_not_answer_fails_and_prefect_is_not_imported(desk, tmp_path):
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "profiles.toml").write_text(
        'active = "news"\n[profiles.news]\nPREFECT_API_URL = "http://127.0.0.1:9/api"\n'
    )
    code = (
        "import sys; from flows.cli.main import run\n"
        "code = run(['doctor', '--format', 'ndjson'])\n"
        "sys.exit(code if 'prefect' not in sys.modules else 99)"
    )
    done = subprocess.run(
        [*command()[:2], code],
        env=environment(desk.data, desk.seeds),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    found = {row["what"]: row for row in map(json.loads, done.stdout.splitlines())}
    server = found["prefect server"]
    assert server["state"] == "fail"
    assert server["found"].startswith("http://127.0.0.1:9/api does not answer")
    assert "prefect server start" in server["advice"]
