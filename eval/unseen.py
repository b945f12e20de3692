"""Statements about the chapter and the teaching passages that no rule of the check was written for.

`eval/unseen.jsonl` holds true rewordings and false alterations, each with verbatim quotes of the
sentences that it speaks of. The rules of `rag.support` were tuned on `eval/honest.jsonl` and
`eval/alterations.py`; this set was written first and measured once before anything was changed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.teaching import TeachingPassage, load_passages
from source.document import Document, Passage
from source.load import DEFAULT_DOCUMENTS, load_documents
from source.parse import Metadata, parse

UNSEEN = Path(__file__).parent / "unseen.jsonl"
CHAPTER = "chapter"


@dataclass(frozen=True, slots=True)
class Item:
    """A statement, whether it is true, what was done to it, and where it stands.

    `source` is "chapter" or the id of a teaching passage; each of `quotes` stands in one sentence.
    The rules were looked at with those of round 1 in sight; those of rounds 2 and 3 were written after that, and measured before anything was changed for them.
    Round 3 was written by somebody who had seen neither the rules nor `index/teaching/statements.jsonl`.
    """

    id: str
    round: int
    source: str
    quotes: list[str]
    kind: str
    language: str
    true: bool
    text: str


def load_unseen() -> list[Item]:
    """All items, in order."""
    return [Item(**json.loads(line)) for line in UNSEEN.read_text(encoding="utf-8").splitlines()]


def documents_of(items: Sequence[Item]) -> list[Document]:
    """The chapter and a document for every teaching passage that an item speaks of."""
    wanted = {item.source for item in items} - {CHAPTER}
    return [*load_documents(DEFAULT_DOCUMENTS), *(document_of(p) for p in load_passages(None).values() if p.id in wanted)]


def document_of(passage: TeachingPassage) -> Document:
    """A teaching passage as a document, under its nearest heading."""
    heading = f"# {passage.nearest_heading}\n\n" if passage.heading else ""
    return parse(f"{heading}{passage.text}\n", passage.id, Metadata(prefix=passage.id))


def cited_by(item: Item, documents: Sequence[Document]) -> tuple[Passage, ...]:
    """The passages that hold the item's quotes, one for each. Raises ValueError where one is not found once."""
    own = [d for d in documents if d.id == item.source] or documents[:1]
    passages = [p for d in own for p in d.passages if p.duplicate_of is None]
    found = [[p for p in passages if quote in p.text] for quote in item.quotes]
    if any(len(f) != 1 for f in found):
        raise ValueError(f"{item.id}: a quote of it stands in {[len(f) for f in found]} passages, not in one each")
    return tuple(f[0] for f in found)
