"""Teaches the cut student to answer as its teacher does, on one thread, for so many CPU minutes.

The loss: the teacher's probabilities, its vectors after each layer, and a little of the truth.
What is saved is a running mean of the weights.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor

from bench.train import data, student
from bench.train.data import STUDENT_MIX, Pair
from bench.train.fit import truth_loss
from bench.train.refit import cut, given, goals
from bench.train.student import Student
from warehouse.understand.windows import Pieces

LAYERS, NEURONS = [0, 1, 2, 4, 5], 512  # of the teacher's six layers of 1,536
_CALIBRATION = 700  # windows that the cut is fitted on
_DEV = 150
_RATE, _WARM = 2.5e-4, 20
_MEAN = 0.98  # share of the running mean that a step leaves
_BATCH = 800  # pieces that the teacher reads


def distil(teacher_file: Path, base: Path, folder: Path, out: Path, *, minutes: float) -> None:
    """Cuts the student, teaches it and saves it; `out` has a good one every hundred steps."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = random.Random(1)
    teacher = student.of_teacher(teacher_file)
    text = _Text(base, folder, rng)
    dev = [given(batch) for batch in text.some(_DEV)]
    net = cut(teacher, LAYERS, NEURONS, text.some(_CALIBRATION))
    print(f"cut: {_likeness(net, teacher, dev)}", flush=True)
    student.save(net, out)
    lesson = _Lesson(net, teacher, minutes)
    while lesson.used < 1:
        for batch in text.some(3000):
            loss = lesson.step(batch)
            if lesson.used >= 1:
                break
            if lesson.steps % 25 == 0:
                print(f"step {lesson.steps}  used {lesson.used:.2f}  loss {loss:.4f}", flush=True)
            if lesson.steps % 100 == 0:
                student.save(lesson.mean, out)
                print(f"  {_likeness(lesson.mean, teacher, dev)}", flush=True)
    student.save(lesson.mean, out)
    print(f"saved {out} after {lesson.steps} steps: {_likeness(lesson.mean, teacher, dev)}")


class _Text:
    """An endless stream of varied windows."""

    def __init__(self, base: Path, folder: Path, rng: random.Random):
        self.folder, self.rng = folder, rng
        self.pieces, self.pool = Pieces(base / "tokenizer.json"), data.name_pool(folder)
        self.drawn: list[tuple[list[data.Sentence], bool]] = []

    def some(self, n: int) -> list[list[Pair]]:
        """The next n windows, as batches."""
        if len(self.drawn) < n:
            self.drawn = data.drawn(self.folder, self.rng, STUDENT_MIX)
            self.rng.shuffle(self.drawn)
        taken = [self.drawn.pop() for _ in range(n)]
        pairs = [
            data.pair(window, self.pieces, self.rng, self.pool, partial=partial)
            for window, partial in taken
        ]
        return _batches([p for p in pairs if p], self.rng)


def _batches(pairs: list[Pair], rng: random.Random) -> list[list[Pair]]:
    found: list[list[Pair]] = [[]]
    for pair in sorted(pairs, key=lambda p: len(p.whole.ids)):
        if sum(len(p.whole.ids) for p in found[-1]) + len(pair.whole.ids) > _BATCH:
            found.append([])
        found[-1].append(pair)
    rng.shuffle(found)
    return [batch for batch in found if batch]


class _Lesson:
    """The student, its teacher, the optimiser and how much of the time is used."""

    def __init__(self, net: Student, teacher: Student, minutes: float):
        self.net, self.teacher, self.minutes = net, teacher, minutes
        for part in (net.word, net.pos):
            part.requires_grad_(False)
        self.mean = Student(net.cfg)
        self.mean.load_state_dict(net.state_dict())
        self.mean.requires_grad_(False)
        self.learned = [p for p in net.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(
            self.learned, lr=_RATE, betas=(0.9, 0.98), weight_decay=0.01
        )
        self.goals = goals(LAYERS, len(teacher.layers))[1:]
        self.started, self.used, self.steps = time.process_time(), 0.0, 0

    def step(self, batch: list[Pair]) -> float:
        self.used = (time.process_time() - self.started) / (60 * self.minutes)
        for group in self.optimiser.param_groups:
            group["lr"] = _RATE * min(1, (self.steps + 1) / _WARM) * max(0.02, 1 - self.used)
        loss = self._loss(batch)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.steps += 1
        new = max(1 - _MEAN, 1 / (self.steps + 1))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(now, new)
        return loss.item()

    def _loss(self, batch: list[Pair]) -> Tensor:
        whole, read = given(batch)
        with torch.no_grad():
            answer, vectors = self.teacher(whole)
        logits, mine = self.net(read)
        logp = F.log_softmax(logits, -1)
        likely = -(F.softmax(answer, -1) * logp).sum(-1).mean()
        wanted = [vectors[goal - 1] for goal in self.goals]
        apart = sum(F.mse_loss(a, b) / b.var() for a, b in zip(mine, wanted, strict=True))
        target = torch.tensor([y for p in batch for y in p.targets])
        return likely + 0.15 * truth_loss(logp, target) + 1.5 * apart / len(mine)


@torch.no_grad()
def _likeness(net: Student, teacher: Student, dev: list[tuple[dict[str, Tensor], ...]]) -> str:
    """How often the student says what the teacher says, on windows it does not learn from."""
    same, apart, n = 0, 0.0, 0
    for whole, read in dev:
        p, q = (F.log_softmax(x, -1) for x in (net(read)[0], teacher(whole)[0]))
        same += int((p.argmax(-1) == q.argmax(-1)).sum())
        apart += float((q.exp() * (q - p)).sum())
        n += len(p)
    return f"same label {same / n:.4f}, divergence {apart / n:.4f}"
