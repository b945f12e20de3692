"""The figures of extractive reading, and how well a score tells two groups apart."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from index.normalise import fold

_DROPPED = re.compile(r"[\s「」『』()【】〈〉《》\"'、。,.・:;]")


def plain_span(answer: str) -> str:
    """An answer as it is compared: folded, without punctuation, brackets and blanks."""
    return _DROPPED.sub("", fold(answer))


def exact(answer: str, golds: Sequence[str]) -> float:
    """1 where an answer equals a gold one, else 0."""
    return float(any(plain_span(answer) == plain_span(g) for g in golds))


def character_f1(answer: str, golds: Sequence[str]) -> float:
    """The best F1 of characters with a gold answer (as JGLUE and JaQuAD measure it)."""
    return max(_f1(plain_span(answer), plain_span(g)) for g in golds)


def _f1(answer: str, gold: str) -> float:
    shared = sum((Counter(answer) & Counter(gold)).values())
    return 2 * shared / (len(answer) + len(gold)) if shared else float(answer == gold)


def auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    """How often a score of `yes` is above one of `no` (ties half), by ranks."""
    _, which, counts = np.unique(np.array([*yes, *no]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[which]
    return float((ranks[: len(yes)].sum() - len(yes) * (len(yes) + 1) / 2) / (len(yes) * len(no)))


Truths = Sequence[float] | Sequence[bool]


def calibration_error(probabilities: Sequence[float], right: Truths, bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015): the mean gap of confidence and accuracy, by bins of equal width."""
    p, y = np.asarray(probabilities), np.asarray(right, dtype=np.float64)
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(p[which == b].mean() - y[which == b].mean()) * (which == b).mean() for b in range(bins) if (which == b).any()]
    return float(sum(gaps))


def risk_curve(probabilities: Sequence[float], right: Truths) -> list[tuple[float, float]]:
    """Points (share answered, share of those that are wrong), the surest answered first."""
    truths = np.asarray(right, dtype=np.float64)[np.argsort(-np.asarray(probabilities), kind="stable")]
    given = np.arange(1, len(truths) + 1)
    return [(float(c), float(r)) for c, r in zip(given / len(truths), np.cumsum(1 - truths) / given, strict=True)]


def reliability_points(probabilities: Sequence[float], right: Truths, bins: int = 10) -> list[tuple[float, float]]:
    """Points (mean probability, share that is right) of the bins that hold any."""
    p, y = np.asarray(probabilities), np.asarray(right, dtype=np.float64)
    which = np.minimum((p * bins).astype(int), bins - 1)
    return [(float(p[which == b].mean()), float(y[which == b].mean())) for b in range(bins) if (which == b).any()]
