"""The local index: what a snapshot directory holds, opened for search.

Every search function gives one score per retrievable passage, in the order of `passages`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder
from index.lexical import LexicalField
from index.tokenise import FIELDS, Tokeniser
from source.document import Document, Passage
from source.errors import HakushoError

Floats = NDArray[np.float32]
LEVELS = ("passage", "paragraph")


class IndexMismatchError(HakushoError):
    """An index was built with something else than what is installed now."""


@dataclass(frozen=True)
class LocalIndex:
    """Documents, their lexical fields by (level, field), and the dense vectors.

    `owners[i]` is the paragraph row of passage i. `dense` holds, for each passage, its own
    vector; `renderings` the vector of its English rendering (None where no document has one).
    """

    documents: tuple[Document, ...]
    fields: dict[tuple[str, str], LexicalField]
    dense: faiss.Index
    renderings: faiss.Index | None
    embedder: Embedder
    tokeniser: Tokeniser

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """All retrievable passages: duplicates are left out."""
        return tuple(p for d in self.documents for p in retrievable(d))

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """Row of each passage's paragraph in the paragraph fields, shape (n,)."""
        rows: dict[tuple[str, int], int] = {}
        return np.asarray([rows.setdefault((p.document, p.paragraph), len(rows)) for p in self.passages], dtype=np.int64)

    @cached_property
    def by_id(self) -> dict[str, tuple[Document, Passage]]:
        """Every passage (duplicates too) by its id, with its document."""
        return {p.id: (d, p) for d in self.documents for p in d.passages}

    def document(self, document_id: str) -> Document:
        """The document of that id; KeyError where there is none."""
        return next(d for d in self.documents if d.id == document_id)

    def paragraph_of(self, passage: Passage) -> str:
        """The text of a passage's paragraph."""
        return self.by_id[passage.id][0].paragraph_text(passage.paragraph)

    def lexical(self, level: str, field: str, terms: Sequence[str], ceiling: Sequence[str] | None = None) -> Floats:
        """Normalised BM25 of one field, shape (n,)."""
        scores = self.fields[level, field].scores(terms, ceiling)
        return scores if level == "passage" else np.asarray(scores[self.owners], dtype=np.float32)

    def similarity(self, vector: Floats) -> Floats:
        """Cosine of a question's vector to each passage, its rendering included, shape (n,)."""
        own = _all_similarities(self.dense, vector)
        if self.renderings is None:
            return own
        return np.maximum(own, _all_similarities(self.renderings, vector))


def retrievable(document: Document) -> list[Passage]:
    """The passages of a document that search may return."""
    return [p for p in document.passages if p.duplicate_of is None]


def _all_similarities(index: faiss.Index, vector: Floats) -> Floats:
    """Inner products with every row of a flat index, shape (n,), in row order."""
    n = index.ntotal
    scores, rows = index.search(np.ascontiguousarray(vector[None, :], dtype=np.float32), n)
    ordered = np.zeros(n, dtype=np.float32)
    ordered[rows[0]] = scores[0]
    return ordered


def field_terms(tokeniser: Tokeniser, field: str, passage: Passage) -> tuple[str, ...]:
    """A passage's terms in one field; its rendering gives the English ones."""
    if field == "english" and passage.rendering:
        return tokeniser.fields(passage.rendering)["english"]
    terms = tokeniser.fields(passage.text)[field]
    if field == "concept" and passage.rendering:
        return tuple(dict.fromkeys(terms + tokeniser.fields(passage.rendering)["concept"]))
    return terms


def build_fields(documents: Sequence[Document], tokeniser: Tokeniser) -> dict[tuple[str, str], LexicalField]:
    """The lexical fields of passages and of paragraphs; a paragraph's headings count with it."""
    fields = {}
    for field in FIELDS:
        passages = [field_terms(tokeniser, field, p) for d in documents for p in retrievable(d)]
        fields["passage", field] = LexicalField.build(passages)
        fields["paragraph", field] = LexicalField.build(_paragraph_terms(documents, tokeniser, field))
    return fields


def _paragraph_terms(documents: Sequence[Document], tokeniser: Tokeniser, field: str) -> list[list[str]]:
    bags: dict[tuple[str, int], list[str]] = {}
    for document in documents:
        for p in retrievable(document):
            bag = bags.get((document.id, p.paragraph))
            if bag is None:
                bag = bags[document.id, p.paragraph] = list(tokeniser.fields(" ".join(p.headings))[field])
            bag.extend(field_terms(tokeniser, field, p))
    return list(bags.values())


def build_index(documents: Sequence[Document], embedder: Embedder, tokeniser: Tokeniser) -> LocalIndex:
    """Indexes documents in memory; `index.snapshot` keeps the result."""
    passages = [p for d in documents for p in retrievable(d)]
    if not passages:
        raise HakushoError("there is no passage to index: the documents are empty")
    dense, renderings = _vectors(passages, embedder)
    return LocalIndex(tuple(documents), build_fields(documents, tokeniser), dense, renderings, embedder, tokeniser)


def with_embedder(index: LocalIndex, embedder: Embedder) -> LocalIndex:
    """The same index with the vectors of another model."""
    dense, renderings = _vectors(index.passages, embedder)
    return replace(index, dense=dense, renderings=renderings, embedder=embedder)


def _vectors(passages: Sequence[Passage], embedder: Embedder) -> tuple[faiss.Index, faiss.Index | None]:
    """The vectors of passages and, where any has one, of their renderings."""
    renderings = None
    if any(p.rendering for p in passages):
        renderings = _flat(embedder.encode_passages([p.rendering or p.text for p in passages]))
    return _flat(embedder.encode_passages([p.text for p in passages])), renderings


def _flat(vectors: Floats) -> faiss.Index:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index
