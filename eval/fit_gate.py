"""Fits the gate: `python -m eval.fit_gate --data ../shared/data`.

Four sources: the teaching set's held-out questions, of which near misses are not answered, each
asked over its field's passages as one document; some of them asked over another document, which
does not answer; questions of JaQuAD dev over articles of which paragraphs are left out
(`eval.articles`, whose own are not among them); and the tuning half of the fixed question set. The
test half is never looked at.
The result is `rag/gate.json`.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from eval.articles import tuning_shelves
from eval.command import status
from eval.questions import load_questions
from eval.spans import auroc, calibration_error
from eval.taught import TaughtDocument, taught_documents
from index.lexicon import default_lexicon
from rag.assistant import Assistant
from rag.evidence import Evidence, EvidenceReader
from rag.gate import GATE_FILE, NAMES
from rag.question import Question, understand
from rag.retrieve import Ranker

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# One question over the chapter counts as much as so many of the teaching set.
CHAPTER = 3.0
_C = 0.03
# The sum of false answers and false refusals is flat from here to .56, over the chapter as elsewhere (`eval/log.md`).
THRESHOLD = 0.46


def samples(assistant: Assistant, data: Path) -> Iterator[tuple[str, Evidence, bool]]:
    """Evidence with its source and whether the question is answerable."""
    public, documents = tuning_shelves(data), taught_documents()
    rng = random.Random(0)
    for item in load_questions(None, assistant.index.documents, "tune"):
        question = understand(assistant.standalone(item.question, item.history))
        yield "chapter", assistant.evidence.measure(question, assistant.ranker.rank(question.text)), item.answerable
    for question in _others(documents, "", rng, 120):
        yield "other", assistant.evidence.measure(question, assistant.ranker.rank(question.text)), False
    for document in documents:
        ranker, reader = Ranker(document.index), EvidenceReader(document.index, default_lexicon().attributes)
        for asked in document.asked:
            question = understand(asked.item.asked)
            yield "taught", reader.measure(question, ranker.rank(question.text, k=40)), bool(asked.rows)
        for question in _others(documents, document.field, rng, 20):
            yield "other", reader.measure(question, ranker.rank(question.text, k=40)), False
    for index, asked_here in public:
        ranker, reader = Ranker(index), EvidenceReader(index, default_lexicon().attributes)
        for one in asked_here:
            question = understand(one.question)
            yield "public", reader.measure(question, ranker.rank(question.text, k=40)), bool(one.starts)


def _others(documents: Sequence[TaughtDocument], field: str, rng: random.Random, count: int) -> list[Question]:
    """Answerable questions of other fields that name their subject: paraphrases and misspelt ones often do not."""
    held = [
        a.item for d in documents if d.field != field for a in d.asked if a.rows and a.item.kind not in ("paraphrase", "noisy")
    ]
    return [understand(item.asked) for item in rng.sample(held, min(count, len(held)))]


def model() -> LogisticRegression:
    """A logistic model over standardised signals."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=_C, max_iter=2000))


def held_out(x: Floats, y: Ints, weights: Floats, folds: int = 10) -> Floats:
    """Each question's probability under a model that has not seen it."""
    out = np.zeros(len(y))
    which = np.random.default_rng(0).permutation(len(y)) % folds
    for k in range(folds):
        train = which != k
        fitted = model().fit(x[train], y[train], logisticregression__sample_weight=weights[train])
        out[~train] = fitted.predict_proba(x[~train])[:, 1]
    return np.asarray(out, dtype=np.float64)


def shares(p: Floats, y: Ints, t: float) -> tuple[float, float]:
    """The share of false answers and of false refusals at a threshold."""
    return float(np.mean(p[y == 0] >= t)), float(np.mean(p[y == 1] < t))


def unscaled(fitted: object) -> tuple[Floats, float]:
    """The weights and the intercept over the signals as they are."""
    scaler, logistic = fitted.named_steps["standardscaler"], fitted.named_steps["logisticregression"]  # type: ignore[attr-defined]
    weights = logistic.coef_[0] / scaler.scale_
    return weights, float(logistic.intercept_[0] - weights @ scaler.mean_)


def run(data: Path) -> None:
    """Fits, prints AUROC, calibration and shares by ten folds, writes the file."""
    rows = list(samples(Assistant.open(), data))
    sources = np.asarray([source for source, _, _ in rows])
    chapter, public = sources == "chapter", sources == "public"
    x = np.asarray([e.vector() for _, e, _ in rows])
    y = np.asarray([a for _, _, a in rows], dtype=np.int64)
    weights = np.where(chapter, CHAPTER, 1.0)
    p = held_out(x, y, weights)
    groups = {"chapter, tuning half": chapter, "teaching set and other topics": ~chapter & ~public, "JaQuAD dev": public}
    for name, mine in groups.items():
        false_answers, false_refusals = shares(p[mine], y[mine], THRESHOLD)
        area = auroc(p[mine & (y == 1)].tolist(), p[mine & (y == 0)].tolist())
        error = calibration_error(p[mine].tolist(), y[mine].tolist())
        print(
            f"{name}: {mine.sum()} questions, AUROC {area:.3f}, calibration error {error:.3f}, "
            f"false answers {false_answers:.3f}, false refusals {false_refusals:.3f}"
        )
    fitted = model().fit(x, y, logisticregression__sample_weight=weights)
    found, intercept = unscaled(fitted)
    held = {
        "weights": {n: round(float(w), 4) for n, w in zip(NAMES, found, strict=True)},
        "intercept": round(intercept, 4),
        "threshold": THRESHOLD,
    }
    GATE_FILE.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(held))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_gate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev")
    given = parser.parse_args()
    return status(lambda: run(given.data))


if __name__ == "__main__":
    sys.exit(main())
