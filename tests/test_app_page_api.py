"""The page's own programming interface, called by the official `gradio_client`."""

import pytest
from gradio_client import Client

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


def test_a_mistake_is_told(client: Client) -> None:
    with pytest.raises(Exception, match="type a question"):
        client.predict(question=" ", history=[], api_name="/ask")
