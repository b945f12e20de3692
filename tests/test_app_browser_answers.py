"""What an answer shows in a real browser: its citations, opened in the text to the character, refusals, renderings."""

from pathlib import Path

import httpx
import pytest
from browser import PRIME_MINISTER, PROGRAMME, SIGNED, VISIT, answered, ask, highlighted, opened, serving, wait_highlighted
from playwright.sync_api import Browser, Page, expect

from source.document import Document


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
            wait_highlighted(page, chapter.text[start:end])
            expect(page.locator("#text mark.cited").first).to_be_in_viewport()
            expect(chip).to_have_attribute("aria-current", "true")


def test_the_short_answer_is_marked_and_a_first_citation_shown_by_itself(page: Page) -> None:
    ask(page, PROGRAMME)
    assert page.locator(".turn mark").first.inner_text() == "2024年-2026年"
    assert "2024年-2026年" in highlighted(page)


def test_answers_on_the_page_are_counted_for_operators(page: Page, address: str) -> None:
    counted = 'hakusho_answers_total{interface="page",language="ja",mode="quote",status="answered"}'
    figures = [_metric(address, counted)]
    ask(page, PROGRAMME)
    figures.append(_metric(address, counted))
    assert figures[1] == figures[0] + 1


def _metric(address: str, name: str) -> float:
    lines = httpx.get(f"{address}metrics", timeout=60).text.splitlines()
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(name)), 0.0)


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
        wait_highlighted(page, wanted)


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


def test_an_example_is_one_click_and_what_follows_another(page: Page) -> None:
    page.locator(".topics button").first.click()
    answered(page, 1)
    following = page.locator(".next button").first
    question = following.inner_text()
    following.click()
    answered(page, 2)
    assert page.locator(".question").last.inner_text() == question
    expect(page.locator(".turn.answered")).to_have_count(2)


def test_how_an_answer_was_found_stands_behind_a_toggle(page: Page) -> None:
    ask(page, PROGRAMME)
    how = page.locator(".turn .how")
    expect(how.locator("table")).to_be_hidden()
    how.locator("summary").click()
    expect(how).to_contain_text("本文に答えがある見込み")
    expect(how.locator("tbody tr").first).to_contain_text("ca-2-13-1")
    expect(how.locator("tbody tr").first).to_contain_text("✓")


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
            wait_highlighted(page, text[start:end])
            assert page.locator("#bar select").input_value() == document
        assert page.locator("[data-act=vote]").count() == 0, "feedback is off here"
        assert page.evaluate("window.hacked") is None
