"""A sentence-transformers CrossEncoder as a reranker.

Importing this module loads torch; only a reranker by name needs it.
"""

import os
from collections.abc import Sequence
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder

from index.sentence_transformer import batch_size
from source.errors import HakushoError

Floats = NDArray[np.float32]
# What a model made to judge pairs is called; others are loaded too, their heads untrained.
_JUDGES = ("ForSequenceClassification", "ForCausalLM")


class CrossEncoderReranker:
    """Scores by a CrossEncoder; device by `HAKUSHO_DEVICE` (cpu, cuda, mps)."""

    def __init__(self, name: str, batch: int = 32) -> None:
        self.name = name
        self._batch = batch
        self._lock = Lock()
        self._model = CrossEncoder(name, device=os.environ.get("HAKUSHO_DEVICE") or None)
        self._check()

    def _check(self) -> None:
        """Refuses what loads and cannot rerank: an embedding model would get a head of random numbers."""
        made_for = getattr(getattr(self._model.model, "config", None), "architectures", None) or []
        if not any(a.endswith(_JUDGES) for a in made_for):
            raise HakushoError(
                f"{self.name!r} is no cross-encoder ({', '.join(made_for) or 'of no known kind'}): HAKUSHO_RERANKER must name one, "
                "such as BAAI/bge-reranker-v2-m3; an embedding model is named by HAKUSHO_EMBEDDING"
            )
        if self._model.num_labels != 1:
            raise HakushoError(
                f"{self.name!r} gives {self._model.num_labels} numbers for a pair: HAKUSHO_RERANKER must name a cross-encoder "
                "that gives one, how well the passage answers"
            )

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """The network's logits, shape (n,): what a sigmoid would flatten at either end still orders."""
        pairs = [(question, text) for text in texts]
        # A tokeniser that cuts and pads serves one thread at a time.
        with self._lock:
            logits = self._model.predict(
                pairs, batch_size=self._batch, activation_fn=torch.nn.Identity(), show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(logits, dtype=np.float32).reshape(len(pairs))


def load_cross_encoder(name: str) -> CrossEncoderReranker:
    """Loads a hub model or a folder; batch size by `HAKUSHO_BATCH`. Raises OSError, ValueError or HakushoError."""
    return CrossEncoderReranker(name, batch_size())
