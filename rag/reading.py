"""What the reader says of passages: whether each answers a question, and where in it the answer stands.

The reader sees whole paragraphs under their heading, so a sentence is judged in its context. For
an English question it reads a document's rendering too, and the two verdicts are averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.contextual import shipped_contextual
from index.local import LocalIndex
from index.reader import Reader, Reading, Spans
from index.reader_examples import Window
from rag.question import Question
from source.document import Document, Passage

# Characters of a window; a longer paragraph is read in several, one sentence in common.
_LONGEST = 520


@dataclass(frozen=True, slots=True)
class PassageReading:
    """The reader's verdict of one passage, as log-odds.

    `answers`: that the passage answers. `span`: that its likeliest span does, against no span at all.
    `whole`: that its paragraph answers. `share` is a logarithm of a probability instead: that the paragraph
    answers, and that the span does it which the passage holds. `spans` are those of the window, in which the passage starts
    at `shift`; None where the reading is of a rendering.
    """

    answers: float
    span: float
    whole: float
    share: float
    spans: Spans | None
    shift: int

    @property
    def verdicts(self) -> dict[str, float]:
        """What ranks, by the names of `rag.weights.READ`."""
        return {"reader": self.answers, "span": self.span, "whole": self.whole, "share": self.share}

    @property
    def marked(self) -> tuple[int, int] | None:
        """The best span in the passage's text."""
        if self.spans is None:
            return None
        start, end = self.spans.best
        return start - self.shift, end - self.shift

    @property
    def best(self) -> float:
        """The score of the best span."""
        return self.spans.score(*self.spans.best) if self.spans else float("-inf")

    def score(self, start: int, end: int) -> float:
        """The score of a span of the passage's text, on the scale of `best`."""
        return self.spans.score(start + self.shift, end + self.shift) if self.spans else float("-inf")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A window with the passages that are its sentences; `shift` is the window's start in the document."""

    window: Window
    members: tuple[Passage, ...]
    shift: int


class PassageReader:
    """Reads the passages of one index; the model is loaded at the first reading."""

    def __init__(self, index: LocalIndex, reader: Reader | None = None) -> None:
        """`reader` takes the place of the shipped one; several indexes may share it."""
        self._index = index
        self._reader = reader or Reader(shipped_contextual())
        self._pieces = lru_cache(maxsize=20000)(self._cut)

    def read(self, question: Question, passages: Sequence[Passage]) -> dict[str, PassageReading]:
        """The verdicts of all passages of the paragraphs that `passages` stand in, by passage id."""
        paragraphs = dict.fromkeys((p.document, p.paragraph) for p in passages)
        pieces = [piece for key in paragraphs for piece in self._pieces(*key)]
        found = self._verdicts(question.text, pieces)
        if question.language == "en":
            rendered = [r for r in map(_rendered, pieces) if r is not None]
            other = self._verdicts(question.text, rendered)
            found = {i: _mean(v, other[i]) if i in other else v for i, v in found.items()}
        return found

    def _verdicts(self, question: str, pieces: Sequence[_Piece]) -> dict[str, PassageReading]:
        found: dict[str, PassageReading] = {}
        for piece, reading in zip(pieces, self._reader.read(question, [p.window for p in pieces]), strict=True):
            for passage, verdict in zip(piece.members, _of_members(piece, reading), strict=True):
                if passage.id not in found or found[passage.id].answers < verdict.answers:
                    found[passage.id] = verdict
        return found

    def _cut(self, document_id: str, number: int) -> tuple[_Piece, ...]:
        """A paragraph as windows."""
        document = self._index.document(document_id)
        members = list(document.passages_of(number))
        groups: list[list[Passage]] = [[]]
        for passage in members:
            held = groups[-1]
            if held and passage.end - held[0].start > _LONGEST:
                last = held[-1]
                overlap = [last] if len(held) > 1 and passage.end - last.start <= _LONGEST else []
                groups.append(overlap)
            groups[-1].append(passage)
        return tuple(_piece(document, group) for group in groups if group)


def _piece(document: Document, members: Sequence[Passage]) -> _Piece:
    start, end = members[0].start, members[-1].end
    heading = members[0].headings[-1] if members[0].headings else ""
    sentences = tuple((p.start - start, p.end - start) for p in members)
    return _Piece(Window(document.text[start:end], heading, sentences), tuple(members), start)


def _rendered(piece: _Piece) -> _Piece | None:
    """The same window in its rendering; None where a sentence has none."""
    if not all(p.rendering for p in piece.members):
        return None
    sentences, at = [], 0
    for p in piece.members:
        sentences.append((at, at + len(p.rendering)))
        at += len(p.rendering) + 1
    return _Piece(Window(" ".join(p.rendering for p in piece.members), "", tuple(sentences)), piece.members, -1)


def _of_members(piece: _Piece, reading: Reading) -> list[PassageReading]:
    made, answers = [], -float(np.logaddexp(0, -reading.answers))
    for passage, sentence, share in zip(piece.members, reading.sentences, reading.shares, strict=True):
        spans = sentence.spans if piece.shift >= 0 else None
        shift = passage.start - piece.shift
        made.append(PassageReading(sentence.answers, sentence.span, reading.answers, answers + share, spans, shift))
    return made


def _mean(a: PassageReading, b: PassageReading) -> PassageReading:
    """The mean verdict; the span is that of the document's own text."""
    mean = {name: (value + b.verdicts[name]) / 2 for name, value in a.verdicts.items()}
    return PassageReading(mean["reader"], mean["span"], mean["whole"], mean["share"], a.spans, a.shift)
