"""The tagger's network: MiniLM layers, word shapes, and layers that ask for candidates only.

The first `full` layers run over all word pieces; in the last of them only the asked positions
ask (all the others still answer), and further layers see only those.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from safetensors.torch import load_file
from torch import Tensor, nn

from warehouse.understand.decoding import LABELS
from warehouse.understand.windows import SHAPES

Config = dict[str, Any]


class Layer(nn.Module):
    def __init__(self, d: int, heads: int, ff: int, eps: float, drop: float = 0.1):
        super().__init__()
        self.heads, self.dh = heads, d // heads
        self.qkv = nn.Linear(d, 3 * d)
        self.o = nn.Linear(d, d)
        self.n1 = nn.LayerNorm(d, eps=eps)
        self.up = nn.Linear(d, ff)
        self.down = nn.Linear(ff, d)
        self.n2 = nn.LayerNorm(d, eps=eps)
        self.drop = nn.Dropout(drop)
        self.ask: nn.Module | None = None  # set for export: halves of qkv as modules of their own
        self.tell: nn.Module | None = None

    def forward(self, x: Tensor, bias: Tensor, keep: Tensor | None = None) -> Tensor:
        """`keep`: ask only for these positions; the others still serve as context."""
        batch, length, d = x.shape
        if keep is None:
            asked = length
            q, k, v = self._split(self.qkv(x), 3)
        else:
            asked = keep.shape[1]
            k, v = self._split(self._tell(x), 2)
            x = x.reshape(-1, d)[keep]
            q = self._ask(x).view(batch, asked, self.heads, self.dh).transpose(1, 2)
        if torch.onnx.is_in_onnx_export():
            a = torch.softmax(q @ k.transpose(-1, -2) * (self.dh**-0.5) + bias, -1) @ v
        else:
            a = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = self.n1(x + self.drop(self.o(a.transpose(1, 2).reshape(batch, asked, d))))
        return self.n2(x + self.drop(self.down(F.gelu(self.up(x)))))

    def _split(self, x: Tensor, n: int) -> tuple[Tensor, ...]:
        batch, length, _ = x.shape
        return x.view(batch, length, n, self.heads, self.dh).permute(2, 0, 3, 1, 4).unbind(0)

    def _ask(self, x: Tensor) -> Tensor:
        d = x.shape[-1]
        return self.ask(x) if self.ask else F.linear(x, self.qkv.weight[:d], self.qkv.bias[:d])

    def _tell(self, x: Tensor) -> Tensor:
        d = x.shape[-1]
        return self.tell(x) if self.tell else F.linear(x, self.qkv.weight[d:], self.qkv.bias[d:])


class TaggerNet(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        d = cfg["hidden"]
        self.full: int = cfg["full"]
        self.word = nn.Embedding(cfg["vocab"], d)
        self.pos = nn.Embedding(cfg["positions"], d)
        self.norm = nn.LayerNorm(d, eps=cfg["eps"])
        self.shape_in = nn.Embedding(SHAPES, d)
        nn.init.zeros_(self.shape_in.weight)
        self.layers = nn.ModuleList(
            [Layer(d, cfg["heads"], cfg["ff"], cfg["eps"]) for _ in range(cfg["n_layers"])]
        )
        self.shape_out = nn.Embedding(SHAPES, 16)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(d + 16, len(LABELS))

    def forward(
        self, ids: Tensor, shapes: Tensor, mask: Tensor, keep: Tensor, kept: Tensor
    ) -> Tensor:
        """keep: (batch, m) positions in the flattened batch; kept: 1 where real. Logits there."""
        x = self.word(ids) + self.pos.weight[: ids.shape[1]][None] + self.shape_in(shapes)
        x = self.norm(x)
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for i, layer in enumerate(self.layers[: self.full]):
            x = layer(x, bias, keep if i == self.full - 1 else None)
        if self.full < len(self.layers):
            bias = (1.0 - kept[:, None, None, :].to(x.dtype)) * -1e4
            for layer in self.layers[self.full :]:
                x = layer(x, bias)
        out_shapes = self.shape_out(shapes.reshape(-1)[keep])
        return self.head(torch.cat([self.drop(x), out_shapes], -1))


def from_base(base: Path) -> tuple[TaggerNet, Config]:
    """A fresh network with the weights of a BERT-shaped base model."""
    c = json.loads((base / "config.json").read_text())
    w = {
        k.removeprefix("bert."): v.float() for k, v in load_file(base / "model.safetensors").items()
    }
    n = c["num_hidden_layers"]
    cfg = {
        "hidden": c["hidden_size"],
        "heads": c["num_attention_heads"],
        "ff": c["intermediate_size"],
        "eps": c["layer_norm_eps"],
        "vocab": c["vocab_size"],
        "positions": c["max_position_embeddings"],
        "n_layers": n,
        "full": n,
    }
    net = TaggerNet(cfg)
    state = net.state_dict()
    emb = "embeddings."
    state["word.weight"] = w[f"{emb}word_embeddings.weight"]
    state["pos.weight"] = (
        w[f"{emb}position_embeddings.weight"] + w[f"{emb}token_type_embeddings.weight"][0]
    )
    for x in ("weight", "bias"):
        state[f"norm.{x}"] = w[f"{emb}LayerNorm.{x}"]
        for i in range(n):
            _copy_layer(state, w, i, x)
    net.load_state_dict(state)
    return net, cfg


_PARTS = {
    "o": "attention.output.dense",
    "n1": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "n2": "output.LayerNorm",
}


def _copy_layer(state: dict[str, Tensor], w: dict[str, Tensor], i: int, x: str) -> None:
    theirs = f"encoder.layer.{i}."
    heads = [w[f"{theirs}attention.self.{n}.{x}"] for n in ("query", "key", "value")]
    state[f"layers.{i}.qkv.{x}"] = torch.cat(heads)
    for mine, name in _PARTS.items():
        state[f"layers.{i}.{mine}.{x}"] = w[f"{theirs}{name}.{x}"]


def load(path: Path, full: int | None = None) -> tuple[TaggerNet, Config]:
    """A saved network; `full` narrows it further."""
    saved = torch.load(path, map_location="cpu")
    cfg = {**saved["cfg"], "full": full or saved["cfg"]["full"]}
    net = TaggerNet(cfg)
    net.load_state_dict(saved["state"])
    return net, cfg


def save(net: TaggerNet, cfg: Config, path: Path) -> None:
    torch.save({"cfg": cfg, "state": net.state_dict()}, path)
