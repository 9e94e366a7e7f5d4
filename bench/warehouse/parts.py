"""What `make bench-warehouse` measures, a part at a time; each gives rows for one table.

A part is carried out in a child process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.warehouse import engines, fill, ranking
from bench.warehouse.generate import BLOCK, Generator
from bench.warehouse.questions import KINDS, Question, questions
from bench.warehouse.real_texts import RealTexts
from bench.warehouse.report import percentile, used
from warehouse import manifest, migrate, tidy

Result = dict[str, Any]

_LANDINGS = 5  # of a thousand articles, the median counts
_EACH = 10  # queries of a kind
_FEW = 1_000  # articles of a file from which on it is packed, where there are few in all
_BLOCKS = 4  # of these landed at once, so that there are files to be put together
_READERS, _LANDED_BESIDE, _SMALL = 4, 200, 100
READER = Path(__file__).with_name("reader.py")
PEERS = Path(__file__).with_name("peers.py")


def built(folder: Path, size: int) -> Path:
    """A compacted warehouse of `size` articles; made where it is not there yet."""
    data = folder / f"data-{size}"
    made = Generator(size)
    there = _articles(data)
    if there < size:
        print(f"filling {data.name} from article {there:,}", file=sys.stderr, flush=True)
        fill.fill(data, made, there // BLOCK * BLOCK, size)
    mark = data / "tidied"
    if not mark.exists():
        while tidy.tidy(data, now=fill.NOW, keep_days=0).left:
            pass  # a night does so much and no more
        mark.touch()
    return data


def landing(folder: Path, size: int) -> Result:
    """Seconds and bytes of landing a thousand articles with their mentions, the median of five."""
    data, made = _copy(folder, size), Generator(size + 1_000 * BLOCK)
    told = []
    for number in range(_LANDINGS):
        block = made.block(size // BLOCK + 500 + number)
        before, wall = used(data), time.perf_counter()
        articles, derived = fill.land(data, block)
        told.append((articles + derived, time.perf_counter() - wall, used(data) - before))
    told.sort()
    cpu, wall, written = told[_LANDINGS // 2]
    return {"cpu_s": cpu, "wall_s": wall, "mb": written / 1e6, "peak_mb": _peak()}


def compaction(folder: Path, size: int) -> Result:
    """What one nightly pass costs after a hundred blocks (or the size's) have landed beside it."""
    data, made = _copy(folder, size), Generator(size + 1_000 * BLOCK)
    fill.fill(data, made, size + 500 * BLOCK, size + 500 * BLOCK + min(size, 100_000))
    began, cpu = time.perf_counter(), time.process_time()
    done = tidy.tidy(data, now=fill.NOW, keep_days=0)
    return {
        "files": done.merged,
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - began,
        "peak_mb": _peak(),
    }


def size_of(folder: Path, size: int) -> Result:
    """Tables and index after compaction, beside the text's UTF-8."""
    return _size_of(built(folder, size))


def _size_of(data: Path) -> Result:
    current = manifest.read(data, schema=migrate.newest())
    named = sum((data / file).stat().st_size for file in manifest.named_files(current))
    import duckdb

    with duckdb.connect(str(data / "slugline.db"), read_only=True) as con:
        found = con.execute("SELECT count(*), sum(strlen(text) + strlen(title)) FROM articles")
        n, text = found.fetchone() or (0, 0)
    by: dict[str, int] = defaultdict(int)
    for file in manifest.named_files(current):
        by[Path(file).parts[1]] += (data / file).stat().st_size
    shares = {name: round(n / text, 3) for name, n in sorted(by.items(), key=lambda x: -x[1])[:6]}
    return {"articles": n, "text_mb": text / 1e6, "files_mb": named / 1e6,
            "of_text": round(named / text, 3), "largest": shares}  # fmt: skip


def size_of_real(folder: Path, size: int) -> Result:
    """The same with real texts, as far as there are any; see real_texts.py."""
    data = folder / f"real-{size}"
    shutil.rmtree(data, ignore_errors=True)
    texts = RealTexts(size)
    fill.fill(data, texts, 0, size, read=texts.understanding, at_once=_BLOCKS)
    while tidy.tidy(data, now=fill.NOW, keep_days=0, many=_FEW).left:
        pass
    return _size_of(data)


def search(folder: Path, size: int) -> Result:
    """p50 and p95 of search() by kind, warm, beside eight small files; and in new processes."""
    data, made = _with_small_files(folder, size), Generator(size)
    asked = list(questions(made, _EACH))
    database = data / "slugline.db"
    result: Result = {"kinds": {}}
    warm = _warm(database, [engines.of_slugline(q) for q in asked])
    texts = _warm(database, [engines.with_snippets(q) for q in asked])
    typed = _warm(database, [engines.unselected(q) for q in asked])
    for kind, (answers, snippets, unselected) in _by_kind(asked, warm, texts, typed):
        result["kinds"][kind] = _spread(answers) | {
            "unselected_p95": percentile([a["ms"] for a in unselected], 0.95),
            "with_snippets_p95": percentile([a["ms"] for a in snippets], 0.95),
            "hits": round(sum(a["n"] for a in answers) / len(answers), 1),
        }
    new = [
        engines.ask("duckdb", database, [engines.of_slugline(q)]).started for q in asked[::_EACH]
    ]
    again = {q.slugline(): a["ms"] for q, a in zip(asked, warm, strict=True)}
    bare = _bare_start(database)
    result["new_process_adds_ms"] = percentile(
        [s * 1000 - bare - again[q.slugline()] for s, q in zip(new, asked[::_EACH], strict=True)],
        0.5,
    )
    return result


def agreement(folder: Path, size: int) -> Result:
    """How far search's twenty best are those of exact BM25; queries of words."""
    asked = [q for q in questions(Generator(size), 2 * _EACH) if ranking.of_words(q)]
    return ranking.agreement(_with_small_files(folder, size) / "slugline.db", asked)


def peers(folder: Path, size: int, python: dict[str, tuple[str, str]]) -> Result:
    """The same queries to other engines: {engine: p50, p95 by kind}, and what their index costs."""
    made = Generator(size)
    asked = list(questions(made, _EACH))
    told: Result = {}
    ways: dict[str, Callable[[Question], Any]] = {
        "fts5": engines.of_fts5, "tantivy": engines.of_tantivy, "fts": engines.of_fts,
    }  # fmt: skip
    for engine, (interpreter, extension) in python.items():
        if engine == "fts" and size > 100_000:
            continue  # 450 s and 3 GB for a hundred thousand
        place = folder / f"{engine}-{size}"
        cost = _filled(engine, place, made, interpreter, extension)
        pairs = [(q, way) for q in asked if (way := ways[engine](q))]
        ways_ = [way for _, way in pairs]
        answers = _warm(place, ways_, engine=engine, python=interpreter, extension=extension)
        kinds = _by_kind([q for q, _ in pairs], answers)
        told[engine] = {"built": cost, "kinds": {kind: _spread(a) for kind, (a,) in kinds}}
    return told


def entities(folder: Path, size: int) -> Result:
    """Entity queries of well known, known and rare names."""
    data, made = _with_small_files(folder, size), Generator(size)
    n = len(made.names)
    dice = random.Random(3)
    ways = {
        "entity": "FROM entity($a, top_n := 100)",
        "timeline": "FROM timeline($a)",
        "together": "FROM together($a)",
    }
    told: Result = {"kinds": {}}
    for kind, sql in ways.items():
        picked = [str(made.names[int(n ** dice.random()) - 1]) for _ in range(2 * _EACH)]
        asked = [{"sql": sql, "params": {"a": name}} for name in picked]
        told["kinds"][kind] = _spread(_warm(data / "slugline.db", asked))
    return told


def readers(folder: Path, size: int) -> Result:
    """Four readers without pause while 200 batches land, and the same four without landing."""
    data, made = _copy(folder, size), Generator(size + 1_000 * BLOCK)
    batches = list(_small_batches(made, size))
    queries = [engines.of_slugline(q) for q in questions(Generator(size), 3)]
    alone, _ = _beside(data, queries, lambda: time.sleep(20))
    articles: dict[int, float] = {}  # generation → when its landing began
    names: dict[int, float] = {}  # the same, of the articles' landing, which came before

    def land_all() -> None:
        for number, batch in enumerate(batches):
            began, now = time.time(), fill.NOW + timedelta(minutes=number)
            fill.land(data, batch, now=now)
            landed = manifest.read(data, schema=migrate.newest()).batches
            articles[landed[fill.name_of(batch)]] = began
            names[landed[fill.name_of_names(batch)]] = began

    beside, seen = _beside(data, queries, land_all)
    return {
        "batches": len(names),
        "errors": sum(len(r["errors"]) for r in (*alone, *beside)),
        "queries": sum(len(r["ms"]) for r in beside),
        "alone_p95": percentile([ms for r in alone for ms in r["ms"]], 0.95),
        "beside_p95": percentile([ms for r in beside for ms in r["ms"]], 0.95),
        "fresh_p95_s": percentile(_until_seen(articles, seen), 0.95),
        "named_p95_s": percentile(_until_seen(names, seen), 0.95),
    }


# --- helpers ---------------------------------------------------------------------------------


def _until_seen(landed: dict[int, float], seen: list[tuple[int, float]]) -> list[float]:
    """Seconds from the beginning of each landing until somebody saw it."""
    return [
        min(at for generation, at in seen if generation >= landed_as) - began
        for landed_as, began in landed.items()
        if any(generation >= landed_as for generation, _ in seen)
    ]


def _small_batches(made: Generator, size: int) -> Iterator[Sequence[Any]]:
    left = _LANDED_BESIDE
    for number in range(size // BLOCK + 700, size // BLOCK + 1_000):
        block = made.block(number)
        for at in range(0, BLOCK, _SMALL):
            yield _closed(block[at : at + _SMALL])
            left -= 1
            if not left:
                return


def _closed(batch: Sequence[Any]) -> list[Any]:
    """Without copies of what is not in it; a copy may be one of a copy."""
    kept: list[Any] = []
    known = set()
    for one in batch:
        if one.copy_of is None or one.copy_of in known:
            kept.append(one)
            known.add(one.number)
    return kept


def _beside(
    data: Path, queries: Sequence[Any], work: Callable[[], None]
) -> tuple[list[Result], list[tuple[int, float]]]:
    children = [
        subprocess.Popen(
            [sys.executable, "-I", str(READER), str(data / "slugline.db"), json.dumps(queries),
             str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(_READERS)
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    work()
    told = [json.loads(child.communicate()[0]) for child in children]
    return told, [tuple(x) for r in told for x in r["seen"]]


def _with_small_files(folder: Path, size: int) -> Path:
    """The warehouse and eight blocks that nobody has compacted yet."""
    data = folder / f"data-{size}-and-8"
    if not (data / "ready").exists():
        shutil.rmtree(data, ignore_errors=True)
        _linked(built(folder, size), data)
        made = Generator(size + 1_000 * BLOCK)
        for number in range(8):
            fill.land(data, made.block(size // BLOCK + 600 + number))
        (data / "ready").touch()
    return data


def _copy(folder: Path, size: int) -> Path:
    """A warehouse of that size to change; files that never change are shared."""
    data = Path(tempfile.mkdtemp(prefix=f"changed-{size}-", dir=folder))
    shutil.rmtree(data)
    _linked(built(folder, size), data)
    return data


def _linked(of: Path, to: Path) -> None:
    shutil.copytree(of, to, symlinks=True, copy_function=_link)
    (to / "slugline.db").unlink()
    from warehouse import publish

    publish.publish(to)


def _link(source: str, target: str) -> None:
    if "/tables/" in source or "/index/" in source:
        Path(target).hardlink_to(source)
    else:
        shutil.copy2(source, target)


def _filled(engine: str, place: Path, made: Generator, python: str, extension: str) -> Result:
    note = place.with_name(place.name + ".json")
    if note.exists():
        cost: Result = json.loads(note.read_text(encoding="utf-8"))
        return cost
    shutil.rmtree(place, ignore_errors=True)
    place.unlink(missing_ok=True)
    child = subprocess.Popen(
        [python, "-I", str(PEERS), engine, str(place), extension],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    for number in range(made.total // BLOCK):
        for a in made.block(number):
            line = {"number": a.number, "title": a.title, "text": a.text, "source": a.source,
                    "day": a.published_at.toordinal()}  # fmt: skip
            child.stdin.write(json.dumps(line) + "\n")
    child.stdin.close()
    cost = json.loads(child.stdout.read())
    cost["mb"] = (used(place) if place.is_dir() else place.stat().st_size) / 1e6
    note.write_text(json.dumps(cost), encoding="utf-8")
    return cost


def _warm(
    database: Path, queries: Sequence[Any], *, engine: str = "duckdb", **how: str
) -> Sequence[Result]:
    """The answers to these queries when they are asked a second time."""
    answers = engines.ask(engine, database, (*queries, *queries), **how).answers
    return answers[len(queries) :]


def _by_kind(
    asked: Sequence[Question], *told: Sequence[Result]
) -> Iterator[tuple[str, list[list[Result]]]]:
    """Of each list of answers to all questions those to questions of a kind, kind by kind."""
    for kind in KINDS:
        at = [i for i, question in enumerate(asked) if question.kind == kind]
        if at:
            yield kind, [[answers[i] for i in at] for answers in told]


def _spread(answers: Sequence[Result]) -> Result:
    return {
        "p50": percentile([a["ms"] for a in answers], 0.5),
        "p95": percentile([a["ms"] for a in answers], 0.95),
        "cpu_p50": percentile([a["cpu"] for a in answers], 0.5),
        "cpu_p95": percentile([a["cpu"] for a in answers], 0.95),
    }


def _bare_start(database: Path) -> float:
    """Milliseconds of a new process that opens the database and asks nothing of it."""
    ask = {"sql": "SELECT 1", "params": {}}
    return 1000 * percentile(
        [engines.ask("duckdb", database, [ask]).started for _ in range(5)], 0.5
    )


def _articles(data: Path) -> int:
    if not (data / "manifest.json").exists():
        return 0
    current = manifest.read(data, schema=migrate.newest())
    return sum(file.rows for file in current.files.get("articles", ()))


def _peak() -> float:
    """Megabytes of this process at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
