"""The ranking weights: a logistic model over the signals, kept as a small JSON file (`eval/log.md` says how they were chosen)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FEATURES = (
    "word_passage",
    "gram_passage",
    "concept_passage",
    "word_paragraph",
    "gram_paragraph",
    "concept_paragraph",
    "dense",
    "late",
    "countries",
    "times",
    "against",
    "typed",
    "reader",
    "span",
    "whole",
    "share",
)
# Signals that are worth computing for the first candidates only.
LATER = ("late", "countries", "times", "against", "typed", "reader", "span", "whole", "share")
# What the reader says of the passages that it reads.
READ = ("reader", "span", "whole", "share")
WEIGHTS_FILE = Path(__file__).parent / "ranker.json"


@dataclass(frozen=True)
class Weights:
    """`weights` by feature name, and the intercept."""

    weights: Mapping[str, float]
    intercept: float

    def linear(self, signals: Mapping[str, Floats]) -> Floats:
        """The weighted sum of the signals that are given, shape (n,)."""
        total = sum((np.float32(self.weights[n]) * signals[n] for n in FEATURES if n in signals), np.float32(0))
        return np.asarray(total, dtype=np.float32)

    def log_odds(self, signals: Mapping[str, Floats]) -> Floats:
        """The sum and the intercept, shape (n,)."""
        return np.asarray(self.linear(signals) + self.intercept, dtype=np.float32)

    def probability(self, signals: Mapping[str, Floats]) -> Floats:
        """The log-odds squeezed into [0, 1], shape (n,)."""
        return squeezed(self.log_odds(signals))


def squeezed(log_odds: Floats) -> Floats:
    """Log-odds as probabilities."""
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float32)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The shipped weights."""
    held = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return Weights(held["weights"], held["intercept"])
