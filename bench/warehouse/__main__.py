"""Measures the warehouse at several sizes, beside other search engines.

    python -m bench.warehouse [--size 10000 100000 1000000] [--part landing search …] [--again]

Resumable: what has been measured is kept in .bench/warehouse/results.json, and made
warehouses beside it (a million articles take some 10 GB); --again measures the parts named anew.
Each part runs in a process of its own. Run it with the interpreter of .venv-duckdb2 for DuckDB 2.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from bench import environments
from bench.warehouse import report
from bench.warehouse.real_texts import EVAL

FOLDER = Path(".bench/warehouse")
PARTS = ("size_of", "size_of_real", "landing", "compaction", "search", "agreement", "peers",
         "entities", "readers")  # fmt: skip
SIZES = (10_000, 100_000, 1_000_000)
REAL = 20_000  # articles of real texts, of which there are not enough for the sizes above
Results = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, nargs="+", default=SIZES)
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--again", action="store_true", help="measure these parts anew")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.one:
        print(json.dumps(_carry_out(args.part[0], args.folder, args.size[0])))
        return
    file = args.folder / "results.json"
    results: Results = json.loads(file.read_text("utf-8")) if file.exists() else {}
    asked = [(part, size) for size in args.size for part in args.part if part != "size_of_real"]
    asked += [("size_of_real", REAL)] if "size_of_real" in args.part and _have_texts() else []
    for part, size in asked:
        name = f"{part} {size} {duckdb.__version__}"
        if name not in results or args.again:
            results[name] = _measured(part, size, args.folder)
            file.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"{report.machine()}\n")
    _show(results, args.size)
    _show_computed(results)


def _have_texts() -> bool:
    if there := (EVAL / "related").is_dir():
        return there
    print(f"size_of_real: no texts in {EVAL}, set SLUGLINE_EVAL", file=sys.stderr)
    return False


def _measured(part: str, size: int, folder: Path) -> Any:
    print(f"{part} at {size:,} articles", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.warehouse", "--one", "--part", part, "--size", str(size),
         "--folder", str(folder)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _carry_out(part: str, folder: Path, size: int) -> Any:
    from bench.warehouse import parts

    if part == "peers":
        return parts.peers(folder, size, environments.search_engines())
    return getattr(parts, part)(folder, size)


def _show(results: Results, sizes: list[int]) -> None:
    plain = {"size_of": "Size", "size_of_real": "Size with real texts",
             "landing": "Landing 1,000 articles with their mentions",
             "compaction": "A nightly pass after many landings",
             "agreement": "The twenty best beside exact BM25",
             "readers": "Four readers while 200 batches land"}  # fmt: skip
    for part, title in plain.items():
        of = [REAL] if part == "size_of_real" else sizes
        rows = [(size, told) for size in of if (told := _of(results, part, size))]
        if rows:
            head = ["articles", *rows[0][1]]
            print(f"\n{title}\n")
            print(report.table(head, [[n, *(told.get(k) for k in head[1:])] for n, told in rows]))
    for size in sizes:
        _show_kinds(results, size)


def _show_kinds(results: Results, size: int) -> None:
    told = {part: _of(results, part, size) for part in ("search", "peers", "entities")}
    search, others = told["search"], told["peers"] or {}
    if search:
        head = ["query", "hits", "p50 ms", "p95 ms", "CPU p95",
                "no snippet selected p95", "with snippets p95",
                *(f"{engine} p95" for engine in others)]  # fmt: skip
        rows = [
            [kind, x["hits"], x["p50"], x["p95"], x["cpu_p95"],
             x["unselected_p95"], x["with_snippets_p95"],
             *(o["kinds"].get(kind, {}).get("p95") for o in others.values())]
            for kind, x in search["kinds"].items()
        ]  # fmt: skip
        print(f"\nSearch in {size:,} articles, eight small files not yet compacted\n")
        print(report.table(head, rows))
        print(f"\nA new process adds {search['new_process_adds_ms']:.0f} ms.")
    for engine, told_of in others.items():
        print(f"{engine}: built with {told_of['built']}")
    if told["entities"]:
        rows = [
            [kind, x["p50"], x["p95"], x["cpu_p95"]]
            for kind, x in told["entities"]["kinds"].items()
        ]
        print(f"\nEntities in {size:,} articles\n")
        print(report.table(["query", "p50 ms", "p95 ms", "CPU p95"], rows))


def _show_computed(results: Results) -> None:
    """What ten million articles would cost, by the straight line through the two largest sizes."""
    small, large = SIZES[-2:]
    rows = []
    for name, value in _GROWING.items():
        measured = [value(results, size) for size in (small, large)]
        if None not in measured:
            rows.append([name, *measured, report.grown(10_000_000, (small, large), measured)])
    if rows:
        print("\nComputed for ten million articles: the straight line through the other two\n")
        print(report.table(["", f"{small:,}", f"{large:,}", "10,000,000"], rows))


def _p95(part: str, kind: str) -> Callable[[Results, int], Any]:
    def value(results: Results, size: int) -> Any:
        told = _of(results, part, size)
        return told and told["kinds"][kind]["p95"]

    return value


def _plain(part: str, column: str) -> Callable[[Results, int], Any]:
    return lambda results, size: (_of(results, part, size) or {}).get(column)


_GROWING: dict[str, Callable[[Results, int], Any]] = {
    "landing 1,000 articles, CPU s": _plain("landing", "cpu_s"),
    "tables and index, MB": _plain("size_of", "files_mb"),
    **{f"search, {kind}, p95 ms": _p95("search", kind)
       for kind in ("rare word", "common word", "AND of 2", "OR of 2", "phrase", "prefix")},
    **{f"{kind}, p95 ms": _p95("entities", kind) for kind in ("entity", "timeline", "together")},
}  # fmt: skip


def _of(results: Results, part: str, size: int) -> Any:
    return results.get(f"{part} {size} {duckdb.__version__}")


if __name__ == "__main__":
    main()
