"""An answer as the text of a chat message: statements with numbered citation marks, then the sources."""

from collections.abc import Mapping

from index.local import LocalIndex
from rag.answer import Answer, Citation, Statement
from rag.phrases import UNOFFICIAL

_SOURCES = {"ja": "出典", "en": "Sources"}
_RELATED = {"ja": "関連する箇所(答えではありません)", "en": "Related, but not an answer"}
_RELATED_SHOWN = 3
# A paragraph each: programs show the message as Markdown, which joins single lines.
BETWEEN = "\n\n"


class Marks:
    """Numbers the citations of one answer in the order of their first use."""

    def __init__(self) -> None:
        self.numbers: dict[Citation, int] = {}

    def statement(self, statement: Statement) -> str:
        """A statement with its marks; an English reader gets the rendering first."""
        marks = "".join(f"[{self.numbers.setdefault(c, len(self.numbers) + 1)}]" for c in statement.citations)
        quoted = f"{statement.text} {marks}".rstrip()
        return f"{statement.rendering} ({UNOFFICIAL['en']})\n{quoted}" if statement.rendering else quoted


def ending(answer: Answer, numbers: Mapping[Citation, int], index: LocalIndex) -> str:
    """What follows the statements: where each mark points, or, where there is no answer, that and what is near."""
    notice = f"\n\n{answer.notice}" if answer.notice else ""
    if not answer.statements:
        near = [f"- {_place(index, r.passage)}" for r in answer.retrieved[:_RELATED_SHOWN]]
        related = f"\n\n{_RELATED[answer.language]}:\n" + "\n".join(near) if near else ""
        return answer.text + notice + related
    listed = [f"- [{n}] {_place(index, c.passage)}: {c.start}–{c.end}" for c, n in numbers.items()]
    return f"{notice}\n\n{_SOURCES[answer.language]}:\n" + "\n".join(listed)


def message(answer: Answer, index: LocalIndex) -> str:
    """The whole message."""
    marks = Marks()
    statements = BETWEEN.join(marks.statement(s) for s in answer.statements)
    return statements + ending(answer, marks.numbers, index)


def _place(index: LocalIndex, passage_id: str) -> str:
    """Where a passage stands, in words."""
    document, passage = index.by_id[passage_id]
    return " › ".join((document.title, *passage.headings)) + f" ({passage_id})"
