"""The page for everybody, in a real browser: axe, keyboard alone, phone, themes, languages."""

import pytest
from browser import PRIME_MINISTER, PROGRAMME, VISIT, answered, ask, highlighted, look_up, opened, serious
from playwright.sync_api import Browser, Page, expect


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
        page.get_by_role("link", name="本文を読む").tap()
        expect(page.locator("#bar .outline")).to_be_in_viewport()
        page.evaluate("scrollTo(0, 0)")
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
        page.get_by_role("button", name="検索結果へ戻る").tap()
        expect(page.locator(".found .verdict")).to_be_in_viewport()
        look_up(page, "7月に上川外務大臣が訪日したメレドフ首相兼外相と会談し")
        expect(page.locator(".differences")).to_be_in_viewport()
        page.locator(".found .near").tap()
        expect(page.locator("#text mark.cited").first).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
