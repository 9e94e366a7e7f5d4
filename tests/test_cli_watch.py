"""`slugline watch`: make, list, show, check, remove; and what is wrong input."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from commanding import SEED, WEB

LIST = Path(__file__).parents[1] / "seeds" / "sources.toml"


def add(desk, *more):
    return desk("watch", "add", str(SEED), "--slug", "mill", *more)


def test_add_writes_both_files_and_says_what_it_looks_for(desk):
    done = add(desk, "--group", "all", "--since", "2026-01-01", "--must", "mill")
    assert done.code == 0, done.err
    written = tomllib.loads((desk.seeds / "mill" / "watch.toml").read_text("utf-8"))
    names = {term["text"] for term in written["terms"]}
    assert {"Petra Lindqvist", "Brackwater Holdings", "Tomas Okoro", "Aldermoor"} <= names
    assert [row["text"] for row in done.rows] == [term["text"] for term in written["terms"]]
    assert written["groups"] == ["all"]
    assert written["must"] == ["mill"]
    assert "left out, heading of a list of links: Read More:" in done.err
    assert "left out, comment section: Leave a Comment" in done.err
    assert "language: en, with a model for names" in done.err
    assert "2 sources" in done.err
    assert "nothing has landed yet" in done.err
    assert not names & {"Read More", "Leave a Comment"}


def test_add_tells_of_no_sources_and_refuses_a_second(desk):
    done = add(desk)
    assert done.code == 0
    assert "nothing is crawled for it: it names no source and no group" in done.err
    again = add(desk)
    assert again.code == 2
    assert "there is a watch 'mill' already" in again.err


def test_list_show_check_remove(desk):
    add(desk, "--group", "town")
    (row,) = desk("watch", "list").rows
    assert (row["watch"], row["sources"], row["paused"]) == ("mill", 1, False)
    shown = desk("watch", "show", "mill").rows[0]
    assert shown["sources"] == ["one"]
    assert shown["article"].startswith("Council stops auction")
    assert "Petra Lindqvist" in desk("watch", "show", "mill", "--format", "table").out
    checked = desk("watch", "check")
    assert (checked.code, checked.out) == (0, "")
    refused = desk("watch", "remove", "mill")
    assert refused.code == 2
    assert "say --yes" in refused.err
    assert desk("watch", "remove", "mill", "--yes").code == 0
    assert desk("watch", "list").rows == []


def test_check_names_sources_that_are_not_there(desk):
    add(desk, "--group", "town")
    path = desk.seeds / "mill" / "watch.toml"
    path.write_text(path.read_text("utf-8").replace('["town"]', '["twon"]'), "utf-8")
    done = desk("watch", "check", "mill")
    assert done.code == 2
    assert "no group 'twon', did you mean 'town'?" in done.err


@pytest.mark.parametrize(
    ("flag", "name", "says"),
    [
        ("--group", "twon", "no group 'twon', did you mean 'town'?"),
        ("--source", "tow", "no source 'tow', did you mean 'two'?"),
    ],
)
def test_add_refuses_a_source_or_group_that_is_not_there(desk, flag, name, says):
    done = add(desk, flag, name)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert not (desk.seeds / "mill").exists()


def test_add_says_that_all_of_nothing_is_nothing(desk):
    (desk.seeds / "sources.toml").unlink()
    done = add(desk, "--group", "all")
    assert done.code == 0
    assert "nothing is crawled for it: there are no sources yet" in done.err
    assert "where else to look" not in done.err


def test_add_proposes_what_fits_and_uses_only_what_was_asked_for(desk):
    shutil.copy(LIST, desk.seeds / "sources.toml")
    seed = desk.folder / "seed.txt"
    seed.write_text(
        "Council stops the sale of a paper mill in Austria\n\nOfficials in Austria and in Kabul, "
        "Afghanistan, said on Tuesday that the mill would not be sold to Japan. The Japanese left.",
        "utf-8",
    )
    done = desk("watch", "add", str(seed), "--slug", "mill", "--group", "austria")
    assert done.code == 0, done.err
    assert "it looks in 5 sources (6 feeds, sitemaps and pages)" in done.err
    assert re.search(r"english: \d+ sources \(\d+ feeds.*the seed is in English", done.err)
    assert re.search(r"japan: 6 sources .*the seed names Japan", done.err)
    assert "austria: 5" not in done.err
    assert "no source of Afghanistan" in done.err
    assert 'groups = ["austria", "english", "japan"]' in done.err
    written = tomllib.loads((desk.seeds / "mill" / "watch.toml").read_text("utf-8"))
    assert (written["groups"], written["sources"]) == (["austria"], [])


def test_an_unknown_watch_suggests_the_nearest(desk):
    add(desk)
    done = desk("watch", "show", "mil")
    assert (done.code, done.out) == (2, "")
    assert "did you mean 'mill'?" in done.err


def test_an_address_is_fetched_and_extracted(desk, newsstand):
    stand = newsstand(WEB)
    done = desk("watch", "add", "http://one.example/2026/mill.html", proxy=stand.proxy)
    assert done.code == 0, done.err
    (folder,) = [p.parent for p in desk.seeds.glob("*/watch.toml")]
    written = tomllib.loads((folder / "watch.toml").read_text("utf-8"))
    assert written["seed_url"] == "http://one.example/2026/mill.html"
    assert str(written["seed_published_at"]) == "2026-03-03 09:00:00+00:00"
    assert "<p>" not in (folder / "article.txt").read_text("utf-8")
    gone = desk("watch", "add", "http://one.example/2026/lost.html", proxy=stand.proxy)
    assert gone.code == 2
    assert "answers 404" in gone.err


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \n\n", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
        ("furniture.txt", b"ok", "no article"),
        ("page.html", b"<html><body><ul><li><a href='/'>Home</a></ul></body></html>", "no article"),
    ],
)
def test_a_seed_without_an_article_is_wrong_input(desk, name, body, says):
    path = desk.folder / name
    path.write_bytes(body)
    done = desk("watch", "add", str(path), "--slug", "x")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert says in done.err
    assert len(done.err.splitlines()) == 1
    assert not (desk.seeds / "x").exists()


def test_a_seed_that_is_not_there(desk):
    assert desk("watch", "add", str(desk.folder / "no.txt")).code == 2
    assert desk("watch", "add", str(desk.folder)).code == 2
    assert desk("watch", "add", "http://nowhere.invalid/a", "--slug", "x").code == 1


def test_a_language_without_a_model_works_on_keywords_and_says_so(desk):
    path = desk.folder / "seed.txt"
    path.write_text(
        "Gemeinderat stoppt Versteigerung der Papiermühle\n\nDer Gemeinderat hat am Dienstag die "
        "Versteigerung der alten Papiermühle gestoppt. Bürgermeisterin Petra Lindqvist nahm die "
        "Unterschriften entgegen. Die Papiermühle steht seit Jahren leer.",
        "utf-8",
    )
    done = desk("watch", "add", str(path), "--slug", "muehle")
    assert done.code == 0
    assert "language: de, without a model for names" in done.err
    assert any("Papiermühle" in row["text"] for row in done.rows)


def test_a_mistake_in_a_watch_file_is_one_line(desk):
    add(desk)
    path = desk.seeds / "mill" / "watch.toml"
    path.write_text(path.read_text("utf-8").replace("paused = ", "puased = "), "utf-8")
    for args in (["watch", "check"], ["run"], ["watch", "list"]):
        done = desk(*args)
        assert done.code == 2
        (line,) = done.err.splitlines()
        assert "unknown key 'puased' (did you mean 'paused'?)" in line
        assert f"{path}:" in line


def test_seeds_from_standard_input(desk):
    process = desk.child("watch", "add", "-", "--slug", "mill", stdin=-1)
    out, err = process.communicate(SEED.read_bytes(), timeout=300)
    assert process.returncode == 0, err
    assert json.loads(out.splitlines()[0])["weight"] == 1.0


def test_add_writes_nothing_where_a_mistake_is_told(desk):
    done = add(desk, "--since", "2026-02-01", "--until", "2026-01-01")
    assert (done.code, "until is before" in done.err) == (2, True)
    (desk.seeds / "sources.toml").write_text("[source.one]\nfeedz = []\n")
    done = add(desk)
    assert (done.code, "unknown key 'feedz'" in done.err) == (2, True)
    assert not (desk.seeds / "mill").exists()
