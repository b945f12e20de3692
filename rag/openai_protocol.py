"""Hakusho as a model for programs that speak the OpenAI chat protocol.

The user's messages are the question and its history; everything else of a conversation changes nothing,
since no instruction may change what a document says.
"""

import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from rag.answer import Answer, Statement
from rag.assistant import QuestionError
from rag.http_api import unless_gone
from rag.http_models import MAX_QUESTION
from rag.http_problem import FAILED, NotFoundError, openai_error, status_of
from rag.openai_models import ChatModel, Chunk, CompletionModel, ErrorModel, Message, ModelCard, ModelList, Usage
from rag.openai_text import ChatText
from rag.service import Service
from source.errors import HakushoError

MODEL = "hakusho"
_LOG = logging.getLogger("hakusho")
_STREAM = {"content": {"text/event-stream": {"schema": {"type": "string", "description": "Chunks, then `[DONE]`."}}}}


def openai_router(service: Service) -> APIRouter:
    """`/v1/models` and `/v1/chat/completions` over one service."""
    router = APIRouter(tags=["OpenAI protocol"])
    created = int(time.time())

    @router.get("/v1/models", response_model=ModelList, operation_id="models")
    async def models() -> Response:
        """List the models: one, whatever answers behind it."""
        return JSONResponse(ModelList(data=[ModelCard(id=MODEL, created=created)]).model_dump())

    @router.get("/v1/models/{model}", response_model=ModelCard, operation_id="model", responses=_errors(404))
    async def model(model: str) -> Response:
        """Describe a model."""
        _known(model)
        return JSONResponse(ModelCard(id=MODEL, created=created).model_dump())

    @router.post(
        "/v1/chat/completions",
        response_model=CompletionModel,
        operation_id="chat",
        responses={200: _STREAM, **_errors(400, 404, 413, 503)},
    )
    async def chat(asked: ChatModel, request: Request) -> Response:
        """Answer the last message of a conversation, with citation marks, sources and the citations themselves."""
        _known(asked.model)
        question, history = conversation(asked.messages)
        if asked.stream:
            items = service.stream(question, history, "chat")
            usage = asked.stream_options is not None and asked.stream_options.include_usage
            return StreamingResponse(
                _events(items, service, usage), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        answer = await unless_gone(request, service.ask(question, history, "chat"))
        return Response(status_code=499) if answer is None else JSONResponse(completion(answer, service))

    return router


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    # 422 is listed so that the framework does not describe a form of its own; it is never sent.
    return {s: {"model": ErrorModel, "description": "An error."} for s in (*statuses, 422)}


def _known(model: str) -> None:
    if model != MODEL:
        raise NotFoundError(f'there is no such model: use "{MODEL}"')


def conversation(messages: Sequence[Message]) -> tuple[str, list[str]]:
    """The question and the user's questions before it. Raises QuestionError.

    Earlier messages that are no questions (too long, empty) were answered with an error in their time;
    they are passed over, so that one of them does not end the conversation.
    """
    if messages[-1].role != "user":
        raise QuestionError("the last message is not the user's: end the conversation with a question")
    question, *earlier = [m.text() for m in reversed(messages) if m.role == "user"]
    if not question.strip():
        raise QuestionError("the last message is empty: type a question about the document")
    if len(question) > MAX_QUESTION:
        raise QuestionError(f"the last message has {len(question)} characters: ask in {MAX_QUESTION} or fewer")
    return question, [e for e in reversed(earlier) if e.strip() and len(e) <= MAX_QUESTION]


def completion(answer: Answer, service: Service) -> dict[str, Any]:
    """An answer as a chat completion."""
    text = ChatText(service.assistant.index)
    content = "".join(text.statement(s) for s in answer.statements) + text.ending(answer)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": None},
        "logprobs": None,
        "finish_reason": "stop",
    }
    return {**_head("chat.completion"), "choices": [choice], "usage": Usage().model_dump(), **_cited(answer, text)}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _cited(answer: Answer, text: ChatText) -> dict[str, Any]:
    """What OpenAI's completion has not."""
    return {"citations": [asdict(c) for c in text.citations], "hakusho": answer.to_json()}


async def _events(items: AsyncGenerator[Statement | Answer, None], service: Service, usage: bool) -> AsyncGenerator[str, None]:
    """Server-sent events: the statements as they come, the sources, the citations with the end."""
    try:
        async with aclosing(items):
            async for chunk in _chunks(items, service, usage):
                yield _event(chunk)
    except HakushoError as error:
        yield _event(openai_error(status_of(error), str(error)))
    except Exception:
        _LOG.exception("no answer")
        yield _event(openai_error(500, FAILED))
    yield "data: [DONE]\n\n"


def _event(chunk: Chunk) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"


async def _chunks(items: AsyncGenerator[Statement | Answer, None], service: Service, usage: bool) -> AsyncGenerator[Chunk, None]:
    head, text = _head("chat.completion.chunk"), ChatText(service.assistant.index)

    def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> Chunk:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice], **extra}

    yield chunk({"role": "assistant", "content": ""})
    async for item in items:
        if isinstance(item, Statement):
            yield chunk({"content": text.statement(item)})
        else:
            yield chunk({"content": text.ending(item)})
            yield chunk({}, "stop", **_cited(item, text))
    if usage:
        yield {**head, "choices": [], "usage": Usage().model_dump()}
