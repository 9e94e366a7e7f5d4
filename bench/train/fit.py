"""One stage of training on one thread, for so many CPU minutes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor, nn

from bench.train import data, model
from bench.train.data import ID, Example
from warehouse.understand.windows import Pieces

_MISC_FREE = [
    ID["O"],
    ID["B-MISC"],
    ID["I-MISC"],
]  # what an O may hide where MISC was not annotated
_NEW = ("shape_in", "shape_out", "head")  # not in the base: ten times the learning rate
_FROZEN = ("word", "pos")  # saves a fifth of a step, costs nothing measurable


def fit(
    base: Path,
    folder: Path,
    out: Path,
    *,
    minutes: float,
    init: Path | None = None,
    full: int | None = None,
    lr: float = 1.2e-4,
    seed: int = 0,
    size: int = 900,
) -> None:
    """Trains from the base, or on from `init`, and saves to `out`."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    net, cfg = model.load(init, full) if init else model.from_base(base)
    optimiser = _optimiser(net, lr, fresh=init is None)
    rates = [g["lr"] for g in optimiser.param_groups]
    pieces, pool = Pieces(base / "tokenizer.json"), data.name_pool(folder)
    narrow = cfg["full"] < cfg["n_layers"]
    started, step, used = time.process_time(), 0, 0.0
    net.train()
    while used < 1:
        windows = data.examples(folder, pieces, rng, pool, narrow=narrow)
        for batch in data.batches(windows, rng, size):
            used = (time.process_time() - started) / (60 * minutes)
            if used >= 1:
                break
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * min(1, (step + 1) / 60) * max(0.01, 1 - used)
            loss = _step(net, optimiser, batch)
            step += 1
            if step % 50 == 0:
                print(f"step {step}  used {used:.2f}  loss {loss:.4f}", flush=True)
    model.save(net, cfg, out)
    print(f"saved {out} after {step} steps")


def _optimiser(net: nn.Module, lr: float, *, fresh: bool) -> torch.optim.Optimizer:
    new, old = [], []
    for name, parameter in net.named_parameters():
        part = name.split(".")[0]
        if part in _FROZEN:
            parameter.requires_grad_(False)
        else:
            (new if part in _NEW else old).append(parameter)
    return torch.optim.AdamW(
        [{"params": old, "lr": lr}, {"params": new, "lr": lr * (10 if fresh else 1)}],
        weight_decay=0.01,
    )


def _step(net: nn.Module, optimiser: torch.optim.Optimizer, batch: list[Example]) -> float:
    ids, shapes, mask, keep, kept, targets = _tensors(batch)
    chosen = targets != -100
    logp = F.log_softmax(net(ids, shapes, mask, keep, kept)[chosen], -1)
    loss = truth_loss(logp, targets[chosen])
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_([p for g in optimiser.param_groups for p in g["params"]], 1.0)
    optimiser.step()
    return loss.item()


def truth_loss(logp: Tensor, target: Tensor) -> Tensor:
    """Cross entropy; at -1 all labels are right that may stand behind an O."""
    exact = -logp.gather(1, target.clamp(min=0)[:, None])[:, 0]
    any_of = -torch.logsumexp(logp[:, _MISC_FREE], 1)
    return torch.where(target >= 0, exact, any_of).mean()


def _tensors(batch: list[Example]) -> tuple[Tensor, ...]:
    length = max(len(e.ids) for e in batch)
    asked = max(len(e.asked) for e in batch)
    text = torch.zeros(3, len(batch), length, dtype=torch.long)
    ask = torch.zeros(2, len(batch), asked, dtype=torch.long)
    targets = torch.full((len(batch), asked), -100)
    for r, e in enumerate(batch):
        n, m = len(e.ids), len(e.asked)
        text[0, r, :n], text[1, r, :n] = torch.tensor(e.ids), torch.tensor(e.shapes)
        text[2, r, :n] = 1
        ask[0, r, :m] = torch.tensor(e.asked) + r * length
        ask[1, r, :m] = 1
        targets[r, :m] = torch.tensor(e.targets)
    return text[0], text[1], text[2], ask[0], ask[1], targets
