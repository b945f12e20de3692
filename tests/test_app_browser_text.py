"""The text beside the conversation, in a real browser: lookup, permalinks, asking about a sentence, who cites it."""

from browser import PROGRAMME, answered, ask, highlighted, look_up, opened
from playwright.sync_api import Browser, Page, expect

from source.document import Document


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
    assert "この引用は本文にありません" in look_up(page, "日本の総理大臣が先週パリを訪問して会談した")
    assert page.locator(".found .near").count() > 0
    assert not highlighted(page), "what is not the quote is not shown as if it were"
    assert "passage=" not in page.url


def test_the_outline_is_in_the_language_of_the_reader(browser: Browser, address: str) -> None:
    with opened(browser, address, locale="en-US") as page:
        links = page.locator("#bar .outline button")
        expect(links).to_have_text(["(1) Overview", "(2) Central Asian Countries", "(3) Caucasus Countries"])
        expect(page.locator("#text .rendering.title").first).to_have_text("(1) Overview")
        links.last.click()
        expect(page.locator("#text .heading").last).to_be_in_viewport()
        expect(links.last).to_have_attribute("data-here", "")
        look_up(page, "The Japan-Turkmenistan Tax Treaty was signed at the 15th Joint Economic Committee meeting")
        expect(page.locator(".differences del")).to_have_text("Treaty")
        look_up(page, "ca-2-13-4")
        expect(page.locator(".found .near .rendering")).to_contain_text("Tax Convention was signed")
        page.get_by_role("button", name="日本語").click()
        expect(links.first).to_have_text("(1)総論")


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
