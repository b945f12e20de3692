"""Trains the pointer: `python -m index.train_pointer --data ../shared/data`.

JaQuAD's training split, and for a share of the steps the teaching set; every question over its own
window and mostly over one that does not answer it, scores normalised over both (Clark & Gardner
2018). Seeded, resumable, with progress. Encoding the texts takes some 12 minutes on two cores and is
kept in the work folder. JSQuAD is never read.
"""

import argparse
import pickle
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from index.contextual import DEFAULT_FOLDER, LOWER, TOKENIZER, shipped_contextual
from index.pointer import LONGEST_SPAN
from index.pointer_batches import Batch, Group, collate, groups
from index.pointer_data import Field, load_fields
from index.pointer_network import NEVER, PointerNetwork
from index.reader_words import WORD
from index.teaching import FOLDER, load_passages
from source.errors import HakushoError

PEAK, WARM, DECAY = 2e-3, 300, 0.999
TAUGHT = 0.15  # share of steps over the teaching set
_FAR = 3 * NEVER


def loss_of(network: PointerNetwork, batch: Batch) -> Tensor:
    """Span, sentence and whether the window answers; spans and sentences against both windows of a question."""
    rows, sentence = torch.from_numpy(batch.rows), torch.from_numpy(batch.sentence)
    pair_told, pair_asked = torch.from_numpy(batch.pair_told), torch.from_numpy(batch.pair_asked)
    told = network.told(rows, torch.from_numpy(batch.states))
    asked = network.asked(torch.from_numpy(batch.asked_rows), torch.from_numpy(batch.asked_states))
    shown = sentence[pair_told]
    spans, sentences, judged = network.compare(tuple(x[pair_told] for x in told), tuple(x[pair_asked] for x in asked), shown)
    right = torch.zeros_like(spans, dtype=torch.bool)
    right[tuple(torch.from_numpy(batch.spans).T)] = True
    order = torch.arange(spans.shape[1])
    reach = order[None] - order[:, None]
    words = rows[pair_told][..., WORD] > 0
    allowed = (reach >= 0) & (reach < LONGEST_SPAN) & words[:, :, None] & words[:, None, :]
    spans = spans.masked_fill(~allowed, _FAR).flatten(1)
    in_sentence = torch.matmul(shown, right.any(2)[..., None].float())[..., 0] > 0
    sentences = sentences.masked_fill(shown.sum(2) == 0, NEVER)
    answered = right.flatten(1).any(1)
    parts = [
        _shared(spans, (right & allowed).flatten(1), pair_asked, batch.own),
        0.5 * _shared(sentences, in_sentence, pair_asked, batch.own),
        F.binary_cross_entropy_with_logits(judged, answered.float()),
    ]
    return torch.stack(parts).sum()


def _shared(scores: Tensor, right: Tensor, pair_asked: Tensor, own: int) -> Tensor:
    """The mean negative log-likelihood of the right ones among all of a question's windows, of questions that have any."""
    total = torch.logsumexp(scores, 1)
    found = torch.logsumexp(scores.masked_fill(~right, _FAR), 1)[:own]
    elsewhere = torch.full((own,), float(_FAR)).index_copy(0, pair_asked[own:], total[own:])
    return (torch.logaddexp(total[:own], elsewhere) - found)[right[:own].any(1)].sum() / right[:own].any(1).sum().clamp(min=1)


class Trainer:
    """AdamW with a linear fall of the rate, and the average of the weights (Polyak & Juditsky 1992)."""

    def __init__(self, network: PointerNetwork) -> None:
        self.network = network
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=0.01)
        self.average = {k: v.clone() for k, v in network.state_dict().items()}
        self.losses: list[float] = []

    def learn(self, batch: Batch, progress: float) -> float:
        """One step; `progress` in [0, 1) is how far the training is. Returns the loss."""
        loss = loss_of(self.network, batch)
        step = len(self.losses) + 1
        for group in self.optimiser.param_groups:
            group["lr"] = PEAK * min(1.0, step / WARM) * max(0.01, 1 - progress)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        keep = min(DECAY, step / (step + 10))
        for name, value in self.network.state_dict().items():
            self.average[name].lerp_(value, 1 - keep)
        self.losses.append(float(loss.detach()))
        return self.losses[-1]

    def save(self, path: Path) -> None:
        """Writes a checkpoint, complete or not at all."""
        state = {
            "network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "average": self.average,
            "losses": self.losses,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def resume(self, path: Path) -> None:
        """Goes on from a checkpoint."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.losses = state["average"], [float(x) for x in state["losses"]]


def stream(jaquad: Sequence[Field], taught: Sequence[Field], seed: int, first: int) -> Iterator[Batch]:
    """Batches without end from step `first` on; each step draws from its own seed, so that a resumed training differs only in order."""
    waiting: dict[bool, list[list[Group]]] = {True: [], False: []}
    step = first
    while True:
        rng = np.random.default_rng([seed, step])
        from_taught = bool(taught) and rng.random() < TAUGHT
        if not waiting[from_taught]:
            waiting[from_taught] = groups(taught if from_taught else jaquad, rng)
        yield collate(waiting[from_taught].pop(), rng)
        step += 1


def encoded(data: Path, work: Path) -> tuple[list[Field], list[Field]]:
    """The training texts, from the work folder where it has them of this teaching set and this model."""
    known = 0
    for path in (FOLDER / "items.jsonl", FOLDER / "passages.jsonl", DEFAULT_FOLDER / LOWER, DEFAULT_FOLDER / TOKENIZER):
        known = zlib.crc32(path.read_bytes(), known)
    held = work / f"encoded-{known:08x}.pickle"
    if held.exists():
        with held.open("rb") as file:
            return pickle.load(file)  # type: ignore[no-any-return]
    load_passages(data)  # what is missing is told before the texts are encoded, which takes minutes
    fields = load_fields(data, shipped_contextual())
    with held.open("wb") as file:
        pickle.dump(fields, file, protocol=5)
    return fields


def run(options: argparse.Namespace) -> None:
    """Trains; a line of progress every 50 steps, a checkpoint every 200."""
    options.work.mkdir(parents=True, exist_ok=True)
    jaquad, taught = encoded(options.data, options.work)
    torch.manual_seed(options.seed)
    trainer, part = Trainer(PointerNetwork()), options.work / "pointer.part"
    if part.exists():
        trainer.resume(part)
    batches = stream(jaquad, taught, options.seed, len(trainer.losses))
    for step in range(len(trainer.losses), options.steps):
        trainer.learn(next(batches), step / options.steps)
        if step % 50 == 49:
            print(f"step {step + 1}/{options.steps} loss {np.mean(trainer.losses[-50:]):.3f}", flush=True)
        if step % 200 == 199:
            trainer.save(part)
    torch.save(trainer.average, options.work / "pointer.pt")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/train and dolly-ja")
    parser.add_argument("--work", type=Path, default=Path("build/pointer"), help="encoded texts and checkpoints")
    parser.add_argument("--steps", type=int, default=3000, help="of some 44 questions; one pass over JaQuAD is some 800")
    parser.add_argument("--seed", type=int, default=0)
    try:
        run(parser.parse_args())
    except HakushoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
