"""The reader: same numbers as in training, offsets that hold, errors that name the remedy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from index.reader import DEFAULT_FOLDER, Reader, Reading, ReadingText
from index.reader_arrays import one_hot, pad, sentence_ids
from index.reader_batches import batches
from index.reader_data import Article, Paragraph, Question, covering
from index.reader_decode import auroc, best_span, character_f1, exact
from index.reader_export import export_onnx
from index.reader_features import ROW, Analyser, Tokens, encode
from index.reader_model import ReaderModel, Sizes
from index.reader_sru import Layer, Stack
from index.reader_vocabulary import build_vocabulary, load_vectors
from index.reader_words import VECTORS, Lookup, Vocabulary
from index.static_embedding import ModelError, write_checksums
from source.sentences import split_sentences

QUESTION = "欧州復興開発銀行の本部はどこにありますか?"
TEXTS = (
    "欧州復興開発銀行(EBRD)はロンドンに本部を置く。ｳｽﾞﾍﾞｷｽﾀﾝも加盟した。",
    "辻󠄀大臣は2024年12月に中央アジアを訪れた。",
    "首都はアスタナである。人口は約2,000万人である。通貨はテンゲである。",
)


def _text(text: str) -> ReadingText:
    return ReadingText(text, tuple((s.start, s.end) for s in split_sentences(text)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ReaderModel]:
    """A tiny model with random weights, as a folder and in torch."""
    folder = tmp_path_factory.mktemp("reader")
    torch.manual_seed(3)
    rng = np.random.default_rng(3)
    analyser = Analyser()
    words = [analyser.words(t) for t in TEXTS]
    keys = np.array(sorted({r for w in words for r in encode(w, _no_vocabulary()).rows[:, 1]}), dtype=np.uint32)
    vocabulary = build_vocabulary(words, Lookup(keys, np.arange(1, len(keys) + 1, dtype=np.uint16)))
    vocabulary.save(folder)
    table = rng.integers(-127, 127, (len(keys) + 1, 20)).astype(np.int8)
    table[0] = 0
    np.savez(folder / VECTORS, table=table, scale=np.full((len(table), 1), 0.002, np.float32))
    sizes = Sizes(
        20,
        len(keys) + 1,
        len(vocabulary.parts) + 1,
        len(vocabulary.characters) + 2,
        hidden=12,
        layers=2,
    )
    model = ReaderModel(sizes).eval()
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.4)
    export_onnx(model, folder)
    write_checksums(folder)
    return folder, model


def _no_vocabulary() -> Vocabulary:
    empty = Lookup(np.zeros(1, np.uint32), np.zeros(1, np.uint16))
    return Vocabulary(empty, empty, empty, {}, {})


def test_run_time_equals_training_code(made: tuple[Path, ReaderModel]) -> None:
    folder, model = made
    readings = Reader.load(folder).read(QUESTION, [_text(t) for t in TEXTS])
    vocabulary, table, analyser = (
        Vocabulary.load(folder),
        torch.from_numpy(load_vectors(folder)),
        Analyser(),
    )
    tokens = [encode(analyser.words(t), vocabulary) for t in TEXTS]
    p = torch.from_numpy(pad([t.rows for t in tokens]))
    q = torch.from_numpy(encode(analyser.words(QUESTION), vocabulary).rows[None])
    of = [sentence_ids(t, _text(text).sentences) for t, text in zip(tokens, TEXTS, strict=True)]
    pairs = torch.arange(3), torch.zeros(3, dtype=torch.int64)
    with torch.no_grad():
        outputs = model(
            p,
            table[p[..., ROW]],
            q,
            table[q[..., ROW]],
            torch.from_numpy(one_hot(of)).float(),
            *pairs,
        )
    start, end, sentence, answer, _ = (o.numpy() for o in outputs)
    for i, reading in enumerate(readings):
        n = len(tokens[i].spans)
        first, last, score = best_span(start[i, :n], end[i, :n])
        assert (reading.start, reading.end) == (tokens[i].spans[first][0], tokens[i].spans[last][1])
        assert reading.score == pytest.approx(score, abs=1e-3)
        assert reading.no_answer == pytest.approx(1 / (1 + np.exp(answer[i])), abs=1e-3)
        assert [s.logit for s in reading.sentences] == pytest.approx(list(sentence[i, : len(reading.sentences)]), abs=1e-3)


def test_offsets_are_token_boundaries_inside_the_text(made: tuple[Path, ReaderModel]) -> None:
    reader, analyser = Reader.load(made[0]), Analyser()
    for text in TEXTS:
        starts, ends = ({w.span[i] for w in analyser.words(text)} for i in (0, 1))
        reading = reader.read(QUESTION, [_text(text)])[0]
        for span in (reading, *reading.sentences):
            assert 0 <= span.start < span.end <= len(text)
            assert span.start in starts
            assert span.end in ends
        for sentence, (a, b) in zip(reading.sentences, _text(text).sentences, strict=True):
            assert a <= sentence.start < sentence.end <= b
        assert sum(s.probability for s in reading.sentences) == pytest.approx(1, abs=1e-5)


def test_a_passage_reads_the_same_alone_in_a_batch_and_again(
    made: tuple[Path, ReaderModel],
) -> None:
    passages = [_text(t) for t in TEXTS] * 12
    together = Reader.load(made[0]).read(QUESTION, passages)
    alone = Reader.load(made[0])
    for _ in range(2):
        assert _close(alone.read(QUESTION, passages[:1])[0], together[0])
    assert all(_close(together[i], together[i + 3]) for i in range(len(passages) - 3))


def _close(a: Reading, b: Reading) -> bool:
    return (a.start, a.end) == (b.start, b.end) and abs(a.score - b.score) < 1e-3 and abs(a.no_answer - b.no_answer) < 1e-3


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_to_read_is_no_answer(made: tuple[Path, ReaderModel], text: str) -> None:
    reading = Reader.load(made[0]).read(QUESTION, [ReadingText(text, ()), _text(TEXTS[0])])[0]
    assert reading.no_answer == 1.0
    assert reading.start == reading.end == 0
    assert Reader.load(made[0]).read("", [_text(TEXTS[0])])[0].no_answer == 1.0
    assert Reader.load(made[0]).read(QUESTION, []) == []


def test_missing_and_changed_files_name_the_remedy(made: tuple[Path, ReaderModel], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="install Hakusho again"):
        Reader.load(tmp_path)
    for file in made[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "question.onnx").write_bytes(b"changed")
    with pytest.raises(ModelError, match="install Hakusho again"):
        Reader.load(tmp_path)
    write_checksums(tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        Reader.load(tmp_path)


def test_the_shipped_reader_answers() -> None:
    passages = [_text(t) for t in TEXTS]
    readings = Reader.load(DEFAULT_FOLDER).read("カザフスタンの通貨は何ですか。", passages)
    best = max(range(3), key=lambda i: readings[i].score)
    assert best == 2
    assert TEXTS[2][readings[2].start : readings[2].end] == "テンゲ"


def test_recurrence_ignores_padding_and_has_the_right_gradient() -> None:
    torch.manual_seed(0)
    stack = Stack(5, 4, 2, 0.0)
    x, mask = torch.randn(2, 7, 5), torch.ones(2, 7)
    mask[1, 4:] = 0
    assert torch.allclose(stack(x, mask)[1, :4], stack(x[1:, :4], mask[1:, :4])[0], atol=1e-6)
    layer = Layer(3, 2).double()
    assert torch.autograd.gradcheck(
        lambda v: layer(v, torch.ones(5, 2, 1).double()),
        torch.randn(5, 2, 3).double().requires_grad_(),
    )


def test_batches_keep_answers_in_place() -> None:
    analyser, vocabulary = Analyser(), _no_vocabulary()
    text = "".join(f"第{i}回会合は都市{i}で開かれた。" for i in range(60))
    tokens = encode(analyser.words(text), vocabulary)
    sentences = _text(text).sentences
    at = text.index("都市41")
    first, last = covering(tokens, at, at + 4)
    asked = Question("どこ?", encode(analyser.words("どこ?"), vocabulary), ("都市41",), (at,), first, last)
    paragraph = Paragraph(text, tokens, sentences, sentence_ids(tokens, sentences), [asked])
    for seed in range(5):
        article = Article(Tokens(tokens.rows[:3], tokens.spans[:3]), [paragraph])
        found = [b for b in batches([article], None, np.random.default_rng(seed)) if len(b.first)]
        batch, rows = found[0], tokens.rows[first : last + 1]
        place = batch.passages[batch.pair_p[0], batch.first[0] : batch.last[0] + 1]
        assert (place == rows).all()
        assert batch.sentences[batch.pair_p[0], batch.sentence[0], batch.first[0]] == 1


def test_figures() -> None:
    assert exact("「東京都」", ("東京都",)) == 1.0
    assert character_f1("東京", ("東京都", "京都")) == pytest.approx(0.8)
    assert auroc([2.0, 3.0], [1.0, 2.0]) == pytest.approx(0.875)
    assert best_span(np.array([0, 3, 0], np.float32), np.array([5, 0, 1], np.float32)) == (
        0,
        0,
        5.0,
    )
