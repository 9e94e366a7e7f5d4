"""Watch files: read, written, refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import watches
from warehouse.errors import BadInput, BadSeed, BadToml, Unknown
from warehouse.records import Source, Term, Watch

SEEDS = Path(__file__).parents[1] / "seeds"

FULL = Watch(
    watch="mill",
    title='The "old" mill \\ and its chimney',
    language="en",
    terms=(
        Term(text="Petra Lindqvist", kind="person", weight=1.0, spellings=("Lindqvist", "Петра")),
        Term(text="paper mill", kind="phrase", weight=0.25),
    ),
    must=("mill",),
    not_=("wind mill",),
    sources=("one",),
    groups=("town", "all"),
    since=datetime(2026, 1, 1, tzinfo=UTC),
    until=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    expect=(5.0, 400.0),
    paused=True,
    seed_url="http://one.example/2026/mill.html",
    seed_published_at=datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
    created_at=datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
)


def folder_with(tmp_path, toml, article="A text."):
    folder = tmp_path / "mill"
    folder.mkdir()
    (folder / "watch.toml").write_text(toml, encoding="utf-8")
    (folder / "article.txt").write_text(article, encoding="utf-8")
    return folder


@pytest.mark.parametrize("watch", [FULL, Watch(watch="mill", title="t")])
def test_what_is_written_is_read_back(tmp_path, watch):
    path = watches.write(tmp_path, watch, "The text.\n")
    found = watches.read(path.parent)
    assert found.watch == watch
    assert found.seed_text == "The text.\n"


def test_times_within_a_day_survive(tmp_path):
    watch = Watch(watch="mill", title="t", since=datetime(2026, 1, 1, 7, 30, tzinfo=UTC))
    assert watches.read(watches.write(tmp_path, watch, "x").parent).watch == watch


def test_the_template_can_be_read(tmp_path):
    template = (SEEDS / "_template" / "watch.toml").read_text(encoding="utf-8")
    found = watches.read(folder_with(tmp_path, template)).watch
    assert found.groups == ("english",)
    assert [term.kind for term in found.terms] == ["person", "organisation", "place", "phrase"]


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('title = "a"\nsinse = 2026-01-01', r"watch.toml:2: unknown key 'sinse'.*'since'"),
        ('title = "a"\nterms = [\n{weight = 1, txt = "b"}]', r":3: unknown key 'txt'.*'text'"),
        ('title = "a"\nterms = [{weight = 1, kind = "name"}]', r":2: a term needs text"),
        ('title = "a"\n[[terms]]\nweight=1\ntext="b"\nkind="nam"', r":5: kind: expected one of"),
        ('title = "a"\nterms = "b"', "terms must be a list"),
        ('language = "en"', "needs a title"),
        ('title = "a"\nsince = 2026-02-01\nuntil = 2026-01-01', ":3: until is before since"),
        ('title = "a"\nsince = "soon"', ":2: since: expected a date"),
        ("title = ", ":1: not valid TOML"),
    ],
)
def test_mistakes_are_named_with_file_and_line(tmp_path, toml, says):
    with pytest.raises(BadToml, match=says):
        watches.read(folder_with(tmp_path, toml))


def test_a_watch_needs_its_article(tmp_path):
    folder = folder_with(tmp_path, 'title = "a"')
    (folder / "article.txt").unlink()
    with pytest.raises(BadSeed, match="missing"):
        watches.read(folder)


def test_an_unknown_watch_suggests_the_nearest(tmp_path):
    folder_with(tmp_path, 'title = "a"')
    with pytest.raises(Unknown, match="did you mean 'mill'"):
        watches.read_all(tmp_path, ["mil"])
    with pytest.raises(Unknown, match="there are: mill"):
        watches.find(tmp_path, "something-else")


def test_template_and_hidden_folders_are_no_watches(tmp_path):
    for name in ("_template", ".trash", "real"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "watch.toml").write_text('title = "a"')
    assert [folder.name for folder in watches.folders(tmp_path)] == ["real"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Taliban endorses Elon Musk’s Twitter for freedom", "taliban-endorses-elon-musk"),
        ("L'été à Paris: la grève continue", "lete-paris-greve-continue"),
        ("महिला विश्व कप", "महिला-विश्व-कप"),
        ("東京 映画", "東京-映画"),
        ("!!!", ""),
    ],
)
def test_slugs_come_from_titles_in_any_script(title, slug):
    assert watches.slug_of(title) == slug


@pytest.mark.parametrize("slug", ["", "-a", "_a", "../a", "a/b", "A", "a b", "demo", "x" * 65, "."])
def test_names_that_cannot_be_folders_are_refused(slug):
    with pytest.raises(BadInput):
        watches.check_slug(slug)


def test_a_watch_is_never_overwritten(tmp_path):
    watches.write(tmp_path, FULL, "x")
    with pytest.raises(BadInput, match="there is a watch 'mill' already"):
        watches.write(tmp_path, FULL, "x")


def test_removing_leaves_what_others_put_there(tmp_path):
    folder = watches.write(tmp_path, FULL, "x").parent
    (folder / "notes.md").write_text("mine")
    assert [path.name for path in watches.remove(folder)] == ["notes.md"]
    (folder / "notes.md").unlink()
    assert watches.remove(folder) == []
    assert not folder.exists()


def test_a_watch_uses_only_what_it_names():
    one = Source(source="one", home="http://one.example/", groups=("town",))
    two = Source(source="two", home="http://two.example/")
    pairs = [
        (Watch(watch="w", title="t"), []),
        (Watch(watch="w", title="t", sources=("two",)), ["two"]),
        (Watch(watch="w", title="t", groups=("town",)), ["one"]),
        (Watch(watch="w", title="t", groups=("all",)), ["one", "two"]),
    ]
    for watch, names in pairs:
        assert [s.source for s in watches.sources_of(watch, [one, two])] == names
    wrong = Watch(watch="w", title="t", sources=("tow",), groups=("twon",))
    assert watches.unknown_sources(wrong, [one, two]) == [
        "no source 'tow', did you mean 'two'?",
        "no group 'twon', did you mean 'town'?",
    ]
