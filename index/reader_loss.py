"""The reader's losses: pointers normalised over a question's passages together (Clark & Gardner 2018)."""

import torch
from torch import Tensor
from torch.nn import functional as F


def shared_nll(scores: Tensor, target: Tensor, pair_q: Tensor) -> Tensor:
    """Mean negative log-likelihood of `target` among all positions of a question's passages.

    `scores` is (pairs, positions); the first len(target) pairs are the questions' own, in order.
    """
    own = len(target)
    total = torch.logsumexp(scores, dim=-1)
    elsewhere = torch.full((own,), -1e4).index_copy(0, pair_q[own:], total[own:])
    everything = torch.logaddexp(total[:own], elsewhere)
    return (everything - scores[:own].gather(1, target[:, None])[:, 0]).mean()


def reader_loss(outputs: tuple[Tensor, ...], targets: dict[str, Tensor], pair_q: Tensor) -> Tensor:
    """Start, end, sentence, "there is an answer" and answer type, weighted."""
    start, end, sentence, answer, types = outputs
    has_answer = (torch.arange(len(pair_q)) < len(targets["first"])).float()
    weights = torch.where(has_answer > 0, 0.4, 0.6)
    return (
        shared_nll(start, targets["first"], pair_q)
        + shared_nll(end, targets["last"], pair_q)
        + 0.5 * shared_nll(sentence, targets["sentence"], pair_q)
        + F.binary_cross_entropy_with_logits(answer, has_answer, weights)
        + 0.2 * F.cross_entropy(types, targets["type"])
    )
