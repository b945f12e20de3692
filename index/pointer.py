"""The pointer at run time: how likely each span of a Japanese window's words is to answer a question.

It knows words where the reader knows pieces, and compares their spelling; the reader knows whether anything
answers at all. A span's score is the sum of both (`joined`). No torch.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import onnxruntime

from index.contextual import POINTER, QUESTION_PREFIX, Contextual, Floats
from index.reader_batches import Tokens, offsets_from, span_mask
from index.reader_examples import Window
from index.reader_words import Words, padded, words_of
from index.tokenise import Tokeniser

LONGEST_SPAN = 30  # words
# How much the reader's score of a span counts beside the pointer's log-probability (`eval/log.md`).
READER_SHARE = 0.5
_NEVER = -1e4


class Pointer:
    """Points at words. Safe to share between threads."""

    def __init__(self, model: Contextual, tokeniser: Tokeniser) -> None:
        self._model = model
        self._tokeniser = tokeniser

    @cached_property
    def _network(self) -> onnxruntime.InferenceSession:
        return self._model.session(POINTER)

    def window_words(self, window: Window, tokens: Tokens, states: Floats) -> Words:
        """The words of a window from its pieces and their states."""
        return words_of(self._tokeniser.short_units(window.text), tokens.offsets, states)

    def question_words(self, question: str, states: Floats) -> Words:
        """The words of a question from the states of its pieces, prefix included."""
        found = self._model.tokenizer.encode(QUESTION_PREFIX + question).offsets[: len(states)]
        return words_of(self._tokeniser.short_units(question), offsets_from(found, len(QUESTION_PREFIX)), states)

    def point(self, asked: Words, windows: Sequence[Window], words: Sequence[Words]) -> list[Floats]:
        """The log-probability of every span of each window's words, (words, words), given that one of them answers."""
        rows, states = padded(words)
        sentence = np.zeros((len(words), max(len(w.sentences) for w in windows), rows.shape[1]), dtype=np.float32)
        for i, (held, window) in enumerate(zip(words, windows, strict=True)):
            sentence[i, sentence_of(held, window.sentences), np.arange(len(held.rows))] = 1
        inputs = {
            "rows": rows, "states": states, "asked_rows": asked.rows[None], "asked_states": asked.states[None],
            "sentence": sentence,
        }  # fmt: skip
        (scores,) = self._network.run(["spans"], inputs)
        return [_log_probabilities(scores[i, : len(held.rows), : len(held.rows)]) for i, held in enumerate(words)]


def sentence_of(words: Words, sentences: Sequence[tuple[int, int]]) -> np.ndarray:
    """The sentence of each word, shape (words,): the last one that has begun."""
    begun = np.searchsorted([s for s, _ in sentences], [s for s, _ in words.offsets], side="right")
    return np.asarray(np.maximum(begun - 1, 0), dtype=np.int64)


def _log_probabilities(scores: Floats) -> Floats:
    allowed = np.where(span_mask(len(scores), LONGEST_SPAN), scores, np.float32(_NEVER))
    best = allowed.max()
    return np.asarray(np.maximum(allowed - best - np.log(np.exp(allowed - best).sum()), _NEVER), dtype=np.float32)


def joined(
    words: Sequence[tuple[int, int]], pointed: Floats, pieces: Sequence[tuple[int, int]], read: Floats, floor: float = -30.0
) -> Floats:
    """Scores of word spans, (words, words): the pointer's, and the reader's for the pieces that a span touches.

    `words` and `pieces` are ordered ranges of one sentence, `read` (pieces, pieces).
    """
    if not pieces:
        return pointed
    first = np.searchsorted([e for _, e in pieces], [s for s, _ in words], side="right").clip(0, len(pieces) - 1)
    last = (np.searchsorted([s for s, _ in pieces], [e for _, e in words], side="left") - 1).clip(0, len(pieces) - 1)
    return np.asarray(pointed + READER_SHARE * np.maximum(read[np.ix_(first, last)], floor), dtype=np.float32)
