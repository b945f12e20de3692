"""An embedding model that keeps what it encoded in a folder: a benchmark's pools are encoded once, and an interrupted run goes on."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.progress import told
from index.embedding import Embedder

Floats = NDArray[np.float32]
_TOGETHER = 256


class CachedEmbedder:
    """Passages' vectors by blocks of texts; questions are always encoded."""

    def __init__(self, model: Embedder, folder: Path, name: str) -> None:
        self.fingerprint = model.fingerprint
        self._model = model
        self._folder = folder
        self._name = name

    def encode_question(self, question: str) -> Floats:
        """Shape (dim,)."""
        return self._model.encode_question(question)

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """Shape (n, dim)."""
        starts = list(range(0, len(passages), _TOGETHER))
        blocks = told(f"{self._name}: encoding {len(passages)} texts", starts)
        return np.concatenate(list(self._encoded(list(passages), blocks)))

    def _encoded(self, passages: list[str], starts: Iterator[int]) -> Iterator[Floats]:
        self._folder.mkdir(parents=True, exist_ok=True)
        for start in starts:
            some = passages[start : start + _TOGETHER]
            key = hashlib.sha256("\0".join([self.fingerprint, *some]).encode()).hexdigest()[:24]
            path = self._folder / f"{key}.npy"
            if not path.is_file():
                beside = path.with_suffix(".new")
                with beside.open("wb") as file:
                    np.save(file, self._model.encode_passages(some))
                beside.replace(path)
            yield np.load(path)
