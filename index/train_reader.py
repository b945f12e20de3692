"""Trains the reader: `python -m index.train_reader --data ../shared/data`.

The lower half of the network is the embedder's and stays as it is; what is trained is the upper
half that reads question and passage together. Two courses, one after the other: JaQuAD, then the
teaching set with some of JaQuAD between. Seeded, resumable, with progress. JSQuAD is never read.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from index.contextual import DEFAULT_FOLDER, TOKENIZER
from index.pretrained import load_pretrained
from index.reader_batches import Pairs, Targets, Tokens, encode_question, encode_window, pair_up, targets
from index.reader_examples import Article, Example, article_examples, read_articles
from index.reader_network import FAR, ReaderNetwork, Verdict
from index.teaching import load_passages, teaching_examples
from index.transformer import WIDTH, Lower, Pooler
from source.errors import HakushoError

RATE, HEAD_RATE, WARM, CHUNK = 1.2e-4, 6e-4, 60, 16


def bfloat() -> torch.autocast:
    """Half precision where the processor is quicker with it; weights stay in full."""
    return torch.autocast("cpu", torch.bfloat16)


class Encoded:
    """Lower states of texts, kept while a batch needs them."""

    def __init__(self, lower: Lower, tokenizer: Tokenizer) -> None:
        self.lower, self.tokenizer = lower, tokenizer

    @torch.no_grad()
    def states(self, rows: Sequence[Sequence[int]]) -> list[Tensor]:
        """States (t, WIDTH) of each row of token ids."""
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found: list[Tensor] = [torch.empty(0)] * len(rows)
        for at in range(0, len(order), CHUNK):
            some = order[at : at + CHUNK]
            longest = max(len(rows[i]) for i in some)
            ids = torch.tensor([[*rows[i], *[1] * (longest - len(rows[i]))] for i in some])
            mask = torch.tensor([[1] * len(rows[i]) + [0] * (longest - len(rows[i])) for i in some])
            with bfloat():
                states = self.lower(ids, mask)
            for i, held in zip(some, states, strict=True):
                found[i] = held[: len(rows[i])].float()
        return found


def loss_of(verdict: Verdict, wanted: Targets) -> Tensor:
    """The sum of the verdicts' losses; a span may be any of several (marginal likelihood)."""
    logits = verdict.spans.masked_fill(~torch.from_numpy(wanted.allowed), FAR)
    among = logits.masked_fill(~torch.from_numpy(wanted.spans), FAR)
    parts = [(torch.logsumexp(logits, (1, 2)) - torch.logsumexp(among, (1, 2))).mean()]
    sentences = torch.from_numpy(wanted.sentences)
    judged = F.binary_cross_entropy_with_logits(verdict.sentences, sentences.clamp(min=0), reduction="none")
    parts.append((judged * (sentences >= 0)).sum() / len(sentences))
    parts.append(F.binary_cross_entropy_with_logits(verdict.answers, torch.from_numpy(wanted.answers)))
    polarity = torch.from_numpy(wanted.polarity)
    yes = F.binary_cross_entropy_with_logits(verdict.polarity, polarity.clamp(min=0), reduction="none")
    parts.append((yes * (polarity >= 0)).sum() / len(polarity))
    return torch.stack(parts).sum()


class Trainer:
    """Adam over the upper half and its heads, with a linear rise and fall of the rate."""

    def __init__(self, network: ReaderNetwork, encoded: Encoded, loss: Callable[[Verdict, Targets], Tensor] = loss_of) -> None:
        self.network, self.encoded, self.loss = network, encoded, loss
        heads = [p for n, p in network.named_parameters() if not n.startswith("upper.")]
        groups = [{"params": list(network.upper.parameters()), "top": RATE}, {"params": heads, "top": HEAD_RATE}]
        self.optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)

    def learn(self, examples: Sequence[Example], share: float) -> float:
        """One step over a batch; `share` in [0, 1] scales the rate. Returns the loss."""
        total = 0.0
        for states, pairs, wanted in pairs_of(examples, self.encoded):
            with bfloat():
                verdict = read(self.network, states, pairs)
            loss = self.loss(verdict, wanted) * len(states) / len(examples)
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * share
        self.optimiser.step()
        self.optimiser.zero_grad()
        return total

    def save(self, path: Path, losses: Sequence[float]) -> None:
        """Writes a checkpoint with the losses so far, complete or not at all."""
        state = {"network": self.network.state_dict(), "optimiser": self.optimiser.state_dict(), "losses": list(losses)}
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def resume(self, path: Path) -> list[float]:
        """Loads a checkpoint; returns the losses of the steps made."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        return [float(loss) for loss in state["losses"]]


def pairs_of(examples: Sequence[Example], encoded: Encoded) -> Iterator[tuple[Tensor, Pairs, Targets]]:
    """Chunks of pairs of like length: states (n, t, WIDTH), arrays, targets."""
    for some in chunks(examples, encoded):
        asked = [len(q) for q, _, _, _, _ in some]
        passages = [p for _, p, _, _, _ in some]
        held = [e for _, _, e, _, _ in some]
        pairs = pair_up(asked, passages, [e.window for e in held])
        states = torch.zeros(len(some), pairs.mask.shape[1], WIDTH)
        for i, (q, p, _, sq, sp) in enumerate(some):
            states[i, : len(q)] = sq
            states[i, len(q) : len(q) + len(p.ids)] = sp
        yield states, pairs, targets(held, asked, passages, pairs)


def chunks(examples: Sequence[Example], encoded: Encoded) -> Iterator[list[tuple[list[int], Tokens, Example, Tensor, Tensor]]]:
    """Examples with their tokens and lower states, those of like length together."""
    windows = list(dict.fromkeys(e.window for e in examples))
    asked = list(dict.fromkeys(e.question for e in examples))
    tokens = {w: encode_window(encoded.tokenizer, w) for w in windows}
    ids = {q: encode_question(encoded.tokenizer, q) for q in asked}
    window_states = dict(zip(windows, encoded.states([tokens[w].ids for w in windows]), strict=True))
    question_states = dict(zip(asked, encoded.states([ids[q] for q in asked]), strict=True))
    rows = [(ids[e.question], tokens[e.window], e, question_states[e.question], window_states[e.window]) for e in examples]
    rows.sort(key=lambda r: len(r[0]) + len(r[1].ids))
    for at in range(0, len(rows), CHUNK):
        yield rows[at : at + CHUNK]


def read(network: ReaderNetwork, states: Tensor, pairs: Pairs) -> Verdict:
    """The network's verdict of a chunk."""
    arrays = (pairs.mask, pairs.roles, pairs.heads, pairs.spans, pairs.member)
    mask, roles, heads, spans, member = (torch.from_numpy(a) for a in arrays)
    verdict: Verdict = network(states, mask, roles, heads, spans, member)
    return verdict


def in_blocks(examples: Sequence[Example], rng: random.Random, size: int, count: int = 4) -> Iterator[list[Example]]:
    """Batches of `count` blocks of neighbours, which share texts, the blocks shuffled."""
    block = size // count
    blocks = [list(examples[i : i + block]) for i in range(0, len(examples), block)]
    rng.shuffle(blocks)
    for at in range(0, len(blocks), count):
        yield [e for some in blocks[at : at + count] for e in some]


def batches(articles: Sequence[Article], rng: random.Random, size: int = 48) -> Iterator[list[Example]]:
    """Examples of JaQuAD, each article's near each other, so that texts are encoded once a batch."""
    some = list(articles)
    rng.shuffle(some)
    held: list[Example] = []
    for article, stranger in zip(some, [*some[1:], *some[:1]], strict=True):
        held += article_examples(article, rng, stranger)
    yield from in_blocks(held, rng, size)


def mixed(articles: Sequence[Article], taught: Sequence[Example], rng: random.Random, size: int = 48) -> Iterator[list[Example]]:
    """The teaching set once, two fifths of every batch from JaQuAD."""
    own = size * 7 // 12
    other = batches(articles, rng, size)
    for some in in_blocks(taught, rng, own):
        yield some + next(other)[: size - own]


def course(trainer: Trainer, made: Sequence[list[Example]], work: Path, name: str, rates: tuple[float, float]) -> None:
    """One course of training, its rate falling between two shares of the full one; skipped where it was completed before.

    A line of progress every 20 steps, a checkpoint every 100 from which an interrupted course goes on.
    """
    done, part = work / f"{name}.pt", work / f"{name}.part"
    if done.exists():
        trainer.network.load_state_dict(torch.load(done, weights_only=True))
        return
    losses = trainer.resume(part) if part.exists() else []
    trainer.network.train()
    began, first = time.monotonic(), len(losses)
    for number, examples in enumerate(made[first:], first):
        fallen = rates[0] + (rates[1] - rates[0]) * number / len(made)
        losses.append(trainer.learn(examples, fallen * min(1.0, (number + 1) / WARM)))
        if number % 20 == 19:
            pace = (time.monotonic() - began) / (number + 1 - first)
            print(
                f"{name} {number + 1}/{len(made)} loss {sum(losses[-20:]) / len(losses[-20:]):.3f} {pace:.2f} s/step", flush=True
            )
        if number % 100 == 99:
            trainer.save(part, losses)
    torch.save(trainer.network.state_dict(), done)
    draw(losses, work / f"{name}.svg")


def draw(losses: Sequence[float], path: Path, over: int = 20) -> None:
    """Saves the curve of the loss, each point the mean of `over` steps."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    means = [sum(losses[at : at + over]) / len(losses[at : at + over]) for at in range(0, len(losses), over)]
    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot([over * (i + 1) for i in range(len(means))], means)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    figure.savefig(path, bbox_inches="tight")
    pyplot.close(figure)


def start_network(pooler: Pooler) -> ReaderNetwork:
    """A reader whose upper half starts as the embedder's."""
    network = ReaderNetwork()
    network.upper.load_state_dict(pooler.upper.state_dict())
    return network


def run(options: argparse.Namespace) -> None:
    """Trains both courses."""
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    lower, pooler, tokenizer = load_pretrained(options.tokenizer)
    encoded, network = Encoded(lower.eval(), tokenizer), start_network(pooler)
    articles = read_articles(options.data / "jaquad" / "train")
    load_passages(options.data)  # what is missing is told before the first course
    first = list(islice(batches(articles, rng), options.steps))
    course(Trainer(network, encoded), first, options.work, "jaquad", (1.0, 0.7))
    second = []
    for _ in range(options.epochs):
        second += list(mixed(articles, teaching_examples(options.data, rng), rng))
    course(Trainer(network, encoded), second, options.work, "teaching", (0.7, 0.02))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/train and dolly-ja")
    parser.add_argument("--work", type=Path, default=Path("build/reader"), help="checkpoints")
    parser.add_argument("--tokenizer", type=Path, default=DEFAULT_FOLDER / TOKENIZER, help="the vocabulary kept")
    parser.add_argument("--steps", type=int, default=200, help="steps of the first course, 48 questions each")
    parser.add_argument("--epochs", type=int, default=4, help="passes over the teaching set in the second")
    parser.add_argument("--seed", type=int, default=0)
    try:
        run(parser.parse_args())
    except HakushoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
