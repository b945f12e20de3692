"""The fixed question set: one JSON object a line, every gold quote checked against the documents."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source.document import Document
from source.errors import HakushoError

QUESTIONS = Path(__file__).parent / "questions.jsonl"
KINDS = ("fact", "paraphrase", "list", "follow-up", "noisy", "yes-no", "unanswerable", "false-premise")


class QuestionSetError(HakushoError):
    """A line of the question set does not hold."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its gold. Every group of `evidence` lists interchangeable quotes.

    `answers` are groups too: each group needs one of its alternatives in the answer.
    """

    id: str
    split: str
    language: str
    kind: str
    question: str
    history: tuple[str, ...]
    evidence: tuple[tuple[str, ...], ...]
    answers: tuple[tuple[str, ...], ...]
    answerable: bool


def load_questions(path: Path | None, documents: Sequence[Document], split: str = "all") -> list[Item]:
    """The questions of a split. Raises QuestionSetError where a line or a gold quote is wrong."""
    path = path or QUESTIONS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise QuestionSetError(f"cannot read the question set {path} ({error.strerror})") from None
    items = [_item(line, number, path) for number, line in enumerate(lines, 1) if line.strip()]
    texts = [d.text for d in documents]
    for item in items:
        for quote in (q for group in item.evidence for q in group):
            if not any(quote in text for text in texts):
                raise QuestionSetError(f"{path.name}, {item.id}: the evidence {quote[:40]!r} is in no document")
    ids = [item.id for item in items]
    if len(set(ids)) != len(ids):
        raise QuestionSetError(f"{path.name}: an id stands twice: {sorted(i for i in ids if ids.count(i) > 1)[:3]}")
    return [item for item in items if split in ("all", item.split)]


def _item(line: str, number: int, path: Path) -> Item:
    try:
        held: Mapping[str, Any] = json.loads(line)
        item = Item(
            held["id"],
            held.get("split", "test"),
            held["language"],
            held["kind"],
            held["question"],
            tuple(held.get("history") or ()),
            _groups(held),
            _answers(held),
            bool(held["answerable"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise QuestionSetError(f"{path.name}, line {number} is not a question: {error!r}") from None
    if item.kind not in KINDS or (item.answerable and not (item.evidence and item.answers)):
        raise QuestionSetError(f"{path.name}, {item.id}: an answerable question needs a known kind, evidence and answers")
    return item


def _groups(held: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """`evidence_any`, where it is given, takes the place of `evidence`."""
    return tuple(tuple(g) for g in held.get("evidence_any") or ()) or tuple((q,) for q in held.get("evidence") or ())


def _answers(held: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    if held.get("answer_parts"):
        return tuple(tuple(group) for group in held["answer_parts"])
    return (tuple(held["answers"]),) if held.get("answers") else ()
