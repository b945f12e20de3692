"""The gate: a calibrated probability that the document answers the question.

A logistic model over `rag.evidence` (`python -m eval.fit_gate` fits it), kept as a small JSON file.
The reader judges whether a passage answers and hardly whether it is on the topic, so a question
off the documents' topic is told by distance and by unknown words.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from rag.evidence import Evidence

GATE_FILE = Path(__file__).parent / "gate.json"
# Of 201 questions about other documents, asked over the chapter and others, this catches a third (`eval/log.md`).
_NEAR, _KNOWN = 0.35, 0.5
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
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        return min(probability, self.threshold / 2) if _off_topic(evidence) else probability


def _off_topic(evidence: Evidence) -> bool:
    """Far in meaning from every passage, and the documents know less than half of its words."""
    return evidence.near < _NEAR and evidence.known < _KNOWN


@lru_cache(maxsize=1)
def load_gate() -> Gate:
    """The shipped gate."""
    held = json.loads(GATE_FILE.read_text(encoding="utf-8"))
    return Gate(held["weights"], held["intercept"], held["threshold"])
