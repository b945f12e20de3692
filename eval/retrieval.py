"""Retrieval on public test sets, one table, one run: `python -m eval.retrieval --data DIR`.

JSQuAD validation (each article a document): each question against all 1,145 paragraphs, and against
all their sentences. enja/test and ami/test: each sentence against all of the other side. JSTS
validation: Spearman's correlation. Rows: BM25 over Sudachi words, over words and n-grams, the two
shipped embedding models alone, and the whole of what `hakusho search` does.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from index.contextual import ContextualModel, shipped_contextual
from index.embedding import Embedder, StaticModel, shipped_static
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from index.train_data import need
from rag.retrieve import Ranker
from source.errors import HakushoError
from source.parse import parse

Floats = NDArray[np.float32]
# Scores of a question for every passage of the index, shape (n,).
Score = Callable[[str], Floats]


@dataclass(frozen=True)
class Questions:
    """An index and its questions with the rows that answer: of the paragraph, and of the sentence."""

    index: LocalIndex
    asked: tuple[tuple[str, frozenset[int], frozenset[int]], ...]


def jsquad(data: Path, every: int) -> Questions:
    """JSQuAD validation, indexed; every `every`-th question."""
    articles: dict[str, list[tuple[str, list[tuple[str, int]]]]] = {}
    for article in json.loads(need(data, "jsquad/valid-v1.3.json").read_text(encoding="utf-8"))["data"]:
        for p in article["paragraphs"]:
            text = p["context"].partition("[SEP]")[2].strip().replace("\n", " ")
            shift = len(p["context"]) - len(p["context"].partition("[SEP]")[2].lstrip())
            asked = [(qa["question"], max(qa["answers"][0]["answer_start"] - shift, 0)) for qa in p["qas"]]
            articles.setdefault(article["title"], []).append((text, asked))
    documents = [
        parse(f"# {title}\n\n" + "\n\n".join(t for t, _ in held) + "\n", f"a{i:04d}")
        for i, (title, held) in enumerate(articles.items())
    ]
    index = build_index(documents, ContextualModel(shipped_contextual()), default_tokeniser())
    found = []
    rows: dict[str, list[int]] = {}
    for row, passage in enumerate(index.passages):
        rows.setdefault(passage.document, []).append(row)
    for document, held in zip(documents, articles.values(), strict=True):
        for text, asked in held:
            at = document.text.find(text)
            mine = [r for r in rows.get(document.id, []) if at <= index.passages[r].start < at + len(text)]
            for question, start in asked:
                exact = [r for r in mine if index.passages[r].start <= at + start < index.passages[r].end]
                found.append((question, frozenset(mine), frozenset(exact)))
    return Questions(index, tuple(found[::every]))


def rows_of(questions: Questions) -> dict[str, Score]:
    """What is compared, by name."""
    index, tokeniser, ranker = questions.index, default_tokeniser(), Ranker(questions.index)
    static = StaticModel(shipped_static())
    static_vectors = static.encode_passages([p.text for p in index.passages])

    def words(question: str) -> Floats:
        terms = tokeniser.fields(question)
        return index.lexical("passage", "word", terms["word"]) + index.lexical("paragraph", "word", terms["word"])

    def grams(question: str) -> Floats:
        terms = tokeniser.fields(question)
        return (
            words(question) + index.lexical("passage", "gram", terms["gram"]) + index.lexical("paragraph", "gram", terms["gram"])
        )

    def whole(question: str) -> Floats:
        scores = np.zeros(len(index.passages), dtype=np.float32)
        for candidate in ranker.rank(question, k=60):
            scores[candidate.row] = candidate.score
        return scores

    return {
        "BM25, Sudachi A+C": words,
        "BM25, Sudachi A+C and n-grams": grams,
        "static model": lambda q: np.asarray(static_vectors @ static.encode_question(q), dtype=np.float32),
        "contextual model": lambda q: index.similarity(index.embedder.encode_question(q)),
        "hakusho": whole,
    }


def measure(questions: Questions, score: Score) -> dict[str, float]:
    """R@1, R@10 and MRR@10 of the paragraph (by its best sentence), R@1 of the sentence, ms a question."""
    owners, ranks, firsts = questions.index.owners, [], []
    started = time.perf_counter()
    for question, paragraph, sentence in questions.asked:
        scores = score(question)
        best = np.full(int(owners.max()) + 1, -np.inf, dtype=np.float32)
        np.maximum.at(best, owners, scores)
        gold = max((best[owners[r]] for r in paragraph), default=-np.inf)
        ranks.append(int((best > gold).sum()))
        firsts.append(int(np.argmax(scores)) in sentence)
    rank = np.asarray(ranks)
    return {
        "paragraph R@1": float((rank == 0).mean()),
        "R@10": float((rank < 10).mean()),
        "MRR@10": float(np.where(rank < 10, 1 / (rank + 1), 0).mean()),
        "sentence R@1": float(np.mean(firsts)),
        "ms": (time.perf_counter() - started) * 1000 / len(questions.asked),
    }


def translation(model: Embedder, english: Sequence[str], japanese: Sequence[str]) -> str:
    """R@1 both ways."""
    scores = model.encode_passages(english) @ model.encode_passages(japanese).T
    own = np.arange(len(english))
    return f"en→ja R@1 {(scores.argmax(axis=1) == own).mean():.3f}  ja→en R@1 {(scores.argmax(axis=0) == own).mean():.3f}"


def similarity(model: Embedder, data: Path) -> float:
    """Spearman's correlation on JSTS validation."""
    pairs = [json.loads(line) for line in need(data, "jsts/valid-v1.3.json").read_text(encoding="utf-8").splitlines()]
    a, b = (model.encode_passages([p[name] for p in pairs]) for name in ("sentence1", "sentence2"))
    return float(spearmanr((a * b).sum(axis=1), [p["label"] for p in pairs])[0])


def sentences(data: Path) -> None:
    """Prints the figures of the embedding models on pairs of sentences."""
    english = need(data, "enja/test.en").read_text(encoding="utf-8").splitlines()
    japanese = [j.replace(" ", "") for j in need(data, "enja/test.ja").read_text(encoding="utf-8").splitlines()]
    said = [s for m in json.loads(need(data, "ami/ami-test.json").read_text(encoding="utf-8")) for s in m["conversation"]]
    models: dict[str, Embedder] = {
        "static model": StaticModel(shipped_static()),
        "contextual model": ContextualModel(shipped_contextual()),
    }
    for name, model in models.items():
        print(f"{name}, enja/test: {translation(model, english, japanese)}")
        print(f"{name}, ami/test: {translation(model, [s['en_sentence'] for s in said], [s['ja_sentence'] for s in said])}")
        print(f"{name}, JSTS validation: Spearman {similarity(model, data):.3f}", flush=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--every", type=int, default=1, help="only every n-th question of JSQuAD, for a quick look")
    given = parser.parse_args()
    try:
        started = time.perf_counter()
        questions = jsquad(given.data, given.every)
        print(f"JSQuAD validation: {len(questions.index.passages)} passages indexed in {time.perf_counter() - started:.0f} s")
        for name, score in rows_of(questions).items():
            found = measure(questions, score)
            print(f"{name:<32}" + "  ".join(f"{key} {value:.3f}" for key, value in found.items()), flush=True)
        sentences(given.data)
    except HakushoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
