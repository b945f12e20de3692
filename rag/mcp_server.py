"""Hakusho for agents: the tools ask, search and passage over the Model Context Protocol.

The same server is mounted in the web application (streamable HTTP) and spoken over standard input and output.
"""

import logging
import os
import sys
from collections.abc import Awaitable
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, TypeVar

import anyio
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field

from rag.http_models import MAX_FOUND, AnswerModel, History, PassageModel, Question, SearchModel
from rag.service import Service
from source.document import Document
from source.errors import HakushoError

T = TypeVar("T")
PATH = "/mcp"
_READING = ToolAnnotations(readOnlyHint=True, idempotentHint=True, destructiveHint=False, openWorldHint=False)
_LOG = logging.getLogger("hakusho")
_INSTRUCTIONS = """Hakusho answers questions about these documents: {documents}.
Use `ask` for a question. Its statements are the documents' own words, each verified against the text; \
quote them unchanged, with their passage ids. Where `status` is `not_in_document`, say that the documents do not \
tell, and do not answer from elsewhere as if they did. Use `search` to look around, `passage` to read what stands \
around a passage. Ask in Japanese or English; the documents are cited in their own language."""


def mcp_server(service: Service) -> FastMCP[None]:
    """The server with its three tools. Whoever mounts it checks hosts and origins (`rag.http_guard`)."""
    server: FastMCP[None] = FastMCP(
        "hakusho",
        instructions=_INSTRUCTIONS.format(documents=_named(service.assistant.index.documents)),
        log_level="WARNING",
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    server._mcp_server.version = version("hakusho")

    @server.tool(title="Ask the documents", annotations=_READING, structured_output=True)
    async def ask(question: Question, history: History | None = None) -> AnswerModel:
        """Answer a question from the documents, with verified citations, or find that they do not say.

        `answer` holds the documents' own sentences, `short_answer` the part that answers, `citations` the exact
        places (document, passage, start, end, quote). With `status` `not_in_document` there is no answer, and
        `retrieved` lists only what is near. Give the user's earlier questions as `history` for a follow-up.
        """
        return AnswerModel.model_validate((await _told(service.ask(question, history or [], "mcp"))).to_json())

    @server.tool(title="Search the documents", annotations=_READING, structured_output=True)
    async def search(
        question: Question, k: Annotated[int, Field(ge=1, le=MAX_FOUND, description="How many passages.")] = 10
    ) -> SearchModel:
        """List the passages nearest to a question or to key words, best first, whether or not they answer it."""
        return SearchModel.model_validate(await _told(service.search(question, k)))

    @server.tool(title="Read a passage", annotations=_READING, structured_output=True)
    async def passage(
        id: Annotated[str, Field(description="Id of a passage, as citations and searches give it.", examples=["ca-2-07-1"])],
    ) -> PassageModel:
        """Read one passage with its headings, its whole paragraph, and the ids of the passages before and after it."""

        async def found() -> PassageModel:
            return PassageModel.model_validate(service.passage(id))

        return await _told(found())

    return server


async def _told(work: Awaitable[T]) -> T:
    """The result; an error the agent can mend reaches it as words."""
    try:
        return await work
    except HakushoError as error:
        raise ToolError(str(error)) from None


def _named(documents: tuple[Document, ...], most: int = 10) -> str:
    names = [f"{d.title} ({d.id})" for d in documents[:most]]
    return ", ".join([*names, f"and {len(documents) - most} more"] if len(documents) > most else names)


def run_stdio(service: Service) -> None:
    """Speaks MCP over standard input and output until the input ends."""
    anyio.run(_stdio, service)


async def _stdio(service: Service) -> None:
    # Only the protocol may reach standard output: whatever else prints, prints to standard error.
    protocol = TextIOWrapper(os.fdopen(os.dup(sys.stdout.fileno()), "wb"), encoding="utf-8", newline="\n")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server = mcp_server(service)._mcp_server
    async with stdio_server(stdout=anyio.wrap_file(protocol)) as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
