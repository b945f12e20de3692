"""Builds the reader's vocabulary and its compact word vectors from chiVe.

chiVe (Manabe et al. 2019, Apache-2.0) is read from the vocabulary folder of the `ja_ginza`
package: 480,443 words that share 20,000 vectors of 300 dimensions. Principal components
keep `DIM` of them, one byte each with a scale per row.
"""

import importlib.util
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.reader_features import Word
from index.reader_words import VECTORS, Floats, Lookup, Vocabulary, crc
from index.static_embedding import ModelError

DIM = 150
TUNED_WORDS, CHARACTERS, RARE = 3000, 2500, 30000


def chive_folder() -> Path:
    """The vocabulary folder of the installed `ja_ginza`. Raises ModelError."""
    spec = importlib.util.find_spec("ja_ginza")
    found = sorted(Path(spec.origin).parent.glob("*/vocab")) if spec and spec.origin else []
    if not found:
        raise ModelError("the chiVe vectors are missing: pip install ja-ginza, or name a folder with --vectors")
    return found[0]


def build_vectors(chive: Path, folder: Path) -> Lookup:
    """Writes the compact vectors to `folder`; returns the words' rows, 0 kept for unknown words."""
    from spacy.strings import StringStore
    from spacy.vectors import Vectors

    held = Vectors().from_disk(chive)
    strings = StringStore().from_disk(chive / "strings.json")
    table = np.asarray(held.data, dtype=np.float32)
    table = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    table = table - table.mean(axis=0)
    _, directions = np.linalg.eigh(table.T @ table)
    compact = table @ directions[:, ::-1][:, :DIM]
    compact = compact / np.maximum(np.linalg.norm(compact, axis=1, keepdims=True), 1e-9)
    compact = np.concatenate([np.zeros((1, DIM), np.float32), compact])
    scale = np.maximum(np.abs(compact).max(axis=1, keepdims=True), 1e-9) / 127
    np.savez(
        folder / VECTORS,
        table=np.round(compact / scale).astype(np.int8),
        scale=scale.astype(np.float32),
    )
    words = [(crc(strings[key].lower()), row + 1) for key, row in held.key2row.items() if key in strings]
    keys = np.array([k for k, _ in words], dtype=np.uint32)
    keys, first = np.unique(keys, return_index=True)
    return Lookup(keys, np.array([r for _, r in words], dtype=np.uint16)[first])


def load_vectors(folder: Path) -> Floats:
    """The vectors as numbers, shape (rows, DIM), row 0 zeros; times √DIM so that a component is about 1."""
    with np.load(folder / VECTORS) as held:
        table, scale = held["table"], held["scale"]
    return np.asarray(table.astype(np.float32) * scale * np.sqrt(table.shape[1]), dtype=np.float32)


def build_vocabulary(paragraphs: Iterable[list[Word]], rows: Lookup) -> Vocabulary:
    """Counts words, characters and parts of speech of the training texts."""
    words: Counter[str] = Counter()
    within: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    number = 0
    for paragraph in paragraphs:
        number += 1
        words.update(w.normal for w in paragraph)
        within.update({w.normal for w in paragraph})
        characters.update(c for w in paragraph for c in (w.surface[0], w.surface[-1]))
        parts.update(w.part for w in paragraph)
    tuned = [w for w, _ in words.most_common(TUNED_WORDS)]
    idf = {w: 1 + int(999 * np.log(number / n) / np.log(number)) for w, n in within.most_common(RARE)}
    known = {c: i + 2 for i, (c, _) in enumerate(characters.most_common(CHARACTERS))}
    return Vocabulary(
        rows,
        _lookup({w: i + 1 for i, w in enumerate(tuned)}),
        _lookup(idf),
        known,
        {p: i + 1 for i, (p, _) in enumerate(parts.most_common())},
    )


def _lookup(table: dict[str, int]) -> Lookup:
    keys = np.array([crc(w) for w in table], dtype=np.uint32)
    return Lookup(keys, np.array(list(table.values()), dtype=np.uint16))
