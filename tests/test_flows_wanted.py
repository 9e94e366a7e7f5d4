"""What slugline deploy takes from prefect.yaml and what from the settings."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.config import Settings
from flows.server import wanted
from warehouse.errors import BadInput

SHIPPED = Path(__file__).parents[1] / "prefect.yaml"


@pytest.fixture
def project(tmp_path):
    shutil.copy(SHIPPED, tmp_path)
    return tmp_path


def rewrite(project, old, new):
    file = project / "prefect.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def schedules(project, **settings):
    found = wanted.read(project, replace(Settings(), **settings), {})
    return {one.flow: one.schedules for one in found}


def test_the_file_as_shipped_says_what_the_settings_say(project):
    """So that `prefect deploy --all` and `slugline deploy` make the same."""
    import yaml

    said = {
        one["entrypoint"]: one["schedules"]
        for one in yaml.safe_load(SHIPPED.read_text())["deployments"]
    }
    found = wanted.read(project, Settings(), {})
    assert {one.entrypoint: one.schedules for one in found} == said
    assert {one.full_name for one in found} == {
        f"{flow}/slugline" for flow in ("monitor", "maintain", "backfill", "reprocess")
    }
    assert {wanted.folder_of(one.pull_steps) for one in found} == {project}


def test_settings_move_what_was_left_as_it_came(project):
    times = {"timezone": "Asia/Kabul", "schedule_minutes": 5.0, "maintain_at": "23:05"}
    found = schedules(project, **times)
    assert found["monitor"][0]["interval"] == 300
    assert found["maintain"][0]["cron"] == "5 23 * * *"
    assert {one[0]["timezone"] for one in found.values() if one} == {"Asia/Kabul"}


def test_what_a_person_wrote_stays(project):
    rewrite(project, "37 3 * * *", "0 5 * * 0")
    rewrite(project, "interval: 900", "interval: 3600")
    found = schedules(project, schedule_minutes=5.0, maintain_at="23:05")
    assert found["monitor"][0]["interval"] == 3600
    assert found["maintain"][0]["cron"] == "0 5 * * 0"


def test_a_mistake_in_the_file_is_named(project, tmp_path):
    rewrite(project, "    tags: [slugline]", "    tgas: [slugline]")
    with pytest.raises(BadInput, match=r"prefect.yaml: unknown key 'tgas'.*'tags'"):
        schedules(project)
    (project / "prefect.yaml").write_text("deployments: [")
    with pytest.raises(BadInput, match=r"prefect\.yaml"):
        schedules(project)
    with pytest.raises(BadInput, match="slugline init"):
        schedules(tmp_path / "elsewhere")
