"""The shipped static embedding model, read without torch.

A static model is a table: a text's vector is the mean of its tokens' rows (model2vec,
sentence-transformers' StaticEmbedding). The folder is a sentence-transformers one; this reads
its tokeniser and its table with `tokenizers` and `safetensors` in well under a second.

Rows are kept in half precision, and a single-precision weight for each: half the size, and the
weights make sentence-transformers compute in single precision, as this does.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from source.errors import HakushoError

Floats = NDArray[np.float32]
CHECKSUMS = "checksums.json"
_FILES = ("tokenizer.json", "model.safetensors")
ROWS, WEIGHTS = "embeddings", "weights"


class ModelError(HakushoError):
    """A model folder is missing, incomplete or changed."""


class StaticEmbedder:
    """Mean of token rows, L2-normalised."""

    def __init__(self, tokenizer: Tokenizer, rows: NDArray[np.float16], weights: Floats, fingerprint: str) -> None:
        """`rows` of shape (vocabulary, dim), and what each is multiplied by, shape (vocabulary,)."""
        self._tokenizer = tokenizer
        self._rows = rows
        self._weights = weights
        self.fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path) -> "StaticEmbedder":
        """Reads a model folder and checks it against its checksums. Raises ModelError."""
        fingerprint = fingerprint_of(verify_checksums(folder).values())
        files = {name: _find(folder, name) for name in _FILES}
        try:
            tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
            with safe_open(str(files["model.safetensors"]), framework="numpy") as held:
                rows, weights = held.get_tensor(ROWS), held.get_tensor(WEIGHTS)
        except (SafetensorError, OSError, ValueError) as error:
            raise ModelError(f"the model in {folder} cannot be read ({error}): install Hakusho again") from None
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"the tokeniser in {folder} cannot be read ({error}): install Hakusho again") from None
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer, rows, weights, fingerprint)

    @property
    def dim(self) -> int:
        """Dimension of the vectors."""
        return int(self._rows.shape[1])

    def encode(self, texts: Sequence[str]) -> Floats:
        """L2-normalised vectors, shape (n, dim); a text without tokens gives zeros."""
        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        for i, encoding in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            if encoding.ids:
                out[i] = self._taken(encoding.ids).mean(axis=0)
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(norms, 1e-12), dtype=np.float32)

    def token_vectors(self, text: str) -> tuple[list[tuple[int, int]], Floats]:
        """Offsets of the tokens in code points, and their rows as they are, shape (tokens, dim)."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return encoding.offsets, self._taken(encoding.ids)

    def _taken(self, ids: list[int]) -> Floats:
        """The rows of token ids in single precision, shape (ids, dim)."""
        chosen = np.asarray(ids, dtype=np.int64)
        return np.asarray(self._rows[chosen].astype(np.float32) * self._weights[chosen, None], dtype=np.float32)


def verify_checksums(folder: Path) -> dict[str, str]:
    """Compares a model folder with its checksums; returns them by file name. Raises ModelError."""
    path = folder / CHECKSUMS
    try:
        expected: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ModelError(f"{path} is missing or unreadable: install Hakusho again, or name a model folder that has one") from None
    for name, checksum in expected.items():
        try:
            actual = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            raise ModelError(f"{folder / name} is missing: install Hakusho again") from None
        if actual != checksum:
            raise ModelError(f"{folder / name} is not the file that was shipped: install Hakusho again")
    return expected


def fingerprint_of(checksums: Iterable[str]) -> str:
    """One short hash for some checksums, in their order."""
    return hashlib.sha256("".join(checksums).encode()).hexdigest()[:16]


def write_model(folder: Path, tokenizer: Tokenizer, table: Floats) -> None:
    """Writes tokeniser, rows in half precision and their weights into a sentence-transformers folder, and its checksums."""
    save_file({ROWS: table.astype(np.float16), WEIGHTS: np.ones(len(table), dtype=np.float32)}, folder / _FILES[1])
    tokenizer.save(str(folder / _FILES[0]), pretty=False)
    write_checksums(folder)


def write_checksums(folder: Path) -> None:
    """Writes the checksums of all files of a model folder but its card."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in (CHECKSUMS, "README.md"))
    sums = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def _find(folder: Path, name: str) -> Path:
    """The file in the folder or in its first module's folder, as sentence-transformers writes it."""
    found = sorted(folder.rglob(name))
    if not found:
        raise ModelError(f"{folder} holds no {name}: install Hakusho again")
    return found[0]
