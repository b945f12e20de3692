"""The reader's word tables: which words have a vector, a trained row, a rarity.

Words are kept as 32-bit CRCs in sorted arrays: 480,000 of them take 3 MB and no time to load.
"""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
VOCABULARY, VECTORS, WORDS = "vocabulary.json", "vectors.npz", "words.npz"


def crc(text: str) -> int:
    """A 32-bit identity of a string."""
    return zlib.crc32(text.encode())


class Lookup:
    """A read-only table from 32-bit keys to small numbers, kept as two sorted arrays."""

    def __init__(self, keys: NDArray[np.uint32], values: NDArray[np.uint16]) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys, self.values = keys[order], values[order]

    def find(self, keys: Ints) -> Ints:
        """The values of keys, 0 where there is none."""
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.values[at], 0).astype(np.int64)


@dataclass(frozen=True)
class Vocabulary:
    """The reader's word list, characters and parts of speech.

    `rows` gives a word's row among the vectors (0: unknown), `tuned` its trained row (0: none),
    `idf` its rarity in hundredths (0: never seen, taken as the rarest).
    """

    rows: Lookup
    tuned: Lookup
    idf: Lookup
    characters: dict[str, int]
    parts: dict[str, int]

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Reads the vocabulary's files from a model folder."""
        held = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / WORDS) as words:
            tables = [Lookup(words[f"{n}_keys"], words[f"{n}_values"]) for n in ("rows", "tuned", "idf")]
        characters = {c: i + 2 for i, c in enumerate(held["characters"])}
        return cls(
            tables[0],
            tables[1],
            tables[2],
            characters,
            {p: i + 1 for i, p in enumerate(held["parts"])},
        )

    def save(self, folder: Path) -> None:
        """Writes the vocabulary's files."""
        held = {"characters": "".join(self.characters), "parts": list(self.parts)}
        (folder / VOCABULARY).write_text(json.dumps(held, ensure_ascii=False) + "\n", encoding="utf-8")
        tables = {"rows": self.rows, "tuned": self.tuned, "idf": self.idf}
        arrays = {f"{n}_keys": t.keys for n, t in tables.items()} | {f"{n}_values": t.values for n, t in tables.items()}
        np.savez_compressed(folder / WORDS, **arrays)  # type: ignore[arg-type]
