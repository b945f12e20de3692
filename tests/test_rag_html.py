"""The page's HTML: everything that comes from outside is text, and every offset can be found again."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rag.answer import Answer, Citation, Retrieved, Statement
from rag.assistant import Assistant
from rag.html import attribute, bar, empty, masthead, text
from rag.html_chapter import chapter as chapter_html
from rag.html_turn import Turn, conversation
from rag.html_words import EXAMPLES, WORDS, choose_language
from source.document import Document

PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
ALLOWED = {
    "article", "bdi", "blockquote", "br", "button", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "mark", "nav", "ol", "option", "p", "select", "small", "span", "ul", "a",
}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.runs: dict[int, str] = {}
        self._starts: list[int | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("hr", "br"):
            start = dict(attrs).get("data-start")
            self._starts.append(int(start) if start and tag == "span" else self._starts[-1] if self._starts else None)

    def handle_endtag(self, tag: str) -> None:
        self._starts.pop()

    def handle_data(self, data: str) -> None:
        if self._starts and self._starts[-1] is not None:
            self.runs[self._starts[-1]] = self.runs.get(self._starts[-1], "") + data


def answer(**changes: object) -> Answer:
    citation = Citation(PAYLOAD, PAYLOAD, 3, 9, PAYLOAD)
    statement = Statement(PAYLOAD, (citation,), (8, 16), PAYLOAD)
    made = Answer(
        PAYLOAD, PAYLOAD + "!", "en", "answered", PAYLOAD, PAYLOAD, 0.9, (statement,), (Retrieved(PAYLOAD, "x", 0, 1, 0.5),)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_comes_from_outside_never_becomes_markup(language, chapter: Document) -> None:
    hostile = replace(chapter, id=PAYLOAD, title=PAYLOAD, source=PAYLOAD, licence=PAYLOAD)
    turns = [Turn(PAYLOAD), Turn(PAYLOAD, error=PAYLOAD), Turn(PAYLOAD, answer())]
    turns.append(Turn(PAYLOAD, answer(status="not_in_document", statements=())))
    places = {"x": (hostile, replace(chapter.passages[0], id=PAYLOAD, rendering=PAYLOAD))}
    for html in (
        conversation(turns, places, language),
        chapter_html(hostile),
        bar([hostile, hostile], language),
        masthead(language),
    ):
        found = _Tags(html)
        assert found.names <= ALLOWED
        assert not [name for name in found.attributes if name.startswith("on")]


def test_the_runs_of_the_text_stand_at_their_offsets(chapter: Document) -> None:
    runs = _Tags(chapter_html(chapter)).runs
    assert all(chapter.text.startswith(run, start) for start, run in runs.items())
    shown = {i for start, run in runs.items() for i in range(start, start + len(run))}
    for passage in chapter.passages:
        if passage.duplicate_of is None:
            assert shown.issuperset(range(passage.start, passage.end)), passage.id


def test_reordering_controls_are_isolated_in_text_and_dropped_from_attributes() -> None:
    assert text("a\u202eb") == "a<bdi>\u202e</bdi>b"
    assert attribute('a\u202e"b') == "a&quot;b"


@pytest.mark.parametrize(
    "asked, accept, expected",
    [
        ("en", "ja", "en"), ("ja", "en", "ja"), ("xx", "ja-JP,en;q=0.5", "ja"), (None, "en-GB,en;q=0.9,ja;q=0.8", "en"),
        (None, "de", "en"), (None, "", "ja"), (None, "ja;q=x,en;q=0.1", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_asked_for_or_the_browsers(asked, accept, expected) -> None:
    assert choose_language(asked, accept) == expected


def test_both_languages_say_the_same_things() -> None:
    assert WORDS["ja"].keys() == WORDS["en"].keys()
    assert not [w for w in WORDS["en"].values() if re.search("[ぁ-んァ-ヶ一-龠]", w)]


def test_every_example_is_answered(assistant: Assistant) -> None:
    for document, questions in EXAMPLES.items():
        for question in (q for each in questions.values() for q in each):
            made = assistant.ask(question)
            assert made.status == "answered", question
            assert made.citations[0].document == document


def test_examples_stand_only_beside_the_document_that_answers_them(chapter: Document) -> None:
    assert "data-question" in empty([chapter], "en")
    assert "data-question" not in empty([replace(chapter, id="mine")], "en")
