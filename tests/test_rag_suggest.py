"""Suggested questions are answered from where they came, in any document."""

from pathlib import Path

import pytest

from index.embedding import load_embedder
from index.local import build_index
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from rag.html_words import Language
from rag.suggest import Suggestions, candidates
from source.document import Document
from source.load import load_documents


@pytest.fixture(scope="module")
def suggestions(assistant: Assistant) -> Suggestions:
    return Suggestions(assistant)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_topic_of_the_chapter_has_questions_that_it_answers(
    suggestions: Suggestions, assistant: Assistant, chapter: Document, language: Language
) -> None:
    topics = suggestions.topics(language)
    headings = [s.rendering if language == "en" else s.path[-1] for s in chapter.sections]
    assert [t.heading for t in topics] == headings
    assert {t.language for t in topics} == {language}
    for section, topic in zip(chapter.sections, topics, strict=True):
        for question in topic.questions:
            answer = assistant.ask(question)
            assert answer.status == "answered", question
            assert answer.language == language
            assert any(chapter.passage(c.passage).section == section.number for c in answer.citations)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_follows_is_near_answered_and_new(
    suggestions: Suggestions, assistant: Assistant, language: Language, chapter: Document
) -> None:
    for passage in ("ca-1-04-1", "ca-2-13-1", "ca-3-05-2", "ca-fn-9"):
        asked: list[str] = []
        for _ in range(2):
            found = suggestions.following([passage], language, asked)
            assert not set(found) & set(asked)
            assert len(set(found)) == len(found) <= 3
            assert all(assistant.ask(q).status == "answered" for q in found)
            asked += found
        assert asked


def test_other_documents_get_questions_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "port.txt").write_text(
        "# 港の歩み\n\n青葉港管理委員会は1987年4月に設立された。「みなと計画」は港を広げる計画である。\n", encoding="utf-8"
    )
    (tmp_path / "tower.txt").write_text(
        "# The tower\n\nThe Tall Buildings Act was adopted in 1958. The International Tower Group (ITG) runs it.\n",
        encoding="utf-8",
    )
    own = Suggestions(Assistant(build_index(load_documents(tmp_path), load_embedder(), default_tokeniser())))
    asked = [q for t in own.topics("ja") for q in t.questions]
    assert "青葉港管理委員会はいつ設立されましたか。" in asked
    asked = [q for t in own.topics("en") for q in t.questions]
    assert "When was the Tall Buildings Act adopted?" in asked


def test_a_sentence_without_a_time_is_not_asked_when(assistant: Assistant, chapter: Document) -> None:
    for passage in chapter.passages:
        for way, question in candidates(passage, "ja", assistant.index.tokeniser):
            assert way != "event" or any(c.isdigit() for c in passage.text), question
