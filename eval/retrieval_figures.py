"""The figures of one row over one pool."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.metrics import Outcome, by_kind, means, retrieval_figures
from eval.progress import told
from eval.questions import Item
from eval.retrieval_rows import Scores
from eval.retrieval_sets import Pool
from index.local import LocalIndex

Floats = NDArray[np.float32]
Figures = dict[str, float]
_NOWHERE = 10**9


def paragraph_figures(pool: Pool, scores: Scores, name: str) -> Figures:
    """R@1, R@10, MRR@10 of paragraphs, R@1 of sentences over all and inside the gold paragraph, milliseconds a question."""
    ranks, firsts, inside, seconds = [], [], [], 0.0
    for asked in told(f"{name}, {pool.name}", pool.asked):
        started = time.perf_counter()
        passages = scores.passages(asked.question)
        seconds += time.perf_counter() - started
        paragraphs = scores.paragraphs(asked.question) if scores.paragraphs else best_of(pool.base, passages)
        ranks.append(_rank(paragraphs, {int(pool.base.owners[r]) for r in asked.paragraph}))
        firsts.append(int(np.argmax(passages)) in asked.sentence)
        some = sorted(asked.paragraph)
        own = scores.among(asked.question, some) if scores.among else passages[some]
        inside.append(bool(some) and some[int(np.argmax(own))] in asked.sentence)
    rank = np.asarray(ranks)
    return {
        "R@1": float((rank < 1).mean()),
        "R@10": float((rank < 10).mean()),
        "MRR@10": float(np.where(rank < 10, 1 / (rank + 1), 0).mean()),
        "sentence": float(np.mean(firsts)),
        "inside": float(np.mean(inside)),
        "ms": seconds * 1000 / max(len(pool.asked), 1),
    }


def first_figure(pool: Pool, scores: Scores, name: str) -> float:
    """R@1 of passages."""
    found = [int(np.argmax(scores.passages(a.question))) in a.sentence for a in told(f"{name}, {pool.name}", pool.asked)]
    return float(np.mean(found))


def chapter_figures(
    index: LocalIndex, asked: Sequence[tuple[Item, str]], scores: Scores, name: str
) -> tuple[dict[str, Figures], float]:
    """hit@1, hit@5 and MRR by language and by language and kind, and milliseconds a question; `asked` are items and their questions."""
    outcomes, seconds = [], 0.0
    for item, question in told(f"{name}, the question set", asked):
        started = time.perf_counter()
        found = scores.passages(question)
        seconds += time.perf_counter() - started
        best = [index.passages[int(i)].id for i in np.argsort(-found, kind="stable")[:10]]
        outcomes.append(Outcome(item, retrieval_figures(item, best, index)))
    return kind_figures(outcomes), seconds * 1000 / max(len(asked), 1)


def kind_figures(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """The mean figures of each language, and of each kind in it."""
    return {
        f"{language} {kind}".rstrip(): {**means(some), "questions": float(len(some))}
        for (language, kind), some in by_kind(outcomes).items()
    }


def best_of(index: LocalIndex, passages: Floats) -> Floats:
    """Each paragraph by its best passage, shape (paragraphs,)."""
    best = np.full(int(index.owners.max()) + 1, -np.inf, dtype=np.float32)
    np.maximum.at(best, index.owners, passages)
    return best


def _rank(scores: Floats, gold: set[int]) -> int:
    """How many stand before the best gold one; what was not found at all (minus infinity) stands nowhere."""
    best = max((float(scores[g]) for g in gold), default=-np.inf)
    return int((scores > best).sum()) if np.isfinite(best) else _NOWHERE
