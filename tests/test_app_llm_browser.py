"""The page with a language model behind it: stopped, killed in the middle, lying, switched off."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from browser import ask, chromium, opened, serving_here
from playwright.sync_api import Browser, Page, expect

from eval.llm_server import HangUpError, Script, Seen, llm_server, says
from index.local import LocalIndex
from rag.assistant import Assistant
from rag.llm_settings import LlmSettings

pytest.importorskip("llama_index.llms.openai_like")

QUESTION = "3月に訪日したウズベキスタンの外相は誰ですか。"
TRUE = "サイードフ外相が3月に訪日しました[1]。"
KEY = "sk-never-on-the-page"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@contextmanager
def modelled(browser: Browser, index: LocalIndex, script: Script) -> Iterator[tuple[Page, Seen]]:
    """The page over an assistant whose language model follows the script, and what that server sees."""
    with llm_server(script) as (url, seen):
        assistant = Assistant(index, llm=LlmSettings("tiny", url, KEY, backoff=0.01))
        with serving_here(assistant) as address, opened(browser, address) as page:
            yield page, seen
            assert KEY not in page.content()


def test_the_stop_button_cancels_the_request_at_the_server(browser: Browser, index: LocalIndex) -> None:
    reached = threading.Event()

    def script(_: dict[str, Any]) -> Iterator[str]:
        reached.set()
        for _ in range(1200):
            time.sleep(0.05)
            yield "、"

    with modelled(browser, index, script) as (page, seen):
        page.locator("#box").fill(QUESTION)
        page.locator("#box").press("Enter")
        assert reached.wait(60)
        page.locator("#stop").click()
        assert seen.cancelled.wait(30)
        assert not seen.finished
        expect(page.locator(".turn .note")).to_have_text("途中で止めました")
        expect(page.locator("#send")).to_be_visible()


def test_a_server_killed_in_the_middle_leaves_a_whole_quoted_answer(browser: Browser, index: LocalIndex) -> None:
    def script(_: dict[str, Any]) -> Iterator[str]:
        yield TRUE + "さらに、"
        time.sleep(0.5)
        raise HangUpError

    with modelled(browser, index, script) as (page, seen):
        reply = ask(page, QUESTION)
        assert len(seen.requests) == 1
        assert "途中で切れ" in reply
        assert "サイードフ外相が外務省賓客として訪日し" in reply
        chips = page.locator(".turn .chip")
        expect(chips).to_have_count(1)
        quote = index.documents[0].text[int(chips.get_attribute("data-start") or 0) : int(chips.get_attribute("data-end") or 0)]
        assert "3月にサイードフ外相が外務省賓客として訪日し" in quote
        assert "さらに" not in reply


def test_a_lie_is_left_out_and_shown_struck_through_on_request(browser: Browser, index: LocalIndex) -> None:
    with modelled(browser, index, says(TRUE, "\nサイードフ外相は逮捕された[1]。")) as (page, _):
        ask(page, QUESTION)
        withheld = page.locator(".turn .withheld")
        expect(withheld.locator("s")).to_be_hidden()
        withheld.locator("summary").click()
        expect(withheld.locator("s")).to_have_text("サイードフ外相は逮捕された。")
        expect(withheld.locator("s")).to_have_css("text-decoration-line", "line-through")


def test_the_model_is_switched_off_on_the_page_and_stays_off(browser: Browser, index: LocalIndex) -> None:
    with modelled(browser, index, says(TRUE)) as (page, seen):
        switch = page.get_by_role("button", name="言語モデル")
        expect(switch).to_have_attribute("title", re.compile("^tiny at 127"))
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "false")
        ask(page, QUESTION)
        assert not seen.requests
        page.reload()
        expect(switch).to_have_attribute("aria-pressed", "false")
        switch.click()
        page.get_by_role("button", name="新しい会話").click()
        ask(page, QUESTION)
        assert len(seen.requests) == 1


def test_without_a_model_there_is_no_switch(browser: Browser, assistant: Assistant) -> None:
    with serving_here(assistant) as address, opened(browser, address) as page:
        expect(page.locator("#masthead [data-act=theme]")).to_be_visible()
        expect(page.locator("#masthead [data-act=model]")).to_have_count(0)
