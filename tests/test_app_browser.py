"""The page in a real browser: ask, see the answer, open its citation in the text."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ask, chromium, highlighted, opened, serving
from playwright.sync_api import Browser, Page, expect

from source.document import Document
from source.errors import HakushoError

PROGRAMME = "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。"
PRIME_MINISTER = "Who is the prime minister of Kazakhstan?"
SIGNED = "When was the tax convention with Turkmenistan signed?"
PAYLOAD = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>${window.hacked=1}{{hacked}} 2024年の対話\u202eは?'
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(index=tmp_path_factory.mktemp("served") / "index") as at:
        yield at


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    shown = opened(browser, address)
    yield shown
    outside = [url for url in shown.requested if not url.startswith((address, "data:", "blob:"))]  # type: ignore[attr-defined]
    assert not outside, f"a request left the machine: {outside}"
    shown.context.close()


def test_an_answer_opens_its_citation_in_the_text(page: Page, chapter: Document) -> None:
    assert "2024年-2026年" in ask(page, PROGRAMME)
    assert page.locator(".turn mark").first.inner_text() == "2024年-2026年"
    page.evaluate("document.querySelector('#text').scrollTop = 0")
    chip = page.locator(".chip").first
    chip.click()
    start, end = (int(chip.get_attribute(name) or 0) for name in ("data-start", "data-end"))
    assert highlighted(page) == chapter.text[start:end]
    expect(page.locator("#text mark.cited").first).to_be_in_viewport()


def test_every_character_of_the_text_can_be_highlighted(page: Page, chapter: Document) -> None:
    # 辻󠄀 takes one code point for the character and one, of two UTF-16 units, for its variant.
    around = chapter.text.index("辻\U000e0100清人")
    for start, end in [(around, around + 2), (around + 2, around + 9), (2430, 2470), (0, len(chapter.text))]:
        page.evaluate(
            """([id, start, end]) => {
                const chip = document.createElement('button');
                Object.assign(chip.dataset, { show: '', document: id, start, end });
                document.body.append(chip); chip.click(); chip.remove(); }""",
            [chapter.id, start, end],
        )
        wanted = "".join(chapter.text[max(start, s) : min(end, e)] for s, e in _shown(chapter) if s < end and e > start)
        page.wait_for_function(
            "w => [...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('') === w", arg=wanted
        )


def _shown(chapter: Document) -> list[tuple[int, int]]:
    """What of the text stands on the page: headings and passages, a repeated caption once."""
    headings = [(s.heading.start, s.heading.end) for s in chapter.sections if s.heading]
    return sorted(headings + [(p.start, p.end) for p in chapter.passages if p.duplicate_of is None])


def test_a_citation_opens_from_the_keyboard_and_previews_its_quote(page: Page) -> None:
    ask(page, PROGRAMME)
    chip = page.locator(".chip").first
    chip.focus()
    expect(page.locator("#quote-preview")).to_contain_text("2024年-2026年における")
    page.keyboard.press("Enter")
    assert highlighted(page) == chip.get_attribute("data-quote")
    chip.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#quote-preview")).to_be_hidden()


def test_what_the_text_does_not_say_is_refused_with_what_is_near(page: Page) -> None:
    reply = ask(page, PRIME_MINISTER)
    assert "does not say" in reply
    assert page.locator(".turn.not_in_document .near").count() > 0
    assert "関連する箇所(答えではありません)" in reply
    page.locator(".near").first.click()
    assert highlighted(page)


def test_an_english_question_gets_the_rendering_and_its_original(browser: Browser, address: str, chapter: Document) -> None:
    page = opened(browser, address, locale="en-US")
    reply = ask(page, SIGNED)
    assert "December" in page.locator(".statement .rendering").first.inner_text()
    assert "Unofficial English rendering" in reply
    assert page.locator(".statement blockquote").first.inner_text() in chapter.text
    page.context.close()


def test_the_language_follows_the_browser_the_address_and_the_switch(browser: Browser, address: str) -> None:
    page = opened(browser, address, locale="en-US")
    expect(page.locator(".empty h2")).to_have_text("Ask the text")
    page.get_by_role("button", name="日本語").click()
    expect(page.locator(".empty h2")).to_have_text("本文に聞いてみましょう")
    assert page.evaluate("document.documentElement.lang") == "ja"
    page.reload()
    expect(page.locator(".empty h2")).to_have_text("本文に聞いてみましょう")
    page.goto(f"{address}?lang=en")
    expect(page.get_by_placeholder("Ask in English or Japanese")).to_be_visible()
    page.context.close()


def test_an_example_is_one_click_and_a_new_chat_another(page: Page) -> None:
    page.locator(".examples button").first.click()
    expect(page.locator(".turn.answered")).to_have_count(1)
    page.get_by_role("button", name="新しい会話").click()
    expect(page.locator(".empty")).to_be_visible()


def test_a_follow_up_shows_how_it_was_understood(page: Page) -> None:
    ask(page, "6月に辻外務副大臣はキルギスで誰を表敬しましたか。")
    ask(page, "タジキスタンでは?")
    expect(page.locator(".understood").last).to_contain_text("質問の解釈")


def test_code_in_a_question_is_text(page: Page) -> None:
    ask(page, PAYLOAD)
    shown = page.locator(".question").last
    assert shown.text_content() == PAYLOAD
    assert page.evaluate("window.hacked") is None
    assert shown.locator("img, script").count() == 0


def test_too_long_a_question_is_told_and_an_empty_one_ignored(page: Page) -> None:
    assert "2000字以内" in ask(page, "あ" * 2001)
    page.locator("#question textarea").press("Enter")
    page.wait_for_timeout(500)
    assert page.locator(".turn").count() == 1


def test_a_phone_scrolls_only_downwards_and_finds_back(browser: Browser, address: str) -> None:
    page = opened(browser, address, width=360, height=740)
    for _ in ("empty", "answered"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        ask(page, PROGRAMME)
    assert not highlighted(page), "on a phone the text stays where it is until it is asked for"
    page.locator(".chip").first.click()
    expect(page.locator("#text mark.cited").first).to_be_in_viewport()
    page.get_by_role("button", name="回答へ戻る").click()
    expect(page.locator(".chip").first).to_be_in_viewport()
    page.context.close()


def test_documents_of_ones_own_are_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    hostile = "# <b>規程</b>\n\n𠮷田<script>window.hacked=1</script>工場は1987年に\u202e開業\u202cした。<img src=x onerror=window.hacked=1>は図である。\n"
    (folder / "one.txt").write_text(hostile, encoding="utf-8")
    (folder / "two.txt").write_text("# 港\n\n青葉港の水深は14メートルである。\n", encoding="utf-8")
    from index.open import build

    build(folder, tmp_path / "index")
    with serving("--index", str(tmp_path / "index"), index=tmp_path / "unused") as address:
        page = opened(browser, address)
        assert page.locator(".examples").count() == 0
        for question, document in (("青葉港の水深は何メートルですか。", "two"), ("𠮷田工場は何年に開業しましたか。", "one")):
            ask(page, question)
            target = (
                page.locator(".turn [data-show]").last if not page.locator(".turn .chip").count() else page.locator(".chip").last
            )
            target.click()
            text = (folder / f"{target.get_attribute('data-document')}.txt").read_text(encoding="utf-8")
            start, end = (int(target.get_attribute(name) or 0) for name in ("data-start", "data-end"))
            page.wait_for_function(
                "w => [...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('') === w",
                arg=text[start:end],
            )
            assert page.locator("#bar select").input_value() == document
        assert page.evaluate("window.hacked") is None
        page.context.close()


def test_a_taken_port_is_told_in_one_line() -> None:
    import app

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(HakushoError, match="--port"):
        app.launch(port=taken.getsockname()[1])
