"""The shipped contextual model at run time: texts to token states and to vectors, by onnxruntime.

The network is multilingual-e5-small cut in two (`index/transformer.py`). Its lower half gives the
states that the reader goes on with; both halves and a mean give a text's vector. No torch.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.static_embedding import ModelError, fingerprint_of, verify_checksums

Floats = NDArray[np.float32]
DEFAULT_FOLDER = Path(__file__).parent / "contextual"
LOWER, POOLER, READER, POINTER, TOKENIZER = "lower.onnx", "pooler.onnx", "reader.onnx", "pointer.onnx", "tokenizer.json"
PAD = 1
TOGETHER = 16  # texts in one call of the network, sorted by length so that little is padding
LONGEST = 512  # tokens; what stands beyond is not read
QUESTION_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "


class Contextual:
    """Encodes texts. Safe to share between threads."""

    def __init__(self, folder: Path, fingerprint: str, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self.fingerprint = fingerprint
        self._kept = lru_cache(maxsize=256)(self._of_one)

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER, *, threads: int = 2) -> "Contextual":
        """A model folder; its networks are loaded when first used. Raises ModelError where it is missing or changed."""
        sums = verify_checksums(folder)
        # What makes vectors; an index stays good when the reader is trained anew.
        return cls(folder, fingerprint_of(sums.get(name, "") for name in (LOWER, POOLER, TOKENIZER)), threads)

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's tokeniser; offsets are code points."""
        try:
            return Tokenizer.from_file(str(self._folder / TOKENIZER))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"the tokeniser in {self._folder} cannot be read ({error}): install Hakusho again") from None

    @cached_property
    def _lower(self) -> onnxruntime.InferenceSession:
        return self.session(LOWER)

    @cached_property
    def _pooler(self) -> onnxruntime.InferenceSession:
        return self.session(POOLER)

    def session(self, name: str) -> onnxruntime.InferenceSession:
        """One of the folder's networks. Raises ModelError."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        # Threads that wait busily take the core that others need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return onnxruntime.InferenceSession(str(self._folder / name), options, ["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own kinds, which share no public base
            raise ModelError(f"{self._folder / name} cannot be read ({error}): install Hakusho again") from None

    def ids(self, text: str) -> list[int]:
        """Token ids with first and last mark, at most LONGEST."""
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids if len(ids) <= LONGEST else [*ids[: LONGEST - 1], ids[-1]]

    def states(self, rows: Sequence[Sequence[int]]) -> list[Floats]:
        """States of the lower half for rows of token ids: (tokens, width) each."""
        found: list[Floats] = [np.empty((0, 0), dtype=np.float32)] * len(rows)
        for some in _alike(rows):
            ids, mask = _padded([rows[i] for i in some])
            (states,) = self._lower.run(None, {"ids": ids, "mask": mask})
            for i, held in zip(some, states, strict=True):
                found[i] = np.ascontiguousarray(held[: len(rows[i])])
        return found

    def kept_states(self, ids: Sequence[int]) -> Floats:
        """States of one row, (tokens, width), of the last ones kept: a question is embedded, then read more than once."""
        return self._kept(tuple(ids))

    def _of_one(self, ids: tuple[int, ...]) -> Floats:
        return self.states([ids])[0]

    def vector(self, text: str) -> Floats:
        """The unit vector of one text, prefix included, shape (width,), over the states that are kept."""
        states = self.kept_states(self.ids(text))[None]
        (vectors,) = self._pooler.run(None, {"states": states, "mask": np.ones(states.shape[:2], dtype=np.int64)})
        return np.asarray(vectors[0], dtype=np.float32)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of texts, prefix included, shape (n, width)."""
        rows = [self.ids(text) for text in texts]
        made: list[Any] = [None] * len(rows)
        for some in _alike(rows):
            ids, mask = _padded([rows[i] for i in some])
            (states,) = self._lower.run(None, {"ids": ids, "mask": mask})
            (vectors,) = self._pooler.run(None, {"states": states, "mask": mask})
            for i, vector in zip(some, vectors, strict=True):
                made[i] = vector
        return np.asarray(made, dtype=np.float32)


class ContextualModel:
    """The shipped contextual model as an embedding model of the index."""

    def __init__(self, model: Contextual) -> None:
        self._model = model
        self._question = lru_cache(maxsize=256)(self._encode_question)

    @property
    def fingerprint(self) -> str:
        """Hash of the model's files."""
        return self._model.fingerprint

    def encode_question(self, question: str) -> Floats:
        """Shape (dim,). The last ones are kept: one question is compared more than once."""
        return self._question(question)

    def _encode_question(self, question: str) -> Floats:
        return self._model.vector(QUESTION_PREFIX + question)

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """Shape (n, dim)."""
        return self._model.vectors([PASSAGE_PREFIX + p for p in passages])


@lru_cache(maxsize=1)
def shipped_contextual() -> Contextual:
    """The shipped model, loaded once."""
    return Contextual.load()


def _alike(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Positions of rows in groups of like length."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    return [order[at : at + TOGETHER] for at in range(0, len(order), TOGETHER)]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and a mask of ones for tokens, both (n, longest)."""
    longest = max(len(r) for r in rows)
    ids = np.full((len(rows), longest), PAD, dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
