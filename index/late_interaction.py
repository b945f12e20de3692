"""Late interaction (MaxSim, Khattab & Zaharia 2020) over the static model's token vectors.

A token's weight is the norm of its vector, which the training makes large for telling tokens.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import shipped_static

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """Unit vectors of a text's tokens, shape (tokens, dim), and their weights, shape (tokens,)."""

    unit: Floats
    weight: Floats


def token_vectors(text: str) -> TokenVectors:
    """The token vectors of a text under the shipped static model."""
    _, vectors = shipped_static().token_vectors(text)
    norms = np.linalg.norm(vectors, axis=1)
    return TokenVectors(np.asarray(vectors / np.maximum(norms, 1e-9)[:, None], dtype=np.float32), norms.astype(np.float32))


def max_sim(question: TokenVectors, passage: TokenVectors) -> float:
    """The weighted mean, over the question's tokens, of the best cosine in the passage."""
    if not len(question.weight) or not len(passage.weight):
        return 0.0
    closest = (question.unit @ passage.unit.T).max(axis=1)
    return float(closest @ question.weight / max(float(question.weight.sum()), 1e-9))
