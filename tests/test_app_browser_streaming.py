"""Answers that come slowly, are stopped, or do not come at all, in a real browser."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from browser import PROGRAMME, answered, ask, opened, serving_here
from playwright.sync_api import Browser, expect

from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from source.errors import HakushoError


class _Slow(Assistant):
    """Answers as ever, but with time between the statements, as a language model takes it."""

    def stream(
        self, question: str, history: Sequence[str] = (), *, stop: threading.Event | None = None, quotes: bool = False
    ) -> Iterator[Statement | Answer]:
        *_, answer = super().stream(question, history)
        assert isinstance(answer, Answer)
        for statement in answer.statements:
            yield statement
            time.sleep(0.8)
        yield replace(answer, mode="model", notice="言語モデルは<途中>で止まりました。", withheld=("首相は<b>出席</b>した。",))


@pytest.fixture(scope="module")
def slow_address(index: LocalIndex) -> Iterator[str]:
    with serving_here(_Slow(index)) as at:
        yield at


def test_statements_appear_as_they_come_and_can_be_stopped(browser: Browser, slow_address: str) -> None:
    with opened(browser, slow_address) as page:
        page.locator("#box").fill("カザフスタンとの関係について教えてください。")
        page.locator("#box").press("Enter")
        expect(page.locator(".turn.pending .statement")).to_have_count(1)
        expect(page.locator("#send")).to_be_hidden()
        page.get_by_role("button", name="止める").click()
        expect(page.locator(".turn.stopped .note")).to_have_text("途中で止めました")
        said = page.locator(".turn.stopped .statement").count()
        assert 1 <= said <= 2, "what had come stays, and no more comes"
        expect(page.locator("#send")).to_be_visible()
        page.reload()
        expect(page.locator(".turn.stopped .statement")).to_have_count(said)
        page.get_by_role("button", name="もう一度答える").click()
        expect(page.locator(".turn.answered .statement")).to_have_count(3)


def test_what_a_language_model_could_not_show_is_hidden_and_struck_out(browser: Browser, slow_address: str) -> None:
    with opened(browser, slow_address) as page:
        ask(page, "租税条約はいつ署名されましたか。")
        expect(page.locator(".reply > .note")).to_have_text("言語モデルは<途中>で止まりました。")
        withheld = page.locator(".withheld s")
        expect(withheld).to_be_hidden()
        page.locator(".withheld summary").click()
        expect(withheld).to_have_text("首相は<b>出席</b>した。")


def test_a_server_that_went_away_is_told(browser: Browser, index: LocalIndex) -> None:
    with serving_here(_Slow(index)) as address, opened(browser, address) as page:
        page.route("**/gradio_api/**", lambda route: route.abort())
        page.locator("#box").fill(PROGRAMME)
        page.locator("#box").press("Enter")
        expect(page.locator(".turn.error")).to_contain_text("サーバーにつながりません")
        page.locator("#box").fill("書きかけ")
        page.unroute_all()
        # The framework loads the page anew when the server is back; the conversation and the draft stay.
        page.reload()
        expect(page.locator("#box")).to_have_value("書きかけ")
        page.get_by_role("button", name="もう一度答える").click()
        answered(page, 1)
        expect(page.locator(".turn.answered")).to_have_count(1)


def test_a_taken_port_is_told_in_one_line() -> None:
    import app

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(HakushoError, match="--port"):
        app.launch(port=taken.getsockname()[1])
