"""What the reader learns from, and one step of learning."""

import random
from pathlib import Path

import numpy as np
import torch

from index.contextual import shipped_contextual
from index.reader_batches import LONGEST_SPAN, encode_window, may_stand, pair_up, targets
from index.reader_examples import (
    Article,
    Example,
    Window,
    article_examples,
    exchange,
    names_of,
    sentences_of,
    without_answer,
)
from index.reader_network import ReaderNetwork
from index.train_reader import Encoded, Trainer
from index.transformer import Lower

HARBOUR = "港湾機構は1998年に設立された。本部はハンブルクにある。職員は240人である。"
RICE = "酒米の作付面積は前年より2%増えた。北海道では新しい品種の栽培が始まった。"


def window(text: str) -> Window:
    return Window(text, "見出し", sentences_of(text))


def example(question: str, text: str, *answers: str) -> Example:
    return Example(question, window(text), tuple((text.index(a), text.index(a) + len(a)) for a in answers))


def paragraph(text: str, *asked: tuple[str, str]) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    return text, tuple((q, text.index(a), text.index(a) + len(a)) for q, a in asked)


def test_a_span_is_short_inside_the_passage_or_none_at_all() -> None:
    tokens = [encode_window(shipped_contextual().tokenizer, window(t)) for t in (HARBOUR * 3, RICE)]
    pairs = pair_up([7, 7], tokens, [window(HARBOUR * 3), window(RICE)])
    allowed = may_stand(pairs)
    for row, inside in zip(allowed, pairs.spans, strict=True):
        starts, ends = np.nonzero(row)
        assert (7, 7) in zip(starts, ends, strict=True)
        assert ((ends - starts >= 0) & (ends - starts < LONGEST_SPAN)).all()
        assert inside[starts].all()
        assert inside[ends].all()
        assert (ends[starts == 7] == 7).all()


def test_targets_mark_every_answer_or_none() -> None:
    held = [example("どこ?何人?", HARBOUR, "ハンブルク", "240人"), example("予算は?", HARBOUR)]
    tokens = [encode_window(shipped_contextual().tokenizer, e.window) for e in held]
    pairs = pair_up([5, 5], tokens, [e.window for e in held])
    wanted = targets(held, [5, 5], tokens, pairs)
    marked = []
    for first, last in zip(*np.nonzero(wanted.spans[0]), strict=True):
        marked.append(HARBOUR[tokens[0].offsets[first - 5][0] : tokens[0].offsets[last - 5][1]])
    assert marked == ["ハンブルク", "240人"]
    assert list(zip(*np.nonzero(wanted.spans[1]), strict=True)) == [(5, 5)]
    assert wanted.answers.tolist() == [1, 0]
    assert wanted.sentences.tolist() == [[0, 1, 1], [0, 0, 0]]


def test_examples_of_an_article_answer_or_lack_the_answer() -> None:
    article = Article(
        "港",
        (
            paragraph(HARBOUR, ("本部は?", "ハンブルク"), ("1998年に何が設立された?", "港湾機構")),
            paragraph("別の段落には何もない。"),
        ),
    )
    stranger = Article("米", (paragraph(RICE),))
    made = list(article_examples(article, random.Random(0), stranger, negatives=1, strange=1, exchanged=1, removed=1))
    answered = [e for e in made if e.spans]
    assert {e.window.text[s:t] for e in answered for s, t in e.spans} == {"ハンブルク", "港湾機構"}
    elsewhere = [e for e in made if e.kind == "elsewhere"]
    assert {e.window.text in RICE for e in elsewhere} == {True, False}
    assert all("ハンブルク" not in e.window.text for e in elsewhere if e.question == "本部は?")
    assert any(e.kind == "exchanged" and "1998" not in e.question for e in made)
    assert all(not e.spans and "ハンブルク" not in e.window.text for e in made if e.kind == "removed" and e.question == "本部は?")


def test_a_window_without_its_answer_keeps_the_rest() -> None:
    less = without_answer(example("本部は?", HARBOUR, "ハンブルク"))
    assert less is not None
    assert "ハンブルク" not in less.window.text
    assert [less.window.text[s:e] in HARBOUR for s, e in less.window.sentences] == [True] * 2
    assert not less.spans
    twice = HARBOUR + "ハンブルクは港町である。"
    assert without_answer(example("本部は?", twice, "ハンブルク")) is None
    assert without_answer(example("本部は?", "本部はハンブルクにある。", "ハンブルク")) is None


def exchanged(question: str, text: str, names: tuple[str, ...], seed: int = 0) -> str | None:
    made = exchange(example(question, text), names, random.Random(seed))
    return made.question if made else None


def test_names_are_exchanged_for_names_of_their_script() -> None:
    names = names_of(["ペルーとボリビア", "Did Minister Kamikawa visit Lima?", "Which minister visited?"])
    assert names == ("Kamikawa", "Lima", "ペルー", "ボリビア")
    assert exchanged("ペルーの首都は?", "首都はリマである。", names) == "ボリビアの首都は?"
    assert exchanged("Who met Minister Kamikawa?", "外相は会談した。", names) == "Who met Minister Lima?"
    assert exchanged("首都は?", "首都はリマである。", names) is None


def test_what_is_exchanged_is_not_in_the_text() -> None:
    assert exchanged("ペルーの首都は?", "ボリビアの首都はスクレである。", ("ペルー", "ボリビア")) is None
    text = "".join(f"{year}年" for year in range(2016, 2029) if year != 2024)
    assert {exchanged("2021年の量は?", text, (), seed) for seed in range(40)} == {"2024年の量は?", None}


def test_months_stay_months() -> None:
    months = {exchanged("12月に来たのは?", "外相が来た。", (), seed) for seed in range(40)}
    assert months == {"9月に来たのは?", "10月に来たのは?", "11月に来たのは?"}
    names = ("Kamikawa", "March", "May")
    assert {exchanged("Who came in May?", "外相が来た。", names, seed) for seed in range(20)} == {"Who came in March?"}


def test_learning_lowers_the_loss_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tokenizer = shipped_contextual().tokenizer
    encoded = Encoded(Lower(tokenizer.get_vocab_size()).eval(), tokenizer)
    batch = [example("本部は?", HARBOUR, "ハンブルク"), example("予算は?", HARBOUR), example("何%?", RICE, "2%")]
    trainer = Trainer(ReaderNetwork(), encoded)
    losses = [trainer.learn(batch, 1.0) for _ in range(4)]
    assert losses[-1] < losses[0]
    trainer.save(tmp_path / "part", losses)
    again = Trainer(ReaderNetwork(), encoded)
    assert again.resume(tmp_path / "part") == losses
    for ours, theirs in zip(again.network.parameters(), trainer.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
