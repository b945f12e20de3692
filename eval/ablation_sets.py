"""What the ablation asks: questions over indexes, with the passages and short answers that are right.

JaQuAD dev gives the fifth of its questions that shares fewest words with its sentence. Its
paragraphs make two collections, every other paragraph of an article in each: a question is asked
of the half that answers it and, as a near miss, of the half that does not.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

import numpy as np

from eval.metrics import gold_passages
from eval.questions import load_questions
from eval.reading import Item, Overlap, load_set
from eval.retrieval_sets import article_document, rows_at
from eval.taught import taught_documents
from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.reader_examples import Window
from index.teaching import TeachingItem, field_of, held_out, is_own, load_items, load_passages
from index.tokenise import default_tokeniser, language_of
from source.document import Document
from source.load import DEFAULT_DOCUMENTS, load_documents

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Case:
    """A question over an index: `rows` are the passages that answer it, none where it has no answer there.

    `answers` are the short answers that are accepted, none where no single span is the answer.
    """

    question: str
    history: tuple[str, ...]
    language: str
    kind: str
    rows: frozenset[int]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """An index with the questions that are asked of it."""

    index: LocalIndex
    cases: tuple[Case, ...]


def some(items: Sequence[_T], limit: int | None) -> list[_T]:
    """At most `limit` of the items, drawn by a fixed seed, in their order."""
    if limit is None or limit >= len(items):
        return list(items)
    return [items[i] for i in sorted(random.Random(0).sample(range(len(items)), limit))]


def low_overlap(data: Path, limit: int | None = None) -> list[Asked]:
    """JaQuAD dev's low-overlap fifth. With a limit, only the articles of the questions drawn are searched."""
    items = load_set(data / "jaquad" / "dev")
    asked = some(_hardest(items), limit)
    articles: dict[str, list[Window]] = {title: [] for title in dict.fromkeys(i.window.heading for i in asked)}
    for window in dict.fromkeys(i.window for i in items):
        if window.heading in articles:
            articles[window.heading].append(window)
    halves = [{title: held[half::2] for title, held in articles.items()} for half in (0, 1)]
    return [_half({t: held for t, held in half.items() if held}, asked) for half in halves if any(half.values())]


def _hardest(items: Sequence[Item]) -> list[Item]:
    """The fifth of the questions whose words, by idf, their sentence has least of."""
    overlap = Overlap([i.window for i in items])
    shares = [max(s for s, right in zip(overlap.shares(i.question, i.window), _right(i), strict=True) if right) for i in items]
    return [items[i] for i in np.argsort(shares, kind="stable")[: max(len(items) // 5, 1)]]


def _right(item: Item) -> list[bool]:
    """Which sentences of the window an answer starts in; all where none is found."""
    found = [any(s <= max(start, 0) < e for start in item.starts) for s, e in item.window.sentences]
    return found if any(found) else [True] * len(found)


def _half(articles: dict[str, list[Window]], asked: Sequence[Item]) -> Asked:
    """One collection, asked what it answers and what only the other one does."""
    texts = {title: [w.text.replace("\n", " ") for w in held] for title, held in articles.items()}
    documents = {title: article_document(title, held, number) for number, (title, held) in enumerate(texts.items())}
    index = build_index(list(documents.values()), load_embedder(), default_tokeniser())
    cases: list[Case | None] = []
    for item in asked:
        document = documents.get(item.window.heading)
        if document and item.window in articles[item.window.heading]:
            cases.append(_answered(item, document, index))
        elif document and not any(a in document.text for a in item.answers):
            # Where the half has the answer's words elsewhere, nobody can say whether it answers.
            cases.append(_case(item, frozenset()))
    return Asked(index, tuple(c for c in cases if c is not None))


def _answered(item: Item, document: Document, index: LocalIndex) -> Case | None:
    """None where the answer stands in no passage."""
    at = document.text.find(item.window.text.replace("\n", " "))
    rows = rows_at(index, document.id, {at + max(start, 0) for start in item.starts}) if at >= 0 else frozenset()
    return _case(item, rows) if rows else None


def _case(item: Item, rows: frozenset[int]) -> Case:
    return Case(item.question, (), language_of(item.question), "low overlap", rows, item.answers if rows else ())


def taught(limit: int | None = None) -> list[Asked]:
    """The teaching set's held-out questions over the project's own passages, a field a document.

    With a limit, only the first fields that hold so many questions are searched.
    """
    texts = {i: p.text for i, p in load_passages(None).items()}
    documents = taught_documents(_fields(limit))
    drawn = some([a for d in documents for a in d.asked], limit)
    chosen = {a.item.id for a in drawn}
    found = []
    for d in documents:
        held = [a for a in d.asked if a.item.id in chosen and bool(a.rows) == bool(a.item.answers)]
        cases = (Case(a.item.asked, (), a.item.language, a.item.kind, a.rows, _spans(a.item, texts)) for a in held)
        found.append(Asked(d.index, tuple(cases)))
    return [a for a in found if a.cases]


def _fields(limit: int | None) -> list[str]:
    counts = Counter(field_of(i.passage) for i in load_items() if held_out(i.passage) and is_own(i.passage))
    before = [0, *accumulate(counts.values())]
    return [field for field, held in zip(counts, before, strict=False) if limit is None or held < limit]


def _spans(item: TeachingItem, texts: dict[str, str]) -> tuple[str, ...]:
    if item.kind in ("list", "yes-no"):
        return ()
    return tuple(texts[item.passage][start:end] for start, end in item.answers)


def chapter(limit: int | None = None) -> list[Asked]:
    """The test half of the fixed question set over the chapter."""
    index = build_index(load_documents(DEFAULT_DOCUMENTS), load_embedder(), default_tokeniser())
    places = {p.id: row for row, p in enumerate(index.passages)}
    cases = []
    for item in some(load_questions(None, index.documents, "test"), limit):
        rows = frozenset(places[i] for group in gold_passages(item, index) for i in group) if item.answerable else frozenset()
        answers = item.answers[0] if len(item.answers) == 1 and item.kind not in ("list", "yes-no") else ()
        cases.append(Case(item.question, item.history, item.language, item.kind, rows, answers if rows else ()))
    return [Asked(index, tuple(cases))]
