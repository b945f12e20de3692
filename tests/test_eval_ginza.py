"""The baseline with named entities: the entity that answers is chosen among given ones; without ja-ginza the run says so."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

import pytest

from eval.chive import INSTALL
from eval.ginza import Entity, answers, entity_span, ginza_if_installed, load_ginza
from eval.reading import Item, Overlap, entity_rows, figures, window_of
from index.tokenise import default_tokeniser
from rag.question import AnswerType, understand
from source.errors import HakushoError

TEXT = "2019年3月4日、東の国のアルト港で開かれた会合に、運輸省のカイ局長と港を運営するミナト社の一行50人が7日間参加し、3億円を出した。"
LABELS = {
    "2019年3月4日": "Date",
    "アルト港": "Port",
    "運輸省": "Government",
    "カイ": "Person",
    "ミナト社": "Company",
    "50人": "N_Person",
    "7日間": "Period_Day",
    "3億円": "Money",
}
ENTITIES = [Entity(TEXT.index(name), TEXT.index(name) + len(name), label) for name, label in LABELS.items()]
WITHOUT_GINZA = find_spec("spacy") is None or find_spec("ja_ginza") is None


def chosen(question: str, entities: Sequence[Entity] = ENTITIES, text: str = TEXT) -> str | None:
    span = entity_span(understand(question), text, entities, default_tokeniser())
    return text[slice(*span)] if span else None


@pytest.mark.parametrize(
    "question, kind, answer",
    [
        ("会合に参加した局長は誰ですか。", "person", "カイ"),
        ("会合はどこで開かれましたか。", "place", "アルト港"),
        ("会合はいつ開かれましたか。", "date", "2019年3月4日"),
        ("一行は何人でしたか。", "count", "50人"),
        ("一行は何日間参加しましたか。", "duration", "7日間"),
        ("一行はいくら出しましたか。", "amount", "3億円"),
        ("Where was the meeting held?", "place", "アルト港"),
    ],
)
def test_the_entity_is_of_the_class_that_is_asked_for(question: str, kind: AnswerType, answer: str) -> None:
    assert understand(question).answer_type == kind
    assert chosen(question) == answer
    assert chosen(question, [e for e in ENTITIES if not answers(e.label, kind)]) is None


def test_of_two_the_nearer_to_the_words_of_the_question() -> None:
    assert chosen("港を運営するのはどの会社ですか。") == "ミナト社"
    assert chosen("局長がいるのはどの機関ですか。") == "運輸省"


def test_what_the_question_names_does_not_answer_it() -> None:
    assert chosen("ミナト社のほかに港を運営するのはどの会社ですか。") == "運輸省"


def test_a_thing_is_of_any_class_and_a_reason_of_none() -> None:
    assert understand("港を運営するのは何ですか。").answer_type == "thing"
    assert chosen("港を運営するのは何ですか。") == "ミナト社"
    assert understand("なぜ会合が開かれたのですか。").answer_type == "reason"
    assert chosen("なぜ会合が開かれたのですか。") is None


def item(question: str, *answers: str) -> Item:
    window, _ = window_of("会合", f"この港は古い。{TEXT}雨が降った。")
    return Item(question, question, answers, tuple(window.text.index(a) for a in answers), window, None)


def test_rows_are_of_the_entity_in_the_sentence_that_shares_most_words_and_else_of_the_patterns() -> None:
    items = [item("会合に参加した局長は誰ですか。", "カイ"), item("一行は会合に何人参加しましたか。", "50人")]
    read: list[str] = []

    def recognise(texts: Sequence[str]) -> list[list[Entity]]:
        read.extend(texts)
        # No entity answers the second question: the pattern for numbers finds 50人.
        return [[e for e in ENTITIES if e.label == "Person"] for _ in texts]

    overlap = Overlap([items[0].window, window_of("雪", "山に雪が積もった。")[0]])
    rows = entity_rows(items, overlap, recognise)
    assert read == [TEXT, TEXT]
    assert rows == {"ja-ginza em": [1.0, 1.0], "ja-ginza f1": [1.0, 1.0]}
    wrong = entity_rows(items, overlap, lambda texts: [[Entity(0, 5, "Person")] for _ in texts])
    assert wrong["ja-ginza em"] == [0.0, 1.0]


def test_the_figures_hold_it_where_it_was_measured_only() -> None:
    items = [item("会合に参加した局長は誰ですか。", "カイ"), item("一行は何人でしたか。", "50人")]
    names = ("em", "f1", "sentence", "span's sentence", "baseline em", "baseline f1", "baseline sentence", "overlap")
    rows: dict[str, list[float]] = {name: [0.0, 1.0] for name in names} | {"rival": []}
    assert not [name for name in figures(items, rows) if "ja-ginza" in name]
    found = figures(items, rows | {"ja-ginza em": [1.0, 0.0], "ja-ginza f1": [1.0, 0.5]})
    assert (found["ja-ginza em"], found["ja-ginza f1"], found["low overlap ja-ginza f1"]) == (0.5, 0.75, 1.0)


@pytest.mark.parametrize("missing", ["spacy", "ja_ginza"])
def test_one_line_says_how_to_install_it(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Python takes None for a module that cannot be imported.
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(HakushoError, match="ja-ginza is not installed"):
        load_ginza()
    assert ginza_if_installed() is None
    said = capsys.readouterr().err
    assert said.startswith("baseline with named entities: left out")
    assert said.endswith(f"{INSTALL}\n")
    assert said.count("\n") == 1


@pytest.mark.skipif(WITHOUT_GINZA, reason="ja-ginza is not installed: it is of the benchmark alone")
def test_ja_ginza_finds_entities_of_these_classes() -> None:
    text = "岸田総理大臣は2022年12月15日に東京を訪れた。"
    (found,) = load_ginza()([text])
    labels = {text[e.start : e.end]: e.label for e in found}
    assert labels["2022年12月15日"] == "Date"
    assert labels["東京"] == "Province"
    assert chosen("いつ東京を訪れましたか。", found, text) == "2022年12月15日"
    assert chosen("2022年12月15日に訪れたのはどこですか。", found, text) == "東京"
