"""Statements to learn entailment from: form, references, distance to what is measured, and a model that reads them."""

import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from leakage import LONG, LONG_ENGLISH, alike, copied

from eval.alterations import HONEST
from eval.unseen import load_unseen
from index.contextual import shipped_contextual
from index.entailment import Entailment, source_window
from index.reader_batches import encode_window, pair_up
from index.reader_examples import sentences_of
from index.reader_network import ReaderNetwork
from index.statements import FALSE_KINDS, TRUE_KINDS, load_statements, source_of, statement_examples
from index.static_embedding import ModelError
from index.teaching import TeachingError, held_out, load_passages
from index.tokenise import language_of
from index.transformer import WIDTH
from source.document import Document
from source.errors import HakushoError

STATEMENTS = load_statements()
PASSAGES = load_passages(None)
PORTS = "3月、クラース事務局長が訪日し、外村経済産業副大臣と会談した。両者は次回の総会を2027年にリスボンで開くことで一致した。"


def test_every_statement_is_of_its_kind_and_about_whole_sentences() -> None:
    assert len(STATEMENTS) >= 4000
    assert len({s.id for s in STATEMENTS}) == len(STATEMENTS)
    for s in STATEMENTS:
        assert s.kind in (TRUE_KINDS if s.true else FALSE_KINDS), s.id
        assert s.language == language_of(s.text), s.id
        text = PASSAGES[s.passage].text
        assert s.sources, s.id
        assert set(s.sources) <= set(sentences_of(text)), s.id
        assert s.text not in text, s.id


def test_both_languages_and_every_fault_are_there() -> None:
    counts = Counter((s.language, s.true) for s in STATEMENTS)
    assert min(counts.values()) >= 800
    faults = Counter(s.kind for s in STATEMENTS if not s.true)
    assert set(faults) == set(FALSE_KINDS)
    assert sum(n for kind, n in faults.items() if kind in ("number", "date", "name", "country")) < len(STATEMENTS) / 4


def test_nothing_is_taken_from_what_is_measured(chapter: Document) -> None:
    unseen = load_unseen()
    assert {s.passage for s in STATEMENTS} & {u.source for u in unseen} == set()
    known = (chapter.text, " ".join(p.rendering for p in chapter.passages))
    assert copied([(s.id, s.text) for s in STATEMENTS if s.language == "ja"], known, LONG) == []
    assert copied([(s.id, s.text) for s in STATEMENTS if s.language == "en"], known, LONG_ENGLISH) == []
    honest = [json.loads(line)["text"] for line in HONEST.read_text(encoding="utf-8").splitlines()]
    assert alike([(s.id, s.text) for s in STATEMENTS], [*(u.text for u in unseen), *honest]) == []


def test_examples_hold_what_their_source_supports(tmp_path: Path) -> None:
    (tmp_path / "jsick").mkdir()
    head = "pair_ID\tdata\tsentence_A_Ja\tsentence_B_Ja\tentailment_label_Ja\trelatedness_score_Ja\n"
    labels = ("entailment", "neutral", "contradiction")
    rows = "".join(f"{n}\ttrain\t犬が{n}匹走っている\t犬が走っている{n % 3}\t{labels[n % 3]}\t4.5\n" for n in range(120))
    (tmp_path / "jsick" / "jsick-ja.tsv").write_text(head + rows, encoding="utf-8")
    examples = statement_examples(tmp_path, random.Random(0))
    given = {(e.question, e.window): bool(e.spans) for e in examples}
    asked = {e.question for e in examples}
    for s in STATEMENTS:
        if held_out(s.passage):
            assert s.text not in asked, s.id
        else:
            assert given[s.text, source_of(s, PASSAGES[s.passage])] == s.true, s.id
    dogs = [e for e in examples if e.window.text.startswith("犬が")]
    assert len(dogs) > 5
    assert all(bool(e.spans) == e.question.endswith("0") for e in dogs)
    assert [e.question for e in examples if e.kind == "exchanged" and e.spans] == []


def test_no_source_is_from_what_is_measured_or_held_out(tmp_path: Path) -> None:
    (tmp_path / "jsick").mkdir()
    (tmp_path / "jsick" / "jsick-ja.tsv").write_text("sentence_A_Ja\tsentence_B_Ja\tentailment_label_Ja\n", encoding="utf-8")
    kept_apart = {u.source for u in load_unseen()} | {p for p in PASSAGES if held_out(p)}
    sentences = {PASSAGES[p].text[s:e] for p in kept_apart & set(PASSAGES) for s, e in sentences_of(PASSAGES[p].text)}
    assert len(sentences) > 300
    assert [e.window.text for e in statement_examples(tmp_path, random.Random(1)) if e.window.text in sentences] == []
    with pytest.raises(HakushoError, match="--data"):
        statement_examples(tmp_path / "nowhere", random.Random(0))


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "statements.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    with pytest.raises(TeachingError, match="line 1"):
        load_statements(tmp_path)
    with pytest.raises(TeachingError, match="install Hakusho again"):
        load_statements(tmp_path / "nowhere")


def test_the_exported_model_equals_the_network(tmp_path: Path) -> None:
    from index.export_reader import export_entailment

    torch.manual_seed(1)
    network = ReaderNetwork().eval()
    export_entailment(network, tmp_path / "made" / "entailment.onnx")
    windows = [source_window([PORTS], "港湾"), source_window(["港。"], "")]
    tokens = [encode_window(shipped_contextual().tokenizer, w) for w in windows]
    pairs = pair_up([9, 9], tokens, windows)
    states = torch.randn(*pairs.mask.shape, WIDTH)
    arrays = {n: getattr(pairs, n) for n in ("mask", "roles", "heads", "spans", "member")}
    with torch.no_grad():
        wanted = network(states, *(torch.from_numpy(a) for a in arrays.values())).answers
    given = {"states": states.numpy(), **{n: arrays[n] for n in ("mask", "roles", "heads")}}
    (found,) = onnxruntime.InferenceSession(str(tmp_path / "made" / "entailment.onnx")).run(None, given)
    # Stored at eight bits.
    np.testing.assert_allclose(found, wanted.numpy(), atol=0.05)


def test_a_judgement_does_not_depend_on_its_company(tmp_path: Path) -> None:
    from index.export_reader import export_entailment

    torch.manual_seed(2)
    export_entailment(ReaderNetwork().eval(), tmp_path / "entailment.onnx")
    model = Entailment(shipped_contextual(), tmp_path / "entailment.onnx")
    windows = [source_window([PORTS * n], "港湾") for n in (3, 1, 2)]
    together = model.judge("総会はリスボンで開かれる。", windows)
    assert len(set(together)) == 3
    assert together == pytest.approx([model.judge("総会はリスボンで開かれる。", [w])[0] for w in windows], abs=0.01)
    assert model.judge("総会はリスボンで開かれる。", []) == []
    with pytest.raises(ModelError):
        Entailment(shipped_contextual(), tmp_path / "none.onnx")


def test_english_sentences_are_joined_with_blanks() -> None:
    assert source_window(["She called it “sharply” lower.", "Exports fell."], "").text.endswith("lower. Exports fell.")
    assert source_window(["増えた。", "減った。"], "港").text == "増えた。減った。"
