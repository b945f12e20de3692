"""How well a passage covers what a question says and asks: the signals behind refusal.

Coverage is weighed by rarity (idf) over the question's content words; a word counts in full
where the passage has it, less where it has a synonym, in part where a vector is near.
"""

from dataclasses import dataclass, fields

import numpy as np

from index.entities import find_entities
from index.late_interaction import token_vectors
from index.lexicon import Attribute
from index.local import LocalIndex
from index.normalise import fold
from index.tokenise import language_of
from rag.question import Question
from rag.retrieve import Candidate
from rag.spans import candidate_spans

_SYNONYM = 0.8


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals in [0, 1] about one question and its best passage."""

    score: float
    margin: float
    coverage: float
    paragraph_coverage: float
    weakest: float
    late: float
    dense: float
    entities: float
    contradiction: float
    names: float
    typed: float
    attribute_missing: float
    english: float

    def vector(self) -> np.ndarray:
        """All signals in the order of the fields, shape (13,)."""
        return np.asarray([getattr(self, f.name) for f in fields(self)], dtype=np.float64)


class EvidenceReader:
    """Measures the evidence that passages of one index give for a question."""

    def __init__(self, index: LocalIndex, attributes: tuple[Attribute, ...]) -> None:
        self._index = index
        self._attributes = attributes

    def measure(self, question: Question, candidates: list[Candidate]) -> Evidence:
        """The evidence of the first candidate; `candidates` is not empty."""
        top = candidates[0]
        passage = top.passage
        context = f"{' '.join(passage.headings)} {self._index.paragraph_of(passage)}"
        own = f"{passage.text} {passage.rendering}"
        covered = self._coverage(question, own)
        entities, contradiction = _constraints(question.text, own, context)
        return Evidence(
            score=top.score,
            margin=top.score - (candidates[1].score if len(candidates) > 1 else 0.0),
            coverage=_weighted(covered),
            paragraph_coverage=_weighted(self._coverage(question, f"{context} {passage.rendering}")),
            weakest=min((c for c, w in covered if w > 0), default=1.0),
            late=top.signals["late"],
            dense=top.signals["dense"],
            entities=entities,
            contradiction=contradiction,
            names=self._names(question.text, f"{own} {context}"),
            typed=self._typed(question, passage.text),
            attribute_missing=self._attribute_missing(question, own),
            english=float(question.language == "en"),
        )

    def _coverage(self, question: Question, text: str) -> list[tuple[float, float]]:
        """For each content word of the question: how far `text` covers it, and its weight."""
        tokeniser = self._index.tokeniser
        field = "english" if question.language == "en" else "word"
        terms = tokeniser.fields(question.text)[field]
        held, concepts = set(tokeniser.fields(text)[field]), set(tokeniser.concepts(text))
        statistics = self._index.fields["passage", field]
        covered = []
        for term in dict.fromkeys(terms):
            value = 1.0 if term in held else _SYNONYM if concepts & set(tokeniser.concepts(term)) else self._nearness(term, text)
            covered.append((value, statistics.idf(term)))
        return covered

    @staticmethod
    def _nearness(term: str, text: str) -> float:
        """Half the best cosine between the word and a token of the text."""
        a, b = token_vectors(term), token_vectors(text)
        if not len(a.weight) or not len(b.weight):
            return 0.0
        return 0.5 * max(0.0, float((a.unit @ b.unit.T).max(axis=1).mean()))

    def _names(self, question: str, text: str) -> float:
        """The share of the question's proper names that the passage or its paragraph has."""
        names = (
            {t.term for t in self._index.tokeniser.words(question) if "固有名詞" in t.pos}
            if language_of(question) == "ja"
            else set()
        )
        if not names:
            return 1.0
        held = {t.term for t in self._index.tokeniser.words(text)}
        return len(names & held) / len(names)

    def _typed(self, question: Question, text: str) -> float:
        """Whether a span of the asked type, not named in the question itself, is there."""
        if question.answer_type in ("thing", "topic", "yes-no", "definition", "reason"):
            return 0.5
        asked = fold(question.text)
        spans = candidate_spans(text, question.answer_type, self._index.tokeniser)
        return float(any(fold(text[s.start : s.end]) not in asked for s in spans))

    def _attribute_missing(self, question: Question, text: str) -> float:
        """1 where the question asks for an attribute of the lexicon that the text has no word for."""
        folded, held = fold(question.text), fold(text)
        asked = [a for a in self._attributes if _asks_for(a, folded, question.language)]
        if not asked:
            return 0.0
        return float(not any(not a.evidence or any(fold(e) in held for e in a.evidence) for a in asked))


def _asks_for(attribute: Attribute, folded: str, language: str) -> bool:
    asks = attribute.asks_en if language == "en" else (*attribute.asks_ja, attribute.name)
    return any(fold(a) in folded for a in asks if len(a) > 1)


def _weighted(covered: list[tuple[float, float]]) -> float:
    total = sum(w for _, w in covered)
    return sum(c * w for c, w in covered) / total if total > 0 else 1.0


def _constraints(question: str, own: str, context: str) -> tuple[float, float]:
    """Share of the question's countries and times that hold, and whether one is contradicted.

    A time of a kind the passage gives, but with another value, contradicts: 第4回 against 第5回.
    """
    asked = [e for e in find_entities(question) if e.key != "c:JP"]
    if not asked:
        return 1.0, 0.0
    in_own, in_context = find_entities(own), find_entities(context)
    keys = {e.key for e in (*in_own, *in_context)}
    kinds = {e.kind for e in in_own}
    own_keys = {e.key for e in in_own}
    against = [e for e in asked if e.kind != "country" and e.kind in kinds and e.key not in own_keys]
    missing_country = [e for e in asked if e.kind == "country" and e.key not in keys]
    return sum(e.key in keys for e in asked) / len(asked), float(bool(against)) + 0.5 * bool(missing_country)
