"""The pointer: words from pieces, the same numbers as the training code, spans that are words, and learning."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from index.contextual import shipped_contextual
from index.pointer import joined, sentence_of
from index.pointer_batches import blurred, collate, cuts, groups
from index.pointer_data import Encoder, Field, article_field, pieces
from index.pointer_network import PointerNetwork
from index.reader import Reader
from index.reader_examples import Article, Window, sentences_of
from index.reader_words import CONTENT, WORD, Words, words_of
from index.tokenise import default_tokeniser
from index.train_pointer import Trainer, stream

HARBOUR = "港湾機構は1998年に設立された。本部はハンブルクにある。職員は240人である。"
RAILWAY = "鉄道公社は2003年に設立された。本部はウィーンにある。車両は85両である。"


def article() -> Article:
    asked = [
        (HARBOUR, (("本部はどこか。", "ハンブルク"), ("何年に設立されたか。", "1998年"))),
        (RAILWAY, (("車両は何両か。", "85両"),)),
    ]
    return Article("団体", tuple((t, tuple((q, t.index(a), t.index(a) + len(a)) for q, a in some)) for t, some in asked))


@pytest.fixture(scope="module")
def field() -> Field:
    return article_field(article(), Encoder(shipped_contextual()))


def test_a_word_has_the_mean_of_the_pieces_that_it_touches() -> None:
    tokens = default_tokeniser().short_units("港湾の町")
    assert [t.surface for t in tokens] == ["港湾", "の", "町"]
    states = np.asarray([[9, 9], [1, 0], [3, 0], [0, 5]], dtype=np.float32)
    words = words_of(tokens, [(-1, -1), (0, 1), (1, 3), (-1, -1)], states)
    assert words.offsets == ((0, 2), (2, 3))  # 町 was cut off
    np.testing.assert_allclose(words.states, [[2, 0], [3, 0]])
    assert words.rows[:, CONTENT].tolist() == [1, 0]


def test_a_words_spelling_is_compared_normalised() -> None:
    rows = [
        words_of(default_tokeniser().short_units(text), [(0, len(text))], np.ones((1, 2), dtype=np.float32)).rows
        for text in ("附属", "付属")
    ]
    assert rows[0][0, WORD] == rows[1][0, WORD]
    assert rows[0][0, 0] != rows[1][0, 0]


def test_the_exported_pointer_equals_the_network(tmp_path: Path) -> None:
    from index.export_pointer import SpanPointer, example, export_pointer

    torch.manual_seed(1)
    network = PointerNetwork().eval()
    export_pointer(network, tmp_path / "pointer.onnx", bits=None)
    inputs = example(seed=3)
    with torch.no_grad():
        wanted = SpanPointer(network)(*inputs).numpy()
    names = ("rows", "states", "asked_rows", "asked_states", "sentence")
    given = {n: x.numpy() for n, x in zip(names, inputs, strict=True)}
    (found,) = onnxruntime.InferenceSession(str(tmp_path / "pointer.onnx")).run(None, given)
    seen = wanted > -1e3  # padding is far below in both
    assert seen.any()
    np.testing.assert_allclose(found[seen], wanted[seen], atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize(
    ("question", "answer"),
    [("本部はどこにありますか。", "ハンブルク"), ("いつ設立されましたか。", "1998年"), ("職員は何人ですか。", "240人")],
)
def test_the_shipped_reader_marks_whole_words(question: str, answer: str) -> None:
    window = Window(HARBOUR, "", sentences_of(HARBOUR))
    (reading,) = Reader(shipped_contextual()).read(question, [window])
    best = max(reading.sentences, key=lambda s: s.best)
    assert best.marked is not None
    assert HARBOUR[slice(*best.marked)] == answer


def test_a_window_is_pointed_at_alike_in_any_company() -> None:
    windows = [Window(t, "", sentences_of(t)) for t in (HARBOUR, RAILWAY * 3, "。")]
    reader = Reader(shipped_contextual())
    alone, together = reader.read("本部はどこか。", windows[:1])[0], reader.read("本部はどこか。", windows)[0]
    for a, b in zip(alone.sentences, together.sentences, strict=True):
        assert a.spans is not None
        assert b.spans is not None
        np.testing.assert_allclose(a.spans.scores, b.spans.scores, atol=0.02)


def test_joined_scores_are_of_the_pieces_that_a_span_touches() -> None:
    read = np.asarray([[1.0, 2.0], [-np.inf, 4.0]], dtype=np.float32)
    found = joined([(0, 2), (2, 3)], np.zeros((2, 2), dtype=np.float32), [(0, 1), (1, 3)], read)
    np.testing.assert_allclose(found, [[1.0, 1.0], [2.0, 2.0]])
    assert joined([(0, 2)], np.ones((1, 1), dtype=np.float32), [], read)[0, 0] == 1


def test_encoded_spans_are_the_answers(field: Field) -> None:
    assert len(field.asked) == 3
    for question in field.asked:
        told = field.told[question.told]
        ((first, last),) = question.spans
        assert told.window.text[told.words.offsets[first][0] : told.words.offsets[last][1]] == question.answer
    assert field.told[0].sentence.max() == 2


def test_a_text_is_cut_into_whole_sentences() -> None:
    made = pieces(HARBOUR * 20, "見出し")
    assert len(made) > 1
    assert "".join(w.text for w, _ in made) == HARBOUR * 20
    assert all((HARBOUR * 20)[at:].startswith(w.text) for w, at in made)


def test_cuts_keep_what_they_answer(field: Field) -> None:
    rng = np.random.default_rng(0)
    long = pieces(HARBOUR * 6, "")[0][0]
    told = Encoder(shipped_contextual()).field([long], []).told[0]
    parts = cuts(told, (), rng)
    assert "".join(p.text for p in parts) == long.text
    assert sum(len(p.words.rows) for p in parts) == len(told.words.rows)
    (batch,) = groups([field], rng)
    made = collate(batch, rng)
    assert made.own == 3
    assert made.pair_told[made.own :].tolist() != made.pair_told[: made.own].tolist()
    assert len(made.spans) == 3
    for pair, first, last in made.spans:
        assert made.rows[made.pair_told[pair], first : last + 1, WORD].all()


def test_blurred_words_match_nothing_and_the_question_stays(field: Field) -> None:
    words, rng = field.asked[0].words, np.random.default_rng(0)
    before = words.rows.copy()
    changed = [blurred(words, rng).rows for _ in range(60)]
    assert (words.rows == before).all()
    assert any((c[:, WORD] != before[:, WORD]).any() for c in changed)
    assert all((c[:, WORD] == before[:, WORD])[before[:, CONTENT] == 0].all() for c in changed)


def test_a_word_between_sentences_belongs_to_the_one_before() -> None:
    words = Words(np.zeros((3, 6), dtype=np.int64), np.zeros((3, 2), dtype=np.float32), ((0, 2), (4, 5), (6, 7)))
    assert sentence_of(words, [(0, 3), (6, 8)]).tolist() == [0, 0, 1]


def test_learning_lowers_the_loss_and_goes_on_where_it_stopped(field: Field, tmp_path: Path) -> None:
    torch.manual_seed(0)
    trainer = Trainer(PointerNetwork(hidden=16, layers=1))
    batches = stream([field], [], 0, 0)
    for _ in range(60):
        trainer.learn(next(batches), 0.0)
    assert np.mean(trainer.losses[-10:]) < 0.7 * np.mean(trainer.losses[:10])
    trainer.save(tmp_path / "part")
    again = Trainer(PointerNetwork(hidden=16, layers=1))
    again.resume(tmp_path / "part")
    assert again.losses == trainer.losses
    for name, value in trainer.network.state_dict().items():
        assert torch.equal(value, again.network.state_dict()[name])
