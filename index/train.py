"""Trains the shipped static bilingual model: `python -m index.train --data DIR [--out DIR]`.

Multiple-negatives ranking (Henderson et al. 2017) over pairs of nine kinds, each step on one
kind, both directions; the result is a sentence-transformers StaticEmbedding folder.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding import DEFAULT_MODEL
from index.static_embedding import write_model
from index.train_data import TASKS, Pair
from index.train_start import first_table, train_vocabulary
from source.errors import HakushoError

Ids = list[NDArray[np.int64]]
_BATCH = 1024
_TEMPERATURE = 0.05
_MOST_TOKENS = 192


class Table(torch.nn.Module):
    """Mean of rows, normalised: what StaticEmbedding computes."""

    def __init__(self, start: NDArray[np.float32]) -> None:
        super().__init__()
        self.bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(start), freeze=False, mode="mean", sparse=True)

    def forward(self, batch: Ids) -> torch.Tensor:
        """Unit vectors of a batch of token ids, shape (batch, dim)."""
        offsets = np.cumsum([0] + [len(ids) for ids in batch[:-1]])
        return torch.nn.functional.normalize(self.bag(torch.from_numpy(np.concatenate(batch)), torch.from_numpy(offsets)))


def encode(tokenizer: Tokenizer, texts: list[str]) -> Ids:
    """Token ids of texts, cut to a most; an empty one gets the unknown token."""
    return [np.asarray(e.ids[:_MOST_TOKENS] or [0], dtype=np.int64) for e in tokenizer.encode_batch(texts)]


def train_table(
    tasks: dict[str, tuple[Ids, Ids, float]], start: NDArray[np.float32], *, steps: int, rate: float, seed: int
) -> NDArray[np.float32]:
    """The trained table. `tasks` are (left ids, right ids, frequency)."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Table(start)
    optimiser = torch.optim.SparseAdam(list(model.parameters()), lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: max(0.02, 1 - s / steps))
    frequency = np.asarray([t[2] for t in tasks.values()])
    for step in range(steps):
        left, right, _ = list(tasks.values())[rng.choice(len(tasks), p=frequency / frequency.sum())]
        chosen = rng.choice(len(left), size=min(_BATCH, len(left)), replace=False)
        loss = ranking_loss(model([left[i] for i in chosen]), model([right[i] for i in chosen]))
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()  # type: ignore[no-untyped-call]
        schedule.step()
        if step % 100 == 0:
            print(f"step {step:5d}/{steps}  loss {loss.item():.3f}", flush=True)
    return np.asarray(model.bag.weight.detach().numpy(), dtype=np.float32)


def ranking_loss(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Multiple negatives ranking both ways; identical right sides are no negatives of each other."""
    scores = a @ b.T / _TEMPERATURE
    same = (b @ b.T > 0.999) & ~torch.eye(len(b), dtype=torch.bool)
    scores = scores.masked_fill(same, -1e4)
    labels = torch.arange(len(a))
    return (torch.nn.functional.cross_entropy(scores, labels) + torch.nn.functional.cross_entropy(scores.T, labels)) / 2


def save(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
    """Writes the sentence-transformers folder in its small form (half precision) and its checksums, keeping the model card."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    card = (folder / "README.md").read_text(encoding="utf-8") if (folder / "README.md").is_file() else None
    module = StaticEmbedding(tokenizer, embedding_weights=table)
    shutil.rmtree(folder, ignore_errors=True)
    SentenceTransformer(modules=[module]).save_pretrained(str(folder), create_model_card=False)
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    write_model(folder, tokenizer, table)


def main() -> int:
    """Reads the data, trains and saves."""
    parser = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--vocabulary", type=int, default=34000)
    parser.add_argument("--dim", type=int, default=256)
    given = parser.parse_args()
    started = time.time()
    try:
        pairs: dict[str, tuple[list[Pair], float]] = {name: (read(given.data), often) for name, (read, often) in TASKS.items()}
        run(pairs, given, started)
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def run(pairs: dict[str, tuple[list[Pair], float]], given: argparse.Namespace, started: float) -> None:
    """Vocabulary, start, training, saving, with progress."""
    texts = sorted({text for task, _ in pairs.values() for pair in task for text in pair})
    print(f"{sum(len(t) for t, _ in pairs.values())} pairs, {len(texts)} texts", flush=True)
    tokenizer = train_vocabulary(texts, given.vocabulary)
    print(f"vocabulary of {tokenizer.get_vocab_size()} pieces after {time.time() - started:.0f} s", flush=True)
    start = first_table(tokenizer, given.dim, texts, given.seed)
    tasks = {
        name: (encode(tokenizer, [a for a, _ in task]), encode(tokenizer, [b for _, b in task]), often)
        for name, (task, often) in pairs.items()
        if task
    }
    table = train_table(tasks, start, steps=given.steps, rate=given.rate, seed=given.seed)
    save(given.out, tokenizer, table)
    print(f"saved {given.out} after {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
