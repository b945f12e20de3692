"""What `eval.retrieval` compares: each row is a way of scoring a pool's passages for a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.chive import ChiveMean
from eval.retrieval_sets import Pool
from index.contextual import DEFAULT_FOLDER, POINTER, READER
from index.embedding import DEFAULT_MODEL, Embedder, StaticModel, shipped_static
from index.late_interaction import TokenVectors, max_sims, token_vectors
from index.lexical import LexicalField
from index.local import LocalIndex
from index.reranker import Reranker, load_reranker
from index.tokenise import default_tokeniser, language_of
from rag.retrieve import Ranker

Floats = NDArray[np.float32]
Score = Callable[[str], Floats]
Similar = Callable[[Sequence[str], Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Scores:
    """How a row scores one pool for a question.

    `passages` gives shape (n,); `paragraphs` (paragraphs,), None where a paragraph is its best passage;
    `among` scores some rows only, for rows that do not score all passages by themselves.
    """

    passages: Score
    paragraphs: Score | None = None
    among: Callable[[str, Sequence[int]], Floats] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: `over` makes it ready for a pool, `similar` compares sentences pair by pair."""

    name: str
    over: Callable[[Pool], Scores]
    megabytes: Callable[[], float]
    similar: Similar | None = None


def rows(embedder: Embedder) -> dict[str, Row]:
    """All rows by the key that `--rows` takes, simplest first; `embedder` is the shipped contextual model."""
    static = StaticModel(shipped_static())
    made = {
        "bm25": Row("BM25, Sudachi A+C", _words, lambda: 0.0),
        "bigrams": Row("BM25, Sudachi A + bigrams", _bigrams, lambda: 0.0),
        "chive": Row("chiVe, mean by idf", _chive, _chive_size, _chive_similar),
        "static": dense("static model", static, _size(DEFAULT_MODEL)),
        "late": Row("late interaction", _late, lambda: _size(DEFAULT_MODEL), _late_similar),
        "contextual": dense("contextual model", embedder, _size(DEFAULT_FOLDER, READER)),
        "hybrid": Row("hybrid, without the reader", ranked(read=0), lambda: _size(DEFAULT_MODEL) + _size(DEFAULT_FOLDER, READER)),
        "whole": Row("hakusho", ranked(), lambda: _size(DEFAULT_MODEL) + _size(DEFAULT_FOLDER)),
    }
    reranker = load_reranker()
    if reranker is not None:
        name = f"hakusho and {reranker.name}"
        made["reranked"] = Row(name, ranked(reranker=reranker), lambda: _size(DEFAULT_MODEL) + _size(DEFAULT_FOLDER))
    return made


def dense(name: str, model: Embedder, megabytes: float) -> Row:
    """An embedding model alone: paragraphs by their own vectors, sentences by theirs and their renderings'."""

    def over(pool: Pool) -> Scores:
        passages = pool.base.passages
        own = model.encode_passages([p.text for p in passages])
        rendered = model.encode_passages([p.rendering or p.text for p in passages]) if any(p.rendering for p in passages) else own
        paragraphs = model.encode_passages(pool.paragraphs) if len(pool.paragraphs) < len(passages) else own

        def score(question: str) -> Floats:
            vector = model.encode_question(question)
            return np.asarray(np.maximum(own @ vector, rendered @ vector), dtype=np.float32)

        return Scores(score, lambda q: np.asarray(paragraphs @ model.encode_question(q), dtype=np.float32))

    def similar(a: Sequence[str], b: Sequence[str]) -> Floats:
        return np.asarray((model.encode_passages(a) * model.encode_passages(b)).sum(axis=1), dtype=np.float32)

    return Row(name, over, lambda: megabytes, similar)


def _words(pool: Pool) -> Scores:
    """One field over sentences and one over paragraphs; English meets English stems, where there are any."""
    index = pool.base

    def terms(question: str) -> tuple[str, tuple[str, ...]]:
        field = "english" if language_of(question) == "en" else "word"
        return field, index.tokeniser.fields(question)[field]

    def passages(question: str) -> Floats:
        return index.lexical("passage", *terms(question))

    def paragraphs(question: str) -> Floats:
        return _by_paragraph(index, index.lexical("paragraph", *terms(question)))

    return Scores(passages, paragraphs)


def _bigrams(pool: Pool) -> Scores:
    """Words in mode A and character bigrams as the terms of one field."""
    tokeniser = default_tokeniser()

    def terms(text: str) -> list[str]:
        return [*tokeniser.short_terms(text), *(f"g:{g}" for g in tokeniser.fields(text)["gram"])]

    sentences = LexicalField.build([terms(p.text) + terms(p.rendering) for p in pool.base.passages])
    headings: dict[int, str] = {}
    for passage, owner in zip(pool.base.passages, pool.base.owners.tolist(), strict=True):
        headings.setdefault(owner, " ".join(passage.headings))
    paragraphs = LexicalField.build([terms(f"{headings[i]} {text}") for i, text in enumerate(pool.paragraphs)])
    return Scores(lambda q: sentences.scores(terms(q)), lambda q: paragraphs.scores(terms(q)))


def _chive(pool: Pool) -> Scores:
    model = ChiveMean(default_tokeniser(), pool.paragraphs)
    return dense("", model, 0.0).over(pool)


def _chive_similar(a: Sequence[str], b: Sequence[str]) -> Floats:
    model = ChiveMean(default_tokeniser(), [*a, *b])
    return np.asarray((model.encode_passages(a) * model.encode_passages(b)).sum(axis=1), dtype=np.float32)


def _chive_size() -> float:
    return ChiveMean(default_tokeniser(), []).megabytes


def _late(pool: Pool) -> Scores:
    """MaxSim over the static model's token vectors: of passages (or renderings), and of whole paragraphs."""
    own = _Tokens([p.text for p in pool.base.passages])
    rendered = (
        _Tokens([p.rendering or p.text for p in pool.base.passages]) if any(p.rendering for p in pool.base.passages) else None
    )
    paragraphs = _Tokens(pool.paragraphs)

    def passages(question: str) -> Floats:
        scores = own.scores(question)
        return np.maximum(scores, rendered.scores(question)) if rendered else scores

    return Scores(passages, paragraphs.scores)


class _Tokens:
    """The token vectors of many texts in one array."""

    def __init__(self, texts: Sequence[str]) -> None:
        held = [token_vectors(t) for t in texts]
        self._filled = np.asarray([i for i, v in enumerate(held) if len(v.weight)], dtype=np.int64)
        self._n = len(texts)
        self._unit = np.concatenate([held[i].unit for i in self._filled])
        self._starts = np.cumsum([0, *(len(held[i].weight) for i in self._filled[:-1])])

    def scores(self, question: str) -> Floats:
        """Shape (n,), as `max_sims` gives them."""
        asked = token_vectors(question)
        out = np.zeros(self._n, dtype=np.float32)
        if len(asked.weight):
            closest = np.maximum.reduceat(self._unit @ asked.unit.T, self._starts, axis=0)
            out[self._filled] = closest @ asked.weight / max(float(asked.weight.sum()), 1e-9)
        return out


def _late_similar(a: Sequence[str], b: Sequence[str]) -> Floats:
    """The mean of both directions."""
    return np.asarray([_both_ways(token_vectors(x), token_vectors(y)) for x, y in zip(a, b, strict=True)], dtype=np.float32)


def _both_ways(a: TokenVectors, b: TokenVectors) -> float:
    return float(max_sims(a, [b])[0] + max_sims(b, [a])[0]) / 2


def ranked(*, read: int = 3, reranker: Reranker | None = None) -> Callable[[Pool], Scores]:
    """What `hakusho search` does, with or without the reader. What is no candidate was not found: minus infinity."""

    def over(pool: Pool) -> Scores:
        ranker = Ranker(pool.index, reranker=reranker, read=read)
        n = len(pool.base.passages)

        def passages(question: str) -> Floats:
            scores = np.full(n, -np.inf, dtype=np.float32)
            for candidate in ranker.rank(question, k=60):
                scores[candidate.row] = candidate.score
            return scores

        def among(question: str, some: Sequence[int]) -> Floats:
            scores = {c.row: c.score for c in ranker.among(question, some)}
            return np.asarray([scores[r] for r in some], dtype=np.float32)

        return Scores(passages, None, among)

    return over


def _by_paragraph(index: LocalIndex, scores: Floats) -> Floats:
    """Scores that are one for all passages of a paragraph, as shape (paragraphs,)."""
    found = np.zeros(int(index.owners.max()) + 1, dtype=np.float32)
    found[index.owners] = scores
    return found


def _size(folder: Path, without: str = "") -> float:
    """Megabytes of a model folder, its card and the pointer, which ranks nothing, left out."""
    return sum(p.stat().st_size for p in folder.iterdir() if p.name not in ("README.md", POINTER, without)) / 1e6
