"""Token rows of several texts as one array, padded; and sentences as masks over tokens."""

from collections.abc import Iterable, Sequence

import numpy as np

from index.reader_features import COLUMNS, Tokens
from index.reader_words import Floats, Ints


def sentence_ids(tokens: Tokens, sentences: Iterable[tuple[int, int]]) -> Ints:
    """The sentence each token belongs to: the last that starts at or before it (0 at first)."""
    starts = np.array([s for s, _ in sentences], dtype=np.int64)
    at = np.searchsorted(starts, [s for s, _ in tokens.spans], side="right") - 1
    return np.maximum(at, 0).astype(np.int64)


def pad(rows: list[Ints]) -> Ints:
    """Shape (n, longest, COLUMNS), zeros after the end."""
    out = np.zeros((len(rows), max([1, *map(len, rows)]), COLUMNS), dtype=np.int64)
    for i, r in enumerate(rows):
        out[i, : len(r)] = r
    return out


def one_hot(sentence_of: list[Ints]) -> Ints:
    """Shape (n, most sentences, longest): 1 where a token belongs to a sentence."""
    most = max(int(s.max(initial=0)) + 1 for s in sentence_of)
    out = np.zeros((len(sentence_of), most, max([1, *map(len, sentence_of)])), dtype=np.int64)
    for i, s in enumerate(sentence_of):
        out[i, s, np.arange(len(s))] = 1
    return out


def pad_floats(states: Sequence[Floats]) -> Floats:
    """Shape (n, longest, width), zeros after the end."""
    out = np.zeros((len(states), max(len(s) for s in states), states[0].shape[1]), dtype=np.float32)
    for i, s in enumerate(states):
        out[i, : len(s)] = s
    return out
