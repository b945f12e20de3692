"""Model mode: a language model writes, and only what the document supports leaves this module."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.local import LocalIndex
from index.normalise import fold
from rag.answer import Statement
from rag.citation_parser import Draft, StatementParser, without_thinking
from rag.injection import speaks_to_model
from rag.llm_faults import ModelFaultError
from rag.llm_settings import LlmSettings
from rag.llm_stream import stream_text
from rag.notices import DECLINED, UNSUPPORTED, WITHHELD, fault_notice
from rag.phrases import NOT_IN_DOCUMENT
from rag.prompts import Count, estimate_tokens, fitting, frame_tokens, messages
from rag.question import Language
from rag.quote import cite
from rag.support import Supporter
from source.document import Passage

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_DECLINING = tuple(fold(text).rstrip("。.") for text in NOT_IN_DOCUMENT.values())
_MARK = re.compile(r"[(（][0-9０-９]{1,2}[)）]")
_EARLIER_QUESTIONS = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A question that the document answers, with the passages to answer from, best first."""

    question: str
    standalone: str
    history: tuple[str, ...]
    language: Language
    passages: tuple[Passage, ...]


@dataclass(slots=True)
class Written:
    """What came of asking the model. `whole` says that the statements make an answer by themselves."""

    statements: list[Statement] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    notice: str = ""
    whole: bool = False


class Writer:
    """Asks one language model and checks every statement it makes."""

    def __init__(self, llm: "LLM", settings: LlmSettings, index: LocalIndex) -> None:
        self._llm = llm
        self._settings = settings
        self._support = Supporter(index)
        self._count: Count = getattr(llm, "count", estimate_tokens)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._llm.metadata.model_name

    def write(self, request: Request, stop: threading.Event | None = None) -> Iterator[Statement | Written]:
        """Each supported statement as soon as it is checked; the outcome is last."""
        passages = self._passages(request)
        written = Written()
        try:
            for draft in self._drafts(request, passages, stop):
                if _declines(draft):
                    written.notice = DECLINED[request.language]
                    continue
                made = self._checked(draft, passages)
                if made is None:
                    written.withheld.append(draft.text)
                elif made not in written.statements:
                    written.statements.append(made)
                    yield made
        except ModelFaultError as fault:
            written.notice = fault_notice(fault.kind, request.language)
            yield written
            return
        written.whole = bool(written.statements)
        written.notice = _notice(written, request.language)
        yield written

    def _passages(self, request: Request) -> list[Passage]:
        """What the model gets to see; a passage that speaks to the model is not for it."""
        shown = [p for p in request.passages if not speaks_to_model(p.text)]
        size = self._llm.metadata.context_window
        output = min(self._settings.output, size // 3)
        frame = frame_tokens(request.question, request.standalone, self._earlier(request), request.language, self._count)
        return fitting(shown, request.language, size - output - frame, self._count)

    def _earlier(self, request: Request) -> Sequence[str]:
        return [h[:300] for h in request.history[-_EARLIER_QUESTIONS:] if h.strip()]

    def _drafts(self, request: Request, passages: Sequence[Passage], stop: threading.Event | None) -> Iterator[Draft]:
        sent = messages(request.question, request.standalone, self._earlier(request), passages, request.language)
        # (1) is a citation only where the passages have no such marks of their own.
        parser = StatementParser(len(passages), round_brackets=not any(_has_marks(p) for p in passages))
        for piece in without_thinking(stream_text(self._llm, sent, self._settings, stop)):
            yield from parser.feed(piece)
        yield from parser.close()

    def _checked(self, draft: Draft, passages: Sequence[Passage]) -> Statement | None:
        """The statement with what supports it: what it cites, else another passage; None where nothing does."""
        cited = [passages[n - 1] for n in draft.cited]
        found = self._support.find(draft.text, cited) or self._support.find(draft.text, [p for p in passages if p not in cited])
        return Statement(draft.text, tuple(cite(p) for p in found)) if found else None


def _has_marks(passage: Passage) -> bool:
    return bool(_MARK.search(f"{passage.text} {passage.rendering}"))


def _declines(draft: Draft) -> bool:
    said = fold(draft.text)
    return any(phrase in said for phrase in _DECLINING)


def _notice(written: Written, language: Language) -> str:
    if written.statements:
        return WITHHELD[language].format(count=len(written.withheld)) if written.withheld else ""
    return UNSUPPORTED[language] if written.withheld else written.notice or UNSUPPORTED[language]


def load_writer(llm: "LlmSettings | LLM", index: LocalIndex) -> Writer:
    """A writer with a model by its settings, or with any LlamaIndex LLM. Raises HakushoError where it cannot be loaded."""
    if not isinstance(llm, LlmSettings):
        return Writer(llm, LlmSettings(context=llm.metadata.context_window), index)
    from rag.llm import load_llm

    return Writer(load_llm(llm), llm, index)
