"""Measures the shipped embedding model on public test sets: `python -m eval.encoder --data DIR`.

JSQuAD validation: each question against all 1,145 paragraphs (title and text). enja/test and
ami/test: each sentence against all of the other side. JSTS validation: Spearman's correlation.
Rows: Sudachi BM25 (lexical only, for the paragraphs), and the model.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from index.embedding import DEFAULT_MODEL
from index.lexical import LexicalField
from index.static_embedding import StaticEmbedder
from index.tokenise import default_tokeniser
from index.train_data import need
from source.errors import HakushoError

Floats = NDArray[np.float32]


def jsquad(data: Path) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Paragraphs with their titles, questions, and each question's paragraph."""
    paragraphs: list[str] = []
    questions: list[str] = []
    gold: list[int] = []
    for article in json.loads(need(data, "jsquad/valid-v1.3.json").read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            paragraphs.append(paragraph["context"].replace("[SEP]", " "))
            questions += [qa["question"] for qa in paragraph["qas"]]
            gold += [len(paragraphs) - 1] * len(paragraph["qas"])
    return paragraphs, questions, np.asarray(gold)


def retrieval(scores: Floats, gold: NDArray[np.int64]) -> str:
    """R@1, R@10 and MRR@10 of scores (questions, paragraphs)."""
    rank = (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
    return (
        f"R@1 {(rank == 0).mean():.3f}  R@10 {(rank < 10).mean():.3f}  MRR@10 {np.where(rank < 10, 1 / (rank + 1), 0).mean():.3f}"
    )


def translation(model: StaticEmbedder, english: Sequence[str], japanese: Sequence[str]) -> str:
    """R@1 both ways."""
    scores = model.encode(english) @ model.encode(japanese).T
    own = np.arange(len(english))
    return f"en→ja R@1 {(scores.argmax(axis=1) == own).mean():.3f}  ja→en R@1 {(scores.argmax(axis=0) == own).mean():.3f}"


def similarity(model: StaticEmbedder, data: Path) -> float:
    """Spearman's correlation on JSTS validation."""
    pairs = [json.loads(line) for line in need(data, "jsts/valid-v1.3.json").read_text(encoding="utf-8").splitlines()]
    a, b = model.encode([p["sentence1"] for p in pairs]), model.encode([p["sentence2"] for p in pairs])
    return float(spearmanr((a * b).sum(axis=1), [p["label"] for p in pairs])[0])


def measure(model: StaticEmbedder, data: Path) -> None:
    """Prints every figure."""
    paragraphs, questions, gold = jsquad(data)
    started = time.perf_counter()
    vectors = model.encode(paragraphs)
    seconds = time.perf_counter() - started
    print(f"JSQuAD validation, model   {retrieval(model.encode(questions) @ vectors.T, gold)}")
    tokeniser = default_tokeniser()
    field = LexicalField.build([tokeniser.fields(p)["word"] for p in paragraphs], k1=1.2, b=0.75)
    bm25 = np.stack([field.scores(tokeniser.fields(q)["word"]) for q in questions])
    print(f"JSQuAD validation, BM25    {retrieval(bm25, gold)}")
    english = need(data, "enja/test.en").read_text(encoding="utf-8").splitlines()
    japanese = [j.replace(" ", "") for j in need(data, "enja/test.ja").read_text(encoding="utf-8").splitlines()]
    print(f"enja/test                  {translation(model, english, japanese)}")
    meetings = json.loads(need(data, "ami/ami-test.json").read_text(encoding="utf-8"))
    said = [s for m in meetings for s in m["conversation"]]
    print(f"ami/test                   {translation(model, [s['en_sentence'] for s in said], [s['ja_sentence'] for s in said])}")
    print(f"JSTS validation            Spearman {similarity(model, data):.3f}")
    print(f"{len(paragraphs) / seconds:.0f} paragraphs/s")


def main() -> int:
    """Loads the model and measures it."""
    parser = argparse.ArgumentParser(prog="python -m eval.encoder", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL)
    given = parser.parse_args()
    try:
        model = StaticEmbedder.load(given.model)
        print(f"{given.model}: {model.dim} dims, {sum(p.stat().st_size for p in given.model.iterdir()) / 2**20:.1f} MB")
        measure(model, given.data)
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
