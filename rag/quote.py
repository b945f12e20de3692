"""Quote mode: the answer is sentences of the document, word for word, in document order."""

from collections.abc import Sequence

from index.entities import find_entities
from index.local import LocalIndex
from rag.answer import Citation, Statement
from rag.config import Config
from rag.question import Question
from rag.retrieve import Candidate
from rag.short_answer import short_answer
from source.document import Document, Passage

_LIST_SHARE = 0.55
_LIST_MOST = 8
_SECOND_SHARE = 0.93


def select(question: Question, candidates: Sequence[Candidate], index: LocalIndex, config: Config) -> list[Passage]:
    """The passages that make up the answer, in document order; `candidates` is not empty."""
    if question.about:
        chosen = _paragraph(candidates, index)
    elif question.wants_list:
        chosen = _list(question, candidates)
    else:
        top = candidates[0]
        near = [
            c.passage for c in candidates[1 : config.max_statements] if c.score >= _SECOND_SHARE * top.score and top.score < 0.5
        ]
        chosen = [top.passage, *near]
    order = {p.id: i for i, p in enumerate(index.passages)}
    unique = list(dict.fromkeys([*chosen, *_footnotes(question, chosen, index)]))
    return sorted(unique, key=lambda p: order[p.id])


def _paragraph(candidates: Sequence[Candidate], index: LocalIndex) -> list[Passage]:
    """All sentences of the paragraph that gathers the most score."""
    totals: dict[tuple[str, int], float] = {}
    for c in candidates:
        key = (c.passage.document, c.passage.paragraph)
        totals[key] = totals.get(key, 0.0) + c.score**2
    best = max(totals, key=lambda k: totals[k])
    return [p for p in index.passages if (p.document, p.paragraph) == best]


def _list(question: Question, candidates: Sequence[Candidate]) -> list[Passage]:
    """Every candidate that holds what the question fixes and scores well enough beside the best."""
    fixed = {e.key for e in find_entities(question.text) if e.key != "c:JP"}
    least = _LIST_SHARE * candidates[0].score
    top_meets = fixed <= _keys(candidates[0].passage)
    chosen = [c.passage for c in candidates[:_LIST_MOST] if c.score >= least and (not top_meets or fixed <= _keys(c.passage))]
    return chosen or [candidates[0].passage]


def _keys(passage: Passage) -> set[str]:
    return {e.key for e in find_entities(f"{passage.text} {' '.join(passage.headings)}")}


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


def statements(question: Question, passages: Sequence[Passage], lead: Passage, index: LocalIndex) -> tuple[Statement, ...]:
    """One statement for each passage, the short answer marked in the one that leads."""
    made = []
    for p in passages:
        marks_here = p.id == lead.id or question.wants_list or (question.answer_type == "definition" and p.kind == "footnote")
        short = short_answer(question, p.text, index.tokeniser) if marks_here else None
        made.append(Statement(p.text, (cite(p),), short, p.rendering if question.language == "en" else ""))
    return tuple(made)


def cite(passage: Passage) -> Citation:
    """A citation of the whole passage."""
    return Citation(passage.document, passage.id, passage.start, passage.end, passage.text)
