"""How well a passage covers what a question says and asks: the signals behind refusal.

Coverage is weighed by rarity (idf) over the question's content words; a word counts in full
where the passage has it, less where it has a synonym, in part where a vector is near.
"""

import re
from dataclasses import dataclass, fields

import numpy as np

from index.contextual import ContextualModel
from index.late_interaction import token_vectors
from index.lexicon import Attribute
from index.local import LocalIndex
from index.normalise import fold
from index.tokenise import english_terms, language_of
from rag.focus import focus_of
from rag.question import Question
from rag.ranks import offices
from rag.retrieve import Candidate
from rag.spans import asks_identity

_SYNONYM = 0.8
# Between which cosines of the shipped model questions off and on a document's topic lie, and where on that way most answerable ones.
_FAR, _CLOSE, _USUAL = 0.78, 0.90, 0.75
_LOOKED_AT = 3
_CODE = re.compile(r"[a-z]+[0-9]+|[a-z]{3,}")
# A name inside an English question: capitalised, not for standing first.
_CAPITALISED = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+|[A-Z]+[0-9]+|\b[A-Z]{2,}\b")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Signals about one question and its best passage: in [0, 1], the reader's in [-1, 1].

    `contradiction`: the passage is of another time, place or rank, or nobody is named who holds the office whose holder is asked for.
    """

    paragraph_coverage: float
    countries: float
    times: float
    known: float
    near: float
    contradiction: float
    names: float
    attribute_missing: float
    reader: float
    span: float
    whole: float
    best_reader: float
    best_whole: float

    def vector(self) -> np.ndarray:
        """All signals in the order of the fields, shape (signals,)."""
        return np.asarray([getattr(self, f.name) for f in fields(self)], dtype=np.float64)


class EvidenceReader:
    """Measures the evidence that passages of one index give for a question."""

    def __init__(self, index: LocalIndex, attributes: tuple[Attribute, ...]) -> None:
        self._index = index
        self._attributes = [_folded(a) for a in attributes]

    def measure(self, question: Question, candidates: list[Candidate]) -> Evidence:
        """The evidence of the first candidate; `candidates` is not empty."""
        top = candidates[0]
        passage = top.passage
        context = f"{' '.join(passage.headings)} {self._index.paragraph_of(passage)}"
        own = f"{passage.text} {passage.rendering}"
        return Evidence(
            paragraph_coverage=self._coverage(question, f"{context} {passage.rendering}"),
            countries=top.signals["countries"],
            times=top.signals["times"],
            known=self.known(question),
            near=self.near(question),
            contradiction=max(-top.signals["against"], float(_vacant(question, candidates))),
            names=self._names(question, f"{own} {context}"),
            attribute_missing=self._attribute_missing(question, own),
            reader=top.signals["reader"],
            span=top.signals["span"],
            whole=top.signals["whole"],
            best_reader=max(c.signals["reader"] for c in candidates),
            best_whole=max(c.signals["whole"] for c in candidates),
        )

    def near(self, question: Question) -> float:
        """How near the nearest passage is in meaning, on the scale of the shipped model's cosines: a topic of its own is far.

        Another embedding model has another scale: it says what an answerable question usually has.
        """
        if not isinstance(self._index.embedder, ContextualModel):
            return _USUAL
        cosine = float(self._index.similarity(self._index.embedder.encode_question(question.text)).max())
        return min(max((cosine - _FAR) / (_CLOSE - _FAR), 0.0), 1.0)

    def known(self, question: Question) -> float:
        """The share of the question's content words that the documents have anywhere, as a word or a concept."""
        tokeniser = self._index.tokeniser
        words = self._index.fields["passage", "english" if question.language == "en" else "word"]
        concepts = self._index.fields["passage", "concept"]
        terms = dict.fromkeys(tokeniser.fields(question.text)["english" if question.language == "en" else "word"])
        held = [t in words or any(c in concepts for c in tokeniser.concepts(t)) for t in terms]
        return sum(held) / len(held) if held else 1.0

    def _coverage(self, question: Question, text: str) -> float:
        """How far a text covers the content words of the question, weighed by their rarity."""
        tokeniser = self._index.tokeniser
        field = "english" if question.language == "en" else "word"
        held, concepts = set(tokeniser.fields(text)[field]), set(tokeniser.concepts(text))
        covered = weight = 0.0
        for term in dict.fromkeys(tokeniser.fields(question.text)[field]):
            value = 1.0 if term in held else _SYNONYM if concepts & set(tokeniser.concepts(term)) else self._nearness(term, text)
            idf = self._index.fields["passage", field].idf(term)
            covered, weight = covered + value * idf, weight + idf
        return covered / weight if weight > 0 else 1.0

    @staticmethod
    def _nearness(term: str, text: str) -> float:
        """The best cosine between the word and a token of the text, below that of a synonym."""
        a, b = token_vectors(term), token_vectors(text)
        if not len(a.weight) or not len(b.weight):
            return 0.0
        return min(_SYNONYM, max(0.0, float((a.unit @ b.unit.T).max(axis=1).mean())))

    def _names(self, question: Question, text: str) -> float:
        """The share of the question's proper names and codes (COP28) that the passage or its paragraph has."""
        if question.language == "ja":
            words = self._index.tokeniser.words(question.text)
            names = {t.term for t in words if "固有名詞" in t.pos} | set(_CODE.findall(fold(question.text)))
            held = {t.term for t in self._index.tokeniser.words(text)} | set(_CODE.findall(fold(text)))
        else:
            names = {term for name in _CAPITALISED.findall(question.text) for term in english_terms(fold(name))}
            held = set(english_terms(fold(text)))
        return len(names & held) / len(names) if names else 1.0

    def _attribute_missing(self, question: Question, text: str) -> float:
        """1 where the question asks for an attribute of the lexicon that the text has no word for."""
        if language_of(text) == "en":
            return 0.0  # the lexicon's evidence is Japanese
        folded, held = fold(question.text), fold(text)
        asked = [a for a in self._attributes if _asks_for(a, folded, question.language)]
        if not asked:
            return 0.0
        return float(not any(not a.evidence or any(e in held for e in a.evidence) for a in asked))


def _vacant(question: Question, candidates: list[Candidate]) -> bool:
    """Whether the holder of an office is asked for, none of the best passages names one, nor the first anybody of that rank."""
    if not asks_identity(question) or any(c.signals["typed"] for c in candidates[:_LOOKED_AT]):
        return False
    asked = {o.rank for o in offices(focus_of(question) or "")}
    return bool(asked) and not asked & {o.rank for o in offices(candidates[0].passage.text)}


def _asks_for(attribute: Attribute, folded: str, language: str) -> bool:
    asks = attribute.asks_en if language == "en" else (*attribute.asks_ja, attribute.name)
    return any(a in folded for a in asks if len(a) > 1)


def _folded(attribute: Attribute) -> Attribute:
    """The attribute with all its phrases normalised, so that they are compared as they stand."""
    asks_ja, asks_en, evidence = (
        tuple(map(fold, phrases)) for phrases in (attribute.asks_ja, attribute.asks_en, attribute.evidence)
    )
    return Attribute(fold(attribute.name), asks_ja, asks_en, attribute.answer_type, evidence)
