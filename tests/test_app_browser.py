"""The page in a real browser: ask, see the answer, open its citation in the text, and all around it."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from browser import answered, ask, chromium, highlighted, opened, serious, serving, serving_here
from playwright.sync_api import Browser, Page, expect

from index.local import LocalIndex
from rag.answer import Answer, Statement
from rag.assistant import Assistant
from source.document import Document
from source.errors import HakushoError

PROGRAMME = "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。"
VISIT = "6月に辻外務副大臣はキルギスで誰を表敬しましたか。"
PRIME_MINISTER = "Who is the prime minister of Kazakhstan?"
SIGNED = "When was the tax convention with Turkmenistan signed?"
PAYLOAD = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>${window.hacked=1}{{hacked}}'
    "[x](javascript:window.hacked=1) **2024年**の対話\u202eは?"
)
CLIPBOARD = ["clipboard-read", "clipboard-write"]


# Calls of the server wait until the test lets them go.
_HELD = """(() => {
  const real = window.fetch, held = [];
  let open = false;
  window.release = () => { open = true; held.forEach((go) => go()); };
  window.fetch = async (...given) => {
    if (!open && String(given[0]?.url ?? given[0]).includes('component_server')) await new Promise((go) => held.push(go));
    return real(...given);
  };
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, feedback: Path) -> Iterator[str]:
    with serving(index=tmp_path_factory.mktemp("served") / "index", feedback=str(feedback)) as at:
        yield at


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address, permissions=CLIPBOARD) as shown:
        yield shown


@pytest.mark.parametrize(
    ("locale", "question"), [("ja-JP", VISIT), ("en-US", SIGNED), ("en-US", "List the officials who visited Japan in May.")]
)
def test_every_citation_of_an_answer_opens_in_the_text(
    browser: Browser, address: str, chapter: Document, locale: str, question: str
) -> None:
    with opened(browser, address, locale=locale) as page:
        ask(page, question)
        chips = page.locator(".turn .chip").all()
        assert chips
        for chip in chips:
            page.evaluate("document.querySelector('#text').scrollTop = 0")
            chip.click()
            start, end = (int(chip.get_attribute(name) or 0) for name in ("data-start", "data-end"))
            page.wait_for_function(
                "w => [...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('') === w",
                arg=chapter.text[start:end],
            )
            expect(page.locator("#text mark.cited").first).to_be_in_viewport()
            expect(chip).to_have_attribute("aria-current", "true")


def test_the_short_answer_is_marked_and_a_first_citation_shown_by_itself(page: Page) -> None:
    ask(page, PROGRAMME)
    assert page.locator(".turn mark").first.inner_text() == "2024年-2026年"
    assert "2024年-2026年" in highlighted(page)


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
    expect(page.locator("#text mark.cited").first).to_be_in_viewport()
    expect(page.locator(".next h3")).to_have_text("本文で答えられる質問")


def test_an_english_question_gets_the_rendering_and_its_original(browser: Browser, address: str, chapter: Document) -> None:
    with opened(browser, address, locale="en-US") as page:
        reply = ask(page, SIGNED)
        assert "December" in page.locator(".statement .rendering").first.inner_text()
        assert "Unofficial English rendering" in reply
        assert page.locator(".statement blockquote").first.inner_text() in chapter.text
        expect(page.locator(".bar .notice")).to_contain_text("unofficial")


def test_the_language_follows_the_browser_the_address_and_the_switch(browser: Browser, address: str) -> None:
    with opened(browser, address, locale="en-US") as page:
        expect(page.locator(".empty h2")).to_have_text("Ask the text")
        page.locator("#box").fill("half a quest")
        page.get_by_role("button", name="日本語").click()
        expect(page.locator(".empty h2")).to_have_text("本文に聞いてみましょう")
        expect(page.locator("#box")).to_have_value("half a quest")
        assert page.evaluate("document.documentElement.lang") == "ja"
        page.reload()
        expect(page.locator(".empty h2")).to_have_text("本文に聞いてみましょう")
        page.goto(f"{address}?lang=en")
        expect(page.get_by_placeholder("Ask in English or Japanese")).to_be_visible()


def test_an_example_is_one_click_and_what_follows_another(page: Page) -> None:
    page.locator(".topics button").first.click()
    answered(page, 1)
    following = page.locator(".next button").first
    question = following.inner_text()
    following.click()
    answered(page, 2)
    assert page.locator(".question").last.inner_text() == question
    expect(page.locator(".turn.answered")).to_have_count(2)


def test_a_follow_up_shows_how_it_was_understood_and_takes_a_correction(page: Page) -> None:
    ask(page, VISIT)
    ask(page, "タジキスタンでは?")
    expect(page.locator(".understood").last).to_contain_text("質問の解釈: 6月に辻外務副大臣はタジキスタンで")
    page.get_by_role("button", name="解釈を直す").click()
    field = page.get_by_role("textbox", name="解釈を直す")
    field.fill("ウズベキスタンの外相はいつ訪日しましたか。")
    field.press("Enter")
    answered(page, 2)
    expect(page.locator(".question").last).to_have_text("タジキスタンでは?")
    expect(page.locator(".understood").last).to_contain_text("ウズベキスタンの外相は")
    assert "サイードフ外相" in page.locator(".reply").last.inner_text()


def test_a_question_can_be_edited_and_asked_again(page: Page) -> None:
    ask(page, VISIT)
    ask(page, "タジキスタンでは?")
    page.get_by_role("button", name="質問を編集").first.click()
    field = page.get_by_role("textbox", name="質問を編集")
    assert field.input_value() == VISIT
    field.fill(PROGRAMME)
    field.press("Enter")
    answered(page, 1)
    assert "2024年-2026年" in page.locator(".reply").inner_text()
    first = page.locator(".turn").element_handle()
    page.get_by_role("button", name="もう一度答える").click()
    page.wait_for_function("old => !old.isConnected && document.querySelectorAll('.turn.answered').length === 1", arg=first)
    assert "2024年-2026年" in page.locator(".reply").inner_text()


def test_the_conversation_outlives_a_reload_until_it_is_cleared(page: Page) -> None:
    reply = ask(page, VISIT)
    ask(page, "タジキスタンでは?")
    page.reload()
    answered(page, 2)
    assert page.locator(".reply").first.inner_text() == reply
    # What was asked before still resolves what is asked now.
    ask(page, "カザフスタンでは?")
    expect(page.locator(".understood").last).to_contain_text("カザフスタン")
    page.get_by_role("button", name="新しい会話").click()
    expect(page.locator(".empty")).to_be_visible()
    page.reload()
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)


def test_a_kept_answer_that_no_longer_stands_is_not_shown(page: Page) -> None:
    ask(page, PROGRAMME)
    page.evaluate(
        """() => { const kept = localStorage.getItem('hakusho.turns');
        localStorage.setItem('hakusho.turns', kept.replaceAll('2024年-2026年', '2024年-2030年')); }"""
    )
    page.reload()
    expect(page.locator(".turn.stale")).to_have_count(1)
    assert "2030" not in page.locator("#conversation").inner_text()


def test_a_question_sent_before_the_page_is_ready_is_answered(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        # The way to the server opens late: what is sent meanwhile must wait, not vanish.
        page.add_init_script(_HELD)
        page.goto(address, wait_until="commit")
        page.locator("#box").fill(PROGRAMME)
        page.locator("#box").press("Enter")
        expect(page.locator(".turn.pending")).to_have_count(1)
        assert page.evaluate("Object.keys(hakusho.words).length") == 0
        page.evaluate("release()")
        answered(page, 1)
        assert "2024年-2026年" in page.locator(".reply").inner_text()


def test_code_in_a_question_is_text_wherever_it_goes(page: Page) -> None:
    ask(page, PAYLOAD)
    shown = page.locator(".question").last
    assert shown.text_content() == PAYLOAD
    page.locator("#bar .lookup input").fill(PAYLOAD)
    page.locator("#bar .lookup input").press("Enter")
    expect(page.locator("#bar .found")).to_be_visible()
    page.get_by_role("button", name="質問を編集").click()
    page.reload()
    answered(page, 1)
    assert shown.text_content() == PAYLOAD
    assert page.evaluate("window.hacked") is None
    assert page.locator("#conversation :is(img, script), #bar :is(img, script), .question a").count() == 0


def test_too_long_a_question_is_told_and_an_empty_one_ignored(page: Page) -> None:
    assert "2000字以内" in ask(page, "あ" * 2001)
    page.locator("#box").press("Enter")
    page.wait_for_timeout(300)
    assert page.locator(".turn").count() == 1


def look_up(page: Page, text: str) -> str:
    """Looks a text up and gives the verdict."""
    field = page.get_by_role("searchbox")
    page.evaluate("document.querySelector('#bar .found').replaceChildren()")
    field.fill(text)
    field.press("Enter")
    page.wait_for_selector("#bar .found .verdict")
    return page.locator("#bar .found .verdict p").inner_text()


def test_a_passage_is_found_by_its_id_with_its_neighbours_and_a_permalink(page: Page, chapter: Document, address: str) -> None:
    assert look_up(page, "ca-2-13-2") == "この箇所です"
    assert highlighted(page) == chapter.passage("ca-2-13-2").text
    page.get_by_role("button", name="次の箇所").click()
    page.wait_for_url("**/?passage=ca-2-13-3")
    assert highlighted(page) == chapter.passage("ca-2-13-3").text
    expect(page.get_by_role("button", name="次の箇所")).to_be_focused()
    page.get_by_role("button", name="リンクをコピー").click()
    expect(page.locator("#told")).to_have_text("リンクをコピーしました")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{address}?passage=ca-2-13-3"
    page.goto(link)
    expect(page.locator("#text mark.cited").first).to_be_in_viewport()
    assert highlighted(page) == chapter.passage("ca-2-13-3").text


def test_an_inexact_quote_is_found_with_its_differences(page: Page, chapter: Document) -> None:
    assert look_up(page, "1月に 上川外務大臣が 訪日したメレドフ") == "本文にこのとおりあります"
    assert highlighted(page) == "1月に上川外務大臣が訪日したメレドフ"
    assert look_up(page, "7月に上川外務大臣が訪日したメレドフ首相兼外相と会談し") == "本文とは少し違います"
    assert highlighted(page) == "1月に上川外務大臣が訪日したメレドフ副首相兼外相と会談し"
    assert page.locator(".differences del").all_inner_texts() == ["7"]
    assert page.locator(".differences ins").all_inner_texts() == ["1", "副"]
    before = highlighted(page)
    assert "この引用は本文にありません" in look_up(page, "日本の総理大臣が先週パリを訪問して会談した")
    assert page.locator(".found .near").count() > 0
    assert highlighted(page) == before, "what is not the quote is not shown as if it were"


def test_a_sentence_of_the_text_can_be_asked_about(page: Page) -> None:
    page.locator("#text [data-passage=ca-1-01-1]").first.select_text()
    page.get_by_role("button", name="この文について質問").click()
    expect(page.locator("#box")).to_be_focused()
    assert "「中央アジア・コーカサス諸国は、東アジア、" in page.locator("#box").input_value()
    page.locator("#box").press_sequentially("豊富な天然資源は何ですか。")
    page.locator("#box").press("Enter")
    answered(page, 1)
    expect(page.locator("#text [data-passage=ca-1-01-1] + .backrefs")).to_have_count(1)


def test_the_text_shows_which_answers_cite_a_sentence(page: Page) -> None:
    ask(page, PROGRAMME)
    ask(page, "日本は2018年に何を発表しましたか。")
    mark = page.locator("#text .backref")
    assert sorted(mark.evaluate_all("all => all.map(m => m.dataset.number)")) == ["1", "2"]
    page.get_by_role("button", name="質問1の回答で引用").click()
    expect(page.locator(".question").first).to_be_in_viewport()
    expect(page.locator(".question").first).to_be_focused()


@pytest.mark.parametrize(
    ("form", "mark"), [("テキスト", "[1] 外交青書"), ("Markdown", "**2024年"), ("BibTeX", "@misc{ca-2-13-1")]
)
def test_an_answer_is_copied_with_its_citations(page: Page, form: str, mark: str, chapter: Document) -> None:
    ask(page, PROGRAMME)
    page.locator(".actions summary").click()
    page.locator(".actions").get_by_role("button", name=form).click()
    expect(page.locator("#told")).to_have_text("引用とともにコピーしました")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert mark in copied
    assert "2\\-13\\-1" in copied if form == "Markdown" else "ca-2-13-1" in copied
    assert chapter.sha256[:12] in copied
    # What was copied finds its way back.
    if form != "Markdown":
        assert look_up(page, copied) == "この箇所です"
        assert highlighted(page) == chapter.passage("ca-2-13-1").text


def test_what_is_selected_and_copied_keeps_its_citation(page: Page) -> None:
    ask(page, PROGRAMME)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.turn .reply'))")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "の署名・交換を行った。[1]" in copied
    assert "[1] (2)中央アジア諸国 · ca-2-13-1 「トルクメニスタンとの関係では、" in copied


def test_the_conversation_is_exported(page: Page, chapter: Document, tmp_path: Path) -> None:
    ask(page, PROGRAMME)
    ask(page, PRIME_MINISTER)
    files = {}
    for form in ("Markdown", "JSON", "印刷用 HTML"):
        page.locator(".exporting summary").click()
        with page.expect_download() as download:
            page.locator(".exporting").get_by_role("button", name=form).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        files[path.suffix] = path.read_text(encoding="utf-8")
    held = json.loads(files[".json"])
    assert [a["status"] for a in held["answers"]] == ["answered", "not_in_document"]
    for citation in held["answers"][0]["citations"]:
        assert chapter.text[citation["start"] : citation["end"]] == citation["quote"]
    assert held["documents"][0]["sha256"] == chapter.sha256
    assert "## 日本とトルクメニスタン" in files[".md"]
    assert f"<mark>{held['answers'][0]['short_answer']}</mark>" in files[".html"]
    assert "<script" not in files[".html"]


def test_what_a_reader_says_of_an_answer_is_kept_by_the_server(page: Page, feedback: Path) -> None:
    ask(page, PROGRAMME)
    page.get_by_role("button", name="役に立たなかった").click()
    field = page.get_by_role("textbox", name="理由(任意)")
    field.fill("年が<b>足りない</b>")
    field.press("Enter")
    expect(page.locator(".reason")).to_have_count(0)
    expect(page.get_by_role("button", name="役に立たなかった")).to_have_attribute("aria-pressed", "true")
    lines = [json.loads(line) for line in feedback.read_text(encoding="utf-8").splitlines()]
    assert [(e["verdict"], e["reason"]) for e in lines[-2:]] == [("down", ""), ("down", "年が<b>足りない</b>")]
    assert lines[-1]["question"] == PROGRAMME


def test_how_an_answer_was_found_stands_behind_a_toggle(page: Page) -> None:
    ask(page, PROGRAMME)
    how = page.locator(".turn .how")
    expect(how.locator("table")).to_be_hidden()
    how.locator("summary").click()
    expect(how).to_contain_text("本文に答えがある見込み")
    expect(how.locator("tbody tr").first).to_contain_text("ca-2-13-1")
    expect(how.locator("tbody tr").first).to_contain_text("✓")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_no_serious_accessibility_violation(browser: Browser, address: str, scheme: str, width: int) -> None:
    with opened(browser, address, locale="en-US" if width == 360 else "ja-JP", width=width, color_scheme=scheme) as page:
        assert page.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
        assert not serious(page)
        ask(page, VISIT)
        ask(page, PRIME_MINISTER)
        page.locator(".turn .how summary").first.click()
        look_up(page, "7月に上川外務大臣が訪日したメレドフ首相兼外相と会談し")
        page.locator(".chip").first.click()
        page.wait_for_selector(".next")
        assert not serious(page)


def test_the_theme_can_be_switched_and_stays(page: Page) -> None:
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="明暗を切り替える").click()
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert after != before
    page.reload()
    page.wait_for_function("c => getComputedStyle(document.body).backgroundColor === c", arg=after)


def test_everything_can_be_done_with_the_keyboard_alone(page: Page) -> None:
    press = page.keyboard.press
    _tab_to(page, "a.skip", back=True)
    press("Enter")
    expect(page.locator("#text .chapter")).to_be_focused()
    _tab_to(page, "#box", back=True)
    page.keyboard.type(PROGRAMME)
    press("Enter")
    answered(page, 1)
    _tab_to(page, ".chip", back=True)
    press("Enter")
    assert "2024年-2026年" in highlighted(page)
    _tab_to(page, ".actions summary")
    press("Enter")
    press("Tab")
    press("Enter")
    expect(page.locator("#told")).to_have_text("引用とともにコピーしました")
    _tab_to(page, "#bar input")
    page.keyboard.type("ca-3-02-1")
    press("Enter")
    expect(page.locator("#bar .found")).to_be_focused()
    _tab_to(page, "[data-act=about]")
    press("Enter")
    expect(page.locator("#box")).to_be_focused()
    assert page.locator("#box").input_value().startswith("「ナゴルノ・カラバフ問題に関して")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def _tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"no way to {selector} with the Tab key")


def test_a_phone_scrolls_only_downwards_and_finds_back(browser: Browser, address: str) -> None:
    with opened(browser, address, width=360, height=740, has_touch=True) as page:
        expect(page.locator("#send")).to_be_in_viewport()
        for turns in (0, 1):
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, turns
            ask(page, PROGRAMME)
        assert not highlighted(page), "on a phone the text stays where it is until it is asked for"
        page.locator(".chip").first.tap()
        expect(page.locator("#text mark.cited").first).to_be_in_viewport()
        page.get_by_role("button", name="回答へ戻る").tap()
        expect(page.locator(".chip").first).to_be_in_viewport()
        look_up(page, "ca-3-02-1")
        expect(page.locator("#text mark.cited").first).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_documents_of_ones_own_are_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    hostile = "# <b>規程</b>\n\n𠮷田<script>window.hacked=1</script>工場は1987年に\u202e開業\u202cした。<img src=x onerror=window.hacked=1>は図である。\n"
    (folder / "one.txt").write_text(hostile, encoding="utf-8")
    (folder / "two.txt").write_text("# 港\n\n青葉港の水深は14メートルである。\n", encoding="utf-8")
    from index.open import build

    build(folder, tmp_path / "index")
    with (
        serving("--index", str(tmp_path / "index"), index=tmp_path / "unused") as address,
        opened(browser, address) as page,
    ):
        for question, document in (("青葉港の水深は何メートルですか。", "two"), ("𠮷田工場は何年に開業しましたか。", "one")):
            ask(page, question)
            found = page.locator(".turn").last.locator(".chip, .near").first
            found.click()
            text = (folder / f"{document}.txt").read_text(encoding="utf-8")
            start, end = (int(found.get_attribute(name) or 0) for name in ("data-start", "data-end"))
            page.wait_for_function(
                "w => [...document.querySelectorAll('#text mark.cited')].map(m => m.textContent).join('') === w",
                arg=text[start:end],
            )
            assert page.locator("#bar select").input_value() == document
        assert page.locator("[data-act=vote]").count() == 0, "feedback is off here"
        assert page.evaluate("window.hacked") is None


class _Slow(Assistant):
    """Answers as ever, but with time between the statements, as a language model takes it."""

    def stream(
        self, question: str, history: Sequence[str] = (), *, stop: threading.Event | None = None
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
