"""Fits the gate: `python -m eval.fit_gate --data DIR`.

Two sources: JaQuAD articles (`jaquad/dev`) with the answering paragraph left in or taken out, the
closest public likeness of a document that nearly answers; and the tuning half of the question
set. The test half is never looked at. The result is `rag/gate.json`.
"""

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from eval.articles import Article, articles
from eval.questions import load_questions
from index.lexicon import default_lexicon
from rag.assistant import Assistant
from rag.evidence import EvidenceReader
from rag.gate import GATE_FILE, NAMES
from rag.question import understand
from rag.retrieve import Ranker
from source.errors import HakushoError

Floats = NDArray[np.float64]
# How much one question over the chapter counts against one over an encyclopaedia's article.
_CHAPTER_WEIGHT = 30.0
_C = 0.3


def article_samples(article: Article) -> list[tuple[Floats, int]]:
    """Evidence with the answer in the article (1), and with its paragraph taken out (0)."""
    ranker, reader = Ranker(article.index), EvidenceReader(article.index, default_lexicon().attributes)
    found = []
    for asked in article.asked[:8]:
        question = understand(asked.reading.question)
        candidates = ranker.rank(question.text, k=40)
        if candidates[0].passage.paragraph == asked.paragraph:
            found.append((reader.measure(question, candidates).vector(), 1))
        others = [c for c in candidates if c.passage.paragraph != asked.paragraph and asked.reading.answer not in c.passage.text]
        if others:
            found.append((reader.measure(question, others).vector(), 0))
    return found


def chapter_samples(assistant: Assistant) -> list[tuple[Floats, int]]:
    """Evidence for the tuning half of the question set."""
    found = []
    for item in load_questions(None, assistant.index.documents, "tune"):
        question = understand(assistant.standalone(item.question, item.history))
        candidates = assistant.ranker.rank(question.text)
        found.append((assistant.evidence.measure(question, candidates).vector(), int(item.answerable)))
    return found


def arrays(samples: list[tuple[Floats, int]]) -> tuple[Floats, NDArray[np.int64]]:
    """Signals (n, signals) and labels (n,)."""
    return np.asarray([s for s, _ in samples]), np.asarray([y for _, y in samples], dtype=np.int64)


def threshold(probabilities: Floats, labels: NDArray[np.int64]) -> float:
    """The probability at which false answers and false refusals are the same share.

    Where their sum is least would be another choice; with some 190 questions that place jumps.
    """
    grid = np.linspace(0.2, 0.8, 61)
    gaps = [abs(np.mean(probabilities[labels == 0] >= t) - np.mean(probabilities[labels == 1] < t)) for t in grid]
    best = np.flatnonzero(np.isclose(gaps, np.min(gaps)))
    return float(grid[best[len(best) // 2]])


def main() -> int:
    """Fits, prints AUROC by cross-validation on the tuning half, writes the file."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_gate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=50)
    given = parser.parse_args()
    try:
        wiki = [s for a in islice(articles(given.data, "dev", given.articles), given.articles) for s in article_samples(a)]
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    x_wiki, y_wiki = arrays(wiki)
    x, y = arrays(chapter_samples(Assistant.open()))
    fit(x_wiki, y_wiki, x, y)
    return 0


def fit(x_wiki: Floats, y_wiki: NDArray[np.int64], x: Floats, y: NDArray[np.int64]) -> None:
    """One logistic model over both sources; its threshold by cross-validation on the chapter's."""
    model = LogisticRegression(C=_C, max_iter=2000)
    held_out = _held_out(x_wiki, y_wiki, x, y)
    model.fit(np.vstack([x_wiki, x]), np.r_[y_wiki, y], sample_weight=_weights(len(y_wiki), len(y)))
    wiki_only = LogisticRegression(C=_C, max_iter=2000).fit(x_wiki, y_wiki)
    inside = cross_val_predict(LogisticRegression(C=_C, max_iter=2000), x_wiki, y_wiki, cv=5, method="predict_proba")[:, 1]
    print(f"articles: {len(y_wiki)} samples, AUROC {roc_auc_score(y_wiki, inside):.3f} (5-fold)")
    print(
        f"tuning half: {len(y)} samples, AUROC {roc_auc_score(y, held_out):.3f} (10-fold, both sources), "
        f"{roc_auc_score(y, wiki_only.predict_proba(x)[:, 1]):.3f} (articles alone)"
    )
    t = threshold(held_out, y)
    print(
        f"threshold {t:.2f}: false answers {np.mean(held_out[y == 0] >= t):.2f}, false refusals {np.mean(held_out[y == 1] < t):.2f}"
    )
    weights = {n: round(float(w), 4) for n, w in zip(NAMES, model.coef_[0], strict=True)}
    GATE_FILE.write_text(
        json.dumps({"weights": weights, "intercept": round(float(model.intercept_[0]), 4), "threshold": round(t, 3)}, indent=1)
        + "\n",
        encoding="utf-8",
    )
    print(json.dumps(weights))


def _weights(wiki: int, chapter: int) -> Floats:
    return np.concatenate([np.ones(wiki), np.full(chapter, _CHAPTER_WEIGHT)]).astype(np.float64)


def _held_out(x_wiki: Floats, y_wiki: NDArray[np.int64], x: Floats, y: NDArray[np.int64]) -> Floats:
    """Each tuning question's probability under a model that has not seen it (10 folds)."""
    out = np.zeros(len(y))
    fold = np.random.default_rng(0).permutation(len(y)) % 10
    for k in range(10):
        train = fold != k
        model = LogisticRegression(C=_C, max_iter=2000)
        model.fit(np.vstack([x_wiki, x[train]]), np.r_[y_wiki, y[train]], sample_weight=_weights(len(y_wiki), int(train.sum())))
        out[~train] = model.predict_proba(x[~train])[:, 1]
    return np.asarray(out, dtype=np.float64)


if __name__ == "__main__":
    sys.exit(main())
