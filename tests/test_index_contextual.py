"""The contextual model and the reader: same numbers as the training code, texts in any company, clear errors."""

import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from index.contextual import DEFAULT_FOLDER, PASSAGE_PREFIX, QUESTION_PREFIX, Contextual, ContextualModel, shipped_contextual
from index.reader import Reader, best_span
from index.reader_batches import encode_window, pair_up
from index.reader_examples import Window, sentences_of
from index.reader_network import ReaderNetwork
from index.static_embedding import ModelError
from index.transformer import WIDTH

TEXT = (
    "欧州港湾機構(EPO)は1998年にロッテルダムで設立され、本部をハンブルクに置く。"
    "3月、クラース事務局長が訪日し、外村経済産業副大臣と会談した。次回の総会は2027年にリスボンで開かれる。"
)
OTHER = "国内の酒米の作付面積は前年より2%増え、北海道では新しい品種の栽培が始まった。"


def window(text: str, heading: str = "") -> Window:
    return Window(text, heading, sentences_of(text))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(shipped_contextual())


def test_the_exported_reader_equals_the_network(tmp_path: Path) -> None:
    from index.export_reader import export_reader

    torch.manual_seed(1)
    network = ReaderNetwork().eval()
    export_reader(network, tmp_path / "reader.onnx")
    tokens = [encode_window(shipped_contextual().tokenizer, window(t)) for t in (TEXT, OTHER)]
    pairs = pair_up([9, 9], tokens, [window(TEXT), window(OTHER)])
    states = torch.randn(*pairs.mask.shape, WIDTH)
    arrays = {n: getattr(pairs, n) for n in ("mask", "roles", "heads", "spans", "member")}
    with torch.no_grad():
        wanted = network(states, *(torch.from_numpy(a) for a in arrays.values()))
    found = onnxruntime.InferenceSession(str(tmp_path / "reader.onnx")).run(None, {"states": states.numpy(), **arrays})
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-3, rtol=1e-5)


def test_vectors_are_unit_and_the_same_in_any_company() -> None:
    model = ContextualModel(shipped_contextual())
    alone, together = model.encode_passages([TEXT]), model.encode_passages([OTHER, TEXT, "港"])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    assert float(alone[0] @ together[1]) > 0.999


def test_a_question_has_one_vector_however_it_is_made() -> None:
    model, text = shipped_contextual(), QUESTION_PREFIX + "港の団体の本部はどこですか"
    np.testing.assert_array_equal(model.vector(text), model.vectors([text])[0])
    np.testing.assert_array_equal(model.kept_states(model.ids(text)), model.states([model.ids(text)])[0])


@pytest.mark.parametrize("question", ["港の国際団体の本拠地は?", "Where is the headquarters of the port organisation?"])
def test_meaning_is_near_in_both_languages(question: str) -> None:
    model = ContextualModel(shipped_contextual())
    near, far = model.encode_passages([TEXT, OTHER]) @ model.encode_question(question)
    assert near > far


def test_a_text_beyond_the_longest_is_cut_and_an_empty_one_has_a_vector() -> None:
    model = shipped_contextual()
    assert len(model.ids(PASSAGE_PREFIX + "港湾の整備" * 2000)) == 512
    assert np.isfinite(model.vectors([QUESTION_PREFIX])).all()


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        ("欧州港湾機構の本部はどこですか。", 0, "ハンブルク"),
        ("3月に日本を訪れたのは誰ですか。", 1, "クラース"),
        ("In which year will the next general assembly take place?", 2, "2027年"),
    ],
)
def test_it_marks_the_answer(reader: Reader, question: str, sentence: int, answer: str) -> None:
    (reading,) = reader.read(question, [window(TEXT, "港湾")])
    assert int(np.argmax([s.answers for s in reading.sentences])) == sentence
    marked = reading.sentences[sentence].marked
    assert marked is not None
    assert answer in TEXT[marked[0] : marked[1]]


def test_it_tells_a_passage_that_answers_from_one_that_does_not(reader: Reader) -> None:
    says, lacks, elsewhere = (
        reader.read(q, [window(t)])[0]
        for q, t in [
            ("欧州港湾機構の本部はどこですか。", TEXT),
            ("欧州港湾機構の予算はいくらですか。", TEXT),
            ("欧州港湾機構の本部はどこですか。", OTHER),
        ]
    )
    assert says.answers > lacks.answers
    assert says.answers > elsewhere.answers


def test_a_reading_does_not_depend_on_its_company(reader: Reader) -> None:
    question = "次の総会の場所は?"
    alone = reader.read(question, [window(TEXT)])[0]
    among = reader.read(question, [window(OTHER), window(TEXT), window("港。")])[1]
    assert alone.answers == pytest.approx(among.answers, abs=0.05)
    assert [s.marked for s in alone.sentences] == [s.marked for s in among.sentences]


def test_spans_stay_inside_their_sentence(reader: Reader) -> None:
    for question in ("いつ?", "誰が会ったのか", "Why?"):
        for held, (start, end) in zip(reader.read(question, [window(TEXT)])[0].sentences, sentences_of(TEXT), strict=True):
            assert held.marked is not None
            assert start <= held.marked[0] < held.marked[1] <= end


def test_a_span_is_scored_as_the_best_one_is(reader: Reader) -> None:
    sentence = reader.read("本部はどこですか", [window(TEXT)])[0].sentences[0]
    assert sentence.spans is not None
    assert sentence.spans.score(*sentence.spans.best) == pytest.approx(sentence.best)
    assert sentence.spans.score(0, 2) <= sentence.best
    assert sentence.spans.score(900, 910) == float("-inf")


def test_a_window_without_a_token_reads_as_nothing(reader: Reader) -> None:
    (reading,) = reader.read("何?", [Window("", "", ((0, 0),))])
    assert reading.sentences[0].marked is None


def test_best_span_is_ordered_and_short() -> None:
    scores = np.zeros((100, 100), dtype=np.float32)
    scores[60, 20], scores[5, 99], scores[60, 99], scores[10, 20] = 9, 9, 7, 6
    assert best_span(scores) == (60, 99)
    scores[10, 20] = 8
    assert best_span(scores) == (10, 20)


def test_a_missing_or_changed_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="install Hakusho again"):
        Contextual.load(tmp_path)
    held = tmp_path / "model"
    shutil.copytree(DEFAULT_FOLDER, held)
    with (held / "pooler.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match=r"pooler\.onnx is not the file that was shipped"):
        Contextual.load(held)
