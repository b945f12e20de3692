"""The assistant as every program interface calls it: off the event loop, bounded, counted, in plain records.

Nothing here knows HTTP, MCP or the OpenAI protocol.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.http_metrics import Metrics
from rag.http_problem import NotFoundError
from rag.http_workers import Workers
from rag.records import document_record, found_record, passage_record


class Service:
    """One assistant behind all program interfaces of a process."""

    def __init__(self, assistant: Assistant, workers: Workers | None = None) -> None:
        self.assistant = assistant
        self.workers = workers or Workers()
        self.metrics = Metrics(self.workers)

    def stream(self, question: str, history: Sequence[str], interface: str) -> AsyncGenerator[Statement | Answer, None]:
        """Verified statements as they come, the whole answer last; closing it stops the work.

        Raises BusyError at once, QuestionError with the first item.
        """
        made = self.workers.stream(lambda stop: self.assistant.stream(question, history, stop=stop))
        return self._counted(made, interface)

    async def _counted(
        self, items: AsyncGenerator[Statement | Answer, None], interface: str
    ) -> AsyncGenerator[Statement | Answer, None]:
        async with aclosing(items):
            async for item in items:
                if isinstance(item, Answer):
                    self.metrics.answered(item, interface)
                yield item

    async def ask(self, question: str, history: Sequence[str], interface: str) -> Answer:
        """The whole answer. Being cancelled stops the work. Raises QuestionError or BusyError."""
        async with aclosing(self.stream(question, history, interface)) as items:
            *_, answer = [item async for item in items]
        assert isinstance(answer, Answer)
        return answer

    async def search(self, question: str, k: int) -> dict[str, Any]:
        """The nearest passages, best first. Raises QuestionError or BusyError."""
        found = await self.workers.run(lambda: self.assistant.search(question, k))
        return {"question": question, "passages": [found_record(c) for c in found]}

    def passage(self, passage_id: str) -> dict[str, Any]:
        """A passage with its context. Raises NotFoundError."""
        try:
            return passage_record(self.assistant.index, passage_id)
        except KeyError:
            raise NotFoundError("there is no passage of this id: a search lists passages with their ids") from None

    def documents(self) -> list[dict[str, Any]]:
        """What the documents are."""
        return [document_record(d) for d in self.assistant.index.documents]

    def document(self, document_id: str) -> dict[str, Any]:
        """A document with its text. Raises NotFoundError."""
        try:
            document = next(d for d in self.assistant.index.documents if d.id == document_id)
        except StopIteration:
            raise NotFoundError("there is no document of this id: /v1/documents lists the documents") from None
        return {**document_record(document), "text": document.text}
