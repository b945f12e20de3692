"""chiVe (Manabe et al. 2019) as an embedding model for comparison: the idf-weighted mean of a text's word vectors."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.tokenise import Tokeniser
from index.train_start import chive_table
from source.errors import HakushoError

Floats = NDArray[np.float32]
INSTALL = "`pip install -e '.[bench]'`, then `pip install --no-deps 'ja-ginza>=5.2,<6'` (its dependencies would put an older Sudachi here)"


class ChiveMean:
    """Vectors by the words in Sudachi's modes A and C, weighed by how rare they are in `texts`."""

    def __init__(self, tokeniser: Tokeniser, texts: Sequence[str]) -> None:
        self._tokeniser = tokeniser
        self._rows, self._vectors = load_table()
        self._size = len(texts)
        self._held = Counter(word for text in texts for word in set(self._words(text)))

    @property
    def fingerprint(self) -> str:
        """What it is."""
        return f"chive-mean-{self._size}"

    def encode_question(self, question: str) -> Floats:
        """Shape (300,)."""
        return self._encode(question)

    def encode_passages(self, passages: Sequence[str]) -> Floats:
        """Shape (n, 300)."""
        return np.asarray([self._encode(p) for p in passages], dtype=np.float32)

    @property
    def megabytes(self) -> float:
        """Size of the vectors."""
        return self._vectors.nbytes / 1e6

    def _words(self, text: str) -> list[str]:
        return [t.term if t.term in self._rows else t.surface for t in self._tokeniser.words(text)]

    def _encode(self, text: str) -> Floats:
        words = [w for w in self._words(text) if w in self._rows]
        if not words:
            return np.zeros(self._vectors.shape[1], dtype=np.float32)
        idf = np.log1p(self._size / (1 + np.asarray([self._held[w] for w in words], dtype=np.float32)))
        mean = idf @ self._vectors[[self._rows[w] for w in words]]
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


@lru_cache(maxsize=1)
def load_table() -> tuple[dict[str, int], Floats]:
    """The words' rows and the rows. Raises HakushoError where the packages are not installed."""
    try:
        return chive_table()
    except (ImportError, HakushoError):
        raise HakushoError(f"chiVe's vectors are not installed: {INSTALL}") from None
