"""Embedding models behind one seam: the shipped static model, or any other by name.

The static model is read without torch. `HAKUSHO_EMBEDDING` (a hub name or a folder) loads
another through sentence-transformers; a LlamaIndex `BaseEmbedding` can be handed in as it is.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.contextual import ContextualModel, shipped_contextual
from index.static_embedding import StaticEmbedder
from source.errors import HakushoError, reason

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Floats = NDArray[np.float32]
DEFAULT_MODEL = Path(__file__).parent / "model"
# What each family was trained to see before a question and before a passage (their model cards).
_PREFIXES = {
    "e5": ("query: ", "passage: "),
    "ruri-v3": ("検索クエリ: ", "検索文書: "),
    "ruri": ("クエリ: ", "文章: "),
}


@lru_cache(maxsize=1)
def shipped_static() -> StaticEmbedder:
    """The shipped static model, loaded once."""
    return StaticEmbedder.load(DEFAULT_MODEL)


class Embedder(Protocol):
    """What the index needs of an embedding model. Vectors are float32, L2-normalised rows."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the vectors would."""

    def encode_question(self, question: str) -> Floats:
        """The vector of a question, shape (dim,)."""

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """The vectors of passages, shape (n, dim)."""


class StaticModel:
    """The shipped static model, or another folder of that form."""

    def __init__(self, static: StaticEmbedder) -> None:
        self.static = static

    @property
    def fingerprint(self) -> str:
        """Hash of the model's files."""
        return self.static.fingerprint

    def encode_question(self, question: str) -> Floats:
        """Shape (dim,)."""
        return np.asarray(self.static.encode([question])[0], dtype=np.float32)

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """Shape (n, dim)."""
        return np.asarray(self.static.encode(passages), dtype=np.float32)


class LlamaIndexModel:
    """Any LlamaIndex embedding."""

    def __init__(self, model: "BaseEmbedding", name: str = "") -> None:
        self._model = model
        self._name = name or model.model_name

    @property
    def fingerprint(self) -> str:
        """The model's name: what it was trained as cannot be seen from here."""
        return f"llama-index:{self._name}"

    def encode_question(self, question: str) -> Floats:
        """Shape (dim,)."""
        return _unit(np.asarray([self._model.get_query_embedding(question)], dtype=np.float32)).reshape(-1)

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """Shape (n, dim)."""
        vectors = self._model.get_text_embedding_batch(list(passages))
        return _unit(np.asarray(vectors, dtype=np.float32))


def _unit(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Floats = np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
    return unit


def prefixes(name: str) -> tuple[str, str]:
    """The question and passage prefixes of a model family; empty where it has none."""
    short = name.rstrip("/").rsplit("/", 1)[-1].lower()
    return next((p for family, p in _PREFIXES.items() if family in short), ("", ""))


def load_embedder(name: str = "") -> Embedder:
    """The model called `name` (by default `HAKUSHO_EMBEDDING`, else the shipped one).

    Raises HakushoError where it cannot be loaded.
    """
    return _load(name or os.environ.get("HAKUSHO_EMBEDDING", ""))


@lru_cache(maxsize=4)
def _load(name: str) -> Embedder:
    if not name:
        return ContextualModel(shipped_contextual())
    from index.sentence_transformer import load_sentence_transformer

    try:
        return LlamaIndexModel(load_sentence_transformer(name, prefixes(name)), name)
    except (OSError, ValueError) as error:
        raise HakushoError(
            f"the embedding model {name!r} cannot be loaded ({reason(error)}): name a folder that holds it, go online once so "
            "that it is downloaded, or unset HAKUSHO_EMBEDDING to use the shipped model"
        ) from None
