"""The reader: which sentences of a passage answer a question, where the answer stands, if anywhere.

It reads a question together with a window of text (a paragraph) and its heading, in Japanese or
English alike. Every window is judged by itself, so scores of different windows compare. In Japanese
the pointer (`index/pointer.py`) has its say in which span answers.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np
import onnxruntime

from index.contextual import READER, Contextual, Floats
from index.pointer import Pointer, joined
from index.reader_batches import LONGEST_SPAN, Tokens, encode_question, encode_window, inputs_of, span_mask
from index.reader_examples import Window
from index.reader_words import Words
from index.tokenise import default_tokeniser, language_of

KEPT = 2000  # windows whose states are kept: some 250 kB each


@dataclass(frozen=True, slots=True)
class Spans:
    """What is thought of every span of a sentence: the higher, the likelier.

    `offsets` are the sentence's words (or the pieces of an English one) in the window's text, `scores`
    the spans' from one to another, (words, words).
    """

    offsets: tuple[tuple[int, int], ...]
    scores: Floats

    @property
    def best(self) -> tuple[int, int]:
        """The best span of at most LONGEST_SPAN tokens."""
        first, last = best_span(self.scores)
        return self.offsets[first][0], self.offsets[last][1]

    @property
    def mass(self) -> float:
        """The logarithm of the summed exponentials of all spans that may answer."""
        allowed = _allowed(self.scores)
        top = allowed.max()
        return float(top + np.log(np.exp(allowed - top).sum()))

    def score(self, start: int, end: int) -> float:
        """The score of `[start, end)`, taken to whole tokens; -inf where no token lies in it."""
        touched = [i for i, (s, e) in enumerate(self.offsets) if e > start and s < end]
        return float(self.scores[touched[0], touched[-1]]) if touched else -np.inf


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """A sentence's verdict: the logit that it answers, its best span's above that of no answer, and all spans (None where it has no word)."""

    answers: float
    span: float
    spans: Spans | None

    @property
    def marked(self) -> tuple[int, int] | None:
        """The best span in the window's text."""
        return self.spans.best if self.spans else None

    @property
    def best(self) -> float:
        """The score of the best span among those of all sentences of the window."""
        return self.spans.score(*self.spans.best) if self.spans else -np.inf


@dataclass(frozen=True, slots=True)
class Reading:
    """A window's verdict: `answers` is the logit that it answers."""

    answers: float
    sentences: tuple[SentenceReading, ...]

    @property
    def shares(self) -> list[float]:
        """For each sentence, the logarithm of its share of the spans' mass: where the answer stands, if anywhere."""
        masses = np.asarray([s.spans.mass if s.spans else -np.inf for s in self.sentences])
        top = masses.max()
        if not np.isfinite(top):
            return [-float(np.log(len(masses)))] * len(masses)
        return [float(m) for m in masses - top - np.log(np.exp(masses - top).sum())]


@dataclass(frozen=True)
class _Encoded:
    tokens: Tokens
    states: Floats
    words: Words | None


class Reader:
    """Reads windows for a question. Safe to share between threads."""

    def __init__(self, model: Contextual) -> None:
        self._model = model
        self._pointer = Pointer(model, default_tokeniser())
        self._lock = Lock()
        self._kept: OrderedDict[Window, _Encoded] = OrderedDict()

    @cached_property
    def _network(self) -> onnxruntime.InferenceSession:
        return self._model.session(READER)

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """A reading of each window, in order. Windows read before cost less: their states are kept."""
        ids = encode_question(self._model.tokenizer, question)
        asked = self._model.kept_states(ids)
        encoded = self._encoded(windows)
        words = self._pointer.question_words(question, asked) if any(e.words for e in encoded) else None
        # One at a time: on a processor the padding of several costs more than their calls.
        return [self._read(asked, words, e, w) for e, w in zip(encoded, windows, strict=True)]

    def _encoded(self, windows: Sequence[Window]) -> list[_Encoded]:
        """Tokens and states, from those kept where there."""
        with self._lock:
            held = {w: self._kept[w] for w in windows if w in self._kept}
        new = [w for w in dict.fromkeys(windows) if w not in held]
        tokens = [encode_window(self._model.tokenizer, w) for w in new]
        states = self._model.states([t.ids for t in tokens])
        held |= {w: _Encoded(t, s, self._words(w, t, s)) for w, t, s in zip(new, tokens, states, strict=True)}
        with self._lock:
            self._kept.update({w: held[w] for w in new})
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [held[w] for w in windows]

    def _words(self, window: Window, tokens: Tokens, states: Floats) -> Words | None:
        """The words of a Japanese window; the pointer has not learnt English ones."""
        if language_of(window.text) == "en":
            return None
        return self._pointer.window_words(window, tokens, states)

    def _read(self, asked: Floats, words: Words | None, encoded: _Encoded, window: Window) -> Reading:
        q = len(asked)
        inputs = inputs_of(asked, encoded.states, encoded.tokens, window)
        (scores,), (sentences,), (answers,) = self._network.run(["scores", "sentences", "answers"], inputs)
        above = scores[q:, q:] - scores[q, q]
        pointed = self._pointed(words, encoded, window)
        judged = (
            _sentence(encoded, bounds, float(s), above, pointed) for bounds, s in zip(window.sentences, sentences, strict=True)
        )
        return Reading(float(answers), tuple(judged))

    def _pointed(self, asked: Words | None, encoded: _Encoded, window: Window) -> Floats | None:
        """The pointer's log-probabilities of a window that it reads."""
        if asked is None or not len(asked.rows) or encoded.words is None or not len(encoded.words.rows):
            return None
        return self._pointer.point(asked, [window], [encoded.words])[0]


def _sentence(
    encoded: _Encoded, bounds: tuple[int, int], answers: float, above: Floats, pointed: Floats | None
) -> SentenceReading:
    """The verdict of one sentence; `above` are the window's spans above no answer, `pointed` the pointer's."""
    pieces = _inside(encoded.tokens.offsets, bounds)
    if not pieces:
        return SentenceReading(answers, -10.0, None)
    read = Spans(tuple(encoded.tokens.offsets[i] for i in pieces), above[np.ix_(pieces, pieces)])
    span = read.score(*read.best)
    if encoded.words is None or pointed is None:
        return SentenceReading(answers, span, read)
    words = _inside(encoded.words.offsets, bounds)
    if not words:
        return SentenceReading(answers, span, read)
    offsets = tuple(encoded.words.offsets[i] for i in words)
    scores = joined(offsets, pointed[np.ix_(words, words)], read.offsets, read.scores)
    return SentenceReading(answers, span, Spans(offsets, scores))


def _inside(offsets: Sequence[tuple[int, int]], bounds: tuple[int, int]) -> list[int]:
    return [i for i, (s, e) in enumerate(offsets) if s >= bounds[0] and e <= bounds[1] and e > s]


def best_span(scores: Floats) -> tuple[int, int]:
    """The first and last token of the best span of at most LONGEST_SPAN tokens, of scores (tokens, tokens)."""
    first, last = divmod(int(_allowed(scores).argmax()), len(scores))
    return first, last


def _allowed(scores: Floats) -> Floats:
    """The scores with -inf where no span of at most LONGEST_SPAN tokens stands."""
    return np.asarray(np.where(span_mask(len(scores), LONGEST_SPAN), scores, -np.inf), dtype=np.float32)
