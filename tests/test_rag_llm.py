"""Model mode against a real server that speaks the OpenAI protocol, well and badly."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from eval.llm_server import HangUpError, Raw, RefusalError, Script, Seen, llm_server, says
from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.llm_settings import LlmSettings, LlmSettingsError, llm_settings

pytest.importorskip("llama_index.llms.openai_like")

QUESTION = "3月に訪日したウズベキスタンの外相は誰ですか。"
TRUE = "サイードフ外相が3月に訪日しました[1]。"
KEY = "sk-very-secret"
QUICK = {"backoff": 0.01, "longest_wait": 0.5}


def asked(index: LocalIndex, script: Script, question: str = QUESTION, **settings: Any) -> tuple[Answer, Seen, list[Any]]:
    with llm_server(script) as (url, seen):
        assistant = Assistant(index, llm=LlmSettings("m", url, KEY, **{**QUICK, **settings}))
        items = list(assistant.stream(question))
    assert isinstance(items[-1], Answer)
    return items[-1], seen, items[:-1]


def test_a_true_statement_is_cited_with_the_exact_quote(index: LocalIndex) -> None:
    answer, seen, streamed = asked(index, says("サイード", "フ外相が3月に訪日しました", "[", "1", "]。"))
    assert answer.mode == answer.to_json()["mode"] == "model"
    assert answer.status == "answered"
    assert answer.text == "サイードフ外相が3月に訪日しました。"
    assert [c.passage for c in answer.citations] == ["ca-2-07-1"]
    assert streamed == list(answer.statements)
    assert seen.keys == [f"Bearer {KEY}"]
    (request,) = seen.requests
    assert request["stream"] is True
    assert "サイードフ" in request["messages"][1]["content"]


def test_false_statements_are_withheld_and_told(index: LocalIndex) -> None:
    answer, _, _ = asked(index, says(TRUE, "\nサイードフ外相は4月に訪日した[1]。", "\n彼は逮捕された[1]。"))
    assert [s.text for s in answer.statements] == ["サイードフ外相が3月に訪日しました。"]
    assert len(answer.withheld) == 2
    assert "2文" in answer.notice


@pytest.mark.parametrize("mark", ["", "[3]", "[9]", "[77]"])
def test_a_wrong_citation_is_put_right(index: LocalIndex, mark: str) -> None:
    answer, _, _ = asked(index, says(f"サイードフ外相が3月に訪日しました{mark}。"))
    assert [c.passage for c in answer.citations] == ["ca-2-07-1"]


def test_citations_are_numbered_by_first_use(index: LocalIndex) -> None:
    two = "In June, Tsuji visited Kyrgyzstan and Tajikistan [5]. In June, Tsuji held a meeting with Deputy Foreign Minister Usmanov [5]."
    answer, _, _ = asked(index, says(two), "Whom did State Minister Tsuji meet in Uzbekistan in June?")
    assert answer.mode == "model"
    assert list(answer.citations) == [c for s in answer.statements for c in s.citations]


def test_the_model_is_not_asked_what_the_document_does_not_say(index: LocalIndex) -> None:
    answer, seen, _ = asked(index, says("3776 metres [1]."), "富士山の高さは何メートルですか。")
    assert answer.status == "not_in_document"
    assert not seen.requests


def hangs(_: dict[str, Any]) -> Iterator[str]:
    time.sleep(8)
    yield "x"


def stalls(_: dict[str, Any]) -> Iterator[str]:
    yield TRUE + "そし"
    time.sleep(8)
    yield "x"


def flows(_: dict[str, Any]) -> Iterator[str]:
    yield TRUE + "また"
    while True:
        time.sleep(0.02)
        yield "、"


def cut(_: dict[str, Any]) -> Iterator[str]:
    yield TRUE + "さら"
    raise HangUpError


def endless(_: dict[str, Any]) -> Iterator[str]:
    while True:
        yield "ああ" * 40


def refuses(status: int, **headers: str) -> Script:
    def script(_: dict[str, Any]) -> Iterator[str]:
        raise RefusalError(status, headers, f'{{"error": {{"message": "bad key {KEY}"}}}}')
        yield

    return script


FAULTS = [
    (cut, "途中で切れ", 1),
    (endless, "終わりません", 1),
    (says(), "空でした", 1),
    (says("  "), "裏付けられなかった", 1),
    (says(Raw("data: {oops\n\n")), "読み取れません", 1),
    (refuses(401), "アクセスを拒否", 1),
    (refuses(404), "その名前のモデル", 1),
    (refuses(500), "エラーが起き", 3),
    (refuses(429, **{"Retry-After": "0"}), "混み合って", 3),
    (refuses(429, **{"Retry-After": "600"}), "混み合って", 1),
    (says("この文書には、ご質問への答えは書かれていません。"), "答えがないと", 1),
]


@pytest.mark.parametrize(("script", "notice", "requests"), FAULTS)
def test_every_fault_ends_in_a_whole_quoted_answer(
    index: LocalIndex, script: Script, notice: str, requests: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer, seen, _ = asked(index, script, most_characters=2000)
    assert answer.mode == "quote"
    assert [c.passage for c in answer.citations] == ["ca-2-07-1"]
    assert notice in answer.notice
    assert len(seen.requests) == requests
    assert KEY not in caplog.text + repr(answer) + str(answer.to_json())


@pytest.mark.parametrize(
    ("script", "limits", "notice"),
    [
        (hangs, {"first_token": 0.5}, "時間内に答え始め"),
        (stalls, {"between_tokens": 0.5}, "途中で止まり"),
        (flows, {"overall": 3.0}, "時間内に終わりません"),
    ],
)
def test_waits_are_bounded(index: LocalIndex, script: Script, limits: dict[str, float], notice: str) -> None:
    answer, _, _ = asked(index, script, **limits)
    assert answer.mode == "quote"
    assert answer.citations
    # On a machine under load even the first token may come too late.
    assert notice in answer.notice or "時間内に" in answer.notice


def test_a_server_that_is_down_and_the_notice_in_english(index: LocalIndex) -> None:
    assistant = Assistant(index, llm=LlmSettings("m", "http://127.0.0.1:9/v1", KEY, **QUICK))
    answer = assistant.ask("Which foreign minister of Uzbekistan visited Japan in March?")
    assert answer.mode == "quote"
    assert answer.notice.startswith("The language model's server could not be reached")


def test_a_server_that_recovers_is_asked_again(index: LocalIndex) -> None:
    tries: list[int] = []

    def script(_: dict[str, Any]) -> Iterator[str]:
        tries.append(1)
        if len(tries) < 3:
            raise RefusalError(503)
        yield TRUE

    answer, _, _ = asked(index, script)
    assert (answer.mode, len(tries)) == ("model", 3)


def test_closing_the_stream_cancels_the_request(index: LocalIndex) -> None:
    with llm_server(flows) as (url, seen):
        stream = Assistant(index, llm=LlmSettings("m", url)).stream(QUESTION)
        assert isinstance(next(stream), Statement)
        stream.close()  # type: ignore[attr-defined]
        assert seen.cancelled.wait(10)
        assert not seen.finished


def test_stop_ends_even_a_wait_for_the_first_token(index: LocalIndex) -> None:
    reached = threading.Event()

    def script(_: dict[str, Any]) -> Iterator[str]:
        reached.set()
        for _ in range(400):
            time.sleep(0.05)
            yield Raw(": still thinking\n\n")

    stop, items = threading.Event(), []
    with llm_server(script) as (url, seen):
        assistant = Assistant(index, llm=LlmSettings("m", url))
        thread = threading.Thread(target=lambda: items.extend(assistant.stream(QUESTION, stop=stop)))
        thread.start()
        assert reached.wait(30)
        stop.set()
        thread.join(30)
        assert not thread.is_alive()
        assert seen.cancelled.wait(10)
    assert items == []


def test_passages_keep_to_the_context(index: LocalIndex) -> None:
    _, seen, _ = asked(index, says(TRUE), context=1500)
    _, roomy, _ = asked(index, says(TRUE), context=16000)
    few, many = (s.requests[0]["messages"][1]["content"].count("<passage ") for s in (seen, roomy))
    assert 1 <= few < many == 10


def test_settings_from_the_command_line_and_the_environment(tmp_path: Any) -> None:
    environment = {"HAKUSHO_LLM_BASE_URL": "http://h:1/v1/", "HAKUSHO_LLM_MODEL": "m", "HAKUSHO_LLM_API_KEY": KEY}
    settings = llm_settings(None, environment)
    assert (settings.base_url, settings.model, settings.api_key) == ("http://h:1/v1", "m", KEY)
    assert KEY not in repr(settings) + settings.shown
    assert not llm_settings(None, {})
    assert not llm_settings("none", environment)
    assert llm_settings("http://x/v1#other", environment).model == "other"
    for wrong in ("ftp://x", "http://user:pass@x/v1", "http://", str(tmp_path), "http://x:99999/v1"):
        with pytest.raises(LlmSettingsError):
            llm_settings(wrong, {})


def test_anyones_llama_index_model(index: LocalIndex) -> None:
    from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

    class Parrot(CustomLLM):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(context_window=4096)

        def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
            return CompletionResponse(text=TRUE)

        def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
            yield CompletionResponse(text=TRUE, delta=TRUE)

    answer = Assistant(index, llm=Parrot()).ask(QUESTION)
    assert answer.mode == "model"
    assert answer.statements[0].text == "サイードフ外相が3月に訪日しました。"
