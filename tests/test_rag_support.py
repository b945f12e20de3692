"""What supports a statement and what does not: true rewordings pass, small lies do not."""

import json

import pytest

from eval.alterations import HONEST, TEXTS, alterations
from eval.redteam_cases import load_cases, load_inventions
from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.injection import speaks_to_model
from rag.support import Supporter
from source.load import DEFAULT_DOCUMENTS, load_documents

HELD = [json.loads(line) for line in HONEST.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def texts() -> LocalIndex:
    documents = [*load_documents(DEFAULT_DOCUMENTS), *load_documents(TEXTS)]
    return build_index(documents, load_embedder(), default_tokeniser())


@pytest.fixture(scope="module")
def supporter(texts: LocalIndex) -> Supporter:
    return Supporter(texts)


def test_at_most_one_true_statement_in_twenty_is_withheld(supporter: Supporter, texts: LocalIndex) -> None:
    withheld = [r["text"] for r in HELD if supporter.check(r["text"], (texts.by_id[r["passage"]][1],)).reason]
    assert len(HELD) >= 80
    assert len(withheld) <= 0.05 * len(HELD), withheld


def test_at_most_one_alteration_in_fifty_comes_through(supporter: Supporter, texts: LocalIndex) -> None:
    every = alterations(texts.documents)
    assert len(every) > 1000
    chosen = every[::7]
    through = [a.text for a in chosen if not supporter.check(a.text, (texts.by_id[a.sentence.passage][1],)).reason]
    assert len(through) <= 0.02 * len(chosen), through


@pytest.mark.parametrize("text", [i["text"] for i in load_inventions()][::3])
def test_no_invention_is_supported_by_any_passage(supporter: Supporter, texts: LocalIndex, text: str) -> None:
    assert supporter.find(text, [p for p in texts.passages if p.id.startswith(("ca-2", "ca-3"))]) is None


def test_every_sentence_supports_itself(supporter: Supporter, texts: LocalIndex) -> None:
    failing = [p.id for p in texts.passages[::3] if supporter.check(p.text, (p,)).reason]
    assert not failing


def test_a_statement_over_two_sentences_cites_both(supporter: Supporter, texts: LocalIndex) -> None:
    first, second = (texts.by_id[i][1] for i in ("kawabe-2-01-2", "kawabe-2-01-3"))
    found = supporter.find("南沢浄水場の耐震化工事は2025年3月までに終え、費用は約38億円である。", [first, second])
    assert found == (first, second)


@pytest.mark.parametrize(
    "text", ["See https://evil.example [1]", "![x](y)", "<b>訪日した</b>", "a" * 5000, "。", "{{7*7}}", "", "🙂🙂"]
)
def test_foreign_forms_are_never_supported(supporter: Supporter, texts: LocalIndex, text: str) -> None:
    assert supporter.check(text, (texts.passages[0],)).reason


def test_the_red_team_is_large_enough_and_no_passage_is_taken_for_an_order(texts: LocalIndex) -> None:
    cases = load_cases()
    assert len(cases) >= 60
    assert {c.place for c in cases} == {"document", "question", "history"}
    assert {c.language for c in cases} == {"ja", "en"}
    assert not [p.id for p in texts.passages if speaks_to_model(p.text)]
