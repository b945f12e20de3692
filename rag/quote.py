"""Quote mode: the answer is sentences of the document, word for word, in document order."""

import math
from collections.abc import Sequence

from index.local import LocalIndex
from rag.answer import Citation, Statement
from rag.constraints import Constraints, fixed_by
from rag.question import Question
from rag.reading import PassageReading
from rag.retrieve import Candidate
from rag.short_answer import short_answer
from source.document import Document, Passage

# How far below the best, in log-odds, a passage may stand and still belong to the answer.
_LIST_GAP = 2.2
_SEVERAL_GAP = 0.7
_LIST_MOST = 8
# The logarithm of the probability from which the reader, by itself, holds that a passage answers: it may then stand twice as far below.
_ANSWERS = math.log(0.6)
_TYPED = ("person", "country", "organisation", "place", "date", "count")


def select(question: Question, candidates: Sequence[Candidate], index: LocalIndex, constraints: Constraints) -> list[Passage]:
    """The passages that make up the answer, in document order; `candidates` is not empty."""
    chosen = _paragraph(candidates, index) if question.about else _supporting(question, candidates, constraints)
    order = {p.id: i for i, p in enumerate(index.passages)}
    unique = list(dict.fromkeys([*chosen, *_footnotes(question, chosen, index)]))
    return sorted(unique, key=lambda p: order[p.id])


def _supporting(question: Question, candidates: Sequence[Candidate], constraints: Constraints) -> list[Passage]:
    """The best passage, and those that answer as well: all of them for a list.

    They must keep to what the question fixes and, where the answer has a form, hold one of its
    type. A question that fixes nothing has one best passage.
    """
    top = candidates[0]
    typed = question.answer_type in _TYPED
    gap = _LIST_GAP if question.wants_list and typed else _SEVERAL_GAP
    if not (question.wants_list or (typed and question.answer_type == "person" and fixed_by(question.text))):
        return [top.passage]
    best = log_odds(top.score)
    near = [
        c
        for c in candidates[1:_LIST_MOST]
        if best - log_odds(c.score) <= (gap if question.wants_list or not _answers(c) else 2 * gap)
        and (not typed or c.signals["typed"] == 1)
    ]
    return [top.passage, *(c.passage for c in near if constraints.kept(question.text, c.passage).all)]


def _answers(candidate: Candidate) -> bool:
    """Whether the reader, by itself, holds that this very passage answers."""
    return candidate.reading is not None and candidate.reading.share >= _ANSWERS


def log_odds(probability: float) -> float:
    """The logarithm of p / (1 - p), kept finite."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _paragraph(candidates: Sequence[Candidate], index: LocalIndex) -> list[Passage]:
    """All sentences of the paragraph that gathers the most score."""
    totals: dict[tuple[str, int], float] = {}
    for c in candidates:
        key = (c.passage.document, c.passage.paragraph)
        totals[key] = totals.get(key, 0.0) + c.score**2
    best = max(totals, key=lambda k: totals[k])
    return [p for p in index.passages if (p.document, p.paragraph) == best]


def _footnotes(question: Question, chosen: Sequence[Passage], index: LocalIndex) -> list[Passage]:
    """A definition joins the note and the place that refers to it."""
    if question.answer_type != "definition":
        return []
    found = []
    for passage in chosen:
        document = index.document(passage.document)
        if passage.kind == "footnote":
            found += _referring(document, passage)
    return found


def _referring(document: Document, note: Passage) -> list[Passage]:
    spans = [s for f in document.footnotes if f.passage == note.id for s in f.references]
    return [p for p in document.passages if p.kind != "footnote" and any(p.start <= s.start < p.end for s in spans)]


def statements(
    question: Question, passages: Sequence[Passage], candidates: Sequence[Candidate], index: LocalIndex
) -> tuple[Statement, ...]:
    """One statement for each passage, the short answer marked in the one that leads."""
    made = []
    lead, readings = candidates[0].passage, {c.passage.id: c.reading for c in candidates}
    for p in passages:
        marks_here = p.id == lead.id or question.wants_list or (question.answer_type == "definition" and p.kind == "footnote")
        short = _short(question, p, index, readings.get(p.id)) if marks_here else None
        made.append(Statement(p.text, (cite(p),), short, p.rendering if question.language == "en" else ""))
    return tuple(made)


def _short(question: Question, passage: Passage, index: LocalIndex, reading: PassageReading | None) -> tuple[int, int] | None:
    """The short answer in a passage; none for a subject as a whole."""
    return None if question.about else short_answer(question, passage.text, index.tokeniser, reading)


def cite(passage: Passage) -> Citation:
    """A citation of the whole passage."""
    return Citation(passage.document, passage.id, passage.start, passage.end, passage.text)
