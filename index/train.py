"""Trains the shipped static bilingual model: `python -m index.train --data DIR [--out DIR]`.

Multiple-negatives ranking (Henderson et al. 2017) over pairs of nine kinds, each step on one
kind, both directions, for the whole vector and for its first half alone (Matryoshka, Kusupati et
al. 2022): the first half carries meaning, the second keeps names apart. Where a teacher's vectors
are known, the first half must also order a batch as the teacher does. The result is a
sentence-transformers StaticEmbedding folder.
"""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding import DEFAULT_MODEL
from index.static_embedding import write_checksums
from index.train_data import TASKS, Pair
from index.train_start import first_table, train_vocabulary
from index.train_teacher import teacher_vectors
from source.errors import HakushoError

Ids = list[NDArray[np.int64]]
_BATCH = 1024
_TEMPERATURE = 0.05
_MOST_TOKENS = 192
_TEACHER = 0.5
# The tasks whose left side is English, so that the teacher can read it.
_TAUGHT = ("dictionary", "translation")


@dataclass(frozen=True, slots=True)
class Task:
    """Token ids of both sides of the pairs, how often a step is taken, and the teacher's vectors."""

    left: Ids
    right: Ids
    often: float
    teacher: NDArray[np.float32] | None = None


class Table(torch.nn.Module):
    """Mean of rows: what StaticEmbedding computes."""

    def __init__(self, start: NDArray[np.float32]) -> None:
        super().__init__()
        self.bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(start), freeze=False, mode="mean", sparse=True)

    def forward(self, batch: Ids) -> torch.Tensor:
        """Vectors of a batch of token ids, shape (batch, dim)."""
        offsets = np.cumsum([0] + [len(ids) for ids in batch[:-1]])
        return torch.as_tensor(self.bag(torch.from_numpy(np.concatenate(batch)), torch.from_numpy(offsets)))


def encode(tokenizer: Tokenizer, texts: list[str]) -> Ids:
    """Token ids of texts, cut to a most; an empty one gets the unknown token."""
    return [np.asarray(e.ids[:_MOST_TOKENS] or [0], dtype=np.int64) for e in tokenizer.encode_batch(texts)]


def train_table(tasks: list[Task], start: NDArray[np.float32], *, steps: int, rate: float, seed: int) -> NDArray[np.float32]:
    """The trained table, shape (vocabulary, dim)."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = Table(start)
    optimiser = torch.optim.SparseAdam(list(model.parameters()), lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: max(0.02, 1 - s / steps))
    often = np.asarray([t.often for t in tasks])
    for step in range(steps):
        task = tasks[rng.choice(len(tasks), p=often / often.sum())]
        chosen = rng.choice(len(task.left), size=min(_BATCH, len(task.left)), replace=False)
        target = None if task.teacher is None else torch.from_numpy(task.teacher[chosen])
        loss = pair_loss(model([task.left[i] for i in chosen]), model([task.right[i] for i in chosen]), target)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()  # type: ignore[no-untyped-call]
        schedule.step()
        if step % 100 == 0:
            print(f"step {step:5d}/{steps}  loss {loss.item():.3f}", flush=True)
    return np.asarray(model.bag.weight.detach().numpy(), dtype=np.float32)


def pair_loss(a: torch.Tensor, b: torch.Tensor, teacher: torch.Tensor | None) -> torch.Tensor:
    """Ranking by the whole vectors and by their first halves, and the teacher's order where there is one."""
    unit = torch.nn.functional.normalize
    half = a.shape[1] // 2
    meaning_a, meaning_b = unit(a[:, :half]), unit(b[:, :half])
    loss = ranking_loss(unit(a), unit(b)) + ranking_loss(meaning_a, meaning_b)
    if teacher is None:
        return loss
    return loss + _TEACHER * (order_loss(meaning_a, meaning_a, teacher) + order_loss(meaning_b, meaning_b, teacher))


def ranking_loss(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Multiple negatives ranking both ways; identical right sides are no negatives of each other."""
    scores = a @ b.T / _TEMPERATURE
    same = (b @ b.T > 0.999) & ~torch.eye(len(b), dtype=torch.bool)
    scores = scores.masked_fill(same, -1e4)
    labels = torch.arange(len(a))
    return (torch.nn.functional.cross_entropy(scores, labels) + torch.nn.functional.cross_entropy(scores.T, labels)) / 2


def order_loss(a: torch.Tensor, b: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Divergence of the student's order of a batch from the teacher's, the text itself left out."""
    itself = torch.eye(len(a), dtype=torch.bool)
    wanted = (teacher @ teacher.T / _TEMPERATURE).masked_fill(itself, -1e4).softmax(dim=1)
    given = (a @ b.T / _TEMPERATURE).masked_fill(itself, -1e4).log_softmax(dim=1)
    return torch.nn.functional.kl_div(given, wanted, reduction="batchmean")


def save(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
    """Writes the sentence-transformers folder and its checksums, keeping the model card."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    card = (folder / "README.md").read_text(encoding="utf-8") if (folder / "README.md").is_file() else None
    module = StaticEmbedding(tokenizer, embedding_weights=table)
    module.embedding.weight.data = module.embedding.weight.data.half()
    shutil.rmtree(folder, ignore_errors=True)
    SentenceTransformer(modules=[module]).save_pretrained(str(folder), create_model_card=False)
    if card is not None:
        (folder / "README.md").write_text(card, encoding="utf-8")
    write_checksums(folder)


def main() -> int:
    """Reads the data, trains and saves."""
    parser = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--out", type=Path, default=DEFAULT_MODEL)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--vocabulary", type=int, default=40000)
    parser.add_argument("--dim", type=int, default=320)
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "hakusho-train", help="for the teacher's vectors"
    )
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
    tasks = [_task(tokenizer, name, task, often, given.cache) for name, (task, often) in pairs.items() if task]
    print(f"{len(tasks)} tasks after {time.time() - started:.0f} s", flush=True)
    table = train_table(tasks, start, steps=given.steps, rate=given.rate, seed=given.seed)
    save(given.out, tokenizer, table)
    print(f"saved {given.out} after {time.time() - started:.0f} s", flush=True)


def _task(tokenizer: Tokenizer, name: str, pairs: list[Pair], often: float, cache: Path) -> Task:
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    teacher = None
    if name in _TAUGHT:
        texts = sorted(set(left))
        row = {text: i for i, text in enumerate(texts)}
        teacher = teacher_vectors(texts, cache)[[row[text] for text in left]]
    return Task(encode(tokenizer, left), encode(tokenizer, right), often, teacher)


if __name__ == "__main__":
    sys.exit(main())
