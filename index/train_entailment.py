"""Trains the entailment model: `python -m index.train_entailment --data ../shared/data --reader build/reader/teaching.pt`.

It is the reader's network taught another thing: whether a source says what a statement says. It
starts from the trained reader, which reads a short text against a longer one in both languages
already. Seeded, resumable, with progress; the file is written at the end, and how well the statements
that are held out are told apart is printed.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from index.contextual import DEFAULT_FOLDER, TOKENIZER
from index.export_reader import export_entailment
from index.pretrained import load_pretrained
from index.reader_batches import Targets
from index.reader_examples import Example
from index.reader_network import ReaderNetwork, Verdict
from index.statements import held_out_examples, statement_examples
from index.train_reader import Encoded, Trainer, course, in_blocks, pairs_of, read
from source.errors import HakushoError

SIZE, BLOCKS = 48, 8


def loss_of(verdict: Verdict, wanted: Targets) -> Tensor:
    """Cross entropy of whether the source supports the statement."""
    return F.binary_cross_entropy_with_logits(verdict.answers, torch.from_numpy(wanted.answers))


@torch.no_grad()
def told_apart(network: ReaderNetwork, encoded: Encoded, examples: Sequence[Example]) -> tuple[float, float]:
    """The loss over examples, and how often a supported statement scores above one that is not (AUROC)."""
    network.eval()
    logits, supported = [], []
    for states, pairs, wanted in pairs_of(examples, encoded):
        logits += read(network, states, pairs).answers.tolist()
        supported += (wanted.answers > 0).tolist()
    loss = F.binary_cross_entropy_with_logits(torch.tensor(logits), torch.tensor(supported, dtype=torch.float32))
    yes, no = (torch.tensor([v for v, s in zip(logits, supported, strict=True) if s == which]) for which in (True, False))
    return float(loss), float((yes[:, None] > no[None]).float().mean())


def run(options: argparse.Namespace) -> None:
    """Trains and exports."""
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    lower, _, tokenizer = load_pretrained(options.tokenizer)
    network = ReaderNetwork()
    network.load_state_dict(torch.load(options.reader, weights_only=True))
    made = [b for _ in range(options.epochs) for b in in_blocks(statement_examples(options.data, rng), rng, SIZE, BLOCKS)]
    encoded = Encoded(lower.eval(), tokenizer)
    course(Trainer(network, encoded, loss_of), made, options.work, "entailment", (0.7, 0.02))
    export_entailment(network, options.out)
    print("held out: loss {:.3f}, AUROC {:.3f}".format(*told_apart(network, encoded, held_out_examples())))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jsick")
    parser.add_argument("--reader", type=Path, required=True, help="checkpoint of the trained reader")
    parser.add_argument("--work", type=Path, default=Path("build/entailment"), help="checkpoints")
    parser.add_argument("--out", type=Path, default=Path("build/entailment/entailment.onnx"), help="the file to write")
    parser.add_argument("--tokenizer", type=Path, default=DEFAULT_FOLDER / TOKENIZER, help="the vocabulary kept")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        if not options.reader.is_file():
            raise HakushoError(f"{options.reader} is no file: train the reader first (`python -m index.train_reader`)")
        run(options)
    except HakushoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
