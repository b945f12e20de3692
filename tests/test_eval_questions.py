"""The fixed question set holds, and what it gates is kept."""

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.gates import failures
from eval.questions import QuestionSetError, load_questions
from eval.run import evaluate
from rag.assistant import Assistant
from source.document import Document


def test_gold_stands_in_the_document(chapter: Document) -> None:
    items = load_questions(None, [chapter])
    kinds = Counter(i.kind for i in items)
    assert len(items) >= 200
    assert sum(not i.answerable for i in items) >= 50
    assert sum(i.language == "en" for i in items) >= 60
    assert kinds["list"] >= 20
    assert kinds["follow-up"] >= 25
    halves = Counter(i.split for i in items)
    assert abs(halves["tune"] - halves["test"]) <= 0.05 * len(items)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": ["この文はどこにもない文です"]}, "in no document"),
        ({"kind": "riddle"}, "known kind"),
        ({"question": None, "id": None}, "is not a question"),
    ],
)
def test_a_wrong_line_is_named(chapter: Document, tmp_path: Path, change: dict[str, object], message: str) -> None:
    item = {
        "id": "x", "language": "ja", "kind": "fact", "question": "誰?", "answerable": True, "evidence": ["辻󠄀清人外務副大臣"], "answers": ["辻"]
    }  # fmt: skip
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({**item, **change}) + ("\n{" if "not a question" in message else ""), encoding="utf-8")
    with pytest.raises(QuestionSetError, match=message):
        load_questions(path, [chapter])


def test_the_gates_hold_on_the_test_half(assistant: Assistant) -> None:
    report = evaluate(assistant, load_questions(None, assistant.index.documents, "test"))
    assert not failures(report["rows"])
