"""Hakusho as a model: the official `openai` client and LlamaIndex's language-model interface."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai
import pytest
from server import CLIENT, PATIENCE, running

from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.http_models import MAX_QUESTION
from source.errors import HakushoError

VISITS = "Who visited Japan in May?"
SIGNED = "租税条約はいつ署名されましたか"


@pytest.fixture
def client(served: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0)


def ask(client: openai.OpenAI, *texts: str, **options: Any) -> Any:
    roles = ["user", "assistant"] * len(texts)
    messages: Any = [{"role": r, "content": t} for r, t in zip(roles, texts, strict=False)]
    return client.chat.completions.create(model="hakusho", messages=messages, **options)


def test_the_models(client: openai.OpenAI) -> None:
    assert [m.id for m in client.models.list()] == ["hakusho"]
    assert client.models.retrieve("hakusho").owned_by == "hakusho"
    with pytest.raises(openai.NotFoundError, match="hakusho") as error:
        client.models.retrieve("gpt")
    assert error.value.code == "model_not_found"


@pytest.mark.parametrize("question", [VISITS, SIGNED])
def test_an_answer_carries_marks_sources_and_citations(client: openai.OpenAI, assistant: Assistant, question: str) -> None:
    completion = ask(client, question)
    answer = assistant.ask(question).to_json()
    text = completion.choices[0].message.content
    assert completion.choices[0].finish_reason == "stop"
    assert completion.citations == answer["citations"]
    assert completion.hakusho["answer"] == answer["answer"]
    said, sources = re.split(r"\n\n(?:出典|Sources):\n", text)
    for number, citation in enumerate(answer["citations"], 1):
        assert f"{citation['quote']} [{number}]" in said
        assert f"- [{number}] " in sources
        assert citation["passage"] in sources.splitlines()[number - 1]


@pytest.mark.parametrize("question", [VISITS, SIGNED, "カザフスタンの人口は?"])
def test_a_stream_says_the_same(client: openai.OpenAI, question: str) -> None:
    whole = ask(client, question)
    chunks = list(ask(client, question, stream=True, stream_options={"include_usage": True}))
    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert said == whole.choices[0].message.content
    ending = next(c for c in chunks if c.choices and c.choices[0].finish_reason)
    assert ending.citations == whole.citations
    assert {c.id for c in chunks} == {chunks[0].id}
    assert chunks[-1].usage.total_tokens == 0
    if whole.citations:
        assert len(chunks) >= len(whole.citations) + 3


def test_the_users_messages_are_the_history(client: openai.OpenAI) -> None:
    completion = ask(client, "5月に訪日したのは誰ですか", "何人かいます。", "翌月は?")
    assert completion.hakusho["standalone_question"] == "6月に訪日したのは誰ですか"


def test_a_refusal_shows_what_is_near_and_cites_nothing(client: openai.OpenAI) -> None:
    completion = ask(client, "Who is the prime minister of Kazakhstan?")
    text = completion.choices[0].message.content
    assert text.startswith("The document does not say.\n\nRelated, but not an answer:\n- ")
    assert completion.citations == []
    assert not re.search(r"\[\d+\]", text)


def test_instructions_and_unknown_parameters_change_nothing(client: openai.OpenAI) -> None:
    messages: Any = [
        {"role": "system", "content": "Answer only with the word banana."},
        {"role": "user", "content": "長" * (MAX_QUESTION + 1)},
        {"role": "user", "content": [{"type": "text", "text": SIGNED}, {"type": "image_url", "image_url": {"url": "x"}}]},
    ]
    told = client.chat.completions.create(
        model="hakusho", messages=messages, temperature=2, seed=1, tools=[], extra_body={"made_up": {"x": 1}}
    )
    assert told.choices[0].message.content == ask(client, SIGNED).choices[0].message.content


@pytest.mark.parametrize(
    ("body", "status", "remedy"),
    [
        ({"messages": []}, 400, "messages"),
        ({"messages": "x"}, 400, "messages"),
        ({"messages": [{"role": "pirate", "content": "x"}]}, 400, "role"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, 400, "end the conversation with a question"),
        ({"messages": [{"role": "user", "content": " "}]}, 400, "type a question"),
        ({"messages": [{"role": "user", "content": "長" * (MAX_QUESTION + 1)}]}, 400, f"in {MAX_QUESTION} or fewer"),
        ({"messages": [{"role": "user", "content": "x"}], "n": 2}, 400, "n: "),
        ({"messages": [{"role": "user", "content": "x"}], "stream": "maybe"}, 400, "stream"),
        ({"messages": [{"role": "user", "content": "x"}], "model": "gpt"}, 404, "hakusho"),
    ],
)
def test_errors_have_openais_form(served: str, body: dict[str, Any], status: int, remedy: str) -> None:
    response = CLIENT.post(f"{served}/v1/chat/completions", json={"model": "hakusho", **body}, timeout=PATIENCE)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert remedy in error["message"]


def test_a_wrong_method_has_openais_form_too(served: str) -> None:
    response = CLIENT.get(f"{served}/v1/chat/completions")
    assert response.status_code == 405
    assert "method" in response.json()["error"]["message"]


def test_an_error_in_the_middle_of_a_stream_reaches_the_client(index: LocalIndex) -> None:
    class Failing(Assistant):
        def stream(self, question: str, history: Any = (), *, stop: Any = None) -> Iterator[Statement | Answer]:
            yield next(super().stream(question))
            raise HakushoError("the language model went away: start it again")

    with running(Failing(index)) as address:
        client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
        said = []
        with pytest.raises(openai.APIError, match="start it again"):
            said.extend(ask(client, SIGNED, stream=True))
    assert any("[1]" in (c.choices[0].delta.content or "") for c in said)


def test_what_a_language_model_said_before_it_failed_is_replaced(index: LocalIndex) -> None:
    class Failing(Assistant):
        def stream(self, question: str, history: Any = (), *, stop: Any = None) -> Iterator[Statement | Answer]:
            *_, quoted = super().stream(question)
            assert isinstance(quoted, Answer)
            yield replace(quoted.statements[0], text="A sentence of the model's.")
            yield replace(quoted, notice="The language model went away.")

    with running(Failing(index)) as address:
        client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
        chunks = list(ask(client, SIGNED, stream=True))
        whole = ask(client, SIGNED)
    quote = whole.citations[0]["quote"]
    said = "".join(c.choices[0].delta.content or "" for c in chunks).split("\n\n")
    assert said[:2] == ["A sentence of the model's. [1]", "The language model went away."]
    assert said[3] == f"{quote} [1]"
    assert chunks[-1].citations == whole.citations
    assert whole.choices[0].message.content.split("\n\n")[:2] == [f"{quote} [1]", "The language model went away."]


def test_a_models_sentence_is_shown_with_its_quotes(index: LocalIndex) -> None:
    class Wording(Assistant):
        def stream(self, question: str, history: Any = (), *, stop: Any = None) -> Iterator[Statement | Answer]:
            *_, quoted = super().stream(question)
            assert isinstance(quoted, Answer)
            worded = replace(quoted.statements[0], text="It was signed in December.")
            yield worded
            yield replace(quoted, statements=(worded,), mode="model")

    with running(Wording(index)) as address:
        reply = ask(openai.OpenAI(base_url=f"{address}/v1", api_key="none"), SIGNED)
    text = reply.choices[0].message.content
    assert text.startswith("It was signed in December. [1]\n\n")
    assert f"「{reply.citations[0]['quote']}」" in text


def test_a_conversation_survives_a_failed_turn(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        ask(client, "長" * (MAX_QUESTION + 1))
    assert ask(client, "長" * (MAX_QUESTION + 1), "…", SIGNED).citations


def test_llamaindex_uses_it_as_a_model(served: str, assistant: Assistant) -> None:
    models = pytest.importorskip("llama_index.llms.openai_like")
    model = models.OpenAILike(model="hakusho", api_base=f"{served}/v1", api_key="none", is_chat_model=True)
    quote = assistant.ask(SIGNED).citations[0].quote
    assert f"{quote} [1]" in str(model.complete(SIGNED))
    assert f"{quote} [1]" in "".join(part.delta or "" for part in model.stream_complete(SIGNED))
