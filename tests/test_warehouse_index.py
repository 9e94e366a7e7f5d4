"""The index of words: the same whether it is recent, a segment or merged, and true to the texts."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from runfolders import NOW, article, fresh

import warehouse
from warehouse import integrity, landing, manifest, publish, relations, tidy
from warehouse.index import care, segments
from warehouse.index.forget import forget
from warehouse.manifest import TableFile

WORDS = """
SELECT p.term, p.doc, p.imp, p.pos FROM (
    SELECT term, unnest(doc) AS doc, unnest(imp) AS imp, unnest(pos) AS pos FROM postings
    UNION ALL SELECT term, doc, imp, pos FROM recent) p
ANTI JOIN dead_docs d ON p.doc = d.doc
ORDER BY ALL
"""
TEXTS = """
SELECT t.term, t.doc, list_sort(list(t.place)) AS pos FROM (
    SELECT a.doc, unnest(tokens(a.title)) AS term, generate_subscripts(tokens(a.title), 1) AS place
    FROM articles a
    UNION ALL
    SELECT a.doc, unnest(tokens(a.text)), generate_subscripts(tokens(a.text), 1) + 512
    FROM articles a) t
GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def landed(tmp_path_factory):
    """Four landings, the last of which revises the first article of the first."""
    folder = fresh(tmp_path_factory.mktemp("index") / "data")
    for batch in range(4):
        more = [_article(10 * batch + n) for n in range(3)]
        _land(folder, batch, [_article(0, "Lighthouse keeper quits")] if batch == 3 else more)
    return folder


@pytest.fixture
def data(landed, tmp_path, monkeypatch):
    monkeypatch.setattr(care, "_WORTH", 1)
    return Path(shutil.copytree(landed, tmp_path / "data", symlinks=True))


def _article(number, said="Ferries collided off Skagen"):
    return replace(
        article(number), title=f"Harbour {number}", text=f"{said}. Été {number} ferries."
    )


def _land(folder, batch, articles):
    landing.land_articles(folder, f"b{batch}", articles, now=NOW + timedelta(minutes=batch))


def _asked(folder, sql):
    with warehouse.connect(folder) as con:
        return con.execute(sql).fetchall()


def _files(folder, relation):
    return manifest.read(folder, schema=99).files.get(relation, ())


def _true_to_the_texts(folder):
    words = _asked(folder, WORDS)
    assert [(term, doc, pos) for term, doc, _, pos in words] == _asked(folder, TEXTS)
    told = dict(_asked(folder, "SELECT term, sum(df) FROM lexicon GROUP BY ALL"))
    held = Counter(term for term, *_ in words)
    assert all(told[term] >= n for term, n in held.items())
    return words


def test_recent_segment_and_merged_hold_the_same_words(data, monkeypatch):
    recent = _true_to_the_texts(data)
    assert len(_asked(data, "FROM dead_docs")) == 1
    tidy.tidy(data, now=NOW, keep_days=8)
    assert _true_to_the_texts(data) == recent
    assert not _files(data, "recent")
    monkeypatch.setitem(tidy._OF_THE_INDEX, "postings", lambda files: care.crowded(files, 2))
    for batch in (10, 11):
        _land(data, batch, [_article(100 + batch)])
        tidy.tidy(data, now=NOW, keep_days=8)
    assert len(_files(data, "postings")) == 1  # there were three
    _true_to_the_texts(data)
    assert _asked(data, "SELECT n_docs FROM index_stats") == _asked(
        data, "SELECT count(*) FROM docs"
    )
    assert not integrity.check(data, now=NOW)


MADE = """COPY (
    SELECT printf('w%05d', i // 5) AS term, 'w' AS p3, 'w' AS stem, 0::SMALLINT AS m,
        (i % 5)::INTEGER AS doc,
        100::UTINYINT AS imp,
        list_transform(range(i % 8 + 8), lambda n: (i * (n + 7919) % 60_000)::USMALLINT) AS pos
    FROM range(1_000_000) AS r(i)
) TO '{path}' (FORMAT parquet)"""


def test_a_segment_made_in_slices_has_no_room_that_nothing_is_in(tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "_ROWS", 100_000)
    path, dead = tmp_path / "recent.parquet", "SELECT 1::INTEGER AS doc WHERE false"
    duckdb.execute(MADE.format(path=path))
    file = TableFile(path=path.name, rows=1_000_000, bytes=0, digest=None, layout=0)
    assert segments.from_recent(tmp_path, [file], tmp_path / "new.db", dead).rows == 200_000
    with duckdb.connect(str(tmp_path / "new.db"), read_only=True) as con:
        _, _, _, blocks, _, free, *_ = con.execute("PRAGMA database_size").fetchall()[0]
    assert blocks > 5
    assert free == 0


@pytest.mark.parametrize("schema", ["schema-1", "schema-2"])
def test_what_landed_before_there_was_an_index_is_in_it(schema, tmp_path):
    stored = Path(__file__).parent / "data" / "warehouse" / schema
    folder = shutil.copytree(stored, fresh(tmp_path / "data"), dirs_exist_ok=True)
    assert _true_to_the_texts(folder)
    dead = "SELECT list_sort(list(doc)) FROM dead_docs"
    assert _asked(folder, dead) == _asked(folder, dead.replace("dead_docs", "articles_history"))
    assert not integrity.check(folder, now=NOW)


def test_what_was_revised_is_gone_from_a_segment(data):
    tidy.tidy(data, now=NOW, keep_days=8)
    ((dead,),) = _asked(data, "SELECT doc FROM dead_docs")
    assert _asked(data, f"SELECT * FROM postings WHERE list_contains(doc, {dead})") == []


@pytest.mark.parametrize("tidied", [False, True], ids=["recent", "segment"])
def test_what_is_forgotten_is_in_no_file_of_the_index(data, tidied):
    _land(data, 9, [_article(77, "Unheardof hermit")])
    if tidied:
        tidy.tidy(data, now=NOW, keep_days=8)
    ((doc,),) = _asked(data, "SELECT doc FROM articles WHERE text LIKE '%hermit%'")
    before, written = manifest.read(data, schema=99), []
    with duckdb.connect() as con:
        after = forget(con, data, before, [doc], written=written)
        after = replace(publish.renewed(data, after), generation=before.generation + 1)
        manifest.write(data, after)
        publish.build(con, data, after, relations.declared())
    assert {path for path in written if path.exists()} <= {
        data / name for name in manifest.named_files(after)
    }
    assert _asked(data, "SELECT term FROM lexicon WHERE term IN ('unheardof', 'hermit')") == []
    assert doc not in {held for _, held, *_ in _asked(data, WORDS)}
    assert "ferries" in {term for term, *_ in _asked(data, WORDS)}
    names = manifest.named_files(after)
    for name in names:
        if name.split("/")[1] in ("recent", "postings", "docs"):
            assert b"hermit" not in (data / name).read_bytes(), name


@pytest.mark.parametrize("step", ["before commit", "after commit"])
def test_a_tidying_that_is_killed_loses_no_word(data, step):
    words = _true_to_the_texts(data)

    def die(at):
        if at == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tidy.tidy(data, now=NOW, keep_days=8, on_step=die)
    publish.publish(data)
    assert _true_to_the_texts(data) == words
    assert not [f for f in integrity.check(data, now=NOW) if f.broken]


def test_a_damaged_segment_is_found(data):
    tidy.tidy(data, now=NOW, keep_days=8)
    (segment,) = _files(data, "postings")
    path = data / segment.path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    assert [f.where for f in integrity.check(data, now=NOW)] == [segment.path]
    path.write_bytes(content[:-4096])
    assert "cut short" in integrity.check(data, now=NOW)[0].what
    path.unlink()
    assert integrity.check(data, now=NOW)[0].what == "is missing"
