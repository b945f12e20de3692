"""The tools for agents, called by the official client over both transports."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from server import CLIENT, PATIENCE

from rag.assistant import Assistant
from rag.records import passage_record
from source.document import Document

ROOT = Path(__file__).parent.parent
SIGNED = "租税条約はいつ署名されましたか"
Connect = Callable[[], AbstractAsyncContextManager[ClientSession]]
INITIALISE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One index for all processes that are started here."""
    return {**os.environ, "HAKUSHO_INDEX": str(tmp_path_factory.mktemp("agents") / "index")}


@pytest.fixture(params=["http", "stdio"])
def connect(request: pytest.FixtureRequest, environment: dict[str, str]) -> Connect:
    @asynccontextmanager
    async def http() -> AsyncIterator[ClientSession]:
        address = request.getfixturevalue("served")
        async with streamable_http_client(f"{address}/mcp") as (incoming, outgoing, _), ClientSession(incoming, outgoing) as s:
            yield s

    @asynccontextmanager
    async def stdio() -> AsyncIterator[ClientSession]:
        command = StdioServerParameters(command=sys.executable, args=["-m", "rag", "mcp"], cwd=ROOT, env=environment)
        async with stdio_client(command) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            yield session

    if request.param == "http":
        request.getfixturevalue("served")
        return http
    return stdio


def using(connect: Connect, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    async def run() -> None:
        async with connect() as session:
            hello = await session.initialize()
            assert hello.serverInfo.name == "hakusho"
            assert "not_in_document" in (hello.instructions or "")
            await talk(session)

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_the_tools_answer_with_the_objects_of_every_interface(connect: Connect, assistant: Assistant, chapter: Document) -> None:
    async def talk(session: ClientSession) -> None:
        tools = {t.name: t for t in (await session.list_tools()).tools}
        assert set(tools) == {"ask", "search", "passage"}
        assert all(t.outputSchema and t.description and t.annotations and t.annotations.readOnlyHint for t in tools.values())

        answer = await structured(session, "ask", question=SIGNED)
        wanted = assistant.ask(SIGNED).to_json()
        assert {**answer, "seconds": 0} == {**wanted, "seconds": 0}
        assert all(chapter.text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])

        follow_up = await structured(session, "ask", question="翌月は?", history=["5月に訪日したのは誰ですか"])
        assert follow_up["standalone_question"] == "6月に訪日したのは誰ですか"
        refusal = await structured(session, "ask", question="Who is the prime minister of Kazakhstan?")
        assert (refusal["status"], refusal["citations"]) == ("not_in_document", [])

        found = await structured(session, "search", question="カスピ海ルート", k=2)
        best, _ = found["passages"]
        assert best["passage"] == "ca-1-04-1"
        passage = await structured(session, "passage", id="ca-2-07-1")
        assert passage == passage_record(assistant.index, "ca-2-07-1")

    using(connect, talk)


async def structured(session: ClientSession, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a tool, which its text says too."""
    result = await session.call_tool(tool, arguments)
    assert not result.isError, result.content
    assert result.structuredContent is not None
    assert json.loads(result.content[0].text) == result.structuredContent  # type: ignore[union-attr]
    return result.structuredContent


def test_mistakes_are_told_to_the_agent(connect: Connect) -> None:
    async def talk(session: ClientSession) -> None:
        wrong: list[tuple[str, dict[str, Any], str]] = [
            ("ask", {"question": ""}, "question"),
            ("ask", {"question": "x" * 2001}, "2000"),
            ("search", {"question": "x", "k": 0}, "k"),
            ("passage", {"id": "zz-9"}, "search"),
            ("nothing", {}, "nothing"),
        ]
        for tool, arguments, remedy in wrong:
            result = await session.call_tool(tool, arguments)
            assert result.isError, tool
            assert remedy in result.content[0].text  # type: ignore[union-attr]
            assert "Traceback" not in result.content[0].text  # type: ignore[union-attr]

    using(connect, talk)


def test_many_calls_at_once(connect: Connect, assistant: Assistant) -> None:
    async def talk(session: ClientSession) -> None:
        results = await asyncio.gather(*(structured(session, "ask", question=SIGNED) for _ in range(16)))
        assert {r["answer"] for r in results} == {assistant.ask(SIGNED).text}

    using(connect, talk)


def test_standard_output_carries_the_protocol_alone(index_folder: Path) -> None:
    # A fresh index is built at start, with notices; a print by any library must not break the protocol.
    noisy = (
        "import rag.cli, rag.assistant as a; stream = a.Assistant.stream\n"
        "def loud(*given, **more):\n    print('noise'); return stream(*given, **more)\n"
        "a.Assistant.stream = loud\n"
        "raise SystemExit(rag.cli.main(['mcp']))"
    )
    calls = [
        INITIALISE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": SIGNED}}},
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", noisy], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"".join(json.dumps(c).encode() + b"\n" for c in calls))
    process.stdin.flush()
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    rest, errors = process.communicate(timeout=PATIENCE)  # ends the input, and with it the server
    assert process.returncode == 0
    assert rest == b""
    assert b"noise" in errors
    assert [line["id"] for line in lines] == [1, 2]
    assert lines[1]["result"]["structuredContent"]["citations"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "attacker.example.org"}, 421),
        ({"Origin": "http://attacker.example.org"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_strangers_are_kept_out(served: str, headers: dict[str, str], status: int) -> None:
    accept = {"Accept": "application/json, text/event-stream"}
    assert CLIENT.post(f"{served}/mcp", json=INITIALISE, headers={**accept, **headers}).status_code == status
