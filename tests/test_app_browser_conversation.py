"""The conversation in a real browser: follow-ups, corrections, what stays, what is hostile or too long."""

from browser import PROGRAMME, VISIT, answered, ask, opened
from playwright.sync_api import Browser, Page, expect

PAYLOAD = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>${window.hacked=1}{{hacked}}'
    "[x](javascript:window.hacked=1) **2024年**の対話\u202eは?"
)
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
