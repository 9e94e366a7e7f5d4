"""A trained student as ONNX, and quantised to eight bits per channel."""

from __future__ import annotations

from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from bench.train import student
from bench.train.student import Student
from warehouse.understand.windows import Encoded, packed

_EXAMPLE = [
    Encoded([101, 2000, 2001, 102], [0, 7, 4, 0], [0, 1, 2, 3], [1], [0]),
    Encoded([101, 2000, 102], [0, 7, 0], [0, 1, 2], [0, 1], [0, 1]),
]
_AXES = {
    "rows": {0: "window", 1: "place"},
    "asked_rows": {0: "window", 1: "question"},
    "asked": {0: "asked"},
    "asked_cells": {0: "asked"},
    "logits": {0: "asked"},
}


class _ByName(nn.Module):
    """The network with one argument for each input, as the exporter wants it."""

    def __init__(self, net: Student, names: list[str]):
        super().__init__()
        self.net, self.names = net, names

    def forward(self, *given: Tensor) -> Tensor:
        logits: Tensor = self.net(dict(zip(self.names, given, strict=True)))[0]
        return logits


def export(saved: Path, out: Path) -> Path:
    """Writes `out` (.onnx) and beside it .int8.onnx, whose path it returns."""
    given = packed(_EXAMPLE)
    torch.onnx.export(
        _ByName(student.load(saved), list(given)).eval(),
        tuple(map(torch.from_numpy, given.values())),
        str(out),
        input_names=list(given),
        output_names=["logits"],
        dynamic_axes={name: _AXES.get(name, {0: "pieces"}) for name in [*given, "logits"]},
        opset_version=17,
        dynamo=False,
    )
    small = out.with_suffix(".int8.onnx")
    # Per tensor costs 2.4 points of F1 where there is no VNNI.
    quantize_dynamic(str(out), str(small), weight_type=QuantType.QInt8, per_channel=True)
    return small
