"""The network that ships: what model.py learned, on less text and with less of each layer.

The first layer reads all pieces, in the second only the asked ones ask, further layers see only
those. Windows lie end to end (warehouse/understand/windows.py, `packed`), so nothing is computed
on filling.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from torch import Tensor, nn

from bench.train.model import Config
from warehouse.understand.decoding import LABELS
from warehouse.understand.windows import SHAPES


class Layer(nn.Module):
    def __init__(self, d: int, heads: int, ff: int, eps: float, *, parted: bool):
        super().__init__()
        self.heads, self.dh = heads, d // heads
        if parted:  # modules of their own, or the quantiser would leave them alone
            self.ask, self.tell = nn.Linear(d, d), nn.Linear(d, 2 * d)
        else:
            self.qkv = nn.Linear(d, 3 * d)
        self.o = nn.Linear(d, d)
        self.n1 = nn.LayerNorm(d, eps=eps)
        self.up = nn.Linear(d, ff)
        self.down = nn.Linear(ff, d)
        self.n2 = nn.LayerNorm(d, eps=eps)

    def heads_of(self, x: Tensor, n: int) -> tuple[Tensor, ...]:
        """(..., n * d) as n tensors of (..., heads, dh)."""
        return x.unflatten(-1, (n, self.heads, self.dh)).unbind(-3)

    def attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
        q, k, v = (t.transpose(-2, -3) for t in (q, k, v))
        if torch.onnx.is_in_onnx_export():
            a = torch.softmax(q @ k.transpose(-1, -2) * (self.dh**-0.5) + bias, -1) @ v
        else:
            a = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return a.transpose(-2, -3).flatten(-2)

    def middle(self, x: Tensor, a: Tensor) -> Tensor:
        return self.n1(x + self.o(a))  # type: ignore[no-any-return]

    def inner(self, m: Tensor) -> Tensor:
        return F.gelu(self.up(m))


class Text:
    """A batch on its way through the network: where its pieces stand, and its vectors so far."""

    def __init__(self, net: Student, given: dict[str, Tensor]):
        self.given, self.layers = given, net.layers
        self.x = net.norm(
            net.word(given["ids"]) + net.pos(given["places"]) + net.shape_in(given["shapes"])
        )
        rows, asked_rows = given["rows"], given["asked_rows"]
        self.rows, self.asked_rows = rows.clamp(min=0), asked_rows.clamp(min=0)
        self.filled = (rows < 0).to(self.x.dtype)[:, None, None, :] * -1e4
        window = torch.div(given["asked_cells"], asked_rows.shape[1], rounding_mode="floor")
        self.apart = (window[:, None] != window[None, :]).to(self.x.dtype)[None] * -1e4

    def middle(self, i: int) -> Tensor:
        """The vectors after the attention of layer i."""
        layer = self.layers[i]
        assert isinstance(layer, Layer)
        if i == 0:
            q, k, v = layer.heads_of(layer.qkv(self.x)[self.rows], 3)
            a = layer.attend(q, k, v, self.filled).flatten(0, 1)[self.given["cells"]]
        elif i == 1:
            k, v = layer.heads_of(layer.tell(self.x)[self.rows], 2)
            self.x = self.x[self.given["asked"]]
            (q,) = layer.heads_of(layer.ask(self.x)[self.asked_rows], 1)
            a = layer.attend(q, k, v, self.filled).flatten(0, 1)[self.given["asked_cells"]]
        else:
            q, k, v = layer.heads_of(layer.qkv(self.x), 3)
            a = layer.attend(q, k, v, self.apart)
        return layer.middle(self.x, a)

    def finish(self, i: int, m: Tensor) -> Tensor:
        """The sum before the last norm of layer i; the text goes on with what follows it."""
        layer = self.layers[i]
        assert isinstance(layer, Layer)
        total = m + layer.down(layer.inner(m))
        self.x = layer.n2(total)
        return total


class Student(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        d = cfg["hidden"]
        self.cfg = cfg
        self.word = nn.Embedding(cfg["vocab"], d)
        self.pos = nn.Embedding(cfg["positions"], d)
        self.norm = nn.LayerNorm(d, eps=cfg["eps"])
        self.shape_in = nn.Embedding(SHAPES, d)
        self.layers = nn.ModuleList(
            [Layer(d, cfg["heads"], n, cfg["eps"], parted=i == 1) for i, n in enumerate(cfg["ffs"])]
        )
        self.shape_out = nn.Embedding(SHAPES, 16)
        self.head = nn.Linear(d + 16, len(LABELS))

    def forward(self, given: dict[str, Tensor]) -> tuple[Tensor, list[Tensor]]:
        """The logits of each asked word, and its vectors from the second layer on."""
        text, after = Text(self, given), []
        for i in range(len(self.layers)):
            text.finish(i, text.middle(i))
            after.append(text.x)
        shapes = self.shape_out(given["shapes"][given["asked"]])
        return self.head(torch.cat([text.x, shapes], -1)), after[1:]


def of_teacher(path: Path) -> Student:
    """A network trained by fit.py, in this form; it gives the same."""
    saved = torch.load(path, map_location="cpu")
    cfg, state, d = saved["cfg"], saved["state"], saved["cfg"]["hidden"]
    for x in ("weight", "bias"):
        both = state.pop(f"layers.1.qkv.{x}")
        state[f"layers.1.ask.{x}"], state[f"layers.1.tell.{x}"] = both[:d], both[d:]
    net = Student({**cfg, "ffs": [cfg["ff"]] * cfg["n_layers"]})
    net.load_state_dict(state)
    return net.eval()


def load(path: Path) -> Student:
    saved = torch.load(path, map_location="cpu")
    net = Student(saved["cfg"])
    net.load_state_dict(saved["state"])
    return net.eval()


def save(net: Student, path: Path) -> None:
    torch.save({"cfg": net.cfg, "state": net.state_dict()}, path)
