"""All interfaces for programs as one application beside the page: HTTP, the OpenAI protocol, MCP.

`Programs.route` goes before the page in its application; `protect` puts the guard before both.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from rag.access import Access
from rag.assistant import Assistant
from rag.http_api import api_router
from rag.http_guard import OPEN_TO_ALL, BodyLimit, Doorkeeper, RootPath
from rag.http_metrics import CountRequests
from rag.http_models import ProblemModel
from rag.http_problem import add_error_handlers, inner_path
from rag.mcp_server import PATH as MCP_PATH
from rag.mcp_server import mcp_server
from rag.openai_protocol import openai_router
from rag.service import Service

_EXACT = {"/healthz", "/metrics", "/openapi.json", MCP_PATH, f"{MCP_PATH}/"}
_ABOUT = """Answers over documents, every sentence with a citation to exact characters of the text.

`text[start:end] == quote` holds for every citation, in code points of the text that `/v1/documents/{id}` gives.
Errors are RFC 9457 problems (OpenAI's own form under `/v1/chat` and `/v1/models`); `detail` names the remedy.
An MCP server speaks streamable HTTP at `/mcp`."""


class Programs(BaseRoute):
    """The application for programs, as a route of the application that has the page."""

    def __init__(self, assistant: Assistant, access: Access) -> None:
        self.service = Service(assistant)
        self._access = access
        self._mcp = mcp_server(self.service)
        self.app = FastAPI(title="Hakusho", version=version("hakusho"), description=_ABOUT, docs_url=None, redoc_url=None)
        self.app.include_router(api_router(self.service))
        self.app.include_router(openai_router(self.service))
        self.app.router.routes.extend(self._mcp.streamable_http_app().routes)
        self.app.openapi = self._openapi  # type: ignore[method-assign]
        add_error_handlers(self.app)
        self.app.add_middleware(BodyLimit)
        if access.origins:
            headers = ["Authorization", "Content-Type", "Mcp-Session-Id", "Mcp-Protocol-Version"]
            self.app.add_middleware(
                CORSMiddleware, allow_origins=access.origins, allow_methods=["GET", "POST"], allow_headers=headers
            )
        self.app.add_middleware(CountRequests, metrics=self.service.metrics)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Takes every path for programs, known or not, so that a wrong one gets an error for programs."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = inner_path(scope)
        return (Match.FULL if path in _EXACT or path.startswith("/v1/") or path == "/v1" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers in the application for programs."""
        await self.app(scope, receive, send)

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """What runs while the application does; work still going on at its end is stopped."""
        async with self._mcp.session_manager.run():
            try:
                yield
            finally:
                self.service.workers.close()

    def _openapi(self) -> dict[str, Any]:
        """The description, with the form of errors, which no operation returns itself."""
        if self.app.openapi_schema is None:
            schema = get_openapi(
                title=self.app.title, version=self.app.version, description=self.app.description, routes=self.app.routes
            )
            template = "#/components/schemas/{model}"
            schema["components"]["schemas"]["ProblemModel"] = ProblemModel.model_json_schema(ref_template=template)
            if self._access.accounts is not None:
                _describe_password(schema)
            self.app.openapi_schema = schema
        return self.app.openapi_schema


def _describe_password(schema: dict[str, Any]) -> None:
    """Says in the description that operations need a password."""
    schema["components"]["securitySchemes"] = {"basic": {"type": "http", "scheme": "basic"}}
    refused = {"description": "No user and password, or wrong ones."}
    for path, methods in schema["paths"].items():
        if path not in OPEN_TO_ALL:
            for operation in methods.values():
                operation["security"] = [{"basic": []}]
                operation["responses"]["401"] = refused


def protect(app: FastAPI, access: Access) -> None:
    """Puts root path, host, origin and password checks before everything an application has."""
    app.add_middleware(Doorkeeper, access=access)
    app.add_middleware(RootPath, root_path=access.root_path)
