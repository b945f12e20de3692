"""The retrieval benchmark over a small data folder of the same form: every figure is there, and those that must be are right."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval import retrieval
from eval.retrieval_figures import first_figure, paragraph_figures
from eval.retrieval_rows import Scores, rows
from eval.retrieval_sets import Pool, jsquad, sampled, translations
from eval.vector_cache import CachedEmbedder
from index.contextual import ContextualModel, shipped_contextual
from index.embedding import StaticModel, shipped_static

ARTICLES = {
    "港湾": ["新しい港は2021年に開かれた。建設には三年を要した。", "港の管理は市が行う。年間の利用は五千隻である。"],
    "鉄道": ["高速鉄道は首都と東の町を結ぶ。所要時間は二時間である。"],
}
QUESTIONS = {"新しい港はいつ開かれましたか。": "2021年", "港を管理するのは何ですか。": "市", "高速鉄道の所要時間は?": "二時間"}
PAIRS = [("The harbour was opened.", "港が開かれた。"), ("He likes tea.", "彼はお茶が好きだ。"), ("I am tired.", "私は疲れた。")]
STATIC = StaticModel(shipped_static())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("jsquad", "enja", "ami", "jsts"):
        (folder / name).mkdir()
    held = []
    for title, paragraphs in ARTICLES.items():
        made = []
        for text in paragraphs:
            context = f"{title} [SEP] {text}"
            qas = [
                {"question": q, "answers": [{"text": a, "answer_start": context.index(a)}]}
                for q, a in QUESTIONS.items()
                if a in text
            ]
            made.append({"context": context, "qas": qas})
        held.append({"title": title, "paragraphs": made})
    (folder / "jsquad" / "valid-v1.3.json").write_text(json.dumps({"data": held}), encoding="utf-8")
    (folder / "enja" / "test.en").write_text("".join(f"{e}\n" for e, _ in PAIRS), encoding="utf-8")
    (folder / "enja" / "test.ja").write_text("".join(f"{j}\n" for _, j in PAIRS), encoding="utf-8")
    said = [{"en_sentence": e, "ja_sentence": j} for e, j in PAIRS]
    (folder / "ami" / "ami-test.json").write_text(json.dumps([{"conversation": said}]), encoding="utf-8")
    alike = [
        ("港が開かれた。", "港が開いた。", 4.8),
        ("港が開かれた。", "彼はお茶が好きだ。", 0.2),
        ("私は疲れた。", "私はとても疲れた。", 4.0),
    ]
    lines = [json.dumps({"sentence1": a, "sentence2": b, "label": c}) for a, b, c in alike]
    (folder / "jsts" / "valid-v1.3.json").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_the_table_has_every_figure(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "figures.json"
    chosen = ["bm25", "bigrams", "static", "late"]
    status = retrieval.main(
        ["--data", str(data), "--limit", "3", "--json", str(out), "--cache", str(tmp_path / "cache"), "--rows", *chosen]
    )
    assert status == 0
    held = json.loads(out.read_text(encoding="utf-8"))
    assert held["questions"]["JSQuAD"] == held["questions"]["question set"] == 3
    assert len(held["rows"]) == len(chosen)
    for name, figures in held["rows"].items():
        assert set(retrieval.COLUMNS) - set(figures) == (set() if name in ("static model", "late interaction") else {"JSTS"})
        assert figures["inside"] >= figures["sentence"]
        assert figures["R@10"] == 1.0
        assert figures["question set"]
    assert held["rows"]["static model"]["enja en→ja"] == 1.0
    printed = capsys.readouterr().out
    assert all(f"| {name} |" in printed for name in held["rows"])


def test_the_whole_and_all_but_the_reader(data: Path, tmp_path: Path) -> None:
    embedder = CachedEmbedder(ContextualModel(shipped_contextual()), tmp_path, "contextual")
    pool = jsquad(data, embedder, None)
    assert [len(a.sentence) for a in pool.asked] == [1, 1, 1]
    made = rows(embedder)
    for key in ("contextual", "hybrid", "whole"):
        figures = paragraph_figures(pool, made[key].over(pool), key)
        assert figures["R@1"] == 1.0
        assert figures["sentence"] <= figures["inside"]
        assert figures["inside"] > 0.5
    english = next(p for p in translations(data, embedder, 2) if p.name == "enja ja→en")
    assert len(english.asked) == 2
    assert first_figure(english, made["hybrid"].over(english), "hybrid") == 1.0
    assert made["hybrid"].megabytes() < made["whole"].megabytes() < 60


def test_figures_are_what_they_say(data: Path) -> None:
    pool = jsquad(data, STATIC, None)
    n = len(pool.base.passages)
    firsts = [min(a.sentence) for a in pool.asked]
    told = iter(firsts)

    def right(question: str) -> np.ndarray:
        return np.eye(n, dtype=np.float32)[next(told)]

    assert paragraph_figures(pool, Scores(right), "right")["sentence"] == 1.0
    never = paragraph_figures(pool, Scores(lambda q: np.full(n, -np.inf, dtype=np.float32)), "never")
    assert never["R@10"] == never["MRR@10"] == 0.0


def test_cached_vectors_are_the_models(tmp_path: Path) -> None:
    texts = [f"{i}番目の文。" for i in range(300)]
    cached = CachedEmbedder(STATIC, tmp_path, "static")
    first = cached.encode_passages(texts)
    assert len(list(tmp_path.glob("*.npy"))) == 2
    np.testing.assert_array_equal(first, STATIC.encode_passages(texts))
    np.testing.assert_array_equal(cached.encode_passages(texts), first)


def test_samples_are_spread_and_always_the_same() -> None:
    assert sampled(range(10), 3) == [0, 3, 6]
    assert sampled(range(3), 10) == sampled(range(3), None) == [0, 1, 2]


def test_mistakes_are_named(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert retrieval.main(["--data", str(tmp_path), "--limit", "1"]) == 2
    assert "jsquad" in capsys.readouterr().err
    assert retrieval.main(["--data", str(data), "--rows", "nothing"]) == 2
    assert "--rows takes bm25" in capsys.readouterr().err


def test_a_pool_finds_each_paragraphs_text(data: Path) -> None:
    pool: Pool = jsquad(data, STATIC, None)
    assert pool.paragraphs == [text for texts in ARTICLES.values() for text in texts]
