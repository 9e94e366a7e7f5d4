"""A trained network as ONNX, and quantised to eight bits per channel."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from bench.train import model
from bench.train.model import Layer

_INPUTS = ["ids", "shapes", "mask", "keep", "kept"]


def export(saved: Path, out: Path) -> Path:
    """Writes `out` (.onnx) and beside it .int8.onnx, whose path it returns."""
    net, cfg = model.load(saved)
    net.eval()
    _part_questions(net.layers[cfg["full"] - 1], cfg["hidden"])
    ids = torch.randint(1000, 2000, (2, 16))
    one = torch.ones_like(ids)
    keep, kept = torch.tensor([[1, 2, 4], [17, 19, 16]]), torch.tensor([[1, 1, 1], [1, 1, 0]])
    text, asked = {0: "batch", 1: "length"}, {0: "batch", 1: "kept"}
    axes = {"ids": text, "shapes": text, "mask": text, "keep": asked, "kept": asked}
    torch.onnx.export(
        net,
        (ids, one, one, keep, kept),
        str(out),
        input_names=_INPUTS,
        output_names=["logits"],
        dynamic_axes={**axes, "logits": asked},
        opset_version=17,
        dynamo=False,
    )
    small = out.with_suffix(".int8.onnx")
    # Per tensor costs 2.4 points of F1 where there is no VNNI.
    quantize_dynamic(str(out), str(small), weight_type=QuantType.QInt8, per_channel=True)
    graph = onnx.load(str(small))
    graph.metadata_props.add(key="full", value=str(cfg["full"]))
    graph.metadata_props.add(key="layers", value=str(cfg["n_layers"]))
    onnx.save(graph, str(small))
    return small


def _part_questions(layer: nn.Module, d: int) -> None:
    """Modules of their own for the halves of qkv, or the quantiser would leave them alone."""
    assert isinstance(layer, Layer)
    ask, tell = nn.Linear(d, d), nn.Linear(d, 2 * d)
    with torch.no_grad():
        for new, part in ((ask, slice(0, d)), (tell, slice(d, None))):
            new.weight.copy_(layer.qkv.weight[part])
            new.bias.copy_(layer.qkv.bias[part])
    layer.ask, layer.tell = ask, tell
