"""An answer as the text of a chat message: statements with numbered citation marks, then the sources."""

from index.local import LocalIndex
from rag.answer import Answer, Citation, Statement
from rag.phrases import UNOFFICIAL

_SOURCES = {"ja": "出典", "en": "Sources"}
_RELATED = {"ja": "関連する箇所(答えではありません)", "en": "Related, but not an answer"}
_INSTEAD = {"ja": "上の文に代わる、文書そのものの文:", "en": "In place of the above, the document's own sentences:"}
_RELATED_SHOWN = 3
# A paragraph each: programs show the message as Markdown, which joins single lines.
_BETWEEN = "\n\n"


class ChatText:
    """The text of one answer, piece by piece, its citations numbered in the order of their first use."""

    def __init__(self, index: LocalIndex) -> None:
        self._index = index
        self._numbers: dict[Citation, int] = {}
        self._said: list[Statement] = []

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the marks stand for: the first is `[1]`."""
        return tuple(self._numbers)

    def statement(self, statement: Statement) -> str:
        """A statement with its marks; an English reader gets the rendering first."""
        before = _BETWEEN if self._said else ""
        self._said.append(statement)
        marks = "".join(f"[{self._numbers.setdefault(c, len(self._numbers) + 1)}]" for c in statement.citations)
        quoted = f"{statement.text} {marks}".rstrip()
        return before + (f"{statement.rendering} ({UNOFFICIAL['en']})\n{quoted}" if statement.rendering else quoted)

    def ending(self, answer: Answer) -> str:
        """What follows the statements: where each mark points, or, where there is no answer, that and what is near."""
        before = _BETWEEN if self._said else ""
        notice = [answer.notice] if answer.notice else []
        if not answer.statements:
            related = [self._related(answer)] if answer.retrieved else []
            return before + _BETWEEN.join([answer.text, *notice, *related])
        instead = self._instead(answer) if tuple(self._said) != answer.statements else []
        return before + _BETWEEN.join([*notice, *instead, self._sources(answer)])

    def _instead(self, answer: Answer) -> list[str]:
        """The answer's own statements, where others have been said before a language model failed."""
        self._said = []
        return [_INSTEAD[answer.language], "".join([self.statement(s) for s in answer.statements])]

    def _sources(self, answer: Answer) -> str:
        # A quote stands in the answer already, unless a language model worded the statement.
        shown = {s.text for s in answer.statements}
        lines = [
            f"- [{n}] {self._place(c.passage)}: {c.start}–{c.end}" + ("" if c.quote in shown else f" 「{c.quote}」")
            for c, n in self._numbers.items()
        ]
        return f"{_SOURCES[answer.language]}:\n" + "\n".join(lines)

    def _related(self, answer: Answer) -> str:
        near = [f"- {self._place(r.passage)}" for r in answer.retrieved[:_RELATED_SHOWN]]
        return f"{_RELATED[answer.language]}:\n" + "\n".join(near)

    def _place(self, passage_id: str) -> str:
        """Where a passage stands, in words."""
        document, passage = self._index.by_id[passage_id]
        return " › ".join((document.title, *passage.headings)) + f" ({passage_id})"
