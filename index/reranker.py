"""A reranker by name: a cross-encoder that reads a question and a passage together. Off by default.

`HAKUSHO_RERANKER` (a hub name or a folder) loads one through sentence-transformers; anything that
scores pairs can be handed in as it is.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from source.errors import HakushoError, reason

Floats = NDArray[np.float32]


class Reranker(Protocol):
    """What the ranking needs of a reranker."""

    @property
    def name(self) -> str:
        """The model's name, for the record."""

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How well each text answers, as log-odds or on any scale that grows with them, shape (n,)."""


def load_reranker(name: str = "") -> Reranker | None:
    """The reranker called `name` (by default `HAKUSHO_RERANKER`), None where none is named.

    Raises HakushoError where it cannot be loaded.
    """
    named = name or os.environ.get("HAKUSHO_RERANKER", "")
    return _load(named) if named else None


@lru_cache(maxsize=2)
def _load(name: str) -> Reranker:
    # torch and sentence-transformers are imported here: only a model by name needs them.
    from index.cross_encoder import load_cross_encoder

    try:
        return load_cross_encoder(name)
    except HakushoError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise HakushoError(
            f"the reranker {name!r} cannot be loaded ({reason(error)}): name a folder that holds a cross-encoder, go online once so "
            "that it is downloaded, or unset HAKUSHO_RERANKER to rank without one"
        ) from None
