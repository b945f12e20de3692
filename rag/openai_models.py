"""The parts of the OpenAI protocol that mean something here. Other parameters are ignored, as they are sent to any model."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.http_models import AnswerModel, CitationModel


class TextPart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(strict=True)

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation; those of the user are the questions."""

    model_config = ConfigDict(strict=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    def text(self) -> str:
        """What the message says."""
        if isinstance(self.content, list):
            return "\n".join(p.text for p in self.content if p.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream carries besides text."""

    model_config = ConfigDict(strict=True)

    include_usage: bool = False


class ChatModel(BaseModel):
    """A request for the next message of a conversation."""

    model_config = ConfigDict(strict=True, json_schema_extra={"examples": [
        {"model": "hakusho", "messages": [{"role": "user", "content": "SCOの首脳会合はいつ開催されましたか。"}]}
    ]})  # fmt: skip

    model: str
    messages: list[Message] = Field(min_length=1, max_length=2000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(1, description="A question has one answer.")


class ReplyMessage(BaseModel):
    """The answer with citation marks and a list of sources."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Always zero: quotes cost no tokens, and what a language model behind Hakusho used is its own account."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class CompletionModel(BaseModel):
    """A chat completion; `citations` and `hakusho` are what OpenAI's has not."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage = Usage()
    citations: list[CitationModel] = Field(description="What the marks [1], [2] … stand for, in this order.")
    hakusho: AnswerModel = Field(description="The whole answer, as `/v1/ask` gives it.")


class ModelCard(BaseModel):
    """A model that can be named in a request."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "hakusho"


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class ErrorBody(BaseModel):
    """What is wrong."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorModel(BaseModel):
    """An error as the OpenAI protocol words it."""

    error: ErrorBody


Chunk = dict[str, Any]
