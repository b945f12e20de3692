"""The teaching set as documents: its held-out questions fit and judge what ranks and refuses.

Each field's passages make one document, so a question is asked among some hundred paragraphs of
its like, as over a white paper. By default only the held-out tenth is asked: no model has learnt from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.embedding import Embedder, load_embedder
from index.local import LocalIndex, build_index
from index.teaching import Part, TeachingItem, TeachingPassage, field_of, held_out, is_own, load_items, load_passages
from index.tokenise import default_tokeniser
from source.parse import parse


@dataclass(frozen=True)
class Asked:
    """A held-out item with the rows of the passages that answer it, none where nothing does."""

    item: TeachingItem
    rows: frozenset[int]


@dataclass(frozen=True)
class TaughtDocument:
    """One field's passages, indexed, with the questions asked of them."""

    field: str
    index: LocalIndex
    asked: tuple[Asked, ...]
    places: dict[str, tuple[int, int]]

    def rows_of(self, passage: str) -> list[int]:
        """The rows of the index that lie in a passage of the teaching set."""
        start, end = self.places[passage]
        return [i for i, p in enumerate(self.index.passages) if start <= p.start < end]


def taught_documents(
    fields: Sequence[str] = (), *, part: Part = "held-out", embedder: Embedder | None = None
) -> list[TaughtDocument]:
    """The fields of the teaching set (all by default), each as a document."""
    by_field: dict[str, list[TeachingPassage]] = {}
    for passage in load_passages(None).values():
        by_field.setdefault(field_of(passage.id), []).append(passage)
    items = [i for i in load_items() if held_out(i.passage) == (part == "held-out") and is_own(i.passage)]
    embedder = embedder or load_embedder()
    return [_document(field, found, items, embedder) for field, found in by_field.items() if not fields or field in fields]


def _document(field: str, passages: list[TeachingPassage], items: list[TeachingItem], embedder: Embedder) -> TaughtDocument:
    blocks = [f"## {p.nearest_heading}\n\n{p.text}" for p in passages]
    document = parse(f"# {field}\n\n" + "\n\n".join(blocks) + "\n", field)
    index = build_index([document], embedder, default_tokeniser())
    starts = {p.id: document.text.find(p.text) for p in passages}
    places = {p.id: (starts[p.id], starts[p.id] + len(p.text)) for p in passages}
    asked = []
    for item in items:
        if item.passage in starts:
            at = starts[item.passage]
            spans = [(at + s, at + e) for s, e in item.answers]
            rows = frozenset(i for i, p in enumerate(index.passages) if any(p.start < e and p.end > s for s, e in spans))
            asked.append(Asked(item, rows))
    return TaughtDocument(field, index, tuple(asked), places)
