"""The gate: a calibrated probability that the document answers the question.

A logistic model over `rag.evidence`, trained on JaQuAD with the answering paragraph left in or
taken out of the article (`python -m eval.fit_gate`), kept as a small JSON file.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from rag.evidence import Evidence

GATE_FILE = Path(__file__).parent / "gate.json"
NAMES = tuple(f.name for f in fields(Evidence))


@dataclass(frozen=True)
class Gate:
    """Weights by signal name, the intercept, and the least probability at which to answer."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, evidence: Evidence) -> float:
        """The probability that the best passages answer the question."""
        total = self.intercept + sum(self.weights.get(n, 0.0) * getattr(evidence, n) for n in NAMES)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def load_gate() -> Gate:
    """The shipped gate."""
    held = json.loads(GATE_FILE.read_text(encoding="utf-8"))
    return Gate(held["weights"], held["intercept"], held["threshold"])
