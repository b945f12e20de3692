"""The reader on public questions: `python -m eval.reading --data ../shared/data`.

JSQuAD validation and JaQuAD dev, gold paragraphs: exact match, character F1 and right sentence,
on all questions and on the fifth of JaQuAD dev that shares fewest words with its sentence; then
other paragraphs of the same article: is the gold one told from them? The baseline, in the same
run, chooses the sentence (and the paragraph) that shares most words with the question, by idf.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.reader import DEFAULT_FOLDER, Reader, Reading, ReadingText
from index.reader_data import data_files, read_json
from index.reader_decode import auroc, character_f1, exact
from index.reader_features import Analyser, is_content
from source.errors import HakushoError
from source.sentences import split_sentences

RIVALS = 4  # other paragraphs of the article set against the gold one


@dataclass(frozen=True)
class Item:
    """A question over paragraph `gold` of `article`, with its answers and where they start."""

    question: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]
    article: int
    gold: int
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class QuestionSet:
    """Questions and the paragraphs of their articles."""

    name: str
    articles: tuple[tuple[ReadingText, ...], ...]
    items: tuple[Item, ...]
    headed: bool

    def sentence_at(self, passage: ReadingText, offset: int) -> int:
        """The sentence that holds an offset."""
        return self.judged(max((i for i, (start, _) in enumerate(passage.sentences) if start <= offset), default=0))

    def judged(self, sentence: int) -> int:
        """A heading and the sentence after it are judged as one: a title's words often open the text."""
        return max(sentence, 1) if self.headed else sentence


def load_set(data: Path, part: str, name: str, limit: int = 0) -> QuestionSet:
    """Reads a SQuAD-shaped set; articles of one title are one. `limit` > 0 keeps every limit-th question."""
    places: dict[str, list[ReadingText]] = defaultdict(list)
    items: list[Item] = []
    for article in read_json(data_files(data, part)):
        title = str(article["title"])
        for raw in article["paragraphs"]:  # type: ignore[attr-defined]
            places[title].append(readable(raw["context"]))
            number, gold = list(places).index(title), len(places[title]) - 1
            items += [_item(qa, number, gold) for qa in raw["qas"] if qa["answers"]]
    kept = items[::limit] if limit else items
    return QuestionSet(name, tuple(tuple(p) for p in places.values()), tuple(kept), part == "jsquad")


def _item(qa: dict[str, object], article: int, gold: int) -> Item:
    answers: list[dict[str, object]] = qa["answers"]  # type: ignore[assignment]
    kinds = (
        f"answer: {answers[0].get('answer_type', '')}",
        f"question: {qa.get('question_type', '')}",
    )
    starts = tuple(int(str(a["answer_start"])) for a in answers)
    return Item(str(qa["question"]), tuple(str(a["text"]) for a in answers), starts, article, gold, kinds)


def readable(context: str) -> ReadingText:
    """A paragraph; JSQuAD's `title [SEP] text` becomes a heading, in as many characters."""
    head, mark, _ = context.partition("[SEP]")
    text = context.replace(mark, "\n" + " " * (len(mark) - 1)) if mark else context
    at = len(head) + len(mark) if mark else 0
    heading = ((0, len(head.rstrip())),) if mark and head.strip() else ()
    return ReadingText(text, heading + tuple((s.start, s.end) for s in split_sentences(text[at:], at)))


class Overlap:
    """The baseline: shares of a question's words, weighted by idf over the set's paragraphs."""

    def __init__(self, questions: QuestionSet) -> None:
        self._analyser, self._known = Analyser(), dict[str, frozenset[str]]()
        texts = [p.text for article in questions.articles for p in article]
        counts = Counter(w for t in texts for w in self.words(t))
        self._idf = {w: float(np.log(len(texts) / n)) for w, n in counts.items()}
        self._rarest = float(np.log(len(texts)))

    def words(self, text: str) -> frozenset[str]:
        """The content words of a text, normalised."""
        if text not in self._known:
            self._known[text] = frozenset(w.normal for w in self._analyser.words(text) if is_content(w))
        return self._known[text]

    def share(self, question: str, text: str) -> float:
        """The share in [0, 1] of the question's words that a text has."""
        weight = {w: self._idf.get(w, self._rarest) for w in self.words(question)}
        total = sum(weight.values())
        return sum(weight[w] for w in weight.keys() & self.words(text)) / total if total else 0.0

    def sentences(self, question: str, passage: ReadingText) -> list[float]:
        """The share of each sentence of a passage."""
        return [self.share(question, passage.text[a:b]) for a, b in passage.sentences]


def gold_rows(questions: QuestionSet, reader: Reader, overlap: Overlap) -> dict[str, list[float]]:
    """Per question: em, f1, sentence, baseline sentence, overlap with the gold sentence."""
    rows: dict[str, list[float]] = defaultdict(list)
    for item in questions.items:
        passage = questions.articles[item.article][item.gold]
        reading = reader.read(item.question, [passage])[0]
        span = passage.text[reading.start : reading.end]
        right = {questions.sentence_at(passage, s) for s in item.starts}
        shares = overlap.sentences(item.question, passage)
        chosen = questions.judged(int(np.argmax([s.probability for s in reading.sentences])))
        rows["em"].append(exact(span, item.answers))
        rows["f1"].append(character_f1(span, item.answers))
        rows["sentence"].append(float(chosen in right))
        rows["baseline_sentence"].append(float(questions.judged(int(np.argmax(shares))) in right))
        rows["overlap"].append(shares[questions.sentence_at(passage, item.starts[0])])
    return rows


def article_rows(questions: QuestionSet, reader: Reader, overlap: Overlap) -> dict[str, list[float]]:
    """Per question with enough other paragraphs: does the gold one stand out from its near misses?

    Near misses are the RIVALS paragraphs of the article that share most of the question's words
    and do not hold the answer.
    """
    rows: dict[str, list[float]] = defaultdict(list)
    for item in questions.items:
        article = questions.articles[item.article]
        others = [p for i, p in enumerate(article) if i != item.gold and not any(a in p.text for a in item.answers)]
        others.sort(key=lambda p: -overlap.share(item.question, p.text))
        if len(others) < 2:
            continue
        places = [article[item.gold], *others[:RIVALS]]
        readings = reader.read(item.question, places)
        shares = [overlap.share(item.question, p.text) for p in places]
        _article_row(rows, item, places, readings, shares)
        rows["other_answer"].append(-readings[-1].no_answer)
    return rows


def _article_row(
    rows: dict[str, list[float]],
    item: Item,
    places: Sequence[ReadingText],
    readings: list[Reading],
    shares: list[float],
) -> None:
    best = int(np.argmax([r.evidence for r in readings]))
    span = places[best].text[readings[best].start : readings[best].end]
    rows["paragraph"].append(float(best == 0))
    rows["paragraph_by_span"].append(float(int(np.argmax([r.score for r in readings])) == 0))
    rows["baseline_paragraph"].append(float(int(np.argmax(shares)) == 0))
    rows["f1_of_five"].append(character_f1(span, item.answers))
    for name, values in {
        "answer": [-r.no_answer for r in readings], "score": [r.score for r in readings], "share": shares,
    }.items():  # fmt: skip
        rows[f"gold_{name}"].append(values[0])
        rows[f"near_{name}"].append(values[1])


def figures(questions: QuestionSet, reader: Reader) -> dict[str, float]:
    """All figures of a set by name."""
    overlap = Overlap(questions)
    began = time.perf_counter()
    rows = gold_rows(questions, reader, overlap)
    out = {f"gold {k}": float(np.mean(v)) for k, v in rows.items()} | {"questions": float(len(questions.items))}
    hard = np.argsort(rows["overlap"], kind="stable")[: len(rows["overlap"]) // 5]
    out |= {f"low overlap {k}": float(np.mean(np.array(v)[hard])) for k, v in rows.items()}
    for kind in sorted({k for i in questions.items for k in i.kinds if not k.endswith(": ")}):
        at = [n for n, i in enumerate(questions.items) if kind in i.kinds]
        out[f"f1, {kind}"] = float(np.mean(np.array(rows["f1"])[at]))
    out |= _article_figures(article_rows(questions, reader, overlap))
    return out | {"seconds": time.perf_counter() - began}


def _article_figures(rows: dict[str, list[float]]) -> dict[str, float]:
    if not rows:
        return {}
    names = ("paragraph", "paragraph_by_span", "baseline_paragraph", "f1_of_five")
    out = {f"article {n}": float(np.mean(rows[n])) for n in names} | {"article questions": float(len(rows["paragraph"]))}
    out |= {f"near-miss AUROC {n}": auroc(rows[f"gold_{n}"], rows[f"near_{n}"]) for n in ("answer", "score", "share")}
    return out | {"far AUROC answer": auroc(rows["gold_answer"], rows["other_answer"])}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev and jsquad")
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--every", type=int, default=0, help="only every n-th question, for a quick look")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    options = parser.parse_args()
    try:
        reader = Reader.load(options.model)
        parts = {"JaQuAD dev": "jaquad/dev", "JSQuAD validation": "jsquad"}
        sets = [load_set(options.data, part, name, options.every) for name, part in parts.items()]
    except HakushoError as error:
        sys.exit(str(error))
    found = {s.name: figures(s, reader) for s in sets}
    for name, table in found.items():
        print(f"\n{name}")
        print("\n".join(f"  {key:<46}{value:>9.3f}" for key, value in table.items()))
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
