"""A turn of a conversation, and its JSON form, which the user's browser keeps.

What comes back from a browser is checked like anything else from outside: a citation that no
longer stands where it says is never shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.phrases import SETTLED
from rag.verify import CitationError, verify


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, an error message, or neither as yet.

    `asked` is the follow-up as the user rewrote it, and is asked in place of `question`.
    `statements` are those that have come so far; `stopped` says that the user stopped it there,
    `stale` that the answer kept in the browser no longer stands in the document.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    id: str = ""
    asked: str = ""
    statements: tuple[Statement, ...] = ()
    stopped: bool = False
    stale: bool = False

    @property
    def state(self) -> str:
        """One word for what came of it."""
        if self.answer is not None:
            return self.answer.status
        if self.error is not None:
            return "error"
        return "stale" if self.stale else "stopped" if self.stopped else "pending"

    @property
    def said(self) -> tuple[Statement, ...]:
        """What the turn shows as said: the answer's statements, or those before it was stopped."""
        return self.answer.statements if self.answer else self.statements


_ADAPTER = TypeAdapter(Turn)


def encode(turn: Turn) -> dict[str, Any]:
    """The turn as plain JSON values."""
    made: dict[str, Any] = _ADAPTER.dump_python(turn, mode="json")
    return made


def decode(kept: object, index: LocalIndex) -> Turn | None:
    """A turn that a browser kept, or None where it is none; its citations are checked again.

    An answer that the documents no longer bear out is dropped, and the turn marked `stale`.
    """
    try:
        turn = _ADAPTER.validate_python(kept)
    except (ValidationError, RecursionError):
        return None
    if not turn.question.strip():
        return None
    if turn.answer is None and not turn.statements:
        return turn
    return turn if _stands(turn, index) else replace(turn, answer=None, statements=(), stale=True)


def decode_all(kept: object, index: LocalIndex) -> list[Turn]:
    """The turns of a conversation that a browser kept, oldest first; what is none is left out."""
    found = (decode(item, index) for item in kept) if isinstance(kept, list) else ()
    return [turn for turn in found if turn is not None]


def history(turns: Sequence[Turn]) -> list[str]:
    """The questions of the turns that were answered, oldest first, as the assistant takes them."""
    return [turn.asked or turn.question for turn in turns if turn.answer]


def _stands(turn: Turn, index: LocalIndex) -> bool:
    """Whether every citation, passage and short answer is where the turn says."""
    answer = turn.answer
    if answer and (answer.settled not in SETTLED or (answer.status == "answered" and not answer.statements)):
        return False
    try:
        verify((c for s in turn.said for c in s.citations), index)
    except (CitationError, StopIteration):
        return False
    quoted = answer is None or answer.mode == "quote"
    passages = index.by_id
    return (
        all(_quotes(s) or not quoted for s in turn.said)
        and all(c.passage in passages for s in turn.said for c in s.citations)
        and all(r.passage in passages for r in (answer.retrieved if answer else ()))
    )


def _quotes(statement: Statement) -> bool:
    """Whether a statement is, as quote mode has it, what it cites and nothing else."""
    start, end = statement.short or (0, 0)
    return 0 <= start <= end <= len(statement.text) and statement.text in {c.quote for c in statement.citations}
