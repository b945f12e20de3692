"""Every interface honours the language model: command line, batch, HTTP, the OpenAI protocol, MCP, the report."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from server import CLIENT, running

from eval.llm_server import Seen, llm_server, says
from index.local import LocalIndex
from rag.assistant import Assistant
from rag.cli import main
from rag.llm_settings import LlmSettings

pytest.importorskip("llama_index.llms.openai_like")

ROOT = Path(__file__).parent.parent
QUESTION = "3月に訪日したウズベキスタンの外相は誰ですか。"
WORDED = "サイードフ外相が3月に訪日しました。"
KEY = "sk-never-printed"


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Seen]]:
    """An honest server, configured by the environment; gives its URL and what it sees."""
    with llm_server(says("サイードフ外相が3月に訪日しました[1]。")) as (url, seen):
        monkeypatch.setenv("HAKUSHO_LLM_BASE_URL", url)
        monkeypatch.setenv("HAKUSHO_LLM_MODEL", "tiny")
        monkeypatch.setenv("HAKUSHO_LLM_API_KEY", KEY)
        yield url, seen


def worded(answer: dict[str, Any]) -> bool:
    return answer["mode"] == "model" and answer["answer"] == WORDED and answer["citations"][0]["passage"] == "ca-2-07-1"


def test_the_command_line(
    model: tuple[str, Seen],
    index_folder: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, seen = model
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"id": 1, "question": QUESTION}), encoding="utf-8")
    assert main(["ask", "--batch", str(batch)]) == 0
    assert worded(json.loads(capfd.readouterr().out))
    assert main(["ask", "--json", "--llm", "none", QUESTION]) == 0
    assert json.loads(capfd.readouterr().out)["mode"] == "quote"
    assert len(seen.requests) == 1
    monkeypatch.delenv("HAKUSHO_LLM_BASE_URL")
    monkeypatch.delenv("HAKUSHO_LLM_MODEL")
    assert main(["ask", "--json", "--llm", f"{url}#other", QUESTION]) == 0
    assert worded(json.loads(capfd.readouterr().out))
    assert seen.requests[1]["model"] == "other"
    assert main(["doctor"]) == 0
    printed = capfd.readouterr()
    assert KEY not in printed.out + printed.err


def test_http_and_the_openai_protocol(index: LocalIndex, model: tuple[str, Seen]) -> None:
    url, _ = model
    with running(Assistant(index, llm=LlmSettings("tiny", url, KEY))) as address:
        asked = CLIENT.post(f"{address}/v1/ask", json={"question": QUESTION})
        assert worded(asked.json())
        messages = [{"role": "user", "content": QUESTION}]
        chat = CLIENT.post(f"{address}/v1/chat/completions", json={"model": "hakusho", "messages": messages}).json()
        assert WORDED.rstrip("。") in chat["choices"][0]["message"]["content"]
        assert chat["hakusho"]["mode"] == "model"
        assert KEY not in asked.text + json.dumps(chat)


def test_an_agent_over_standard_input(model: tuple[str, Seen], index_folder: Path) -> None:
    async def talk() -> dict[str, Any]:
        command = StdioServerParameters(command=sys.executable, args=["-m", "rag", "mcp"], cwd=ROOT, env=dict(os.environ))
        async with stdio_client(command) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            await session.initialize()
            return (await session.call_tool("ask", {"question": QUESTION})).structuredContent or {}

    assert worded(asyncio.run(talk()))


def test_the_report_counts_citations_by_statement(
    model: tuple[str, Seen], index_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url, _ = model
    questions, report = tmp_path / "questions.jsonl", tmp_path / "report.json"
    lines = (ROOT / "eval" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    (about,) = [json.loads(line) for line in lines if "サイードフ外相はどのような資格" in line]
    questions.write_text(json.dumps({**about, "question": QUESTION, "answers": ["サイードフ"]}), encoding="utf-8")
    assert main(["eval", "--llm", f"{url}#tiny", "--questions", str(questions), "--split", "all", "--json", str(report)]) == 0
    held = json.loads(report.read_text(encoding="utf-8"))
    assert held["citation recall, by statement"] == held["citation precision"] == 1
    assert held["statements withheld, of those written"] == 0
    assert "1 questions" in capfd.readouterr().out
