"""Copied and exported answers keep their citations, and nothing in them becomes markup."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from rag.answer import Citation
from rag.assistant import Assistant
from rag.export import export
from rag.html_words import Language
from rag.reference import FORMS, Source, as_bibtex, as_markdown, as_text, markdown_text
from rag.turns import Turn
from source.document import Document

HOSTILE = (
    "<script>alert(1)</script> [x](javascript:alert(1)) **b** _i_ `c` # h\n- l\n1. n | t | ~~s~~ &amp; ![i](u) \u202egnol {\\}"
)
ADDRESS = "http://127.0.0.1:7860/"


@pytest.fixture(scope="module")
def turns(assistant: Assistant) -> list[Turn]:
    questions = ["租税条約はいつ署名されましたか。", "Who visited Japan in May?", "Who is the prime minister of Kazakhstan?"]
    return [Turn(q, assistant.ask(q)) for q in questions]


@pytest.fixture(scope="module")
def source(assistant: Assistant) -> Source:
    return Source(assistant.index.by_id, ADDRESS)


def cited(turns: Sequence[Turn]) -> list[Citation]:
    return [c for t in turns if t.answer for c in t.answer.citations]


@pytest.mark.parametrize("form", FORMS)
def test_each_citation_names_document_section_passage_and_hash(
    turns: list[Turn], source: Source, chapter: Document, form: str
) -> None:
    for turn in turns[:2]:
        assert turn.answer is not None
        made = FORMS[form](turn.answer, source).replace("\\", "")  # type: ignore[index]
        for citation in turn.answer.citations:
            for part in (citation.passage, chapter.title, chapter.sha256[:12], citation.quote):
                assert re.sub(r"\s", "", part) in re.sub(r"\s", "", made)


def test_a_refusal_says_so_in_every_form(turns: list[Turn], source: Source) -> None:
    assert turns[2].answer is not None
    assert as_text(turns[2].answer, source) == "The document does not say.\n"
    assert as_bibtex(turns[2].answer, source).startswith("% The document")


def test_markdown_renders_as_just_the_text(turns: list[Turn], source: Source, chapter: Document) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render(markdown_text(HOSTILE))
    assert set(re.findall(r"<(\w+)", rendered)) == {"p"}
    assert turns[0].answer is not None
    rendered = MarkdownIt("commonmark").render(as_markdown(turns[0].answer, source))
    assert "<strong>12月</strong>" in rendered
    assert f'href="{ADDRESS}?passage=ca-2-13-4"' in rendered
    assert turns[0].answer.citations[0].quote in rendered


def test_bibtex_is_balanced_whatever_the_text_holds(turns: list[Turn], assistant: Assistant) -> None:
    answer = turns[0].answer
    assert answer is not None
    document, passage = assistant.index.by_id["ca-2-13-4"]
    hostile = Source({"ca-2-13-4": (replace(document, title=HOSTILE, source=HOSTILE), passage)}, ADDRESS)
    made = re.sub(r"\\[{}]", "", as_bibtex(answer, hostile))
    assert made.count("{") == made.count("}")
    assert re.match(r"@misc\{[\w-]+,\n(?:  \w+ = \{.*\},\n)+\}\n$", made)


class _Html(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.shown = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_form_holds_every_question_and_quote(
    turns: list[Turn], source: Source, chapter: Document, language: Language
) -> None:
    hostile = [*turns, replace(turns[0], question=HOSTILE)]
    page = export(hostile, source, [chapter], "html", language)
    html = _Html(page.text)
    assert not {"script", "img", "b", "a"} & set(html.tags) - {"a"}
    held = json.loads(export(hostile, source, [chapter], "json", language).text)
    markdown = export(hostile, source, [chapter], "markdown", language).text
    assert len(held["answers"]) == len(hostile)
    for citation in cited(hostile):
        assert citation.quote in html.shown
        assert markdown_text(citation.quote) in markdown
        assert any(
            c["quote"] == citation.quote == chapter.text[c["start"] : c["end"]] for a in held["answers"] for c in a["citations"]
        )
    assert HOSTILE in html.shown
    assert chapter.sha256 in html.shown
    assert held["documents"][0]["sha256"] == chapter.sha256


def test_what_was_not_answered_is_not_exported(turns: list[Turn], source: Source, chapter: Document) -> None:
    unfinished = [Turn("a"), Turn("b", error="c"), Turn("d", stopped=True, statements=turns[0].said)]
    assert json.loads(export(unfinished, source, [chapter], "json", "ja").text)["answers"] == []
