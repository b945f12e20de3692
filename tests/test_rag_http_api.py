"""Hakusho's own HTTP interface, asked by a real client over a real socket."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from server import CLIENT, PATIENCE

from rag.assistant import Assistant
from rag.cli import main
from rag.http_guard import MAX_BODY
from rag.http_models import AnswerModel
from source.document import Document

SIGNED = "租税条約はいつ署名されましたか"
QUESTIONS = [
    SIGNED,
    "SCOとは?",
    "Who visited Japan in May?",
    "カザフスタンの人口は?",
    "5月に訪日したのは誰ですか",
    "Who is the prime minister of Kazakhstan?",
]


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "seconds"}


@pytest.fixture
def client(served: str) -> httpx.Client:
    return httpx.Client(base_url=served, timeout=PATIENCE)


def problem(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert "Traceback" not in response.text
    return str(body["detail"])


def test_ask_gives_a_line_of_a_batch(
    client: httpx.Client, index_folder: Any, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"id": 0, "question": SIGNED, "history": None}, {"id": 1, "question": "翌月は?", "history": [QUESTIONS[4]]}]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert main(["ask", "--batch", str(path)]) == 0
    batch = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    given = [client.post("/v1/ask", json=line).json() for line in lines]
    assert [timeless(a) for a in given] == [timeless(a) for a in batch]
    assert [list(a) for a in given] == [list(a) for a in batch]
    assert "id" not in client.post("/v1/ask", json={"question": SIGNED}).json()


def test_the_model_describes_every_field(assistant: Assistant) -> None:
    answer = assistant.ask(SIGNED).to_json()
    assert set(AnswerModel.model_fields) == {*answer, "notice", "withheld"}
    assert AnswerModel.model_validate(answer).model_dump() == answer
    told = {**answer, "notice": "no model", "withheld": ["x"]}
    assert AnswerModel.model_validate(told).model_dump() == told


def test_citations_stand_in_the_text_that_is_given(client: httpx.Client, chapter: Document) -> None:
    documents = client.get("/v1/documents").json()["documents"]
    assert [d["id"] for d in documents] == [chapter.id]
    assert documents[0]["sha256"] == chapter.sha256
    text = client.get(f"/v1/documents/{chapter.id}").json()["text"]
    assert text == chapter.text
    for question in QUESTIONS:
        answer = client.post("/v1/ask", json={"question": question}).json()
        assert (answer["status"] == "answered") == bool(answer["citations"])
        assert all(text[c["start"] : c["end"]] == c["quote"] for c in answer["citations"])


def test_search_gives_what_the_command_line_gives(
    client: httpx.Client, index_folder: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    found = client.get("/v1/search", params={"question": "カスピ海ルート", "k": 3}).json()
    assert main(["search", "--json", "-k", "3", "カスピ海ルート"]) == 0
    assert found["passages"] == json.loads(capsys.readouterr().out)
    assert len(client.get("/v1/search", params={"question": "カスピ海ルート"}).json()["passages"]) == 10


def test_passages_lead_to_each_other(client: httpx.Client, chapter: Document) -> None:
    first = next(p for p in chapter.passages if p.duplicate_of is None)
    seen, at = [], first.id
    while at is not None:
        record = client.get(f"/v1/passages/{at}").json()
        assert chapter.text[record["start"] : record["end"]] == record["quote"]
        assert record["quote"] in record["paragraph"]["text"]
        assert at in record["paragraph"]["passages"]
        assert record["previous"] == (seen[-1] if seen else None)
        seen.append(at)
        at = record["next"]
    assert seen == [p.id for p in chapter.passages if p.duplicate_of is None]
    assert client.get("/v1/passages/ca-2-07-1").json()["headings"][-1] == "(2)中央アジア諸国"


@pytest.mark.parametrize(
    ("body", "remedy"),
    [
        (b'{"question": ""}', "question"),
        (b'{"question": "   "}', "question"),
        (b'{"question": 1}', "question"),
        (b'{"question": "\\ud800"}', "question"),
        (b'{"question": "x", "history": "y"}', "history"),
        (b'{"question": "x", "hystory": []}', "hystory"),
        (json.dumps({"question": "長" * 2001}).encode(), "2000"),
        (json.dumps({"question": "x", "history": ["y"] * 101}).encode(), "100"),
        (b"[]", "body"),
        (b"{", "JSON"),
        (b"", "body"),
    ],
)
def test_a_wrong_question_is_told_what_to_mend(client: httpx.Client, body: bytes, remedy: str) -> None:
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert remedy in problem(response, 422)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b'{"question": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_is_told_so(client: httpx.Client, body: bytes) -> None:
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    problem(response, response.status_code)


def test_wrong_addresses_and_methods_are_problems(client: httpx.Client) -> None:
    assert "/openapi.json" in problem(client.get("/v1/nothing"), 404)
    assert "search" in problem(client.get("/v1/passages/zz-9"), 404)
    assert "/v1/documents" in problem(client.get("/v1/documents/zz"), 404)
    refused = client.get("/v1/ask")
    assert "method" in problem(refused, 405)
    assert refused.headers["allow"] == "POST"
    assert "k" in problem(client.get("/v1/search", params={"question": "x", "k": 51}), 422)


def test_a_body_that_is_too_large_is_refused(client: httpx.Client) -> None:
    large = b'{"question": "' + b"x" * MAX_BODY + b'"}'
    headers = {"Content-Type": "application/json"}
    assert str(MAX_BODY) in problem(client.post("/v1/ask", content=large, headers=headers), 413)
    # Without a length announced.
    pieces = (large[i : i + 65536] for i in range(0, len(large), 65536))
    assert str(MAX_BODY) in problem(client.post("/v1/ask", content=pieces, headers=headers), 413)


def test_many_questions_at_once_get_the_answers_of_one_by_one(served: str, assistant: Assistant) -> None:
    alone = [timeless(assistant.ask(q).to_json()) for q in QUESTIONS]

    async def together() -> list[dict[str, Any]]:
        limits = httpx.Limits(max_connections=48)
        async with httpx.AsyncClient(base_url=served, timeout=PATIENCE, limits=limits) as client:
            asked = [client.post("/v1/ask", json={"question": q}) for _ in range(8) for q in QUESTIONS]
            return [timeless(r.json()) for r in await asyncio.gather(*asked)]

    assert asyncio.run(together()) == alone * 8


def test_health_and_metrics(client: httpx.Client) -> None:
    def counted(name: str, **labels: str) -> float:
        families = text_string_to_metric_families(client.get("/metrics").text)
        samples = [s for f in families for s in f.samples if s.name == name and labels.items() <= s.labels.items()]
        return sum(s.value for s in samples)

    assert client.get("/healthz").json() == {"status": "ok"}
    answers = {"interface": "ask", "status": "answered", "mode": "quote", "language": "en"}
    requests = {"route": "/v1/ask", "method": "POST", "status": "200"}
    before = counted("hakusho_answers_total", **answers), counted("hakusho_requests_total", **requests)
    client.post("/v1/ask", json={"question": "Who visited Japan in May?"})
    assert counted("hakusho_answers_total", **answers) == before[0] + 1
    assert counted("hakusho_requests_total", **requests) == before[1] + 1
    client.get("/v1/made-up-by-a-stranger")
    assert "stranger" not in client.get("/metrics").text


def test_an_error_of_the_programs_own_shows_no_traceback(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    from server import running

    class Broken(Assistant):
        def stream(self, *_: Any, **__: Any) -> Any:
            raise ZeroDivisionError("secret")

    with running(Broken(assistant.index)) as address:
        response = CLIENT.post(f"{address}/v1/ask", json={"question": SIGNED}, timeout=PATIENCE)
    assert "log" in problem(response, 500)
    assert "secret" not in response.text
    assert "secret" in caplog.text
