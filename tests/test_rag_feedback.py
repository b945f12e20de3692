"""What users say is kept, line by line, and becomes candidates for the question set."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.questions import load_questions
from rag.assistant import Assistant
from rag.cli import main
from rag.feedback import candidate, feedback_file, read_feedback, record
from source.document import Document
from source.errors import HakushoError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    named = tmp_path / "deep" / "feedback.jsonl"
    monkeypatch.setenv("HAKUSHO_FEEDBACK", str(named))
    return named


def test_good_answers_become_questions_that_the_set_accepts(
    file: Path, tmp_path: Path, assistant: Assistant, chapter: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    history = ["6月に辻外務副大臣はキルギスで誰を表敬しましたか。"]
    for question, earlier in [
        ("租税条約はいつ署名されましたか。", []),
        ("タジキスタンでは?", history),
        ("Who is the prime minister of Kazakhstan?", []),
    ]:
        assert record(assistant.ask(question, earlier), "up", "", earlier, [chapter])
    assert main(["feedback"]) == 0
    lines = capsys.readouterr().out
    questions = tmp_path / "candidates.jsonl"
    questions.write_text(lines, encoding="utf-8")
    items = load_questions(questions, [chapter])
    assert [i.kind for i in items] == ["fact", "follow-up", "unanswerable"]
    assert [i.answerable for i in items] == [True, True, False]
    assert items[1].history == tuple(history)
    assert items[0].answers == (("12月",),)


def test_bad_answers_wait_for_review(
    file: Path, assistant: Assistant, chapter: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    record(assistant.ask("租税条約はいつ署名されましたか。"), "down", " 年がない\n", [], [chapter])
    assert main(["feedback"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["feedback", "--review"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["review"], made["answerable"], made["evidence"]) == ("年がない", None, [])


def test_lines_are_only_ever_added_and_the_last_word_counts(file: Path, assistant: Assistant, chapter: Document) -> None:
    answer = assistant.ask("SCOとは何の略ですか。")
    record(answer, "up", "", [], [chapter], turn="t1")
    first = file.read_bytes()
    record(replace(answer, question="他"), "up", "", [], [chapter])
    record(answer, "down", "違う", [], [chapter], turn="t1")
    assert file.read_bytes().startswith(first)
    entries = read_feedback(file)
    assert [(e["question"], e["verdict"]) for e in entries] == [("SCOとは何の略ですか。", "down"), ("他", "up")]
    assert entries[0]["documents"] == {chapter.id: chapter.sha256}


@pytest.mark.parametrize("off", ["off", "OFF", "0", "no"])
def test_it_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, assistant: Assistant, chapter: Document, off: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAKUSHO_FEEDBACK", off)
    assert feedback_file() is None
    assert not record(assistant.ask("SCOとは?"), "up", "", [], [chapter])
    assert main(["feedback"]) == 2
    assert "HAKUSHO_FEEDBACK" in capsys.readouterr().err


def test_a_broken_line_and_an_unwritable_place_are_named(file: Path, assistant: Assistant, chapter: Document) -> None:
    file.parent.mkdir()
    file.write_text('{"verdict": "up"}\n{"verdict": "sideways"}\n', encoding="utf-8")
    with pytest.raises(HakushoError, match="line 2"):
        read_feedback(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(HakushoError, match="HAKUSHO_FEEDBACK"):
        record(assistant.ask("SCOとは?"), "up", "", [], [chapter])


def test_a_list_and_a_yes_no_question_are_told_apart(assistant: Assistant) -> None:
    for question, kind in [("5月に訪日した要人をすべて挙げてください。", "list"), ("租税条約は署名されましたか。", "yes-no")]:
        entry = {**assistant.ask(question).to_json(), "verdict": "up", "history": [], "status": "answered"}
        assert candidate(entry, 1)["kind"] == kind
