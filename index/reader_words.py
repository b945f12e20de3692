"""A text's words as the reader sees them: Sudachi's short units, each with what the contextual model makes of it.

A word is a row of numbers (`COLUMNS`), compared with the question's words, and a state: the mean of
the lower states of the pieces that it touches. There is no word list: surfaces, normalised
forms and synonym groups are hashes, so that a word never seen is compared like any other.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.contextual import Floats
from index.tokenise import Token, is_content

Ints = NDArray[np.int64]
SURFACE, WORD, GROUP, GROUP2, PART, CONTENT = range(6)
COLUMNS = 6
PARTS = 128  # buckets of parts of speech


@dataclass(frozen=True, slots=True)
class Words:
    """`rows` (n, COLUMNS), `states` (n, width), and where each word stands in the text."""

    rows: Ints
    states: Floats
    offsets: tuple[tuple[int, int], ...]


def words_of(tokens: Sequence[Token], offsets: Sequence[tuple[int, int]], states: Floats) -> Words:
    """The words of a text from its short units, and its pieces' offsets and states; (-1, -1) is a piece of another text.

    Words that no piece touches, for standing beyond what is read, are left out.
    """
    inside = [i for i, (start, _) in enumerate(offsets) if start >= 0]
    starts, ends = (np.asarray([offsets[i][side] for i in inside], dtype=np.int64) for side in (0, 1))
    summed = np.concatenate([np.zeros((1, states.shape[1])), np.cumsum(states[inside], axis=0, dtype=np.float64)])
    first = np.searchsorted(ends, [t.start for t in tokens], side="right")
    after = np.searchsorted(starts, [t.end for t in tokens], side="left")
    kept = [i for i, (a, b) in enumerate(zip(first, after, strict=True)) if b > a]
    means = (summed[after[kept]] - summed[first[kept]]) / (after[kept] - first[kept])[:, None]
    chosen = [tokens[i] for i in kept]
    return Words(_rows(chosen), means.astype(np.float32), tuple((t.start, t.end) for t in chosen))


def padded(words: Sequence[Words]) -> tuple[Ints, Floats]:
    """Rows (n, longest, COLUMNS) and states (n, longest, width), padded by zeros."""
    longest = max(len(w.rows) for w in words)
    rows = np.zeros((len(words), longest, COLUMNS), dtype=np.int64)
    states = np.zeros((len(words), longest, words[0].states.shape[1]), dtype=np.float32)
    for i, w in enumerate(words):
        rows[i, : len(w.rows)], states[i, : len(w.rows)] = w.rows, w.states
    return rows, states


def _rows(tokens: Sequence[Token]) -> Ints:
    rows = np.zeros((len(tokens), COLUMNS), dtype=np.int64)
    for i, t in enumerate(tokens):
        groups = [_hash(c) for c in t.concepts[:2]] + [0, 0]
        part = 1 + _hash(",".join(t.pos[:3])) % (PARTS - 1)
        rows[i] = _hash(t.surface.lower()), _hash(t.term), groups[0], groups[1], part, is_content(t)
    return rows


def _hash(text: str) -> int:
    """In [1, 2**31): 0 is padding, or no group."""
    return (zlib.crc32(text.encode()) & 0x7FFFFFFF) or 1
