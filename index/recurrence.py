"""Bidirectional simple recurrent units (Lei et al. 2018) that train fast on a processor.

All products are done for every step at once; what is left of the recurrence is one
interpolation per step, so that a layer costs little more than its matrix products.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _Interpolate(torch.autograd.Function):
    """c[t] = f[t] c[t-1] + (1 - f[t]) x[t] over the first dimension, from c[-1] = 0."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor) -> Tensor:
        c = torch.empty_like(x)
        last = torch.zeros_like(x[0])
        for xt, ft, ct in zip(x.unbind(), f.unbind(), c.unbind(), strict=True):
            last = torch.lerp(xt, last, ft, out=ct)
        ctx.save_for_backward(x, f, c)
        return c

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        x, f, c = ctx.saved_tensors
        g = grad.clone(memory_format=torch.contiguous_format)
        steps, gates = g.unbind(), f.unbind()
        for t in range(len(steps) - 2, -1, -1):
            steps[t].addcmul_(steps[t + 1], gates[t + 1])
        before = torch.cat([torch.zeros_like(c[:1]), c[:-1]])
        return g * (1 - f), g * (before - x)


class _Scan(torch.autograd.Function):
    """The same recurrence, exported as one ONNX Scan; see `export_pointer`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, f: Tensor) -> Tensor:
        return _Interpolate.apply(x, f)  # type: ignore[no-any-return, no-untyped-call]

    @staticmethod
    def symbolic(g: Any, x: Any, f: Any) -> Any:
        return g.op("hakusho::Interpolate", x, f).setType(x.type())


class Layer(nn.Module):
    """One bidirectional layer: gates, interpolation, highway."""

    def __init__(self, width_in: int, hidden: int) -> None:
        super().__init__()
        self.width = 2 * hidden
        self.products = nn.Linear(width_in, 3 * self.width)
        self.skip = nn.Linear(width_in, self.width, bias=False) if width_in != self.width else nn.Identity()
        nn.init.zeros_(self.products.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` is (tokens, batch, width_in), `mask` (tokens, batch, 1); padding comes last."""
        value, forget, reset = self.products(x).chunk(3, dim=-1)
        value, forget = _turn(value * mask), _turn(torch.sigmoid(forget))
        scan = _Scan if torch.onnx.is_in_onnx_export() else _Interpolate
        state = _turn(scan.apply(value, forget))  # type: ignore[no-untyped-call]
        gate = torch.sigmoid(reset)
        return torch.as_tensor((gate * torch.tanh(state) + (1 - gate) * self.skip(x)) * mask)


def _turn(x: Tensor) -> Tensor:
    """Reverses the second half of the channels in time (its own inverse)."""
    ahead, back = x.chunk(2, dim=-1)
    return torch.cat([ahead, back.flip(0)], dim=-1)


def locked_dropout(x: Tensor, rate: float, training: bool, time: int) -> Tensor:
    """Dropout with one mask for all steps of dimension `time` (Gal & Ghahramani 2016)."""
    if not training or rate == 0:
        return x
    shape = [1 if d == time else n for d, n in enumerate(x.shape)]
    return x * F.dropout(torch.ones(shape), rate)


class Stack(nn.Module):
    """Several layers with dropout between them."""

    def __init__(self, width_in: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width_in if i == 0 else 2 * hidden, hidden) for i in range(layers))
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens, width_in) → (batch, tokens, 2 hidden)."""
        x, kept = x.transpose(0, 1), mask.transpose(0, 1)[..., None]
        for i, layer in enumerate(self.layers):
            x = layer(locked_dropout(x, self.dropout, self.training, 0) if i else x, kept)
        return x.transpose(0, 1)
