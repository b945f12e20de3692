"""Articles as shelves of documents: where answers stand, what is left out, which are measured."""

import json
from pathlib import Path

import pytest

from eval.articles import MEASURED, figures, shelves, tuning_shelves
from index.embedding import load_embedder
from index.local import build_index
from index.tokenise import default_tokeniser
from source.errors import HakushoError

TOWNS = ("青森", "盛岡", "仙台", "秋田", "山形")


def question(text: str, answer: str, start: int) -> dict[str, object]:
    return {"id": text, "question": text, "answers": [{"text": answer, "answer_start": start}]}


def article(number: int) -> dict[str, object]:
    """Five paragraphs under JSQuAD's title, the last of which will be left out."""
    paragraphs = []
    for town in TOWNS:
        context = f"記事{number} [SEP] {town}港は{number}年に開かれた。水深は{number + 3}mである。"
        asked = [
            question(f"{town}港はいつ開かれたか", f"{number}年", context.index(f"{number}年")),
            question(f"{town}の記事は何番か", f"記事{number}", 0),
        ]
        paragraphs.append({"context": context, "qas": asked})
    return {"title": f"記事{number}", "paragraphs": paragraphs}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    held = tmp_path / "jaquad" / "dev"
    held.mkdir(parents=True)
    raw = {"data": [article(1000 + n) for n in range(2 * MEASURED + 1)]}
    (held / "one.json").write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return held


def test_answers_stand_where_they_are_said_to(folder: Path) -> None:
    for shelf in shelves(folder):
        texts = {d.id: d.text for d in shelf.documents}
        for asked in shelf.sample(1000, 0):
            assert [texts[asked.document][s:].startswith(asked.answers[0]) for s in asked.starts] == [True]


def test_what_is_left_out_or_marked_in_a_title_is_no_answer(folder: Path) -> None:
    shelf = shelves(folder)[0]
    assert all("山形" not in d.text for d in shelf.documents)
    assert {a.question for a in shelf.asked if a.starts} == {f"{town}港はいつ開かれたか" for town in TOWNS[:4]}
    # The year of what is left out stands in the same article, so nothing is asked of it.
    assert [a for a in shelf.asked if not a.starts] == []


def test_what_is_measured_fits_nothing(folder: Path) -> None:
    measured, *others = shelves(folder)
    assert len(measured.documents) == MEASURED
    own = {d.text for d in measured.documents}
    fitted = {d.text for index, _ in tuning_shelves(folder.parent.parent) for d in index.documents}
    assert fitted == {d.text for shelf in others for d in shelf.documents}
    assert not own & fitted


def test_figures_count_refusals_and_answers(folder: Path) -> None:
    shelf = shelves(folder)[2]
    index = build_index(shelf.documents, load_embedder(), default_tokeniser())
    found = figures(index, shelf.sample(2, 2))
    assert found["answered by the text"] == 2
    assert 0 <= found["short answer EM"] <= found["short answer F1"] <= 1
    assert found["right sentence cited"] <= 1 - found["refused"]


def test_without_data_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(HakushoError, match="--data"):
        tuning_shelves(tmp_path)
