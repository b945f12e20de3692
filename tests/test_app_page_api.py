"""The page's own programming interface, called by the official `gradio_client`."""

import pytest
from gradio_client import Client
from prometheus_client.parser import text_string_to_metric_families
from server import CLIENT

from rag.assistant import Assistant

SIGNED = "租税条約はいつ署名されましたか"


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False)


def test_ask_is_the_one_public_endpoint(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {"/ask"}


def test_it_gives_the_object_of_every_interface(client: Client, assistant: Assistant) -> None:
    answer = client.predict(question=SIGNED, api_name="/ask")
    assert {**answer, "seconds": 0} == {**assistant.ask(SIGNED).to_json(), "seconds": 0}
    follow_up = client.predict(question="翌月は?", history=["5月に訪日したのは誰ですか"], api_name="/ask")
    assert follow_up["standalone_question"] == "6月に訪日したのは誰ですか"


def test_its_answers_are_counted(client: Client, served: str) -> None:
    before = _counted(served)
    client.predict(question=SIGNED, history=[], api_name="/ask")
    assert _counted(served) == before + 1


def _counted(served: str) -> float:
    """How many answers this interface has given, as an operator reads it."""
    families = text_string_to_metric_families(CLIENT.get(f"{served}/metrics").text)
    samples = [s for f in families if f.name == "hakusho_answers" for s in f.samples if s.name.endswith("_total")]
    return sum(s.value for s in samples if s.labels["interface"] == "gradio")


def test_a_mistake_is_told(client: Client) -> None:
    with pytest.raises(Exception, match="type a question"):
        client.predict(question=" ", history=[], api_name="/ask")
