"""`slugline init`: a working folder, and nothing of anybody's written over."""

from flows import sources, watches
from flows.cli.main import run


def test_what_is_there_stays_and_the_rest_is_made(desk, tmp_path):
    folder = tmp_path / "news"
    (folder / "seeds").mkdir(parents=True)
    (folder / "seeds" / "sources.toml").write_text("# mine\n")
    (folder / ".gitignore").write_text("mine\n")
    dry = desk("init", str(folder), "--dry-run")
    done = desk("init", str(folder))
    assert [row["file"] for row in dry.rows] == [row["file"] for row in done.rows]
    assert "would be made" in {row["state"] for row in dry.rows}
    kept = [row["file"] for row in done.rows if row["state"] == "kept as it was"]
    assert kept == [f"{folder}/seeds/sources.toml", f"{folder}/.gitignore"]
    assert (folder / "seeds" / "sources.toml").read_text() == "# mine\n"
    assert (folder / "prefect.yaml").is_file()
    assert f"cd {folder}" in done.err
    assert "slugline watch add" in done.err
    again = desk("init", str(folder))
    assert {row["state"] for row in again.rows} == {"kept as it was"}


def test_what_was_made_can_be_read(desk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert desk("init", "new").code == 0
    seeds = tmp_path / "new" / "seeds"
    assert len(sources.read(seeds)) >= 100
    assert watches.read_all(seeds) == []
    assert (tmp_path / "new" / ".gitignore").read_text().splitlines()[-1] == "/data/"
    assert run(["--seeds", str(seeds), "source", "list", "uk"]) == 0


def test_a_file_is_no_folder(desk, tmp_path):
    (tmp_path / "file").touch()
    done = desk("init", str(tmp_path / "file"))
    assert (done.code, "is not a folder" in done.err) == (2, True)
