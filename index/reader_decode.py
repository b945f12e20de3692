"""From pointer scores to spans, and the figures of extractive reading."""

import re
from collections import Counter

import numpy as np

from index.normalise import fold
from index.reader_words import Floats

LONGEST = 30  # tokens of a span


def best_span(start: Floats, end: Floats) -> tuple[int, int, float]:
    """The span `[first, last]` of at most LONGEST tokens with the best sum, and that sum."""
    n = len(start)
    reach = min(LONGEST, n)
    sums = np.full((reach, n), -np.inf, dtype=np.float32)
    for k in range(reach):
        sums[k, : n - k] = start[: n - k] + end[k:]
    k, first = divmod(int(sums.argmax()), n)
    return first, first + k, float(sums[k, first])


_DROPPED = re.compile(r"[\s「」『』()【】〈〉《》\"'、。,.・:;]")


def plain(answer: str) -> str:
    """An answer as it is compared: folded, without punctuation, brackets and blanks."""
    return _DROPPED.sub("", fold(answer))


def exact(answer: str, golds: tuple[str, ...]) -> float:
    """1 where an answer equals a gold one, else 0."""
    return float(any(plain(answer) == plain(g) for g in golds))


def character_f1(answer: str, golds: tuple[str, ...]) -> float:
    """The best F1 of characters with a gold answer (as JGLUE and JaQuAD measure it)."""
    return max(_f1(plain(answer), plain(g)) for g in golds)


def _f1(answer: str, gold: str) -> float:
    shared = sum((Counter(answer) & Counter(gold)).values())
    return 2 * shared / (len(answer) + len(gold)) if shared else float(answer == gold)


def auroc(yes: list[float], no: list[float]) -> float:
    """How often a score of `yes` is above one of `no` (ties half), by ranks."""
    _, which, counts = np.unique(np.array(yes + no), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return float((ranks[: len(yes)].sum() - len(yes) * (len(yes) + 1) / 2) / (len(yes) * len(no)))
