"""Find and order passages: lexical fields, dense similarity, late interaction and the reader, weighed together.

Each signal is normalised per question (BM25 by the best score the question could reach,
similarities are set against those of all passages), so the weights need no constants of a document or a language.
Reciprocal rank fusion was measured to be worse (`eval/log.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.late_interaction import TokenVectors, max_sims, token_vectors
from index.local import LocalIndex
from index.reader import Reader
from index.reranker import Reranker
from index.tokenise import language_of
from rag.constraints import Constraints
from rag.question import Question, understand
from rag.reading import PassageReader, PassageReading
from rag.rerank import rerank
from rag.spans import has_answer_type
from rag.weights import FEATURES, LATER, READ, Weights, load_weights, squeezed
from source.document import Passage

Floats = NDArray[np.float32]
# An English question meets the English field; a Japanese one the words and n-grams.
_READ_PARAGRAPHS = 3  # the reader takes the paragraphs of the best candidates so far
_FLOOR, _CEILING = -8.0, 8.0  # log-odds beyond which the reader's verdicts tell nothing more
_FIELDS = {"ja": ("word", "gram", "concept"), "en": ("english", "concept")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its score in [0, 1] and the signals that made it."""

    passage: Passage
    row: int
    score: float
    signals: dict[str, float]
    reading: PassageReading | None = None

    @property
    def touched(self) -> bool:
        """Whether question and passage share anything at all: a word, a concept, or meaning."""
        lexical = ("word_passage", "gram_passage", "concept_passage", "word_paragraph")
        return any(self.signals[name] > 0 for name in lexical) or self.signals["late"] > 0.5


class Ranker:
    """Scores the passages of one index for a question."""

    def __init__(
        self,
        index: LocalIndex,
        weights: Weights | None = None,
        *,
        reader: Reader | None = None,
        reranker: Reranker | None = None,
        reranked: int = 20,
        read: int = _READ_PARAGRAPHS,
    ) -> None:
        """`weights` and `reader` take the place of the shipped ones.

        `reranker` judges the best `reranked` passages; `read` paragraphs are read, 0 for none.
        """
        self._index = index
        self.reranker = reranker
        self._reranked = reranked
        self._paragraphs = read
        self._weights = weights or load_weights()
        self.reader = PassageReader(index, reader)
        self.constraints = Constraints(index)
        self._vectors = lru_cache(maxsize=20000)(self._passage_vectors)

    def rank(self, question: str, *, k: int = 10, candidates: int = 60) -> list[Candidate]:
        """The best `k` passages for a question that stands by itself, best first."""
        signals = self.signals(question)
        first = self._weights.linear(signals)
        rows = np.argsort(-first, kind="stable")[: max(k, candidates)]
        return self._weighed(question, signals, rows, k)

    def among(self, question: str, rows: Sequence[int]) -> list[Candidate]:
        """The passages of some rows of the index, best first."""
        return self._weighed(question, self.signals(question), np.asarray(rows, dtype=np.int64), len(rows))

    def _weighed(self, question: str, cheap: dict[str, Floats], rows: NDArray[np.int64], k: int) -> list[Candidate]:
        """The best `k` of the candidates at `rows` by all signals; `cheap` are those of all passages."""
        signals = {name: values[rows] for name, values in cheap.items()}
        understood = understand(question)
        signals |= self._later(understood, rows)
        readings = self._read(understood, rows, self._weights.linear(signals))
        signals |= _verdicts([readings.get(self._index.passages[int(r)].id) for r in rows])
        log_odds = self._weights.log_odds(signals)
        if self.reranker is not None:
            passages = [self._index.passages[int(r)] for r in rows]
            log_odds, signals["reranker"] = rerank(self.reranker, understood, passages, log_odds, self._reranked)
        scores = squeezed(log_odds)
        order = np.argsort(-scores, kind="stable")[:k]
        return [
            self._candidate(int(rows[i]), float(scores[i]), {n: float(v[i]) for n, v in signals.items()}, readings) for i in order
        ]

    def _read(self, question: Question, rows: NDArray[np.int64], scores: Floats) -> dict[str, PassageReading]:
        """The reader's verdicts of the paragraphs of the best candidates so far, by passage id."""
        best: dict[tuple[str, int], Passage] = {}
        for i in np.argsort(-scores, kind="stable"):
            if len(best) == self._paragraphs:
                break
            passage = self._index.passages[int(rows[i])]
            best.setdefault((passage.document, passage.paragraph), passage)
        return self.reader.read(question, list(best.values()))

    def signals(self, question: str) -> dict[str, Floats]:
        """Every cheap signal for every passage, each of shape (n,). Names are those of `FEATURES`."""
        index = self._index
        terms = index.tokeniser.fields(question)
        zeros = np.zeros(len(index.passages), dtype=np.float32)
        found = {name: zeros for name in FEATURES if name not in LATER}
        for level in ("passage", "paragraph"):
            for field in _FIELDS[language_of(question)]:
                if terms[field]:
                    scores = index.lexical(level, field, terms[field])
                    # English has one lexical field: its stems stand for the words and for the n-grams.
                    for name in ("word", "gram") if field == "english" else (field,):
                        found[f"{name}_{level}"] = scores
        found["dense"] = _against_all(index.similarity(index.embedder.encode_question(question)))
        return found

    def _later(self, understood: Question, rows: NDArray[np.int64]) -> dict[str, Floats]:
        """The signals that are computed for candidates only, each of shape (rows,)."""
        question = understood.text
        passages = [self._index.passages[int(r)] for r in rows]
        kept = [self.constraints.kept(question, p) for p in passages]
        found = {
            "late": self._late(token_vectors(question), rows),
            "countries": [k.countries for k in kept],
            "times": [k.times for k in kept],
            "against": [-k.against for k in kept],
            "typed": [has_answer_type(understood, p.text, self._index.tokeniser) for p in passages],
        }
        return {name: np.asarray(values, dtype=np.float32) for name, values in found.items()}

    def _late(self, asked: TokenVectors, rows: NDArray[np.int64]) -> list[float]:
        """The best of the passage and its rendering, for each row."""
        vectors = [self._vectors(int(r)) for r in rows]
        sims = iter(max_sims(asked, [v for group in vectors for v in group]).tolist())
        return [max(next(sims) for _ in group) for group in vectors]

    def _passage_vectors(self, row: int) -> tuple[TokenVectors, ...]:
        passage = self._index.passages[row]
        texts = [passage.text] + ([passage.rendering] if passage.rendering else [])
        return tuple(token_vectors(text) for text in texts)

    def _candidate(self, row: int, score: float, signals: dict[str, float], readings: dict[str, PassageReading]) -> Candidate:
        passage = self._index.passages[row]
        return Candidate(passage, row, score, signals, readings.get(passage.id))


def _against_all(similarities: Floats) -> Floats:
    """How far each similarity stands above the mean of all, in quarters of their spread: models differ in both."""
    spread = max(float(similarities.std()), 0.01)
    above = np.clip((similarities - similarities.mean()) / (4 * spread), -1.0, 1.5)
    return np.asarray(above, dtype=np.float32)


def _verdicts(readings: Sequence[PassageReading | None]) -> dict[str, Floats]:
    """The reader's signals in [-1, 1], each of shape (rows,); what was not read is taken to be refused."""
    found = {}
    verdicts = [None if r is None else r.verdicts for r in readings]
    for name in READ:
        values = [_FLOOR if v is None else v[name] for v in verdicts]
        found[name] = np.asarray(np.clip(values, _FLOOR, _CEILING) / _CEILING, dtype=np.float32)
    return found
