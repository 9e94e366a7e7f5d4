"""How long `slugline` takes to start: the median of some starts, and what each imports.

python bench/startup.py [--runs 9]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

COMMANDS = (["--version"], ["--help"], ["watch", "--help"], ["watch", "list"], ["run", "--help"])
GOAL = 0.3  # seconds


def once(args: list[str]) -> float:
    started = time.perf_counter()
    code = "from flows.cli.main import main; main()"
    subprocess.run([sys.executable, "-c", code, *args], capture_output=True, check=True)
    return time.perf_counter() - started


def bare() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    empty = statistics.median(bare() for _ in range(runs))
    print(f"python alone          {empty:.3f} s")
    for args in COMMANDS:
        took = statistics.median(once(args) for _ in range(runs))
        verdict = "" if took <= GOAL else f"  (more than {GOAL} s)"
        print(f"slugline {' '.join(args):<13}{took:.3f} s{verdict}")


if __name__ == "__main__":
    main()
