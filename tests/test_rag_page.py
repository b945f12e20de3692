"""The page's calls: plain values in and out, and words for whatever is wrong."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from rag.answer import Answer, Statement
from rag.assistant import Assistant
from rag.page import Page
from source.document import Document


@pytest.fixture(scope="module")
def page(assistant: Assistant) -> Page:
    return Page(assistant)


def last(page: Page, **data: Any) -> dict[str, Any]:
    *_, made = page.ask({"id": "t", "run": "r", "language": "ja", "history": [], **data})
    json.dumps(made)
    return made


def test_an_answer_grows_and_ends(page: Page) -> None:
    made = list(page.ask({"id": "t", "run": "r1", "question": "カザフスタンとの関係について教えてください。", "language": "ja"}))
    assert [m["done"] for m in made] == [False] * (len(made) - 1) + [True]
    assert [len(m["turn"]["statements"]) for m in made[:-1]] == list(range(1, len(made)))
    assert {m["run"] for m in made} == {"r1"}
    assert made[-1]["state"] == "answered"
    assert 'data-turn="t"' in made[-1]["html"]


def test_every_whole_answer_is_told_to_whoever_counts(assistant: Assistant) -> None:
    told: list[Answer] = []
    page = Page(assistant, told.append)
    for question in ("租税条約はいつ署名されましたか。", "Who is the prime minister of Kazakhstan?", " ", "あ" * 2001):
        last(page, question=question)
    assert [a.status for a in told] == ["answered", "not_in_document"]


def test_history_resolves_a_follow_up_and_a_rewritten_one_stands_by_itself(page: Page) -> None:
    history = ["6月に辻外務副大臣はキルギスで誰を表敬しましたか。"]
    made = last(page, question="タジキスタンでは?", history=history)
    assert "タジキスタン" in made["turn"]["answer"]["standalone_question"]
    assert "辻" in made["turn"]["answer"]["standalone_question"]
    made = last(page, question="タジキスタンでは?", asked="租税条約はいつ署名されましたか。", history=history)
    assert made["turn"]["answer"]["question"] == "タジキスタンでは?"
    assert made["turn"]["answer"]["short_answer"] == "12月"


@pytest.mark.parametrize("data", [None, 1, "x", [], {}, {"question": 5}, {"question": " "}, {"question": "あ" * 2001}])
def test_what_is_no_question_gets_words(page: Page, data: object) -> None:
    made = list(page.ask(data))
    assert [m["state"] for m in made] == ["error"]


def test_half_a_character_and_bad_history_do_not_stop_an_answer(page: Page) -> None:
    made = last(page, question="SCOとは何の略ですか。\ud800", history=[1, None, "", "あ" * 3000, "キルギスでは?"])
    assert made["state"] in ("answered", "not_in_document")
    json.dumps(made, ensure_ascii=False).encode()


class _Broken(Assistant):
    def stream(self, question: str, history: Sequence[str] = (), **_: object) -> Iterator[Statement | Answer]:
        raise RuntimeError("<secret>")


def test_a_fault_inside_is_told_without_its_inside(assistant: Assistant) -> None:
    made = last(Page(_Broken(assistant.index)), question="SCOとは?")
    assert made["state"] == "error"
    assert "secret" not in made["html"]
    assert "doctor" in made["html"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_opening_shows_what_was_kept_in_either_language(page: Page, language: str) -> None:
    kept = [last(page, question="租税条約はいつ署名されましたか。")["turn"], "rubbish"]
    opened = page.open({"asked": language, "accept": "", "turns": kept})
    json.dumps(opened)
    assert opened["language"] == language
    assert [t["state"] for t in opened["turns"]] == ["answered"]
    assert "data-question" in page.examples({"language": language})


@pytest.mark.parametrize("data", [None, {}, {"turn": {}}, {"turn": None, "form": "text"}, {"turns": 5, "form": "x"}, {"text": 4}])
def test_rubbish_gets_nothing(page: Page, data: object) -> None:
    assert page.copy(data) == ""
    assert page.suggest(data) == ""
    assert page.vote(data) is False
    assert page.look_up(data)["place"] is None
    assert page.export(data)["name"] == "hakusho.md"
    assert page.chapter_of(data) == ""
    assert page.stop(data) is False
    assert page.is_running(data) is False


def test_an_address_that_is_none_makes_no_links(page: Page) -> None:
    turn = last(page, question="租税条約はいつ署名されましたか。")["turn"]
    made = page.copy({"turn": turn, "form": "bibtex", "address": "javascript:alert(1)//"})
    assert "javascript" not in made
    assert "url" not in made


def test_lookup_shows_the_place(page: Page, chapter: Document) -> None:
    found = page.look_up({"text": "カスピ海ルート」の重要性", "language": "en"})
    assert found["kind"] == "quote"
    place = found["place"]
    assert chapter.text[place["start"] : place["end"]] == "カスピ海ルート」の重要性"
    assert "The text says exactly this" in found["html"]
