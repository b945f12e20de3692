"""Fits the ranking weights: `python -m eval.fit_ranker --data ../shared/data`.

Three sources: the teaching set's held-out questions, each asked over its field's passages as one
document; questions of JaQuAD dev over articles (`eval.articles`, whose own are left out); and the
tuning half of the fixed question set. The test half is never looked at. Weights
are such that the right passages get the greatest share of a softmax over the candidates
(listwise, Cao et al. 2007); none is negative, all are held near zero. The result is `rag/ranker.json`.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.articles import ArticleQuestion, tuning_shelves
from eval.command import status
from eval.metrics import gold_passages
from eval.questions import Item, load_questions
from eval.taught import taught_documents
from index.local import LocalIndex
from rag.assistant import Assistant
from rag.retrieve import Ranker
from rag.weights import FEATURES, WEIGHTS_FILE

Floats = NDArray[np.float64]
# One question over the chapter counts as much as so many of the teaching set.
CHAPTER = 3.0
_PULL = 2e-3  # towards zero


@dataclass(frozen=True)
class Sample:
    """The candidates of a question: signals (n, features), which are right (n,), and the question's weight."""

    signals: Floats
    right: NDArray[np.bool_]
    weight: float


def sample(ranker: Ranker, question: str, rows: set[int] | frozenset[int], weight: float) -> Sample | None:
    """The sample of a question; None where no candidate is right."""
    candidates = ranker.rank(question, k=40, candidates=40)
    right = np.asarray([c.row in rows for c in candidates])
    signals = np.asarray([[c.signals[name] for name in FEATURES] for c in candidates], dtype=np.float64)
    return Sample(signals, right, weight) if right.any() else None


def samples(assistant: Assistant, data: Path) -> Iterator[tuple[str, Sample]]:
    """The samples with the name of their source."""
    public = tuning_shelves(data)
    for item, gold in _over_the_chapter(assistant):
        made = sample(assistant.ranker, assistant.standalone(item.question, item.history), gold, CHAPTER)
        if made:
            yield "chapter, tuning half", made
    for source, ranker, question, rows in _over_other_texts(public):
        made = sample(ranker, question, rows, 1.0) if rows else None
        if made:
            yield source, made


def _over_the_chapter(assistant: Assistant) -> Iterator[tuple[Item, set[int]]]:
    """The answerable questions of the tuning half, with the rows that answer."""
    places = {p.id: i for i, p in enumerate(assistant.index.passages)}
    for item in load_questions(None, assistant.index.documents, "tune"):
        if item.answerable:
            yield item, {places[i] for group in gold_passages(item, assistant.index) for i in group}


def _over_other_texts(
    public: Iterator[tuple[LocalIndex, list[ArticleQuestion]]],
) -> Iterator[tuple[str, Ranker, str, frozenset[int]]]:
    """Questions with the ranker of their text and the rows that answer, none where nothing does."""
    for document in taught_documents():
        ranker = Ranker(document.index)
        for asked in document.asked:
            yield "teaching set, held out", ranker, asked.item.asked, asked.rows
    for index, some in public:
        ranker = Ranker(index)
        for one in some:
            yield "JaQuAD dev", ranker, one.question, one.rows(index)


def loss(weights: Floats, held: Sequence[Sample]) -> float:
    """The weighted mean of the negative log of the share that right passages get, and the pull."""
    total = 0.0
    for s in held:
        scores = s.signals @ weights
        shift = scores.max()
        total += s.weight * (np.log(np.exp(scores - shift).sum()) - np.log(np.exp(scores[s.right] - shift).sum()))
    return total / sum(s.weight for s in held) + _PULL * float(weights @ weights)


def fit(held: Sequence[Sample]) -> Floats:
    """The weights, shape (features,)."""
    start = np.ones(len(FEATURES))
    found: Floats = minimize(loss, start, args=(held,), method="L-BFGS-B", bounds=[(0.0, None)] * len(FEATURES)).x
    return found


def first(held: Sequence[Sample], weights: Floats) -> float:
    """How often a right passage stands first."""
    return float(np.mean([s.right[np.argmax(s.signals @ weights)] for s in held]))


def held_out(held: Sequence[Sample], folds: int = 5) -> float:
    """How often a right passage stands first under weights fitted without its question."""
    which = np.random.default_rng(0).permutation(len(held)) % folds
    hits = []
    for k in range(folds):
        weights = fit([s for s, w in zip(held, which, strict=True) if w != k])
        hits += [s.right[np.argmax(s.signals @ weights)] for s, w in zip(held, which, strict=True) if w == k]
    return float(np.mean(hits))


def run(data: Path) -> None:
    """Fits, prints how often the right passage stands first, writes the file."""
    named = list(samples(Assistant.open(), data))
    held = [s for _, s in named]
    now = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["weights"]
    before = np.asarray([now.get(name, 0.0) for name in FEATURES])
    weights = fit(held)
    for name in dict.fromkeys(n for n, _ in named):
        mine = [s for n, s in named if n == name]
        print(f"{name}: {len(mine)} questions, right first {first(mine, before):.3f} before, {first(mine, weights):.3f} fitted")
    print(f"all, by five folds: {held_out(held):.3f}")
    # The best candidate's score is a probability of about one half when it says no more than chance.
    top = [float((s.signals @ weights).max()) for s in held]
    held_file = {
        "weights": {n: round(float(w), 3) for n, w in zip(FEATURES, weights, strict=True)},
        "intercept": round(-float(np.median(top)), 3),
    }
    WEIGHTS_FILE.write_text(json.dumps(held_file) + "\n", encoding="utf-8")
    print(json.dumps(held_file))


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_ranker", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev")
    given = parser.parse_args()
    return status(lambda: run(given.data))


if __name__ == "__main__":
    sys.exit(main())
