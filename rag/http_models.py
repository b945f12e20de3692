"""The shapes of requests and answers, for the OpenAPI description and the tools' schemas.

`rag.answer` and `rag.records` make the records; the models here describe and check them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.config import Config

MAX_QUESTION = Config().max_question
MAX_HISTORY = 100
MAX_FOUND = 50

Question = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_QUESTION,
        pattern=r"\S",
        description="A question about the documents, in Japanese or English.",
        examples=["SCOの首脳会合はいつ開催されましたか。"],
    ),
]
EarlierQuestion = Annotated[str, Field(max_length=MAX_QUESTION)]
History = Annotated[
    list[EarlierQuestion],
    Field(
        max_length=MAX_HISTORY,
        description="The user's earlier questions of this conversation, oldest first, so that a follow-up is understood.",
    ),
]
Offset = Annotated[int, Field(ge=0, description="In code points of the document's text.")]
Score = Annotated[float, Field(ge=0, le=1)]


def _empty(value: object) -> bool:
    return not value


class AskModel(BaseModel):
    """A question; a line of a batch file is one too."""

    model_config = ConfigDict(strict=True, extra="forbid")

    question: Question
    history: History | None = None
    id: str | int | None = Field(None, description="Any id of the caller's; given, the answer begins with it.")


class Place(BaseModel):
    """Exact characters of a document: `text[start:end]`."""

    document: str = Field(description="Id of the document.")
    passage: str = Field(description="Id of the passage, such as `ca-2-07-1`.")
    start: Offset
    end: Offset


class CitationModel(Place):
    """The exact place a statement comes from; `document.text[start:end] == quote` holds."""

    quote: str = Field(description="The document's own characters.")


class RetrievedModel(Place):
    """A passage that was retrieved for a question."""

    score: Score


class AnswerModel(BaseModel):
    """A verified answer, or the finding that the documents do not say."""

    model_config = ConfigDict(extra="allow")

    question: str
    standalone_question: str = Field(description="The question as it was understood, follow-ups resolved.")
    language: Literal["ja", "en"]
    status: Literal["answered", "not_in_document"]
    answer: str = Field(description="The answer, or words that say that there is none.")
    short_answer: str | None = Field(
        description="The part of the answer that answers, where one stands out; yes or no where a quote settles it."
    )
    confidence: Score = Field(description="Estimated probability that the document answers the question.")
    citations: list[CitationModel] = Field(description="What carries the answer; empty where there is none.")
    retrieved: list[RetrievedModel] = Field(description="The nearest passages, best first; no evidence by themselves.")
    mode: Literal["quote", "model"] = Field(description="Composed of quotes, or worded by a language model and verified.")
    seconds: float = Field(ge=0)
    notice: str = Field("", exclude_if=_empty, description="What did not go as usual; only where something did not.")
    withheld: list[str] = Field(
        [], exclude_if=_empty, description="A language model's statements that the documents do not support, if any."
    )


class FoundModel(RetrievedModel):
    """A passage that a search found."""

    text: str


class SearchModel(BaseModel):
    """What a search found, best first."""

    question: str
    passages: list[FoundModel]


class ParagraphModel(BaseModel):
    """The paragraph a passage stands in."""

    start: Offset
    end: Offset
    text: str
    passages: list[str] = Field(description="Ids of its passages, in order.")


class PassageModel(CitationModel):
    """A passage, as a citation of the whole of it, with its context."""

    kind: Literal["sentence", "caption", "footnote"]
    title: str = Field(description="Title of the document.")
    headings: list[str] = Field(description="Heading path, outermost first.")
    paragraph: ParagraphModel
    previous: str | None = Field(description="Id of the passage before.")
    next: str | None = Field(description="Id of the passage after.")
    duplicate_of: str | None = Field(description="Id of the passage that says the same and is cited instead.")
    rendering: str | None = Field(description="Unofficial English rendering.")
    sha256: str = Field(description="Hash of the document.")


class DocumentModel(BaseModel):
    """What a document is."""

    id: str
    title: str
    language: Literal["ja", "en"]
    sha256: str
    characters: int = Field(description="Length of the text in code points.")
    passages: int = Field(description="How many passages it has.")
    has_rendering: bool
    source: str
    licence: str


class TextModel(DocumentModel):
    """A document with its text, to check citations against."""

    text: str


class DocumentsModel(BaseModel):
    """All documents."""

    documents: list[DocumentModel]


class HealthModel(BaseModel):
    """That the server answers."""

    status: Literal["ok"] = "ok"


class ProblemModel(BaseModel):
    """An error as RFC 9457 words it; `detail` names the remedy."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] = Field([], description="Which members of the request are wrong, and how.")
