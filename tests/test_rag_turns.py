"""What the browser keeps comes back as it was, or not at all."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from index.local import LocalIndex
from rag.assistant import Assistant
from rag.turns import Turn, decode, decode_all, encode, history


@pytest.fixture(scope="module")
def turns(assistant: Assistant) -> list[Turn]:
    questions = ["租税条約はいつ署名されましたか。", "Who is the prime minister of Kazakhstan?"]
    answered = [Turn(q, assistant.ask(q), id=str(i)) for i, q in enumerate(questions)]
    return [*answered, Turn("?", error="no"), Turn("止", statements=answered[0].said, stopped=True)]


def test_turns_survive_the_way_through_json(turns: list[Turn], index: LocalIndex) -> None:
    kept = json.loads(json.dumps([encode(turn) for turn in turns]))
    assert decode_all(kept, index) == turns
    assert [t.state for t in turns] == ["answered", "not_in_document", "error", "stopped"]
    assert history(turns) == [turns[0].question, turns[1].question]


def test_a_rewritten_follow_up_stands_in_the_history(turns: list[Turn]) -> None:
    assert history([Turn("では?", turns[0].answer, asked="租税条約は?")]) == ["租税条約は?"]


def _quote(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["citations"][0]["quote"] += "。"


def _offset(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["citations"][0]["start"] += 1


def _document(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["citations"][0]["document"] = "none"


def _passage(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["citations"][0]["passage"] = "none"


def _statement(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["text"] = "12月に署名されなかった。"


def _short(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"][0]["short"] = [0, 9999]


def _nothing(kept: dict[str, Any]) -> None:
    kept["answer"]["statements"] = []


def _retrieved(kept: dict[str, Any]) -> None:
    kept["answer"]["retrieved"][0]["passage"] = "none"


@pytest.mark.parametrize("change", [_quote, _offset, _document, _passage, _statement, _short, _nothing, _retrieved])
def test_an_answer_that_no_longer_stands_is_dropped(
    turns: list[Turn], index: LocalIndex, change: Callable[[dict[str, Any]], None]
) -> None:
    kept = json.loads(json.dumps(encode(turns[0])))
    change(kept)
    turn = decode(kept, index)
    assert turn is not None
    assert turn.state == "stale"
    assert turn.answer is None
    assert turn.question == turns[0].question


@pytest.mark.parametrize(
    "kept", [None, 1, "x", {}, {"question": 1}, {"question": " "}, {"question": "x", "answer": {"status": "x"}}]
)
def test_what_is_no_turn_is_left_out(index: LocalIndex, kept: object) -> None:
    assert decode(kept, index) is None
    assert decode_all([kept], index) == []
    assert decode_all(kept, index) == []
