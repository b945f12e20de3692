"""The HTTP interface of Hakusho's own: ask, search, passages, documents, health, metrics."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from rag.http_models import (
    MAX_FOUND,
    AnswerModel,
    AskModel,
    DocumentsModel,
    HealthModel,
    PassageModel,
    Question,
    SearchModel,
    TextModel,
)
from rag.service import Service

T = TypeVar("T")
_PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemModel"}}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an operation, for its OpenAPI description."""
    words = {
        400: "No JSON.",
        404: "There is no such thing.",
        413: "Too large.",
        422: "Not a request that can be answered.",
        503: "Busy.",
    }
    return {s: {"description": words[s], **_PROBLEM} for s in statuses}


async def unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """The result of the work; None, and the work cancelled, where the client has left."""
    task = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for unfinished in (task, leaving):
            unfinished.cancel()


async def _gone(request: Request) -> None:
    """Returns when the client disconnects. The body has been read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def api_router(service: Service) -> APIRouter:
    """All operations over one service."""
    router = APIRouter()

    @router.post(
        "/v1/ask", response_model=AnswerModel, responses=problems(400, 413, 422, 503), operation_id="ask", tags=["questions"]
    )
    async def ask(asked: AskModel, request: Request) -> Response:
        """Answer a question with verified citations; the same object as a line of `hakusho ask --batch`."""
        answer = await unless_gone(request, service.ask(asked.question, asked.history or [], "ask"))
        if answer is None:
            return Response(status_code=499)
        begin = {} if asked.id is None else {"id": asked.id}
        return JSONResponse({**begin, **answer.to_json()})

    @router.get("/v1/search", response_model=SearchModel, responses=problems(422, 503), operation_id="search", tags=["questions"])
    async def search(
        request: Request,
        question: Annotated[Question, Query()],
        k: Annotated[int, Query(ge=1, le=MAX_FOUND, description="How many passages.")] = 10,
    ) -> Response:
        """List the nearest passages, best first, whether or not they answer."""
        found = await unless_gone(request, service.search(question, k))
        return Response(status_code=499) if found is None else JSONResponse(found)

    @router.get(
        "/v1/passages/{id}", response_model=PassageModel, responses=problems(404, 422), operation_id="passage", tags=["texts"]
    )
    async def passage(id: Annotated[str, Path(description="Id of the passage.", examples=["ca-2-07-1"])]) -> Response:
        """Show a passage with its headings, its paragraph and its neighbours."""
        return JSONResponse(service.passage(id))

    @router.get("/v1/documents", response_model=DocumentsModel, operation_id="documents", tags=["texts"])
    async def documents() -> Response:
        """List the documents."""
        return JSONResponse({"documents": service.documents()})

    @router.get(
        "/v1/documents/{id}", response_model=TextModel, responses=problems(404, 422), operation_id="document", tags=["texts"]
    )
    async def document(id: Annotated[str, Path(description="Id of the document.")]) -> Response:
        """Give a document with its text, to check citations against."""
        return JSONResponse(service.document(id))

    _add_operations(router, service)
    return router


def _add_operations(router: APIRouter, service: Service) -> None:
    """What operators watch."""
    plain: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}

    @router.get("/healthz", response_model=HealthModel, operation_id="health", tags=["operation"])
    async def health() -> dict[str, str]:
        """Say that the server answers; never needs a password."""
        return {"status": "ok"}

    @router.get("/metrics", response_class=Response, responses=plain, operation_id="metrics", tags=["operation"])
    async def metrics(request: Request) -> Response:
        """Give counters and latencies in the Prometheus text format."""
        return service.metrics.show(request)
