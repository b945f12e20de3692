"""Fits the ranking weights on JaQuAD sentence labels: `python -m eval.fit_ranker --data DIR`.

Listwise: the softmax over an article's sentences should favour the answering one. Questions
that share few words with their sentence weigh more, since people who ask have not read the text.
Fitted on half the articles of `jaquad/dev`, measured on the other half: on `jaquad/train` the
embedding model has seen the pairs and would be trusted too much. The result is `rag/ranker.json`.
"""

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.articles import articles
from rag.retrieve import Ranker
from rag.weights import FEATURES, WEIGHTS_FILE, Weights
from source.errors import HakushoError

Floats = NDArray[np.float32]
_CANDIDATES = 40


def samples(folder: Path, part: slice) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Signals (n, candidates, features), the answer's position among them (n,), weights (n,)."""
    rows, targets, weights = [], [], []
    for article in islice(articles(folder, "dev", 10_000), part.start, part.stop):
        ranker = Ranker(article.index)
        for asked in article.asked:
            found = ranker.rank(asked.reading.question, k=_CANDIDATES, candidates=_CANDIDATES)
            position = next((i for i, c in enumerate(found) if c.row == asked.row), None)
            if position is None or len(found) < 2:
                continue
            signals = [[c.signals[name] for name in FEATURES] for c in found]
            signals += [[-1.0] * len(FEATURES)] * (_CANDIDATES - len(found))
            rows.append(signals)
            targets.append(position)
            weights.append(1.5 - found[position].signals["word_passage"])
    return np.asarray(rows, np.float32), np.asarray(targets), np.asarray(weights, np.float32)


def fit(rows: Floats, targets: NDArray[np.int64], weights: Floats) -> Weights:
    """Non-negative weights by listwise cross-entropy, then an intercept and scale by logistic regression."""
    torch.manual_seed(0)
    x, y, w = torch.from_numpy(rows), torch.from_numpy(targets), torch.from_numpy(weights)
    raw = torch.zeros(len(FEATURES), requires_grad=True)
    optimiser = torch.optim.Adam([raw], lr=0.05)
    for _ in range(600):
        theta = torch.nn.functional.softplus(raw) * 3
        loss = (torch.nn.functional.cross_entropy(x @ theta, y, reduction="none") * w).mean() + 1e-3 * theta.square().mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    theta = (torch.nn.functional.softplus(raw) * 3).detach()
    scale, intercept = _platt(x @ theta, y)
    return Weights({n: round(float(t * scale), 4) for n, t in zip(FEATURES, theta, strict=True)}, round(intercept, 4))


def _platt(scores: torch.Tensor, y: torch.Tensor) -> tuple[float, float]:
    """Scale and intercept that make the best and the second score of each list probabilities."""
    top = scores.topk(2, dim=1)
    flat, label = top.values.flatten(), (top.indices == y[:, None]).float().flatten()
    parameters = torch.tensor([1.0, 0.0], requires_grad=True)
    optimiser = torch.optim.Adam([parameters], lr=0.05)
    for _ in range(1500):
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(parameters[0] * flat + parameters[1], label)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return float(parameters[0].detach()), float(parameters[1].detach())


def accuracy(rows: Floats, targets: NDArray[np.int64], weights: Weights) -> tuple[float, float]:
    """Right sentence first, and in the first five."""
    scores = rows @ np.asarray([weights.weights[n] for n in FEATURES], np.float32)
    better = (scores > scores[np.arange(len(targets)), targets][:, None]).sum(axis=1)
    return float((better == 0).mean()), float((better < 5).mean())


def main() -> int:
    """Fits, prints dev figures beside the old weights, writes the file."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_ranker", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=80, help="how many to fit on, and how many to measure on")
    given = parser.parse_args()
    try:
        train, dev = samples(given.data, slice(0, given.articles)), samples(given.data, slice(given.articles, 2 * given.articles))
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    weights = fit(*train)
    hard = dev[2] > np.quantile(dev[2], 0.8)
    lexical = Weights({n: float(n == "word_passage") for n in FEATURES}, 0.0)
    for name, used in {"BM25 words": lexical, "fitted": weights}.items():
        first, five = accuracy(dev[0], dev[1], used)
        print(
            f"{name:12} jaquad/dev articles: first {first:.3f}, first five {five:.3f}; "
            f"low overlap: first {accuracy(dev[0][hard], dev[1][hard], used)[0]:.3f}"
        )
    WEIGHTS_FILE.write_text(
        json.dumps({"weights": weights.weights, "intercept": weights.intercept}, indent=1) + "\n", encoding="utf-8"
    )
    print(weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
