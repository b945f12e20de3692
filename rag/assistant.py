"""The assistant: a question and the turns before it in, a verified answer out."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.local import LocalIndex
from index.open import open_index
from index.reader import Reader
from index.reranker import Reranker, load_reranker
from index.snapshot import Progress, quiet
from rag.answer import Answer, Expansion, Retrieved, Statement
from rag.config import Config
from rag.evidence import EvidenceReader
from rag.expansions import expansions
from rag.followup import FollowUps, Turn, heading_of
from rag.gate import Gate, load_gate
from rag.llm_settings import QUOTE_ONLY, LlmSettings, llm_settings
from rag.phrases import NOT_IN_DOCUMENT, YES_NO
from rag.question import Language, Question, understand
from rag.quote import select, statements
from rag.retrieve import Candidate, Ranker
from rag.spelling import Speller
from rag.verify import verify
from rag.yes_no import YesNo
from source.errors import HakushoError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.write import Writer, Written


class QuestionError(HakushoError):
    """A question that cannot be asked."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known about a question once the document has been searched for it."""

    question: str
    history: tuple[str, ...]
    standalone: str
    language: Language
    understood: Question
    candidates: list[Candidate]
    confidence: float
    answered: bool
    started: float


class Assistant:
    """Answers questions over one index. Safe to use from several threads."""

    def __init__(
        self,
        index: LocalIndex,
        *,
        config: Config | None = None,
        gate: Gate | None = None,
        reader: Reader | None = None,
        llm: "LlmSettings | LLM | None" = None,
        reranker: Reranker | None = None,
    ) -> None:
        """`gate` and `reader` take the place of the shipped ones; the lexicon is that of the index's tokeniser.

        `llm` names a language model, or is any LlamaIndex LLM; without one, answers are quotes alone.
        `reranker` judges the best passages anew (`rag.rerank`).
        """
        self.index = index
        self.config = config or Config()
        self.ranker = Ranker(index, reader=reader, reranker=reranker, reranked=self.config.reranked)
        self.evidence = EvidenceReader(index, index.tokeniser.lexicon.attributes)
        self.gate = gate or load_gate()
        self._speller = Speller(index)
        self._followups = FollowUps(index.tokeniser)
        # A conversation asks about its earlier turns again and again.
        self._recent = lru_cache(maxsize=64)(self._measure)
        self.llm = llm if isinstance(llm, LlmSettings) else QUOTE_ONLY
        self._writer = _writer(llm, index)

    @classmethod
    def open(
        cls, folder: Path | None = None, *, progress: Progress = quiet, llm: "LlmSettings | LLM | None" = None
    ) -> "Assistant":
        """Opens an index folder, the default one by default, with the reranker and the language model that are configured.

        `llm` takes the place of what the environment names (`rag.llm_settings.QUOTE_ONLY`: none).
        Raises HakushoError.
        """
        chosen = llm_settings() if llm is None else llm
        return cls(open_index(folder, progress=progress), llm=chosen, reranker=load_reranker())

    @property
    def model(self) -> str:
        """The language model that words answers, for people to read; empty where there is none."""
        return "" if self._writer is None else self.llm.shown or self._writer.name

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answers a question; `history` are the user's earlier questions, oldest first.

        Raises QuestionError for an empty or overlong question.
        """
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: str, history: Sequence[str] = (), *, stop: threading.Event | None = None, quotes: bool = False
    ) -> Iterator[Statement | Answer]:
        """Like `ask`, as it comes: each verified statement, then the whole answer, which is always last.

        The answer is what counts: where a language model fails midway it holds quotes in place of
        the statements that came before. Closing the iterator, or setting `stop` from another thread
        while it waits, ends the work and the request to the model; after a stop no answer follows.
        With `quotes` no language model is asked. Raises QuestionError as `ask` does.
        """
        found = self._search(question, history)
        if self._writer is None or quotes or not found.answered:
            answer = self._quoted(found)
            yield from answer.statements
            yield answer
            return
        yield from self._written(self._writer, found, stop)

    def _search(self, question: str, history: Sequence[str]) -> _Found:
        started = time.perf_counter()
        for text in (question, *(h for h in history if h.strip())):
            self._check(text)
        standalone = self.standalone(question, history)
        understood, candidates, confidence = self._find(standalone)
        answered = bool(candidates) and confidence >= self.gate.threshold
        language = understand(question).language
        return _Found(question, tuple(history), standalone, language, understood, candidates, confidence, answered, started)

    def _quoted(self, found: _Found) -> Answer:
        """The answer in quote mode, or the refusal."""
        made = self._statements(found.understood, found.candidates) if found.answered else ()
        settled = self._settled(found) if made else ""
        return replace(self._answer(found, made, settled or _short(made)), settled=settled)

    def _settled(self, found: _Found) -> str:
        """はい or いいえ, in the question's language, where the best passage settles it; empty otherwise."""
        if found.understood.answer_type != "yes-no":
            return ""
        settled = self._yes_no.settle(found.understood, found.candidates[0].passage)
        return YES_NO[found.language][settled] if settled else ""

    @cached_property
    def _yes_no(self) -> YesNo:
        """Made at the first question that needs it."""
        return YesNo(self.index)

    def _answer(self, found: _Found, made: tuple[Statement, ...], short: str | None) -> Answer:
        verify((c for s in made for c in s.citations), self.index)
        candidates = found.candidates
        return Answer(
            question=found.question,
            standalone_question=found.standalone,
            language=found.language,
            status="answered" if made else "not_in_document",
            text=_text(made) if made else NOT_IN_DOCUMENT[found.language],
            short_answer=short,
            confidence=found.confidence,
            statements=made,
            retrieved=tuple(_retrieved(c) for c in candidates[: self.config.retrieved]),
            seconds=time.perf_counter() - found.started,
            explanation=self._explanation(found),
            expansions=self._expansions(found, made),
        )

    def _explanation(self, found: _Found) -> dict[str, Any]:
        """What was asked for, the signals of the best passage, and the reranker where one judged."""
        best = found.candidates[0].signals if found.candidates else {}
        told: dict[str, Any] = {"answer_type": found.understood.answer_type, "signals": best}
        return told | ({"reranker": self.ranker.reranker.name} if self.ranker.reranker else {})

    def _expansions(self, found: _Found, made: Sequence[Statement]) -> tuple[Expansion, ...]:
        """Towards what is cited, or towards the nearest passage where nothing is."""
        cited = dict.fromkeys(c.passage for s in made for c in s.citations)
        passages = [self.index.by_id[i][1] for i in cited] or [c.passage for c in found.candidates[:1]]
        return expansions(found.standalone, passages, self.index.tokeniser)

    def _written(self, writer: "Writer", found: _Found, stop: threading.Event | None) -> Iterator[Statement | Answer]:
        """The model's statements as they are checked, then its answer, or the quotes where it has none."""
        from rag.write import Request, Written

        passages = tuple(c.passage for c in found.candidates[: self.config.retrieved])
        request = Request(found.question, found.standalone, found.history, found.language, passages)
        written = Written()
        for made in writer.write(request, stop):
            if isinstance(made, Written):
                written = made
            else:
                yield made
        if stop is not None and stop.is_set():
            return
        answer = self._finished(found, written)
        if answer.mode == "quote" and not written.statements:
            yield from answer.statements
        yield answer

    def _finished(self, found: _Found, written: "Written") -> Answer:
        quoted = self._quoted(found)
        withheld = tuple(written.withheld)
        if not written.whole:
            return replace(quoted, notice=written.notice, withheld=withheld)
        cited = {c for s in written.statements for c in s.citations}
        short = quoted.settled or _short([s for s in quoted.statements if set(s.citations) <= cited])
        answer = self._answer(found, tuple(written.statements), short)
        return replace(answer, mode="model", settled=quoted.settled, notice=written.notice, withheld=withheld)

    def search(self, question: str, k: int = 10) -> list[Candidate]:
        """The best `k` passages for a question, best first."""
        self._check(question)
        return self.ranker.rank(self._speller.correct(question)[0], k=k, candidates=max(k, self.config.candidates))

    def standalone(self, question: str, history: Sequence[str]) -> str:
        """The question with its spelling mended and its follow-up resolved."""
        turns: list[Turn] = []
        for earlier in history[-6:]:
            if earlier.strip():
                turns.append(self._turn(self._resolve(earlier, turns)))
        return self._resolve(question, turns)

    def _resolve(self, question: str, turns: list[Turn]) -> str:
        return self._followups.resolve(self._speller.correct(question.strip())[0], turns)

    def _turn(self, standalone: str) -> Turn:
        """An earlier turn with what it answered, for pronouns that point at the answer."""
        understood, candidates, confidence = self._find(standalone[: self.config.max_question])
        if not candidates or confidence < self.gate.threshold:
            return Turn(standalone)
        made, top = self._statements(understood, candidates), candidates[0].passage
        paragraph = self.index.by_id[top.id][0].passages_of(top.paragraph)
        context = " ".join(t for p in paragraph for t in (p.text, p.rendering) if t)
        return Turn(standalone, _short(made), top.text, context, heading_of(top))

    def _find(self, standalone: str) -> tuple[Question, list[Candidate], float]:
        understood, candidates, confidence = self._recent(standalone)
        return understood, list(candidates), confidence

    def _measure(self, standalone: str) -> tuple[Question, tuple[Candidate, ...], float]:
        understood = understand(standalone)
        candidates = self.ranker.rank(standalone, k=max(self.config.retrieved, 10), candidates=self.config.candidates)
        touched = bool(candidates) and any(self.index.tokeniser.fields(standalone).values()) and candidates[0].touched
        if not touched:
            return understood, tuple(candidates), 0.0
        evidence = self.evidence.measure(understood, candidates)
        confidence = self.gate.probability(evidence)
        if understood.about:
            # A subject as a whole has no answering span to find: it is answered where the subject is.
            confidence = max(confidence, min(evidence.countries, evidence.names, evidence.paragraph_coverage))
        return understood, tuple(candidates), confidence

    def _statements(self, question: Question, candidates: list[Candidate]) -> tuple[Statement, ...]:
        passages = select(question, candidates, self.index, self.ranker.constraints)
        return statements(question, passages, candidates, self.index)

    def _check(self, question: str) -> None:
        if not question.strip():
            raise QuestionError("the question is empty: type a question about the document")
        if any("\ud800" <= c <= "\udfff" for c in question):
            raise QuestionError("the question holds bytes that are no text: send it as UTF-8")
        if len(question) > self.config.max_question:
            raise QuestionError(f"the question has {len(question)} characters: ask in {self.config.max_question} or fewer")


def _writer(llm: "LlmSettings | LLM | None", index: LocalIndex) -> "Writer | None":
    """What words answers with a language model; the modules for it are imported only where there is one."""
    if not llm:
        return None
    from rag.write import load_writer

    return load_writer(llm, index)


def _text(made: Sequence[Statement]) -> str:
    """The statements as plain text; an English reader gets the rendering and what it renders."""
    return "\n".join(f"{s.rendering}\n{s.text}" if s.rendering else s.text for s in made)


def _short(made: Sequence[Statement]) -> str | None:
    parts = [s.text[s.short[0] : s.short[1]] for s in made if s.short]
    return "、".join(dict.fromkeys(parts)) or None


def _retrieved(candidate: Candidate) -> Retrieved:
    p = candidate.passage
    return Retrieved(p.document, p.id, p.start, p.end, candidate.score)
