"""Errors over HTTP: RFC 9457 problem+json, or OpenAI's form for programs that speak its protocol.

An error never carries a traceback nor repeats what was sent.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from rag.assistant import QuestionError
from source.errors import HakushoError

OPENAI_PATHS = ("/v1/chat/", "/v1/models")
FAILED = "the request could not be answered: the server's log says why"
_REMEDIES = {
    400: "the body could not be read: send JSON in UTF-8",
    404: "there is nothing at this address: /openapi.json lists what there is",
    405: "this address takes another method: /openapi.json lists which",
}


class BusyError(HakushoError):
    """More questions wait than the server can answer soon."""


class NotFoundError(HakushoError):
    """What was asked for by id is not there."""


def inner_path(scope: Mapping[str, Any]) -> str:
    """The path of a request without the root path of a reverse proxy."""
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))


def error_response(
    path: str,
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    errors: Sequence[dict[str, str]] = (),
    openai: Mapping[str, str | None] | None = None,
) -> JSONResponse:
    """An error in the form that the program at `path` expects.

    `errors` says which members of the request are wrong; `openai` is OpenAI's `param` and `code`.
    """
    if path.startswith(OPENAI_PATHS):
        return JSONResponse(openai_error(status, detail, **(openai or {})), status, headers)
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        members["errors"] = list(errors)
    return JSONResponse(members, status, headers, media_type="application/problem+json")


def openai_error(status: int, detail: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """An error as the OpenAI protocol words it."""
    kinds = {401: "authentication_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": detail, "type": kind, "param": param, "code": code}}


def status_of(error: HakushoError) -> int:
    """The HTTP status of an error: 500 where the caller cannot mend it."""
    known = {BusyError: 503, NotFoundError: 404, QuestionError: 422}
    return next((status for kind, status in known.items() if isinstance(error, kind)), 500)


def add_error_handlers(app: FastAPI) -> None:
    """Makes every error of an application one of the two forms."""
    app.add_exception_handler(HakushoError, _hakusho)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)


def _hakusho(request: Request, error: Exception) -> Response:
    assert isinstance(error, HakushoError)
    path, status = inner_path(request.scope), status_of(error)
    if path.startswith(OPENAI_PATHS) and status == 422:
        status = 400
    code = "model_not_found" if status == 404 else None
    return error_response(
        path, status, str(error), headers={"Retry-After": "2"} if status == 503 else None, openai={"code": code}
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = _REMEDIES.get(error.status_code, str(error.detail))
    return error_response(inner_path(request.scope), error.status_code, detail, headers=dict(error.headers or {}))


def _unforeseen(request: Request, error: Exception) -> Response:
    return error_response(inner_path(request.scope), 500, FAILED)


def _invalid(request: Request, error: Exception) -> Response:
    """Which members of a request are wrong and how; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    path = inner_path(request.scope)
    wrong = [{"at": ".".join(str(part) for part in e["loc"]), "detail": str(e["msg"])} for e in error.errors()]
    detail = "; ".join(f"{w['at']}: {w['detail']}" for w in wrong[:3]) + ": correct the request as /openapi.json describes it"
    if path.startswith(OPENAI_PATHS):
        return error_response(path, 400, detail, openai={"param": wrong[0]["at"].removeprefix("body.") or None})
    return error_response(path, 422, detail, errors=wrong[:20])
