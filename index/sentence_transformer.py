"""A sentence-transformers model as a LlamaIndex embedding, with its prefixes.

Importing this module loads torch; only a model by name needs it.
"""

import os

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.embeddings import BaseEmbedding
from sentence_transformers import SentenceTransformer

from source.errors import HakushoError


class SentenceTransformerEmbedding(BaseEmbedding):
    """Embeds through sentence-transformers; device by `HAKUSHO_DEVICE` (cpu, cuda, mps)."""

    question_prefix: str = ""
    passage_prefix: str = ""
    _model: SentenceTransformer = PrivateAttr()

    def __init__(self, name: str, question_prefix: str = "", passage_prefix: str = "", batch: int = 32) -> None:
        super().__init__(model_name=name, embed_batch_size=batch)
        self.question_prefix, self.passage_prefix = question_prefix, passage_prefix
        self._model = SentenceTransformer(name, device=os.environ.get("HAKUSHO_DEVICE") or None)

    def _encode(self, texts: list[str]) -> list[list[float]]:
        vectors = self._model.encode(texts, batch_size=self.embed_batch_size, normalize_embeddings=True)
        return [[float(x) for x in v] for v in vectors]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode([self.question_prefix + query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._encode([self.passage_prefix + text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encode([self.passage_prefix + t for t in texts])


def load_sentence_transformer(name: str, prefixes: tuple[str, str]) -> SentenceTransformerEmbedding:
    """Loads a hub model or a folder; batch size by `HAKUSHO_BATCH`. Raises OSError, ValueError or HakushoError."""
    return SentenceTransformerEmbedding(name, *prefixes, batch=batch_size())


def batch_size() -> int:
    """`HAKUSHO_BATCH`, 32 by default. Raises HakushoError where it is no such number."""
    named = os.environ.get("HAKUSHO_BATCH") or "32"
    if not named.isdecimal() or int(named) < 1:
        raise HakushoError(f"HAKUSHO_BATCH is {named!r}: set it to how many texts a model takes at once, such as 32")
    return int(named)
