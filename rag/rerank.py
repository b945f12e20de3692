"""Joins what a reranker says to the ranking.

Every reranker has a scale of its own. Over the passages that it judged, its scores are given the mean
and the spread that the ranking's log-odds have there, and the two are averaged: no constant belongs to
a model, a document or a language, and a score stays the probability that the gate knows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.reranker import Reranker
from rag.question import Question
from rag.weights import squeezed
from source.document import Passage

Floats = NDArray[np.float32]


def joined(log_odds: Floats, judged: Floats) -> Floats:
    """The mean of the ranking's log-odds and the reranker's scores on their scale, shape (n,).

    A reranker that tells nothing apart changes nothing.
    """
    spread = float(judged.std())
    if spread < 1e-6:
        return log_odds
    own = log_odds.mean() + (judged - judged.mean()) * (log_odds.std() / spread)
    return np.asarray((log_odds + own) / 2, dtype=np.float32)


def judge(reranker: Reranker, question: Question, passages: Sequence[Passage]) -> Floats:
    """The reranker's score of each passage under its heading, shape (n,); an English question sees renderings too."""
    texts: list[str] = []
    owners: list[int] = []
    for i, passage in enumerate(passages):
        heading = passage.headings[-1] if passage.headings else ""
        seen = [f"{heading}\n{passage.text}".lstrip()]
        if question.language == "en" and passage.rendering:
            seen.append(passage.rendering)
        texts += seen
        owners += [i] * len(seen)
    best = np.full(len(passages), -np.inf, dtype=np.float32)
    np.maximum.at(best, owners, reranker.scores(question.text, texts))
    return best


def rerank(
    reranker: Reranker, question: Question, passages: Sequence[Passage], log_odds: Floats, most: int
) -> tuple[Floats, Floats]:
    """The log-odds with the best `most` judged anew, and the reranker's signal in [0, 1] (0 where it did not look), both (n,)."""
    first = np.argsort(-log_odds, kind="stable")[:most]
    judged = judge(reranker, question, [passages[int(i)] for i in first])
    scores, signal = log_odds.copy(), np.zeros(len(log_odds), dtype=np.float32)
    scores[first] = joined(log_odds[first], judged)
    signal[first] = squeezed(np.clip(judged, -30, 30))
    return scores, signal
