"""One lexical field: BM25 (Robertson & Zaragoza 2009) over terms, computed by bm25s.

Scores are divided by the best score the question could reach, so that 1 means every term of
the question stands in a short text, whatever the question or the collection.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
K1, B = 0.9, 0.4


class LexicalField:
    """BM25 over `n` texts, each a bag of terms."""

    def __init__(self, bm25: bm25s.BM25, document_frequency: dict[str, int], n: int) -> None:
        self._bm25 = bm25
        self._df = document_frequency
        self._n = n

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], *, k1: float = K1, b: float = B) -> "LexicalField":
        """Indexes the terms of each text; texts may be empty."""
        df = Counter(term for terms in texts for term in set(terms))
        bm25 = bm25s.BM25(method="lucene", k1=k1, b=b)
        # A term that no text holds keeps the vocabulary from being empty.
        padded = [list(terms) or ["\0"] for terms in texts]
        bm25.index(padded, show_progress=False)
        return cls(bm25, dict(df), len(texts))

    def idf(self, term: str) -> float:
        """Lucene's inverse document frequency; unknown terms have the highest."""
        df = self._df.get(term, 0)
        return float(np.log1p((self._n - df + 0.5) / (df + 0.5)))

    def __contains__(self, term: str) -> bool:
        return term in self._df

    @property
    def vocabulary(self) -> Sequence[str]:
        """All terms of the field."""
        return list(self._df)

    def scores(self, terms: Sequence[str], ceiling: Sequence[str] | None = None) -> Floats:
        """The normalised score of every text, shape (n,), values in [0, 1].

        `ceiling` are the terms whose idf make up the best possible score, `terms` by default.
        """
        unique = list(dict.fromkeys(terms))
        best = sum(self.idf(t) for t in dict.fromkeys(ceiling if ceiling is not None else unique))
        known = [t for t in unique if t in self._df]
        if not known or best <= 0:
            return np.zeros(self._n, dtype=np.float32)
        raw: Floats = self._bm25.get_scores(known).astype(np.float32)
        return np.asarray(raw / np.float32(best), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Writes the field into a new folder."""
        self._bm25.save(folder, show_progress=False)
        (folder / "document_frequency.json").write_text(
            json.dumps({"n": self._n, "df": self._df}, ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> "LexicalField":
        """Opens a saved field; its arrays are memory-mapped."""
        held = json.loads((folder / "document_frequency.json").read_text(encoding="utf-8"))
        return cls(bm25s.BM25.load(folder, mmap=True), held["df"], held["n"])
