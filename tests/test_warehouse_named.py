"""Who is named in an article, as numbers: the same whatever form the tables have."""

import pytest
from runfolders import NOW, article, fresh, write_run

import warehouse
from warehouse import erase, gone, landing, manifest, tidy

NAMES = {"org/tern": ("Tern", "ORG"), "per/ingrid-holm": ("Ingrid Holm", "PER"),
         "loc/skagen": ("Skagen", "LOC"), "org/ropeworks": ("Ropeworks", "ORG"),
         "loc/ny": ("Ny", "LOC")}  # fmt: skip

# By the pairs that entity queries begin with, and by the lists and sums in which others count.
BY_PAIRS = """
    SELECT k.entity_id, count(*) FROM article_entities p JOIN readings r ON r.reading = p.reading
    JOIN entity_numbers k ON k.entity_id = p.entity_id WHERE p.n > 0 GROUP BY ALL ORDER BY ALL"""
BY_LISTS = """
    SELECT k.entity_id, count(*) FROM (SELECT unnest(entity_nos) AS entity_no FROM readings) r
    JOIN entity_numbers k ON k.entity_no = r.entity_no GROUP BY ALL ORDER BY ALL"""
BY_COUNTS = """
    SELECT k.entity_id, sum(c.n) FROM entity_counts c JOIN entity_numbers k USING (entity_no)
    GROUP BY ALL HAVING sum(c.n) <> 0 ORDER BY ALL"""


def asked(data, sql):
    with warehouse.connect(data) as con:
        return con.execute(sql).fetchall()


def read(data, batch, named):
    """Lands who is named in which article, as the deriving step does."""
    ids = sorted({entity_id for those in named.values() for entity_id in those})
    rows = {
        "understood": [{"article_id": id_, "revision": 1, "language": "en"} for id_ in named],
        "mentions": [
            {"article_id": id_, "entity_id": entity_id, "surface": NAMES[entity_id][0]}
            for id_, those in named.items() for entity_id in those
        ],
        "entities": [{"entity_id": i, "entity": NAMES[i][0], "label": NAMES[i][1]} for i in ids],
        "aliases": [{"entity_id": i, "alias": NAMES[i][0], "folded": NAMES[i][0].lower()}
                    for i in ids],
    }  # fmt: skip
    supersede = {"understood": list(named), "mentions": list(named), "entities": ids,
                 "aliases": ids}  # fmt: skip
    landing.land_rows(data, batch, rows, supersede=supersede, now=NOW)


@pytest.fixture
def named(tmp_path):
    """Six articles in three batches; one was read again and names somebody else now."""
    data = fresh(tmp_path / "data")
    landed = landing.land_run(
        data, write_run(data / "runs", "r", articles=[article(n) for n in range(6)]), now=NOW
    )
    ids = sorted(landed.new_article_ids)
    read(data, "first", {ids[0]: ["org/tern", "per/ingrid-holm"], ids[1]: ["org/tern"]})
    read(data, "second", {ids[2]: ["org/tern", "per/ingrid-holm"], ids[3]: ["loc/skagen"]})
    read(data, "third", {ids[4]: [], ids[0]: ["org/tern", "loc/skagen"]})
    return data, ids


def same_three_times(data):
    pairs = asked(data, BY_PAIRS)
    assert asked(data, BY_LISTS) == pairs
    assert asked(data, BY_COUNTS) == pairs
    return dict(pairs)


def test_lists_sums_and_pairs_tell_the_same(named):
    data, _ = named
    counts = {"org/tern": 3, "per/ingrid-holm": 1, "loc/skagen": 2}
    assert same_three_times(data) == counts
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    assert same_three_times(data) == counts


def test_with_files_packed_and_others_not_everybody_is_counted_once(named):
    data, ids = named
    for n in range(4):
        read(data, f"again-{n}", {ids[5]: ["org/ropeworks", "org/tern"]})
    before = asked(data, "FROM together('Tern')")
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    assert {path.suffix for path in (data / "tables" / "readings").iterdir()} >= {".db"}
    assert asked(data, "FROM together('Tern')") == before
    # read again: the row in the packed file is of an earlier reading now
    read(data, "later", {ids[5]: ["org/ropeworks"], ids[3]: ["org/ropeworks", "loc/skagen"]})
    assert same_three_times(data) == {
        "org/tern": 3, "per/ingrid-holm": 1, "loc/skagen": 2, "org/ropeworks": 2,
    }  # fmt: skip
    told = "SELECT entity, articles, articles_of_entity, articles_of_name FROM together('Skagen')"
    assert sorted(asked(data, told)) == [("Ropeworks", 1, 2, 2), ("Tern", 1, 3, 2)]


def test_together_is_the_same_with_and_without_a_filter_that_lets_all_through(named):
    data, _ = named
    tidy.tidy(data, now=NOW, keep_days=8, many=2)
    for name in ("Tern", "Skagen", "harbour"):  # the last is no name but a word
        plain = asked(data, f"FROM together('{name}')")
        assert plain
        assert asked(data, f"FROM together('{name}', until := '2100-01-01')") == plain
        assert asked(data, f"FROM together('{name}', top_n := NULL)") == plain


def test_of_those_who_are_equally_near_who_was_named_first_is_shown(tmp_path):
    data = fresh(tmp_path / "data")
    landed = landing.land_run(
        data, write_run(data / "runs", "r", articles=[article(n) for n in range(2)]), now=NOW
    )
    read(data, "all", {landed.new_article_ids[0]: list(NAMES)[:4]})
    shown = [row[0] for row in asked(data, "FROM together('Tern')")]
    assert sorted(shown) == ["Ingrid Holm", "Ropeworks", "Skagen"]
    numbers = dict(asked(data, "SELECT entity_id, entity_no FROM entity_numbers"))
    in_order = sorted(list(NAMES)[:4], key=numbers.get)
    assert shown == [NAMES[it][0] for it in in_order if it != "org/tern"]
    for n in range(4):
        assert [r[0] for r in asked(data, f"FROM together('Tern', top_n := {n})")] == shown[:n]
    assert [r[0] for r in asked(data, "FROM together('Tern', top_n := 1, label := 'org')")] == [
        "Ropeworks"
    ]


def test_the_number_of_who_was_erased_is_never_given_again(named):
    data, ids = named
    read(data, "last", {ids[5]: ["org/ropeworks", "org/tern"]})
    ((number,),) = asked(
        data, "SELECT entity_no FROM entity_numbers WHERE entity_id = 'org/ropeworks'"
    )
    erase.erase(data, gone.resolve(data, entity="Ropeworks"), now=NOW)
    left = "SELECT count(*) FILTER (list_contains(entity_nos, $no)) FROM readings"
    assert asked(data, left.replace("$no", str(number))) == [(0,)]
    same_three_times(data)
    read(data, "new", {ids[4]: ["loc/ny"]})
    ((given,),) = asked(data, "SELECT entity_no FROM entity_numbers WHERE entity_id = 'loc/ny'")
    assert given > number
    assert manifest.read(data, schema=99).next_entity == given + 1
    assert same_three_times(data)["loc/ny"] == 1
