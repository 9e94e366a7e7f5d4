"""A student cut out of its teacher: fewer layers, fewer neurons, and what is left fitted anew.

Of each layer the neurons that move its output most are kept. Then, layer by layer, the weights
behind them are solved for (least squares, no gradients), so that the student's vectors come as
near as they can to those that its next layer read in the teacher. This alone gives most of the
teacher's F1; distil.py does the rest.
"""

from __future__ import annotations

import torch
from torch import Tensor

from bench.train.data import Pair
from bench.train.student import Layer, Student, Text
from warehouse.understand.windows import packed

_RIDGE = 3e-3

Given = dict[str, Tensor]


def given(batch: list[Pair]) -> tuple[Given, Given]:
    """The inputs of the teacher and of the student."""
    both = packed([p.whole for p in batch]), packed([p.read for p in batch])
    whole, read = ({k: torch.from_numpy(v) for k, v in side.items()} for side in both)
    return whole, read


@torch.no_grad()
def cut(teacher: Student, layers: list[int], ff: int, batches: list[list[Pair]]) -> Student:
    """`layers` of the teacher with `ff` neurons each, fitted on some text."""
    sides = [given(batch) for batch in batches]
    told = [_Told(teacher, whole, read) for whole, read in sides]
    student = _pruned(teacher, layers, ff, told)
    texts = [Text(student, read) for _, read in sides]
    for i, goal in enumerate(goals(layers, len(teacher.layers))):
        _refit(student, i, goal, texts, told)
    return student


def goals(layers: list[int], n: int) -> list[int]:
    """The teacher's layer whose output each layer of the student should give: what its next layer
    read there. The first reads all pieces, so it stands for itself."""
    return [layers[0], *(layer - 1 for layer in layers[2:]), n - 1]


class _Told:
    """What the teacher computes on a batch: how much each neuron varies, and each layer's output
    (of the first layer only at the pieces that the student reads)."""

    def __init__(self, teacher: Student, whole: Given, read: Given):
        text = Text(teacher, whole)
        places = {place: i for i, place in enumerate(_places(whole))}
        self.shared = torch.tensor([places.get(place, -1) for place in _places(read)])
        self.neurons: list[tuple[Tensor, Tensor]] = []
        self.after: list[Tensor] = []
        for i, layer in enumerate(teacher.layers):
            assert isinstance(layer, Layer)
            m = text.middle(i)
            text.finish(i, m)
            at = self.at(i)
            h = layer.inner(m[self.shared[at]] if i == 0 else m)
            self.neurons.append((h.mean(0), h.var(0)))
            self.after.append(text.x[self.shared[at]] if i == 0 else text.x)

    def at(self, i: int) -> Tensor:
        """Which of the student's vectors in layer i have their like in the teacher."""
        found = self.shared >= 0
        return found if i == 0 else torch.ones(1, dtype=torch.bool)


def _places(side: Given) -> list[int]:
    window = torch.div(side["cells"], side["rows"].shape[1], rounding_mode="floor")
    return (window * 1000 + side["places"]).tolist()  # type: ignore[no-any-return]


def _pruned(teacher: Student, layers: list[int], ff: int, told: list[_Told]) -> Student:
    student = Student({**teacher.cfg, "ffs": [ff] * len(layers)})
    state, old = student.state_dict(), teacher.state_dict()
    state |= {k: v for k, v in old.items() if not k.startswith("layers.")}
    for i, layer in enumerate(layers):
        down = old[f"layers.{layer}.down.weight"]
        mean = torch.stack([t.neurons[layer][0] for t in told]).mean(0)
        spread = torch.stack([t.neurons[layer][1] for t in told]).mean(0).sqrt()
        order = (spread * down.norm(dim=0)).argsort(descending=True)
        kept, lost = order[:ff], order[ff:]
        mine = {k: old[k.replace(f"layers.{i}.", f"layers.{layer}.")] for k in _of(state, i)}
        for x in ("weight", "bias"):
            mine[f"layers.{i}.up.{x}"] = mine[f"layers.{i}.up.{x}"][kept]
        mine[f"layers.{i}.down.weight"] = down[:, kept]
        mine[f"layers.{i}.down.bias"] = mine[f"layers.{i}.down.bias"] + down[:, lost] @ mean[lost]
        state |= mine
    student.load_state_dict(state)
    return student


def _of(state: dict[str, Tensor], i: int) -> list[str]:
    return [k for k in state if k.startswith(f"layers.{i}.")]


def _refit(student: Student, i: int, goal: int, texts: list[Text], told: list[_Told]) -> None:
    """Solves for the last weights of layer i, and takes the texts past it."""
    layer = student.layers[i]
    assert isinstance(layer, Layer)
    old = torch.cat([layer.down.weight.T, layer.down.bias[None]])
    gram, moment = torch.zeros(len(old), len(old)), torch.zeros_like(old)
    middles = [text.middle(i) for text in texts]
    for m, t in zip(middles, told, strict=True):
        like = m[t.at(0)] if i == 0 else m
        h = layer.inner(like)
        wanted = _before_norm(layer, t.after[goal], like + layer.down(h)) - like
        x = torch.cat([h, torch.ones(len(h), 1)], 1)
        gram += x.T @ x
        moment += x.T @ wanted
    ridge = _RIDGE * gram.diagonal()[:-1].mean() * torch.eye(len(old))
    new = torch.linalg.solve(gram + ridge, moment + ridge @ old)
    layer.down.weight.copy_(new[:-1].T)
    layer.down.bias.copy_(new[-1])
    for text, m in zip(texts, middles, strict=True):
        text.finish(i, m)


def _before_norm(layer: Layer, wanted: Tensor, now: Tensor) -> Tensor:
    """What the last norm of the layer would turn into `wanted`, as large as what it gets now."""
    plain = (wanted - layer.n2.bias) / layer.n2.weight
    return plain * now.std(-1, keepdim=True) + now.mean(-1, keepdim=True)
