"""The reader on public questions: `python -m eval.reading --data ../shared/data`.

With the gold paragraph: exact match, character F1 and right sentence, on all questions, by answer and
question type, on the fifth that shares fewest words with its sentence, and on a sample of JaQuAD
dev put into English; against another paragraph of the article: is the gold one told from it, and
is it told with the right probability? Open: the paragraph is found first, among all of JSQuAD
validation. Baselines of the same run: the sentence that shares most words with the question by
idf, and in it the span of the asked type by patterns and part of speech; and, where ja-ginza is
installed, in that sentence its named entity of a class that answers.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.command import status, write_json
from eval.ginza import Entity, Recogniser, entity_span, ginza_if_installed
from eval.report import reading_page
from eval.retrieval_sets import jsquad, squad_articles, under_title
from eval.spans import auroc, calibration_error, character_f1, exact
from index.contextual import DEFAULT_FOLDER, Contextual
from index.embedding import load_embedder
from index.local import LocalIndex
from index.reader import Reader, SentenceReading
from index.reader_examples import Window, sentences_of
from index.tokenise import default_tokeniser
from rag.question import understand
from rag.retrieve import Ranker
from rag.short_answer import short_answer
from rag.span_edges import whole_words
from rag.weights import squeezed

ENGLISH = Path(__file__).parent / "jaquad_english.jsonl"


@dataclass(frozen=True)
class Item:
    """A question over a window with its answers and their starts; `rival` is a window of the article without them.

    `types` are the labels of JaQuAD: what is answered, and how the question is worded.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]
    window: Window
    rival: Window | None
    types: tuple[str, ...] = ()


def load_set(folder: Path, seed: int = 0) -> list[Item]:
    """The questions of a folder of SQuAD-shaped files. Raises HakushoError where there are none."""
    rng, articles = random.Random(seed), squad_articles(folder)
    return [item for title, paragraphs in articles.items() for item in _items(title, paragraphs, rng)]


def _items(title: str, paragraphs: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[Item]:
    shown = [window_of(title, str(p["context"])) for p in paragraphs]
    for at, paragraph in enumerate(paragraphs):
        for asked in paragraph["qas"]:
            answers = tuple(str(a["text"]) for a in asked["answers"])
            if not answers:
                continue
            shift = shown[at][1]
            starts = tuple(int(a["answer_start"]) - shift for a in asked["answers"])
            others = [w for i, (w, _) in enumerate(shown) if i != at and not any(a in w.text for a in answers)]
            rival = rng.choice(others) if others else None
            types = (asked["answers"][0].get("answer_type"), asked.get("question_type"))
            labels = tuple(str(t) for t in types if t)
            yield Item(str(asked["id"]), str(asked["question"]), answers, starts, shown[at][0], rival, labels)


def window_of(title: str, context: str) -> tuple[Window, int]:
    """A paragraph under its title, and how many characters it lost before: JSQuAD's `title [SEP]`."""
    text, lost = under_title(context)
    heading = context[:lost].partition("[SEP]")[0].strip() or title
    return Window(text, heading, sentences_of(text)), lost


class Overlap:
    """The baseline: the share of a question's words that a text has, weighted by idf over the set's windows."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._words: dict[str, frozenset[str]] = {}
        counts = Counter(w for window in windows for w in self.words(window.text))
        self._rarest = float(np.log(len(windows)))
        self._idf = {w: float(np.log(len(windows) / n)) for w, n in counts.items()}

    def words(self, text: str) -> frozenset[str]:
        """The content words of a text."""
        if text not in self._words:
            self._words[text] = frozenset(t.term for t in default_tokeniser().words(text))
        return self._words[text]

    def shares(self, question: str, window: Window) -> list[float]:
        """The share of each sentence."""
        asked = {w: self._idf.get(w, self._rarest) for w in self.words(question)}
        total = sum(asked.values()) or 1.0
        return [sum(asked[w] for w in asked.keys() & self.words(window.text[s:e])) / total for s, e in window.sentences]


def measure(items: Sequence[Item], reader: Reader, overlap: Overlap) -> dict[str, list[float]]:
    """Per question: em, f1, whether the surest sentence and the span's are right, the baseline's, overlap with the gold sentence, and how it stands to its rival."""
    names = (
        "em",
        "f1",
        "sentence",
        "span's sentence",
        "baseline em",
        "baseline f1",
        "baseline sentence",
        "overlap",
        "gold",
        "rival",
    )
    rows: dict[str, list[float]] = {name: [] for name in names}
    for item in items:
        readings = reader.read(item.question, [item.window, *([item.rival] if item.rival else [])])
        marked = int(np.argmax([s.best for s in readings[0].sentences]))
        right = {i for i, (s, e) in enumerate(item.window.sentences) for start in item.starts if s <= max(start, 0) < e}
        shares = overlap.shares(item.question, item.window)
        guessed = int(np.argmax(shares))
        for name, span in (("", _answer(item.window.text, readings[0].sentences[marked])), ("baseline ", _guess(item, guessed))):
            rows[f"{name}em"].append(exact(span, item.answers))
            rows[f"{name}f1"].append(character_f1(span, item.answers))
        rows["sentence"].append(float(int(np.argmax([s.answers for s in readings[0].sentences])) in right))
        rows["span's sentence"].append(float(marked in right))
        rows["baseline sentence"].append(float(guessed in right))
        rows["overlap"].append(max((shares[i] for i in right), default=0.0))
        if item.rival:
            rows["gold"].append(readings[0].answers)
            rows["rival"].append(readings[1].answers)
    return rows


def entity_rows(items: Sequence[Item], overlap: Overlap, recognise: Recogniser) -> dict[str, list[float]]:
    """Per question: em and f1 of the named entity in the sentence of the baseline, which stands where no entity answers."""
    guessed = [int(np.argmax(overlap.shares(item.question, item.window))) for item in items]
    found = recognise([_sentence(item, at) for item, at in zip(items, guessed, strict=True)])
    said = [_named(item, at, entities) for item, at, entities in zip(items, guessed, found, strict=True)]
    return {
        "ja-ginza em": [exact(span, item.answers) for item, span in zip(items, said, strict=True)],
        "ja-ginza f1": [character_f1(span, item.answers) for item, span in zip(items, said, strict=True)],
    }


def _answer(text: str, sentence: SentenceReading) -> str:
    """The reader's span at whole words, as short answers are."""
    return _marked(text, whole_words(text, sentence.marked, default_tokeniser()) if sentence.marked else None)


def _marked(text: str, span: tuple[int, int] | None) -> str:
    return text[span[0] : span[1]] if span else ""


def _guess(item: Item, sentence: int) -> str:
    """The span of the asked type in a sentence, or the sentence."""
    text = _sentence(item, sentence)
    return _marked(text, short_answer(understand(item.question), text, default_tokeniser())) or text


def _named(item: Item, sentence: int, entities: Sequence[Entity]) -> str:
    """The entity of a sentence that answers, or what patterns give."""
    text = _sentence(item, sentence)
    return _marked(text, entity_span(understand(item.question), text, entities, default_tokeniser())) or _guess(item, sentence)


def _sentence(item: Item, at: int) -> str:
    start, end = item.window.sentences[at]
    return item.window.text[start:end]


def figures(items: Sequence[Item], rows: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """All figures of a set by name, of what `measure` found."""
    entities = [name for name in rows if name.startswith("ja-ginza")]
    means = ("em", "f1", "sentence", "span's sentence", "baseline em", "baseline f1", "baseline sentence", *entities)
    hard = np.argsort(rows["overlap"], kind="stable")[: max(len(items) // 5, 1)]
    found = {"questions": float(len(items))} | {name: float(np.mean(rows[name])) for name in means}
    found |= {f"low overlap {name}": float(np.mean(np.asarray(rows[name])[hard])) for name in means}
    for label in sorted({t for i in items for t in i.types}):
        held = [f1 for item, f1 in zip(items, rows["f1"], strict=True) if label in item.types]
        found[f"f1, {label} ({len(held)})"] = float(np.mean(held))
    if rows["rival"]:
        found["AUROC, other paragraph"] = auroc(rows["gold"], rows["rival"])
        found["ECE, other paragraph"] = calibration_error(*answerable(rows))
    return found


def answerable(rows: Mapping[str, Sequence[float]]) -> tuple[list[float], list[float]]:
    """The probability that each window answers, and whether it does."""
    odds = np.asarray([*rows["gold"], *rows["rival"]])
    return squeezed(odds).tolist(), [1.0] * len(rows["gold"]) + [0.0] * len(rows["rival"])


def open_figures(items: Sequence[Item], index: LocalIndex) -> dict[str, float]:
    """Exact match and F1 of the short answer in the passage that is found first among all."""
    ranker, em, f1, sentence = Ranker(index), [], [], []
    for item in items:
        top = ranker.rank(item.question, k=1)[0]
        span = short_answer(understand(item.question), top.passage.text, index.tokeniser, top.reading)
        said = _marked(top.passage.text, span) or top.passage.text
        em.append(exact(said, item.answers))
        f1.append(character_f1(said, item.answers))
        sentence.append(float(any(a in top.passage.text for a in item.answers)))
    return {
        "questions": float(len(items)),
        "em": float(np.mean(em)),
        "f1": float(np.mean(f1)),
        "answer in the first passage": float(np.mean(sentence)),
    }


def in_english(items: Sequence[Item]) -> list[Item]:
    """The items that have a question in English, asked in it."""
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    asked = {held["id"]: held["question"] for held in map(json.loads, lines)}
    return [replace(i, question=asked[i.id]) for i in items if i.id in asked]


def report(given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measures all sets and prints each as it is done."""
    reader, recognise = Reader(Contextual.load(given.model)), ginza_if_installed()
    dev, valid = load_set(given.data / "jaquad" / "dev"), load_set(given.data / "jsquad")
    sets = {
        "JaQuAD dev": dev[:: given.every],
        "JaQuAD dev, asked in English": in_english(dev),
        "JSQuAD validation": valid[:: given.every],
    }
    found, plots = {}, []
    for name, items in sets.items():
        overlap = Overlap([i.window for i in items])
        rows = measure(items, reader, overlap) | (entity_rows(items, overlap, recognise) if recognise else {})
        found[name] = figures(items, rows)
        plots.append((name, *answerable(rows)))
        _show(name, found[name])
    if given.open:
        found["JSQuAD validation, open"] = open_figures(valid[:: given.open], jsquad(given.data, load_embedder(), 0).index)
        _show("JSQuAD validation, open", found["JSQuAD validation, open"])
    if given.html:
        given.html.write_text(reading_page(found, plots), encoding="utf-8")
    return found


def _show(name: str, found: Mapping[str, float]) -> None:
    print(f"\n{name}")
    print("\n".join(f"  {key:<44}{value:>9.3f}" for key, value in found.items()), flush=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.reading", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds jaquad/dev and jsquad")
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--every", type=int, default=1, help="only every n-th question, for a quick look")
    parser.add_argument("--open", type=int, default=10, help="every n-th question for reading what is found; 0 for none")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--html", type=Path, help="also write the figures with plots of risk and of calibration there")
    given = parser.parse_args()
    return status(lambda: write_json(given.json, report(given)))


if __name__ == "__main__":
    sys.exit(main())
