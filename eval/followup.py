"""Follow-ups made to stand by themselves: `python -m eval.followup`.

Each follow-up of the teaching set is asked after its first turn, which counts as answered from its
own passage. The rewritten question is held against the one written by hand, by its words and by
what finds its passage among those of the field, next to the turn as typed and the question by
hand. Questions of other passages, asked after the same turns, show how often a new topic is left alone.
The reader is not asked: words and vectors alone rank here.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.command import status
from eval.taught import TaughtDocument, taught_documents
from index.local import LocalIndex
from index.normalise import fold
from index.teaching import Part, TeachingItem
from index.tokenise import language_of
from rag.followup import FollowUps, Turn, heading_of
from rag.question import understand
from rag.retrieve import Ranker
from rag.short_answer import short_answer
from rag.weights import load_weights

Row = dict[str, float]
WAYS = ("typed", "rewritten", "by hand")


@dataclass(frozen=True)
class Rewritten:
    """A follow-up with what was made of it, and the figures."""

    item: TeachingItem
    question: str
    figures: Row


class Conversation:
    """Asks the follow-ups of one taught document."""

    def __init__(self, document: TaughtDocument) -> None:
        self._document = document
        self._index = document.index
        self._ranker = Ranker(document.index)
        self._followups = FollowUps(document.index.tokeniser)

    def follow_ups(self) -> Iterator[Rewritten]:
        """Every follow-up of the document, rewritten and measured."""
        for asked in self._document.asked:
            if asked.item.kind == "follow-up":
                question = self.rewrite(asked.item.question, asked.item)
                yield Rewritten(asked.item, question, self._figures(asked.item, question, asked.rows))

    def new_topics(self, seed: int = 0) -> Iterator[Rewritten]:
        """Questions that stand by themselves, each after the first turns of a follow-up over another passage."""
        rng = random.Random(seed)
        before = [a.item for a in self._document.asked if a.item.kind == "follow-up"]
        for asked in self._document.asked:
            others = [i for i in before if i.passage != asked.item.passage and i.language == asked.item.language]
            if asked.item.kind in ("fact", "paraphrase", "english") and others:
                question = self.rewrite(asked.item.question, rng.choice(others))
                yield Rewritten(asked.item, question, {"left alone": float(question == asked.item.question)})

    def rewrite(self, question: str, item: TeachingItem) -> str:
        """A question after the earlier turns of a follow-up."""
        turns: list[Turn] = []
        for earlier in item.history:
            turns.append(self._answered(self._followups.resolve(earlier, turns), item.passage))
        return self._followups.resolve(question, turns)

    def _answered(self, question: str, passage: str) -> Turn:
        """A turn answered by the best sentence of its passage."""
        scores = self._scores(question)
        best = self._index.passages[max(self._document.rows_of(passage), key=lambda row: scores[row])]
        span = short_answer(understand(question), best.text, self._index.tokeniser)
        short = best.text[span[0] : span[1]] if span else None
        return Turn(question, short, best.text, self._index.paragraph_of(best), heading_of(best))

    def _scores(self, question: str) -> np.ndarray:
        return load_weights().linear(self._ranker.signals(question))

    def _figures(self, item: TeachingItem, question: str, rows: frozenset[int]) -> Row:
        row = likeness(question, item.standalone, self._index)
        for way, text in zip(WAYS, (item.question, question, item.standalone), strict=True):
            ranked = [int(r) for r in np.argsort(-self._scores(text), kind="stable")]
            passage = self._document.rows_of(item.passage)
            row[f"passage@1 {way}"] = float(ranked[0] in passage)
            if rows:
                row[f"sentence@1 {way}"] = float(ranked[0] in rows)
                row[f"sentence@3 {way}"] = float(bool(rows & set(ranked[:3])))
        return row


def likeness(question: str, standalone: str, index: LocalIndex) -> Row:
    """How like a rewritten question is to the one by hand: F1 of words, share of its content words and of its names."""
    mine, theirs = (_words(t, index) for t in (question, standalone))
    shared = sum((Counter(mine) & Counter(theirs)).values())
    names = _names(standalone, index)
    return {
        "F1": 2 * shared / max(len(mine) + len(theirs), 1),
        "words": len(set(mine) & set(theirs)) / max(len(set(theirs)), 1),
        **({"names": sum(n in fold(question) for n in names) / len(names)} if names else {}),
    }


def _words(text: str, index: LocalIndex) -> list[str]:
    field = "english" if language_of(text) == "en" else "word"
    return list(index.tokeniser.fields(text)[field])


def _names(text: str, index: LocalIndex) -> list[str]:
    if language_of(text) == "en":
        return [fold(w) for w in text.split()[1:] if w[:1].isupper()]
    return [fold(t.surface) for t in index.tokeniser.tokens(text) if "固有名詞" in t.pos]


def table(rewritten: Sequence[Rewritten], alone: Sequence[Rewritten]) -> str:
    """The figures by language, one line for each."""
    lines = []
    for language in ("ja", "en"):
        mine = [r.figures for r in rewritten if r.item.language == language]
        left = [r.figures for r in alone if r.item.language == language]
        lines.append(f"\n{language}: {len(mine)} follow-ups, {len(left)} questions of a new topic")
        lines += [f"  {name:<22}{value:>7.3f}" for name, value in _means([*mine, *left]).items()]
    return "\n".join(lines)


def _means(rows: Sequence[Row]) -> Row:
    names = dict.fromkeys(n for row in rows for n in row)
    return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}


def run(documents: Sequence[TaughtDocument], show: Callable[[str], None] | None = None) -> str:
    """Measures documents; `show` is given a line for each follow-up."""
    rewritten, alone = [], []
    for document in documents:
        conversation = Conversation(document)
        rewritten += list(conversation.follow_ups())
        alone += list(conversation.new_topics())
    for r in (*rewritten, *(a for a in alone if not a.figures["left alone"])) if show else ():
        assert show is not None
        show(f"{' / '.join(r.item.history)} → {r.item.question} ⇒ {r.question} (by hand: {r.item.standalone})")
    return table(rewritten, alone)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.followup", description=__doc__)
    parser.add_argument("--part", choices=("train", "held-out"), default="held-out")
    parser.add_argument("--field", action="append", default=[], help="only this field; may be given again")
    parser.add_argument("--show", action="store_true", help="print every follow-up with what was made of it")
    given = parser.parse_args()
    part: Part = given.part
    return status(lambda: print(run(taught_documents(given.field, part=part), print if given.show else None)))


if __name__ == "__main__":
    sys.exit(main())
