"""What an answer is, and its one JSON form for every interface."""

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["answered", "not_in_document"]
Mode = Literal["quote", "model"]
ExpansionSource = Literal["lexicon", "sudachi", "names"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact place a statement comes from: `document.text[start:end] == quote`."""

    document: str
    passage: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the citations that carry it.

    `short` is the part of `text` that answers, as a half-open range of its code points.
    `rendering` is the unofficial English rendering, where the document has one.
    """

    text: str
    citations: tuple[Citation, ...]
    short: tuple[int, int] | None = None
    rendering: str = ""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage that was retrieved, with its score in [0, 1]."""

    document: str
    passage: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Expansion:
    """A word of the question that a passage has by another name, and what says that they are one.

    `sources`: the project's lexicon, Sudachi's synonym groups, names of countries, cities and months.
    """

    word: str
    matched: str
    passage: str
    sources: tuple[ExpansionSource, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `citations` lists those of the statements, in order, without repetition.

    `settled` is はい, いいえ, Yes or No where a quote settles a question that expects one; it is the short answer then.
    `confidence` is the estimated probability that the document answers the question. `notice` tells
    the reader what did not go as usual; `withheld` are a language model's statements that the
    document does not support. `expansions` are those of the cited passages, or of the nearest one.
    """

    question: str
    standalone_question: str
    language: Literal["ja", "en"]
    status: Status
    text: str
    short_answer: str | None
    confidence: float
    statements: tuple[Statement, ...]
    retrieved: tuple[Retrieved, ...]
    mode: Mode = "quote"
    seconds: float = 0.0
    notice: str = ""
    withheld: tuple[str, ...] = ()
    explanation: dict[str, Any] = field(default_factory=dict)
    expansions: tuple[Expansion, ...] = ()
    settled: str = ""

    @property
    def opening(self) -> str:
        """What is said before the quotes: はい。 or Yes. where one settles the question, else nothing."""
        return f"{self.settled}{'。' if self.language == 'ja' else '.'}" if self.settled else ""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations of the statements, first use first."""
        return tuple(dict.fromkeys(c for s in self.statements for c in s.citations))

    def to_json(self) -> dict[str, Any]:
        """The object that the command line, and every other program interface, gives."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "language": self.language,
            "status": self.status,
            "answer": self.text,
            "short_answer": self.short_answer,
            "confidence": round(self.confidence, 4),
            "citations": [_plain(c) for c in self.citations],
            "retrieved": [{**_plain(r), "score": round(r.score, 4)} for r in self.retrieved],
            "mode": self.mode,
            "seconds": round(self.seconds, 4),
            **({"notice": self.notice} if self.notice else {}),
            **({"withheld": list(self.withheld)} if self.withheld else {}),
        }

    def explained(self) -> dict[str, Any]:
        """The same object with how the answer was found."""
        how = {**self.explanation, "expansions": [_plain(e) for e in self.expansions]}
        return {**self.to_json(), "explanation": how}


def _plain(record: Citation | Retrieved | Expansion) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
