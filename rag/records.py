"""Documents, passages and what a search found as plain records: the same for every program interface."""

from collections.abc import Sequence
from typing import Any

from index.local import LocalIndex
from rag.retrieve import Candidate
from source.document import Document, Passage


def found_record(candidate: Candidate) -> dict[str, Any]:
    """A passage that a search found, with its score in [0, 1]."""
    p = candidate.passage
    place = {"document": p.document, "passage": p.id, "start": p.start, "end": p.end}
    return {**place, "score": round(candidate.score, 4), "text": p.text}


def citation_record(passage: Passage) -> dict[str, Any]:
    """The citation object of a whole passage."""
    return {
        "document": passage.document,
        "passage": passage.id,
        "start": passage.start,
        "end": passage.end,
        "quote": passage.text,
    }


def passage_record(index: LocalIndex, passage_id: str) -> dict[str, Any]:
    """A passage with its context. Raises KeyError where there is no such passage."""
    document, passage = index.by_id[passage_id]
    paragraph = document.paragraphs[passage.paragraph]
    before, after = _neighbours(document.passages, passage)
    return {
        **citation_record(passage),
        "kind": passage.kind,
        "title": document.title,
        "headings": list(passage.headings),
        "paragraph": {
            "start": paragraph.start,
            "end": paragraph.end,
            "text": document.paragraph_text(passage.paragraph),
            "passages": [p.id for p in document.passages_of(passage.paragraph)],
        },
        "previous": before,
        "next": after,
        "duplicate_of": passage.duplicate_of,
        "rendering": passage.rendering or None,
        "sha256": document.sha256,
    }


def _neighbours(passages: Sequence[Passage], passage: Passage) -> tuple[str | None, str | None]:
    """Ids of the passages before and after, those that repeat another left out."""
    at = passages.index(passage)
    before = next((p.id for p in reversed(passages[:at]) if p.duplicate_of is None), None)
    return before, next((p.id for p in passages[at + 1 :] if p.duplicate_of is None), None)


def document_record(document: Document) -> dict[str, Any]:
    """What a document is, without its text."""
    return {
        "id": document.id,
        "title": document.title,
        "language": document.language,
        "sha256": document.sha256,
        "characters": len(document.text),
        "passages": len(document.passages),
        "has_rendering": any(p.rendering for p in document.passages),
        "source": document.source,
        "licence": document.licence,
    }
