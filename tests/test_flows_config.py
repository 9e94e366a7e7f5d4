"""Settings come from flags, environment, file and defaults, in this order."""

from dataclasses import fields
from pathlib import Path

import pytest

from flows import config
from flows.config import Settings
from warehouse.errors import BadInput, BadToml


def load(tmp_path, toml="", environment=None, **flags):
    (tmp_path / "settings.toml").write_text(toml)
    return config.load(seeds=tmp_path, environment=environment or {}, **flags)


def test_each_layer_wins_over_the_one_below(tmp_path):
    toml = "workers = 3\nconcurrency = 4\npace_seconds = 2\n"
    environment = {"SLUGLINE_CONCURRENCY": "5", "SLUGLINE_PACE_SECONDS": "1.5"}
    found = load(tmp_path, toml, environment, pace_seconds=0.5)
    assert (found.workers, found.concurrency, found.pace_seconds) == (3, 5, 0.5)
    assert found.retries == Settings().retries


def test_data_directory_may_be_set_anywhere(tmp_path):
    assert load(tmp_path).data == Path("data")
    assert load(tmp_path, 'data = "/srv/a"').data == Path("/srv/a")
    assert load(tmp_path, 'data = "/srv/a"', {"SLUGLINE_DATA": "/srv/b"}).data == Path("/srv/b")
    flag = load(tmp_path, "", {"SLUGLINE_DATA": "/srv/b"}, data=Path("/srv/c"))
    assert flag.data == Path("/srv/c")


def test_an_unknown_setting_names_the_nearest(tmp_path):
    with pytest.raises(BadToml, match=r"settings.toml:1: unknown key 'worker'.*'workers'"):
        load(tmp_path, "worker = 2")


def test_a_wrong_variable_is_named(tmp_path):
    with pytest.raises(BadInput, match="SLUGLINE_WORKERS: expected a whole number"):
        load(tmp_path, "", {"SLUGLINE_WORKERS": "many"})


def test_the_user_agent_names_product_and_contact(tmp_path):
    agent = load(tmp_path, 'contact = "desk@slugline.example"').user_agent
    assert agent.startswith("Slugline/")
    assert "desk@slugline.example" in agent


def test_the_commented_settings_file_lists_every_setting_with_its_default():
    text = (Path(__file__).parents[1] / "seeds" / "settings.toml").read_text()
    for field in fields(Settings):
        if field.name == "seeds":
            continue
        value = getattr(Settings(), field.name)
        shown = '"' if value is None else str(value)
        shown = shown.lower() if isinstance(value, bool) else shown
        line = next(line for line in text.splitlines() if line.startswith(f"# {field.name} = "))
        assert shown in line.replace("_", ""), line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('timezone = "Europe/Berln"', "a time zone such as"),
        ('timezone = "../../etc/passwd"', "a time zone such as"),
        ('maintain_at = "3:30"', "a time of day such as"),
        ('maintain_at = "24:00"', "a time of day such as"),
        ('pool = "a b"', "a name of letters"),
    ],
    ids=["no zone", "a path", "no hour", "too late", "a blank"],
)
def test_what_prefect_is_to_be_told_is_checked(tmp_path, line, expected):
    with pytest.raises(BadToml, match=expected):
        load(tmp_path, line)
