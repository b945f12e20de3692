"""The network behind the reader and the embeddings: a BERT encoder cut in two halves.

The lower half reads a question and a passage each by itself, so a passage is encoded once, when
it is indexed. The upper half of the reader then reads both together (DeFormer, Cao et al. 2020);
the upper half of the embedder goes on with one text and takes the mean (Wang et al. 2024,
multilingual-e5). Training only: at run time the same network runs from ONNX files.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, HEADS, INNER, LAYERS, SPLIT = 384, 12, 1536, 12, 6
POSITIONS = 512
EPSILON = 1e-12


class Block(nn.Module):
    """A BERT layer: attention and a feed-forward net, each added to its input and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = nn.Dropout(0.1)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (n, t, WIDTH) and an additive mask (n, 1, 1, t): 0 for tokens, a large negative for padding."""
        n, t, _ = states.shape
        query, key, value = self.query_key_value(states).view(n, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        # Written out: with half precision on a processor it trains faster than the fused attention.
        query, key, value = (x.reshape(n * HEADS, t, WIDTH // HEADS) for x in (query, key, value))
        near = torch.bmm(query * (WIDTH // HEADS) ** -0.5, key.transpose(1, 2)).view(n, HEADS, t, t)
        shares = torch.softmax(near + mask.to(near.dtype), dim=3)
        seen = torch.bmm(shares.view(n * HEADS, t, t), value).view(n, HEADS, t, WIDTH // HEADS)
        seen = self.out(seen.transpose(1, 2).reshape(n, t, WIDTH))
        states = self.attention_norm(states + self.dropout(seen))
        return self.norm(states + self.dropout(self.outer(F.gelu(self.inner(states)))))  # type: ignore[no-any-return]


def additive(mask: Tensor) -> Tensor:
    """A mask of ones for tokens, shape (n, t), as `Block` takes it."""
    return (1.0 - mask[:, None, None, :].float()) * -1e4


class Half(nn.Module):
    """Some blocks, one after the other."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(blocks))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (n, t, WIDTH) and a mask of ones for tokens, (n, t)."""
        added = additive(mask)
        for block in self.blocks:
            states = block(states, added)
        return states


class Lower(nn.Module):
    """Tokens to states: embeddings and the first SPLIT blocks."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Parameter(torch.zeros(POSITIONS, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.blocks = Half(SPLIT)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Token ids (n, t) and a mask of ones for tokens; states (n, t, WIDTH)."""
        states = self.norm(self.words(ids) + self.positions[: ids.shape[1]])
        return self.blocks(states, mask)  # type: ignore[no-any-return]


class Pooler(nn.Module):
    """States of the lower half to a unit vector: the other blocks and the mean."""

    def __init__(self) -> None:
        super().__init__()
        self.upper = Half(LAYERS - SPLIT)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors, shape (n, WIDTH)."""
        tokens = mask[:, :, None].float()
        pooled = (self.upper(states, mask) * tokens).sum(1) / tokens.sum(1)
        return F.normalize(pooled, dim=1)


def load_bert(weights: Mapping[str, Tensor]) -> tuple[Lower, Pooler]:
    """The two halves of a BERT model's weights, named as `transformers` names them."""
    lower, pooler = Lower(len(weights["embeddings.word_embeddings.weight"])), Pooler()
    lower.words.weight.data.copy_(weights["embeddings.word_embeddings.weight"])
    kinds = weights["embeddings.token_type_embeddings.weight"][0]
    lower.positions.data.copy_(weights["embeddings.position_embeddings.weight"] + kinds)
    _linear(lower.norm, weights, "embeddings.LayerNorm")
    blocks = [*lower.blocks.blocks, *pooler.upper.blocks]
    for number, block in enumerate(blocks):
        _block(block, weights, f"encoder.layer.{number}")
    return lower, pooler


def _block(block: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    for kind in ("weight", "bias"):
        joined = torch.cat([weights[f"{part}.{kind}"] for part in parts])
        getattr(block.query_key_value, kind).data.copy_(joined)
    names = {
        "out": "attention.output.dense",
        "attention_norm": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "norm": "output.LayerNorm",
    }
    for own, theirs in names.items():
        _linear(getattr(block, own), weights, f"{name}.{theirs}")


def _linear(layer: nn.Module, weights: Mapping[str, Tensor], name: str) -> None:
    layer.weight.data.copy_(weights[f"{name}.weight"])  # type: ignore[operator]
    layer.bias.data.copy_(weights[f"{name}.bias"])  # type: ignore[operator]
