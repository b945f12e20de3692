"""The whole product over public articles: `python -m eval.articles --data ../shared/data`.

Some articles of JaQuAD dev and of JSQuAD validation, each a document, one index for all. A fifth of the
paragraphs is left out: what is asked about them is answered by nothing, though the article is there.
Questions go through `Assistant.ask`, so refusal, citation and short answer are judged as a user meets
them. Baseline of the same run: the sentence that BM25 alone puts first.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.command import status, write_json
from eval.retrieval_sets import article_document, rows_at, squad_articles, under_title
from eval.spans import auroc, character_f1, exact
from index.embedding import load_embedder
from index.local import LocalIndex, build_index
from index.tokenise import default_tokeniser
from rag.assistant import Assistant
from source.document import Document

SETS = {"JaQuAD dev": "jaquad/dev", "JSQuAD validation": "jsquad"}
LEFT_OUT = 5  # every so many paragraphs, one
MEASURED = 20  # articles; of JaQuAD dev, those after them fit the weights


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question over a shelf of articles; `starts` are where its answers begin in the document, none where no text holds one."""

    question: str
    answers: tuple[str, ...]
    document: str
    starts: frozenset[int]

    def rows(self, index: LocalIndex) -> frozenset[int]:
        """The rows of the passages that answer, none where nothing does."""
        return rows_at(index, self.document, self.starts)


@dataclass(frozen=True)
class Shelf:
    """Articles as documents, and what is asked of them, in random order."""

    documents: tuple[Document, ...]
    asked: tuple[ArticleQuestion, ...]

    def sample(self, answered: int, unanswered: int) -> list[ArticleQuestion]:
        """So many questions that are answered, then so many that are not, or fewer."""
        there = [a for a in self.asked if a.starts]
        return there[:answered] + [a for a in self.asked if not a.starts][:unanswered]


def shelves(folder: Path, seed: int = 3) -> list[Shelf]:
    """The articles of a folder of SQuAD-shaped files, MEASURED at a time. Raises HakushoError where there are none."""
    rng = random.Random(seed)
    articles = list(squad_articles(folder).items())
    rng.shuffle(articles)
    found = []
    for at in range(0, len(articles), MEASURED):
        some = articles[at : at + MEASURED]
        made = [_article(title, paragraphs, number) for number, (title, paragraphs) in enumerate(some)]
        texts = [d.text for d, _ in made]
        asked = [a for _, mine in made for a in mine if a.starts or not any(x in t for x in a.answers for t in texts)]
        rng.shuffle(asked)
        found.append(Shelf(tuple(d for d, _ in made), tuple(asked)))
    return found


def tuning_shelves(data: Path) -> Iterator[tuple[LocalIndex, list[ArticleQuestion]]]:
    """Three shelves of JaQuAD dev as indexes, with questions to fit weights on: the first, which is measured, is not among them.

    Raises HakushoError at once where the data is not there.
    """
    held = shelves(data / SETS["JaQuAD dev"])[1:4]
    return ((build_index(s.documents, load_embedder(), default_tokeniser()), s.sample(110, 40)) for s in held)


def _article(title: str, paragraphs: Sequence[dict[str, Any]], number: int) -> tuple[Document, list[ArticleQuestion]]:
    shown = [under_title(str(p["context"])) for p in paragraphs]
    texts = [text.replace("\n", " ") for text, _ in shown]
    out = {i for i in range(len(texts)) if i % LEFT_OUT == LEFT_OUT - 1}
    document = article_document(title, [t.strip() for i, t in enumerate(texts) if i not in out], number)
    asked = []
    for i, paragraph in enumerate(paragraphs):
        at = document.text.find(texts[i].strip())
        lost = shown[i][1] + len(texts[i]) - len(texts[i].lstrip())
        for qa in paragraph["qas"]:
            answers = tuple(str(a["text"]) for a in qa["answers"])
            # An answer that was marked in JSQuAD's title, before the paragraph, is nowhere in the document.
            starts = [int(a["answer_start"]) - lost for a in qa["answers"]]
            there = frozenset() if i in out else frozenset(at + s for s in starts if s >= 0)
            if answers and (there or i in out):
                asked.append(ArticleQuestion(str(qa["question"]), answers, document.id, there))
    return document, asked


def figures(index: LocalIndex, asked: Sequence[ArticleQuestion]) -> dict[str, float]:
    """What the assistant makes of the questions; figures of all answered questions count a refusal as nothing right."""
    assistant = Assistant(index)
    names = ("hit@1", "hit@5", "BM25 alone hit@1", "refused", "right sentence cited", "short answer EM", "short answer F1")
    rows: dict[str, list[float]] = {name: [] for name in (*names, "false answers")}
    sure: tuple[list[float], list[float]] = ([], [])
    for one in asked:
        answer, gold = assistant.ask(one.question), {index.passages[r].id for r in one.rows(index)}
        said = answer.status == "answered"
        sure[not one.starts].append(answer.confidence)
        if not one.starts:
            rows["false answers"].append(float(said))
            continue
        found = [r.passage for r in answer.retrieved]
        short = answer.short_answer or ""
        lexical = index.lexical("passage", "word", index.tokeniser.fields(one.question)["word"])
        first = index.passages[int(np.argmax(lexical))].id
        cited = said and any(c.passage in gold for c in answer.citations)
        values = (
            found[0] in gold, bool(gold & set(found[:5])), first in gold, not said, cited,
            said and exact(short, one.answers), said * character_f1(short, one.answers),
        )  # fmt: skip
        for name, value in zip(names, values, strict=True):
            rows[name].append(float(value))
    measured = {name: float(np.mean(values)) for name, values in rows.items() if values}
    if sure[0] and sure[1]:
        measured["AUROC"] = auroc(*sure)
    return {"answered by the text": float(len(sure[0])), "not answered": float(len(sure[1]))} | measured


def report(given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measures the first shelf of each set and prints it."""
    held = {name: shelves(given.data / folder)[0] for name, folder in SETS.items()}
    found = {}
    for name, shelf in held.items():
        index = build_index(shelf.documents, load_embedder(), default_tokeniser())
        found[name] = figures(index, shelf.sample(given.questions, given.questions // 3))
        print(f"\n{name}, {len(shelf.documents)} articles, {len(index.passages)} passages")
        print("\n".join(f"  {key:<28}{value:>9.3f}" for key, value in found[name].items()), flush=True)
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.articles", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev and jsquad")
    parser.add_argument("--questions", type=int, default=240, help="how many that are answered; a third as many that are not")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    given = parser.parse_args()
    return status(lambda: write_json(given.json, report(given)))


if __name__ == "__main__":
    sys.exit(main())
