"""What the reader takes and gives: a passage with its sentences, the spans it marks in them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.reader_arrays import sentence_ids
from index.reader_decode import best_span
from index.reader_features import Tokens
from index.reader_words import Floats, Ints

NOTHING = -1e4  # the score of a passage without tokens


class Readable(Protocol):
    """A passage as the reader takes it: a text and the spans of its sentences in it, in order."""

    @property
    def text(self) -> str:
        """The text the offsets count in, a paragraph of up to some 400 characters."""

    @property
    def sentences(self) -> Sequence[tuple[int, int]]:
        """Half-open ranges; a heading before the paragraph counts as a sentence."""


@dataclass(frozen=True, slots=True)
class ReadingText:
    """The plain form of a Readable."""

    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A sentence: its probability within the passage, its logit (compares across passages), its best span."""

    probability: float
    logit: float
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader marks in a passage.

    `text[start:end]` is the best span and `score` its logit, comparable across the passages
    read for one question; `no_answer` is the probability that the passage does not answer;
    `sentences` has an entry per sentence given.
    """

    start: int
    end: int
    score: float
    no_answer: float
    sentences: tuple[SentenceReading, ...]

    @property
    def evidence(self) -> float:
        """Span score and answer logit together: ranks passages better than either (JaQuAD dev)."""
        return self.score + math.log((1 - self.no_answer + 1e-6) / (self.no_answer + 1e-6))


def nothing(passage: Readable) -> Reading:
    """The reading of a passage that holds nothing to read."""
    empty = tuple(SentenceReading(0.0, NOTHING, s, s, NOTHING) for s, _ in passage.sentences)
    return Reading(0, 0, NOTHING, 1.0, empty)


def reading(passage: Readable, tokens: Tokens, start: Floats, end: Floats, logits: Floats, answer: float) -> Reading:
    """A reading from the network's logits for one passage; arrays may be padded at the end."""
    n = len(tokens.spans)
    start, end = start[:n], end[:n]
    first, last, score = best_span(start, end)
    of = sentence_ids(tokens, passage.sentences)
    logits = logits[: max(1, len(passage.sentences))]
    chance = np.exp(logits - logits.max())
    chance = chance / chance.sum()
    found = tuple(
        _sentence(
            tokens,
            np.flatnonzero(of == i),
            (start, end),
            (float(chance[i]), float(logits[i])),
            span[0],
        )
        if i < len(logits)
        else SentenceReading(0.0, NOTHING, span[0], span[0], NOTHING)
        for i, span in enumerate(passage.sentences)
    )
    no_answer = float(1 / (1 + np.exp(answer)))
    return Reading(tokens.spans[first][0], tokens.spans[last][1], score, no_answer, found)


def _sentence(
    tokens: Tokens,
    inside: Ints,
    pointers: tuple[Floats, Floats],
    scores: tuple[float, float],
    place: int,
) -> SentenceReading:
    """The best span among a sentence's tokens `inside`."""
    if not len(inside):
        return SentenceReading(0.0, NOTHING, place, place, NOTHING)
    a, b = int(inside[0]), int(inside[-1]) + 1
    first, last, score = best_span(pointers[0][a:b], pointers[1][a:b])
    return SentenceReading(*scores, tokens.spans[a + first][0], tokens.spans[a + last][1], score)
