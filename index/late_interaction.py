"""Late interaction (MaxSim, Khattab & Zaharia 2020) over the static model's token vectors.

A token's weight is the norm of its vector, which the training makes large for telling tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.embedding import shipped_static

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Unit vectors of a text's tokens, shape (tokens, dim), and their weights, shape (tokens,)."""

    unit: Floats
    weight: Floats


@lru_cache(maxsize=20000)
def token_vectors(text: str) -> TokenVectors:
    """The token vectors of a text under the shipped static model."""
    _, vectors = shipped_static().token_vectors(text)
    norms = np.linalg.norm(vectors, axis=1)
    return TokenVectors(np.asarray(vectors / np.maximum(norms, 1e-9)[:, None], dtype=np.float32), norms.astype(np.float32))


def max_sims(question: TokenVectors, passages: Sequence[TokenVectors]) -> Floats:
    """For each passage, the weighted mean over the question's tokens of the best cosine in it, shape (passages,).

    One product serves all passages: many small ones cost more than the arithmetic.
    """
    out = np.zeros(len(passages), dtype=np.float32)
    filled = [i for i, p in enumerate(passages) if len(p.weight)]
    if not filled or not len(question.weight):
        return out
    cosines = np.concatenate([passages[i].unit for i in filled]) @ question.unit.T
    starts = np.cumsum([0] + [len(passages[i].weight) for i in filled[:-1]])
    closest = np.maximum.reduceat(cosines, starts, axis=0)
    out[filled] = closest @ question.weight / max(float(question.weight.sum()), 1e-9)
    return out
