"""The stages alone: JSON lines in and out, and joined by real pipes."""

import json
import subprocess

from commanding import FLOWS, SEED, WEB, command

MILL = (WEB / "one.example/2026/mill.html").read_text("utf-8")
LOAF = (WEB / "one.example/2026/loaf.html").read_text("utf-8")
MILL_TEXT = "The mill stays. " * 9
URL = "http://one.example/2026/mill.html"


def lines(*rows):
    return "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode()


PAGES = lines(
    {"id": "a", "url": URL, "html": MILL, "mine": 1},
    "this is no JSON\n",
    {"id": "b", "url": "http://one.example/2026/loaf.html", "html": LOAF},
    "[1, 2]\n",
    "\n",
    {"id": "c", "html": LOAF},
    {"id": "d", "url": "http://two.example/mill-copy.html", "html": MILL},
)


def piped(given, *stages):
    """The stages as child processes, joined by pipes; what the last one wrote, as rows."""
    running = []
    for number, stage in enumerate(stages):
        before = running[-1].stdout if running else subprocess.PIPE
        running.append(subprocess.Popen(
            command(*stage), stdin=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ))  # fmt: skip
        if number:
            before.close()
    running[0].stdin.write(given)
    running[0].stdin.close()
    out = running[-1].stdout.read()
    running[-1].stdout.close()
    for process in running:
        err = process.stderr.read()
        process.stderr.close()
        assert process.wait(300) == 0, err
    return [json.loads(line) for line in out.splitlines()]


def test_a_pipe_of_stages_passes_everything_on_in_order():
    rows = piped(
        PAGES,
        ["extract", "--batch"],
        ["understand", "--batch"],
        ["relate", "--seed", SEED, "--batch"],
        ["group", "--batch"],
    )
    assert [row["id"] for row in rows] == ["a", None, "b", None, "c", "d"]
    mill, bad, loaf, array, nowhere, copy = rows
    assert mill["mine"] == 1
    assert mill["article"]["title"] == "Council stops auction of Aldermoor paper mill"
    assert mill["article"]["published_at"] == "2026-03-03T10:00:00+01:00"
    text = mill["article"]["text"]
    assert {e["entity"] for e in mill["entities"]} >= {"Petra Lindqvist", "Tomas Okoro"}
    assert all(text[e["start"] : e["end"]] == e["surface"] for e in mill["entities"])
    assert mill["language"] == "en"
    assert mill["keywords"]
    assert mill["relevance"] > 0.5 > loaf["relevance"]
    assert mill["tier"] == "same_story"
    assert mill["reasons"]
    assert (copy["copy_of"], copy["copy_kind"]) == ("a", "exact")
    assert loaf["copy_of"] is None
    for row, number in ((bad, 2), (array, 4), (nowhere, 6)):
        assert row["line"] == number
        assert row["error"]
    assert "story_id" not in mill  # its step comes later


def test_a_stage_streams(desk):
    """Each line is answered before the next is given."""
    process = desk.child("group", "--batch", stdin=subprocess.PIPE, stderr=None)
    for name in ("one", "two"):
        process.stdin.write(lines({"id": name, "text": "The mill stays."}))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == name
    process.stdin.close()
    assert process.wait(300) == 0
    process.stdout.close()


def test_leads_of_a_feed_a_sitemap_and_a_page(desk):
    one = WEB / "one.example"
    feed = desk("leads", "--kind", "feed", "--url", "http://one.example/feed.rss",
                str(one / "feed.rss")).rows  # fmt: skip
    assert [row["position"] for row in feed] == [1, 2, 3]
    assert feed[0]["url"] == URL
    assert feed[0]["kind"] == "feed"
    assert feed[0]["published_at"] == "2026-03-03T09:00:00Z"
    (found,) = desk("leads", "--kind", "sitemap", "--url", "http://one.example/news-sitemap.xml",
                    str(one / "news-sitemap.xml")).rows  # fmt: skip
    assert found["url"] == URL
    page = desk("leads", "--kind", "page", "--url", "http://one.example/", str(one / "index.html"))
    assert [row["url"] for row in page.rows] == [URL]
    false = desk("leads", "--kind", "feed", "--url", "http://one.example/", str(one / "page.rss"))
    assert (false.code, len(false.err.splitlines())) == (2, 1)
    assert "not a feed" in false.err


def test_extract_of_a_file_and_of_an_address(desk, newsstand):
    path = WEB / "one.example/2026/mill.html"
    (row,) = desk("extract", str(path), "--url", URL).rows
    assert (row["id"], row["outcome"]) == (URL, "stored")
    stand = newsstand(WEB)
    (row,) = desk("extract", URL, proxy=stand.proxy).rows
    assert row["article"]["text"].startswith("The river council")
    (row,) = desk("extract", "http://one.example/nothing", proxy=stand.proxy).rows
    assert (row["outcome"], row["reason"]) == ("gone", "HTTP 404")
    (row,) = desk("extract", "http://dead.example/", proxy=stand.proxy).rows
    assert (row["outcome"], row["reason"]) == ("deferred", "HTTP 502")
    gone = "http://one.example/nothing"
    done = desk("leads", "--kind", "feed", "--url", gone, gone, proxy=stand.proxy)
    assert (done.code, "answers 404" in done.err) == (1, True)
    assert desk("extract", str(FLOWS / "nothing")).code == 2


def test_understand_and_relate_of_a_plain_text(desk):
    (row,) = desk("understand", str(SEED)).rows
    assert "Petra Lindqvist" in {e["entity"] for e in row["entities"]}
    (row,) = desk("relate", "--seed", str(SEED), str(SEED)).rows
    assert row["tier"] == "same_story"
    assert desk("relate", str(SEED)).code == 2


def test_all_pairs_within_a_window(desk):
    def text(name):
        return (WEB / "one.example/2026" / name).read_text("utf-8")

    path = desk.folder / "docs.ndjson"
    path.write_bytes(lines(
        {"id": "a", "text": text("mill.html"), "published_at": "2026-03-03T10:00:00Z"},
        {"id": "b", "text": text("chimney@2.html"), "published_at": "2026-03-10T09:00:00Z"},
        {"id": "c", "text": text("loaf.html"), "published_at": "2026-08-10T09:00:00Z"},
        "nonsense\n",
    ))  # fmt: skip
    rows = desk("relate", "--all-pairs", "--window", "7d", "--top", "5", str(path)).rows
    pairs = {(row["seed_id"], row["id"]) for row in rows if "seed_id" in row}
    assert pairs == {("a", "b"), ("b", "a")}
    assert [row["line"] for row in rows if "error" in row] == [4]
    assert desk("relate", "--all-pairs", "--window", "soon", str(path)).code == 2


def test_import_lands_and_search_reads_back(desk):
    path = desk.folder / "mine.ndjson"
    path.write_bytes(lines(
        {"id": 1, "url": "http://a.example/1", "title": "Mill stays", "text": MILL_TEXT,
         "published_at": "2026-03-03T10:00:00+01:00", "source": "mine"},
        {"url": "http://a.example/2", "title": "Loaf", "text": "A loaf of rye."},
        {"url": "no address", "title": "x", "text": "y"},
        {"url": "http://a.example/3", "title": "x"},
    ))  # fmt: skip
    rows = desk("import", str(path)).rows
    assert rows[0] == {"id": 1, "outcome": "stored"}
    assert rows[1] == {"id": "http://a.example/2", "outcome": "stored"}
    assert [row["line"] for row in rows[2:]] == [3, 4]
    again = desk("import", str(path)).rows
    assert [row.get("outcome") for row in again[:2]] == ["unchanged", "unchanged"]
    (hit,) = desk("search", "mill", "--top-n", "3", "--format", "ndjson").rows
    assert (hit["url"], hit["title"]) == ("http://a.example/1", "Mill stays")
    assert {"article_id", "score"} <= hit.keys()
    (row,) = desk("sql", "SELECT source, published_at, published_offset FROM articles "
                         "WHERE url LIKE '%/1'").rows  # fmt: skip
    assert row == {"source": "mine", "published_at": "2026-03-03T09:00:00Z", "published_offset": 60}
    piped_in = lines(
        {
            "id": "x",
            "outcome": "stored",
            "article": {"url": "http://a.example/4", "title": "Bread", "text": "More."},
        }
    )
    path.write_bytes(piped_in)
    assert desk("import", str(path)).rows == [{"id": "x", "outcome": "stored"}]


def test_a_line_of_the_wrong_kind_does_not_take_the_others_along(desk):
    good = {"url": "http://a.example/1", "title": "Mill", "text": "It stays."}
    wrong = [
        {"word_count": "many"},
        {"authors": "Jane"},
        {"title": ["x"]},
        {"blocks": [{"kind": 5}]},
        {"is_accessible_for_free": "yes"},
        {"published_at": "0001-01-01T00:00:00+14:00"},
        {"published_at": 1_690_000_000},
    ]
    path = desk.folder / "mine.ndjson"
    path.write_bytes(lines(*({**good, **one} for one in wrong), good))
    done = desk("import", str(path))
    assert done.code == 0
    assert [row.get("line") for row in done.rows] == [1, 2, 3, 4, 5, 6, 7, None]
    assert [row["error"].partition(" ")[0].strip(":") for row in done.rows[:-1]] == [
        "word_count", "authors", "title", "blocks.kind", "is_accessible_for_free",
        "published_at", "published_at",
    ]  # fmt: skip
    assert done.rows[-1]["outcome"] == "stored"
    assert "7 lines could not be read" in done.err
