"""The page's HTML: everything that comes from outside is text, and every offset can be found again."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest

from index.local import LocalIndex
from rag.answer import Answer, Citation, Expansion, Retrieved, Statement
from rag.assistant import Assistant
from rag.explain import RERANKER
from rag.html import attribute, bar, empty, examples, masthead, question_box, text
from rag.html_chapter import chapter as chapter_html
from rag.html_found import found_html
from rag.html_turn import turn as turn_html
from rag.html_words import ASKED_FOR, SIGNALS, WORDS, choose_language
from rag.lookup import Lookup
from rag.question import AnswerType
from rag.suggest import Topic
from rag.turns import Turn
from rag.weights import FEATURES
from source.document import Document

PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
ALLOWED = {
    "article", "bdi", "blockquote", "br", "button", "div", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "mark", "nav", "ol", "option", "p", "select", "small", "span", "ul", "a", "details", "summary", "svg", "path", "section",
    "form", "label", "textarea", "input", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "s", "del", "ins",
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
        if tag not in ("hr", "br", "input", "path"):
            start = dict(attrs).get("data-start")
            self._starts.append(int(start) if start and tag == "span" else self._starts[-1] if self._starts else None)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

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
    explained = {"answer_type": PAYLOAD, "signals": {PAYLOAD: 1.0, "late": PAYLOAD, "dense": 0.5}}
    expanded = (Expansion(PAYLOAD, PAYLOAD, PAYLOAD, ("lexicon",)),)
    told = answer(notice=PAYLOAD, withheld=(PAYLOAD,), mode="model", explanation=explained, expansions=expanded)
    turns = [Turn(PAYLOAD), Turn(PAYLOAD, error=PAYLOAD), Turn(PAYLOAD, told, id=PAYLOAD), Turn(PAYLOAD, stale=True)]
    turns.append(Turn(PAYLOAD, answer(status="not_in_document", statements=())))
    turns.append(Turn(PAYLOAD, stopped=True, statements=told.statements))
    places = {"x": (hostile, replace(chapter.passages[0], id=PAYLOAD, rendering=PAYLOAD))}
    shown = [turn_html(turn, places, language, votes=True) for turn in turns]
    topics = [Topic(PAYLOAD, "ja", (PAYLOAD,))]
    frames = (
        chapter_html(hostile),
        bar([hostile, hostile], language),
        masthead(language),
        empty(language),
        examples(topics, language),
        question_box(),
    )
    for html in (*shown, *frames):
        found = _Tags(html)
        assert found.names <= ALLOWED
        assert not [name for name in found.attributes if name.startswith("on")]


def test_a_chip_keeps_to_the_last_character_and_no_character_is_lost() -> None:
    for said, short in (
        ("首都はアスタナ。", (3, 7)),
        ("首都はアスタナ", (3, 7)),
        ("首都はアスタナ。", None),
        ("𠮷。", (0, 1)),
        ("。", None),
    ):
        citation = Citation("d", "x", 0, len(said), said)
        shown = turn_html(Turn("?", answer(statements=(Statement(said, (citation,), short),))), {}, "ja")
        sentence = shown.split('<p class="statement"')[1].split(">", 1)[1].split("</p>")[0]
        assert re.sub("<[^>]+>", "", sentence) == f"{said}[1]"
        if said.endswith("。"):
            assert '<span class="chips">。<button' in sentence
        if short:
            assert f"<mark>{said[slice(*short)]}</mark>" in sentence


@pytest.mark.parametrize("pasted", [PAYLOAD + "1月に上川外務大臣が訪日したメレドフ" + PAYLOAD, PAYLOAD + "ca-2-13-1", PAYLOAD])
def test_what_is_looked_up_never_becomes_markup(index: LocalIndex, pasted: str) -> None:
    lookup = Lookup(index)
    found = _Tags(found_html(lookup.find(pasted), lookup, index.by_id, "ja"))
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


def test_what_is_explained_has_words_in_both_languages() -> None:
    for words in (ASKED_FOR, SIGNALS):
        assert words["ja"].keys() == words["en"].keys()
    assert set(ASKED_FOR["ja"]) == set(get_args(AnswerType))
    assert set(SIGNALS["ja"]) <= {*FEATURES, RERANKER}


def test_the_explanation_names_what_was_near_and_what_was_quoted(assistant: Assistant) -> None:
    made = assistant.ask("租税条約はいつ署名されましたか。")
    html = turn_html(Turn(made.question, made), assistant.index.by_id, "ja")
    how = html.split('<details class="how">')[1]
    assert "時期" in how
    assert how.index("ca-2-13-4") < how.index("✓")
    assert how.count("<tr>") == 6
