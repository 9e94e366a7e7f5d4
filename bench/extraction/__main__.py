"""How well extraction works, beside other tools on the same pages in the same run.

    python -m bench.extraction [PART ...] [--suite NAME] [--ours] [--losses [WHAT]] [--behind]

Parts: quality (text, dates, titles, authors, kinds), speed, crawl, memory, robustness; all without
any. Reads the development pages of SLUGLINE_EVAL or ../shared/eval, which are not ours to ship, and
says what is missing without them. The other tools go into environments of their own in .bench/.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
from collections.abc import Callable

from bench.extraction import answers, cases, kinds, memory, peers, robustness, speed, tables
from bench.extraction.tally import Tally, tally
from warehouse.records import CrawlRequest

PARTS: dict[str, Callable[[argparse.Namespace, list[cases.Case]], None]] = {}


def main() -> int:
    options = _options()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    root = cases.folder()
    for place in cases.absent(root, options.suite):
        print(f"absent, so not measured: {place}; set SLUGLINE_EVAL to the folder with the data")
    pages = cases.cases(root, options.suite)
    print(f"{len(pages)} pages\n")
    for part in options.part or PARTS:
        PARTS[part](options, pages)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.extraction",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="what to measure")
    parser.add_argument("--suite", action="append", choices=list(cases.SETS))
    parser.add_argument("--ours", "--skip-baseline", action="store_true", help="no other tools")
    parser.add_argument(
        "--losses", nargs="?", const="", metavar="WHAT", help="print what was wrong, worst first"
    )
    parser.add_argument("--below", type=float, default=0.95, help="text losses below this F1")
    parser.add_argument(
        "--behind", action="store_true", help="print the pages whose text another tool has better"
    )
    parser.add_argument("--pages", type=int, help="how many to crawl (crawl, memory)")
    parser.add_argument("--mutations", type=int, default=20_000, help="pages to spoil (robustness)")
    parser.add_argument("--seed", type=int, default=1, help="of what is spoiled how")
    parser.add_argument("--start", type=int, default=0, help="the first of the spoiled pages")
    return parser.parse_args()


def _quality(options: argparse.Namespace, pages: list[cases.Case]) -> None:
    said = {(case.suite, case.name): answers.ours(case) for case in pages}
    ours = tally("slugline", pages, lambda case: said[case.suite, case.name])
    others = [] if options.ours else _others(pages)
    every = [ours, *others]
    for what in ("text", "dates", "titles", "authors"):
        print(f"{what.capitalize()}\n\n{getattr(tables, what)(every)}\n")
    print(f"Kinds\n\n{kinds.confusion(pages, said)}\n")
    kept, refused = ours.share("kept"), ours.share("refused")
    print(f"slugline keeps {kept} articles and refuses {refused} other pages\n")
    if options.losses is not None:
        print(*tables.losses(ours, options.losses, options.below), "", sep="\n")
        print(*kinds.wrong(pages, said), "", sep="\n")
    if options.behind:
        print(*tables.behind(ours, others, 0.02), "", sep="\n")


def _others(pages: list[cases.Case]) -> list[Tally]:
    found = []
    for peer in peers.PEERS:
        try:
            said = peers.ask(peer, pages)
        except peers.NoPeer as e:
            print(f"left out: {e}", file=sys.stderr)
            continue
        found.append(tally(peer.name, pages, lambda case, s=said: s.get((case.suite, case.name))))
    return found


def _robustness(options: argparse.Namespace, _pages: list[cases.Case]) -> None:
    mutated = robustness.pages(cases.folder(), options.mutations, options.seed, options.start)
    found = robustness.survey(mutated, _default("page_seconds"))
    print(f"Robustness (seed {options.seed})\n\n{robustness.report(found)}\n")


def _speed(_options: argparse.Namespace, pages: list[cases.Case]) -> None:
    print(f"Speed of the function\n\n{speed.function(pages)}\n")


def _crawl(options: argparse.Namespace, pages: list[cases.Case]) -> None:
    print(f"Speed of a crawl\n\n{speed.crawl(pages, options.pages or 4 * len(pages))}\n")


def _memory(options: argparse.Namespace, pages: list[cases.Case]) -> None:
    print(f"Memory, in MB\n\n{memory.flat(pages, options.pages or 20_000)}\n")


def _default(name: str) -> float:
    """What a crawl is told when nobody sets it otherwise."""
    return {f.name: f.default for f in dataclasses.fields(CrawlRequest)}[name]  # type: ignore[return-value]


PARTS |= {
    "quality": _quality,
    "speed": _speed,
    "crawl": _crawl,
    "memory": _memory,
    "robustness": _robustness,
}

if __name__ == "__main__":
    sys.exit(main())
