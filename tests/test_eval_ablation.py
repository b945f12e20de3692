"""The ablation over small sets: what each condition changes, and the table."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.ablation import KINDS, header, run_set, table
from eval.ablation_measure import FIGURES, KeptReader
from eval.ablation_sets import Asked, Case, low_overlap, some
from index.contextual import shipped_contextual
from index.embedding import load_embedder
from index.lexicon import Lexicon
from index.local import LocalIndex, build_fields, build_index
from index.reader_examples import Window
from index.tokenise import Tokeniser, default_tokeniser
from rag.evidence import EvidenceReader
from source.parse import parse

TEXT = """# 統計

物価高騰を受けて、政府は対策を公表した。湖の面積は670平方キロメートルである。

家計の負担は前年から3割増えた。冬には雪が降る。
"""


@pytest.fixture(scope="module")
def small() -> LocalIndex:
    return build_index([parse(TEXT, "made")], load_embedder(), default_tokeniser())


@pytest.fixture(scope="module")
def bare() -> Tokeniser:
    return Tokeniser(Lexicon())


def test_every_condition_is_measured(small: LocalIndex) -> None:
    cases = (
        Case("湖の広さはどのくらいですか。", (), "ja", "paraphrase", frozenset({1}), ("670平方キロメートル",)),
        Case("湖の深さは何メートルですか。", (), "ja", "unanswerable", frozenset()),
        Case("How large is the lake?", (), "en", "fact", frozenset({1})),
    )
    model = shipped_contextual()
    found = list(run_set([Asked(small, cases)], {True: model, False: model}, KINDS))
    assert [(c.lexicon, c.teaching) for c, _ in found] == [(True, True), (True, False), (False, True), (False, False)]
    for _, rows in found:
        assert (rows["all"]["questions"], rows["English"]["questions"], rows["all"]["near misses"]) == (2, 1, 1)
        assert {"hit@1", "hit@3", "sentence", "AUROC"} <= set(rows["all"])
        assert "F1" not in rows["English"]
        assert rows["Japanese paraphrases"]["F1"] > 0.5
    lines = [*header(), *table("made", found)]
    assert len(lines) == 2 + len(KINDS) * 4
    assert {line.count("|") for line in lines} == {len(FIGURES) + 4}
    assert lines[2].startswith("| made, all (2 + 1) | with | with |")


def test_without_the_lexicon_sudachis_groups_are_left(small: LocalIndex, bare: Tokeniser) -> None:
    shared = {True: default_tokeniser(), False: bare}
    names = {part: set(t.concepts("値上がり")) & set(t.concepts("物価高騰")) for part, t in shared.items()}
    assert names[True]
    assert not names[False]
    assert set(bare.concepts("外相")) & set(bare.concepts("外務大臣"))
    without = replace(small, fields=build_fields(small.documents, bare), tokeniser=bare)
    heads = [index.lexical("passage", "concept", index.tokeniser.concepts("値上がり")) for index in (small, without)]
    assert heads[0][0] > 0
    assert heads[1][0] == 0
    assert EvidenceReader(without, without.tokeniser.lexicon.attributes)


def test_the_halves_ask_what_they_answer_and_what_they_do_not(tmp_path: Path) -> None:
    paragraphs = [
        ("霧山は標高812メートルの山である。", "その頂はどれほど高いか。", "812メートル"),
        ("麓には湖がある。", "湖はどこか。", "麓"),
    ]
    data = [
        {
            "title": "霧山",
            "paragraphs": [
                {"context": text, "qas": [{"id": q, "question": q, "answers": [{"text": a, "answer_start": text.find(a)}]}]}
                for text, q, a in paragraphs
            ],
        }
    ]
    folder = tmp_path / "jaquad" / "dev"
    folder.mkdir(parents=True)
    (folder / "made.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    halves = low_overlap(tmp_path)
    assert [len(h.index.passages) for h in halves] == [1, 1]
    # The fifth is the one question whose words its sentence has least of.
    assert [c.question for h in halves for c in h.cases] == [paragraphs[0][1]] * 2
    assert [c.rows for h in halves for c in h.cases] == [{0}, set()]
    assert [c.answers for h in halves for c in h.cases] == [("812メートル",), ()]


def test_a_limit_draws_the_same_questions_in_their_order() -> None:
    drawn = some(range(100), 10)
    assert drawn == sorted(drawn) == some(range(100), 10)
    assert len(drawn) == 10
    assert some(range(3), None) == some(range(3), 5) == [0, 1, 2]


def test_what_is_remembered_is_what_is_read() -> None:
    reader = KeptReader(shipped_contextual())
    windows = [Window("湖は大きい。", "", ((0, 6),)), Window("山は高い。", "", ((0, 5),))]
    first = reader.read("湖は?", windows[:1])
    both = reader.read("湖は?", windows)
    assert both[0] is first[0]
    assert both[1].answers != both[0].answers
