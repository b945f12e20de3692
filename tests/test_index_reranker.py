"""A reranker by name: a real, tiny cross-encoder, and clear errors where none can be had."""

from pathlib import Path

import numpy as np
import pytest

from index.local import LocalIndex
from index.reranker import load_reranker
from rag.assistant import Assistant
from rag.doctor import check
from rag.html_how import how
from rag.question import understand
from rag.rerank import joined, judge
from rag.retrieve import Ranker
from source.errors import HakushoError

QUESTION = "日本とトルクメニスタンの外務省間協力プログラムは何年から何年までのものですか。"


def save_bert(folder: Path, kind: str, labels: int = 1) -> Path:
    """A BERT of one layer over single characters, untrained, saved as transformers saves models."""
    import torch
    import transformers
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors

    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(c) for c in (*range(0x21, 0x7F), *range(0x3041, 0x30FF), *range(0x4E00, 0x5000))]
    tokenizer = Tokenizer(models.WordLevel({t: i for i, t in enumerate([*marks, *letters])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    pair = "[CLS] $A [SEP] $B:1 [SEP]:1"
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", pair, [("[CLS]", 2), ("[SEP]", 3)])
    named = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), marks, strict=True))
    transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=128, **named).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(marks) + len(letters), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=128, num_labels=labels, initializer_range=0.5,
    )  # fmt: skip
    getattr(transformers, kind)(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bert(tmp_path_factory.mktemp("reranker"), "BertForSequenceClassification")


def test_a_cross_encoder_by_name_judges_pairs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sentence_transformers import CrossEncoder

    monkeypatch.setenv("HAKUSHO_RERANKER", str(folder))
    monkeypatch.setenv("HAKUSHO_DEVICE", "cpu")
    monkeypatch.setenv("HAKUSHO_BATCH", "2")
    reranker = load_reranker()
    assert reranker is not None
    assert reranker.name == str(folder)
    texts = ["外務大臣が訪日した。", "輸送路について。", "短い", "The minister visited Japan."]
    slow = CrossEncoder(str(folder), device="cpu").predict([("誰が訪日しましたか。", t) for t in texts])
    np.testing.assert_allclose(1 / (1 + np.exp(-reranker.scores("誰が訪日しましたか。", texts))), slow, atol=1e-5)


def test_without_a_name_there_is_none(monkeypatch: pytest.MonkeyPatch, index: LocalIndex) -> None:
    monkeypatch.delenv("HAKUSHO_RERANKER", raising=False)
    assert load_reranker() is None
    assert "reranker" not in Ranker(index).rank(QUESTION, k=1)[0].signals


def test_the_best_are_judged_anew_and_the_rest_are_left(folder: Path, index: LocalIndex) -> None:
    reranker = load_reranker(str(folder))
    assert reranker is not None
    plain = Ranker(index).rank(QUESTION, k=30)
    found = Ranker(index, reranker=reranker, reranked=5).rank(QUESTION, k=30)
    scores = {c.passage.id: c.score for c in found}
    assert sorted(scores.values(), reverse=True) == [c.score for c in found]
    best = [c.passage for c in plain[:5]]
    odds = np.log([c.score / (1 - c.score) for c in plain[:5]]).astype(np.float32)
    wanted = joined(odds, judge(reranker, understand(QUESTION), best))
    np.testing.assert_allclose([scores[p.id] for p in best], 1 / (1 + np.exp(-wanted)), rtol=1e-3)
    assert all(scores[c.passage.id] == c.score for c in plain[5:] if c.passage.id in scores)
    judged = {c.passage.id for c in found if c.signals["reranker"] > 0}
    assert judged == {p.id for p in best}


def test_joining_keeps_the_scale_and_takes_both_sides() -> None:
    odds = np.asarray([2.0, 1.0, -1.0, -2.0], dtype=np.float32)
    for scale, shift in ((1.0, 0.0), (30.0, 500.0), (0.001, -3.0)):
        np.testing.assert_allclose(joined(odds, odds * scale + shift), odds, atol=1e-3)
    turned = joined(odds, np.asarray([0.1, 0.9, 0.1, 0.1], dtype=np.float32))
    assert turned.argmax() == 1
    np.testing.assert_allclose(turned.mean(), odds.mean(), atol=1e-6)
    assert (joined(odds, np.full(4, 7, dtype=np.float32)) == odds).all()


def test_the_answer_and_the_doctor_tell_of_it(
    folder: Path, index: LocalIndex, index_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Assistant(index, reranker=load_reranker(str(folder))).ask(QUESTION)
    assert answer.explanation["reranker"] == str(folder)
    signal = answer.explanation["signals"]["reranker"]
    assert 0 < signal < 1
    assert ("reranker" in how(answer, index.by_id, "en")) == (signal >= 0.25)
    monkeypatch.setenv("HAKUSHO_RERANKER", str(folder / "no-such"))
    assert check(None) == 1
    assert "FAIL  reranker" in capsys.readouterr().out


def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(HakushoError, match="HAKUSHO_RERANKER"):
        load_reranker("nobody/no-such-model")
    with pytest.raises(HakushoError, match="HAKUSHO_RERANKER"):
        load_reranker(str(tmp_path))


def test_what_is_no_reranker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HakushoError, match=r"no cross-encoder \(BertModel\)"):
        load_reranker(str(save_bert(tmp_path / "embedding", "BertModel")))
    with pytest.raises(HakushoError, match="3 numbers"):
        load_reranker(str(save_bert(tmp_path / "entailment", "BertForSequenceClassification", labels=3)))


def test_a_batch_size_that_is_none_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.sentence_transformer import batch_size

    monkeypatch.setenv("HAKUSHO_BATCH", "many")
    with pytest.raises(HakushoError, match="HAKUSHO_BATCH is 'many'"):
        batch_size()
