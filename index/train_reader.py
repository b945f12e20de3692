"""Trains the reader: `python -m index.train_reader --data ../shared/data`.

Resumable (a checkpoint every epoch), seeded, with progress; the best epoch on a sample of
JaQuAD dev is exported to ONNX. JSQuAD is never read here. Needs torch, spacy and ja-ginza.
"""

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from index.reader_augment import Thesaurus
from index.reader_batches import Batch, batches
from index.reader_data import ANSWER_TYPES, Article, data_files, load_articles, read_json
from index.reader_export import export
from index.reader_features import Analyser
from index.reader_loss import reader_loss
from index.reader_measure import measure
from index.reader_model import ReaderModel, Sizes
from index.reader_vocabulary import build_vectors, build_vocabulary, chive_folder, load_vectors
from index.reader_words import Floats, Vocabulary
from source.errors import HakushoError

WARM, PEAK, DECAY = 300, 2e-3, 0.999


def prepare(data: Path, work: Path, vectors: str) -> Vocabulary:
    """The vocabulary and vectors, built once."""
    if not (work / "vocabulary.json").exists():
        work.mkdir(parents=True, exist_ok=True)
        rows = build_vectors(Path(vectors) if vectors else chive_folder(), work)
        analyser = Analyser()
        raw = read_json(data_files(data, "jaquad/train"))
        texts = (analyser.words(p["context"]) for a in raw for p in a["paragraphs"])  # type: ignore[attr-defined]
        build_vocabulary(texts, rows).save(work)
    return Vocabulary.load(work)


def sizes_of(vocabulary: Vocabulary, vectors: Floats) -> Sizes:
    """The tables' sizes."""
    return Sizes(
        vectors.shape[1],
        int(vocabulary.tuned.values.max()) + 1,
        len(vocabulary.parts) + 1,
        len(vocabulary.characters) + 2,
        answer_types=len(ANSWER_TYPES),
    )


def tensors(batch: Batch, table: Tensor) -> tuple[tuple[Tensor, ...], dict[str, Tensor]]:
    """The model's inputs and the targets."""
    p, q = torch.from_numpy(batch.passages), torch.from_numpy(batch.questions)
    pair_p, pair_q = torch.from_numpy(batch.pair_p), torch.from_numpy(batch.pair_q)
    inputs = (
        p,
        table[p[..., 4]],
        q,
        table[q[..., 4]],
        torch.from_numpy(batch.sentences).float(),
        pair_p,
        pair_q,
    )
    targets = {
        "first": batch.first,
        "last": batch.last,
        "sentence": batch.sentence,
        "type": batch.answer_types,
    }
    return inputs, {name: torch.from_numpy(a) for name, a in targets.items()}


class Clock:
    """How much of the time allowed is used; 0 minutes allow any time."""

    def __init__(self, minutes: float) -> None:
        self.minutes, self.began = minutes, time.monotonic()

    def share(self) -> float:
        """In [0, 1] while there is time left."""
        return (time.monotonic() - self.began) / 60 / self.minutes if self.minutes else 0.0


class Trainer:
    """Adam with a linear fall of the rate and an average of the weights (Polyak & Juditsky 1992)."""

    def __init__(self, model: ReaderModel, table: Tensor, epochs: int) -> None:
        self.model, self.table, self.epochs = model, table, epochs
        self.optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=0.01)
        self.average = {k: v.clone() for k, v in model.state_dict().items()}
        self.step = 0

    def learn(self, batch: Batch, progress: float) -> float:
        """One step; `progress` in [0, 1] is how far the whole training is."""
        inputs, targets = tensors(batch, self.table)
        loss = reader_loss(self.model(*inputs), targets, inputs[-1])
        for group in self.optimiser.param_groups:
            group["lr"] = PEAK * min(1.0, (self.step + 1) / WARM) * max(0.02, 1 - progress)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        keep = min(DECAY, self.step / (self.step + 10))
        for name, value in self.model.state_dict().items():
            self.average[name].lerp_(value, 1 - keep)
        return float(loss.detach())

    def save(self, path: Path, epoch: int, figures: dict[str, float]) -> None:
        """Writes a checkpoint, complete or not at all."""
        state = {
            "model": self.model.state_dict(), "average": self.average, "optimiser": self.optimiser.state_dict(),
            "step": self.step, "epoch": epoch, "figures": figures, "sizes": asdict(self.model.sizes),
        }  # fmt: skip
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def resume(self, path: Path) -> int:
        """Loads a checkpoint; returns the next epoch."""
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.step = state["average"], state["step"]
        return int(state["epoch"]) + 1


def train_epoch(
    trainer: Trainer,
    train: list[Article],
    thesaurus: Thesaurus,
    epoch: int,
    seed: int,
    clock: Clock,
) -> None:
    """One pass, or what the clock leaves of it, with a line of progress every 50 steps."""
    trainer.model.train()
    rng = np.random.default_rng([seed, epoch])
    torch.manual_seed(seed * 1000 + epoch)
    made = list(batches(train, thesaurus, rng))
    began, losses = time.monotonic(), []
    for i, batch in enumerate(made):
        progress = max((epoch + i / len(made)) / trainer.epochs, clock.share())
        if progress >= 1:
            break
        losses.append(trainer.learn(batch, progress))
        if i % 50 == 49:
            rate = (time.monotonic() - began) / (i + 1)
            print(
                f"epoch {epoch} step {i + 1}/{len(made)} loss {np.mean(losses[-50:]):.3f} {rate:.2f} s/step",
                flush=True,
            )


def run(options: argparse.Namespace) -> None:
    """Trains and exports."""
    work = options.work
    vocabulary = prepare(options.data, work, options.vectors)
    vectors = load_vectors(work)
    train = load_articles(options.data, "jaquad/train", vocabulary, work)
    dev = load_articles(options.data, "jaquad/dev", vocabulary, work)
    torch.manual_seed(options.seed)
    model = ReaderModel(sizes_of(vocabulary, vectors))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    trainer = Trainer(model, torch.from_numpy(vectors), options.epochs)
    first = trainer.resume(work / "last.pt") if (work / "last.pt").exists() else 0
    thesaurus = Thesaurus((p.tokens for a in train for p in a.paragraphs), vectors)
    clock = Clock(options.minutes)
    for epoch in range(first, options.epochs):
        if clock.share() >= 1:
            break
        train_epoch(trainer, train, thesaurus, epoch, options.seed, clock)
        judged = ReaderModel(model.sizes)
        judged.load_state_dict(trainer.average)
        figures = measure(judged, trainer.table, dev[::6])
        print(f"epoch {epoch} " + " ".join(f"{k} {v:.3f}" for k, v in figures.items()), flush=True)
        trainer.save(work / "last.pt", epoch, figures)
    export(work / "last.pt", work, options.out)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/train and jaquad/dev")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "reader", help="where the model goes")
    parser.add_argument("--work", type=Path, default=Path("build/reader"), help="cache and checkpoints")
    parser.add_argument("--vectors", default="", help="vocabulary folder of ja_ginza, where it is not installed")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long, the rate falling in step")
    parser.add_argument("--seed", type=int, default=0)
    try:
        run(parser.parse_args())
    except HakushoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
