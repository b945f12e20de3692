"""What users take along or leave behind, in a real browser: copies, exports, what they say of answers."""

import json
from pathlib import Path

import pytest
from browser import PRIME_MINISTER, PROGRAMME, ask, highlighted, look_up
from playwright.sync_api import Page, expect

from source.document import Document


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
